"""A gateway kept to a pace: within the limits, in order, fairly, patient when it is told to be."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby, pairwise

from bot.domain.events import Delayed
from bot.domain.pacing import CONVERSATION, Window
from bot.pacing import Pace, Paced
from bot.ports import Accepted, Job, Outcome, TryLater
from bot.sim.connector.limits import WINDOWS as TEAMS
from tests.worker.build import START, Office, Outside, hired, job, run, shift

PLACE = {"anna": "chat of Anna", "ben": "chat of Ben"}


def card(number: int, thread: str, to: str) -> Job:
    return job(f"m{number}", f"teams/{thread}", kind="card", values={"to": to})


def place(job: Job) -> str:
    return PLACE[job.values["to"]]


def paced(outside: Outside, *patient: str) -> Paced:
    return Paced(outside, Pace(CONVERSATION), place, patient)


def went(outside: Outside) -> list[tuple[str, float]]:
    return [(ref, (at - START).total_seconds()) for ref, at in outside.delivered]


def most_within(times: Sequence[float], seconds: float) -> int:
    return max(sum(begin <= at < begin + seconds - 1e-6 for at in times) for begin in times)


def test_a_busy_chat_stays_within_teams_limits_and_loses_nothing() -> None:
    cards = [card(n, f"t{n % 40}", "anna") for n in range(1, 161)]
    office, outside = Office(*cards), Outside()
    run(shift(hired(office, Outside(), paced(outside)), 150))
    times = [at for _, at in went(outside)]
    assert len(times) == 160 and office.jobs == []
    for seconds, most in TEAMS:
        assert most_within(times, seconds) <= most
    assert times[-1] <= 1.2 * 160 / 50 * 30, "hardly slower than the limits ask for"


def test_rows_of_a_lane_keep_their_order_and_lanes_take_turns() -> None:
    cards = [card(n, f"t{n % 4}", "anna") for n in range(1, 41)]
    office, outside = Office(*cards), Outside()
    run(shift(hired(office, Outside(), paced(outside)), 60))
    order = [int(ref[1:]) for ref in outside.refs]
    for lane in range(4):
        own = [number for number in order if number % 4 == lane]
        assert own == sorted(own)
    places = {lane: [at for at, number in enumerate(order) if number % 4 == lane] for lane in range(4)}
    assert all(abs(one - other) <= 8 for one, other in zip(places[0], places[3], strict=True))


def test_one_busy_chat_holds_nobody_else_up() -> None:
    busy = [card(n, f"t{n}", "anna") for n in range(1, 101)]
    office, outside = Office(*busy, card(101, "b", "ben")), Outside()
    run(shift(hired(office, Outside(), paced(outside), concurrency=10), 90))
    times = dict(went(outside))
    assert times["m101"] <= 15 < 45 < max(times.values())


def test_a_row_is_sent_back_once_and_then_it_is_its_turn() -> None:
    office, outside = Office(*(card(n, f"t{n}", "anna") for n in range(1, 31))), Outside()
    run(shift(hired(office, Outside(), paced(outside)), 30))
    sent_back = [event.row for event in office.events if isinstance(event, Delayed)]
    assert len(sent_back) == len(set(sent_back)) and 10 <= len(sent_back) <= 26


def test_a_moment_is_waited_out_without_the_outbox() -> None:
    office, outside = Office(*(card(n, f"t{n}", "anna") for n in range(1, 4))), Outside()
    run(hired(office, Outside(), Paced(outside, Pace([Window(2, 1)]), place)).drain())
    assert [at for _, at in went(outside)] == [0.0, 0.0, 1.0]
    assert not [event for event in office.events if isinstance(event, Delayed)]


def test_what_a_platform_asks_for_holds_its_chat_and_no_other() -> None:
    outside = Outside(m1=TryLater("429", timedelta(seconds=20)))
    gateway = paced(outside, "429")

    async def scene() -> list[Outcome]:
        asked = [await gateway.deliver(card(n, f"t{n}", to)) for n, to in ((1, "anna"), (2, "anna"), (3, "ben"))]
        await asyncio.sleep(19.5)
        return [*asked, await gateway.deliver(card(2, "t2", "anna"))]

    first, second, other, later = run(scene())
    assert first == TryLater("429", timedelta(seconds=20))
    assert second == TryLater("paced", timedelta(seconds=20), down=None)
    assert (other, later) == (Accepted("remote-m3"), Accepted("remote-m2"))
    assert went(outside) == [("m1", 0.0), ("m3", 0.0), ("m2", 20.0)]


def test_a_refusal_that_is_not_about_the_pace_holds_nobody() -> None:
    outside = Outside(m1=TryLater("503", timedelta(seconds=20)), m2=TryLater("429"))
    gateway = paced(outside, "429")

    async def scene() -> list[Outcome]:
        return [await gateway.deliver(card(n, f"t{n}", "anna")) for n in (1, 2, 3)]

    assert run(scene())[2] == Accepted("remote-m3")


def test_after_a_standstill_the_promised_rows_do_not_all_go_at_once() -> None:
    pace = Pace(CONVERSATION)
    for row in range(40):
        pace.turn("c", row, 0.0)
    late = [pace.turn("c", row, 500.0) for row in range(10, 40)]
    assert late[:4] == [500.0] * 4
    assert most_within(late, 2) <= 4
    assert len({at for at in late if at > 500}) >= 26 / 4, "nor are they all told to come back at once"


def test_a_promised_turn_is_kept_although_others_ask_meanwhile() -> None:
    pace = Pace([Window(1, 10)])
    assert [pace.turn("c", row, 0.0) for row in (1, 2, 3)] == [0.0, 10.0, 20.0]
    assert pace.turn("c", 4, 9.5) == 30.0
    assert [pace.turn("c", row, now) for row, now in ((2, 10.0), (3, 20.0), (4, 30.0))] == [10.0, 20.0, 30.0]


def test_who_is_quiet_is_forgotten_and_who_is_not_is_kept() -> None:
    pace = Pace([Window(1, 10)])
    pace.turn("quiet", 1, 0.0)
    pace.turn("gone", 2, 0.0)
    pace.turn("gone", 3, 0.0)
    pace.hold("held", 100_000.0)
    for row in range(2000):
        pace.turn("busy", row, 1000.0 + 20 * row)
    assert set(pace.keys()) == {"held", "busy"}


def test_turns_never_go_back_in_time() -> None:
    """The rows that come later get the later turns, however often somebody is sent back."""
    pace = Pace(CONVERSATION)
    turns = [pace.turn("c", row, 0.0) for row in range(200)]
    assert all(one <= other for one, other in pairwise(turns))
    assert max(len(list(same)) for _, same in groupby(turns)) <= 4
