"""Claiming, sending, reporting and ticking, through everything that may go wrong around it."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.domain.events import Cause, Delayed, Delivered, Due, Event, Refused, RequestLapsed, Uncertain
from bot.ports import Job, TryLater
from bot.worker import DUE_AT_ONCE, LEASE, PATIENCE, POLL, Worker
from tests.worker.build import FOREVER, START, LoopClock, Office, Outside, at, hired, job, run, shift


def actions(log: pytest.LogCaptureFixture) -> list[str]:
    return [record.action for record in log.records if record.levelno >= logging.ERROR]  # type: ignore[attr-defined]


def kinds(office: Office) -> list[str]:
    return [type(event).__name__ for event in office.events]


def code(event: Event) -> str:
    return str(getattr(event, "code", ""))


# ---- sending


def test_a_row_is_claimed_sent_and_reported() -> None:
    office, wechat = Office(job()), Outside()
    run(hired(office, wechat).drain())
    assert office.events == [Delivered("e1", "", START, 1, "wechat/T", "token", "T", "m1", "remote-m1")]
    assert office.jobs == []


def test_what_a_clock_put_off_that_was_set_back_waits_no_longer_than_a_lease() -> None:
    office, wechat = Office(job("m1")), Outside()
    office.leases["wechat/T"] = START + timedelta(days=400)
    run(shift(hired(office, wechat), 40))
    [(_, went)] = wechat.delivered
    assert went - START <= LEASE + timedelta(seconds=POLL)


class Unhurried(Office):
    """A store that is asked for work while somebody else still waits for its answer."""

    async def claim(self, now: datetime, lease: timedelta, limit: int, way: str) -> Sequence[Job]:
        await asyncio.sleep(0.01)
        return await super().claim(now, lease, limit, way)


def test_two_that_drain_at_once_both_end() -> None:
    office, wechat = Unhurried(job()), Outside()

    async def both() -> None:
        worker = hired(office, wechat)
        async with asyncio.timeout(FOREVER):
            await asyncio.gather(worker.drain(), worker.drain())

    run(both())
    assert office.jobs == []


def test_rows_of_a_lane_go_one_after_the_other_in_order() -> None:
    office, wechat = Office(*(job(f"m{n}") for n in range(1, 6))), Outside(m1=3.0)
    run(hired(office, wechat).drain())
    assert wechat.refs == ["m1", "m2", "m3", "m4", "m5"]
    assert wechat.most == 1


def test_every_way_has_its_own_gateway() -> None:
    office, wechat, teams = Office(job("m1"), job("m2", "teams/T", kind="card")), Outside(), Outside()
    run(hired(office, wechat, teams).drain())
    assert (wechat.refs, teams.refs) == (["m1"], ["m2"])


def test_a_delayed_row_is_tried_again_when_its_time_has_come() -> None:
    office, wechat = Office(job()), Outside(m1=TryLater("-1"))
    run(shift(hired(office, wechat), 60))
    first, second, third = wechat.delivered
    assert 4 <= (second[1] - first[1]).total_seconds() <= 6 + POLL
    assert 24 <= (third[1] - second[1]).total_seconds() <= 36 + POLL
    assert kinds(office) == ["Delayed"] * 3


# ---- the deadline of a row


@pytest.mark.parametrize("before", [at(0), at(-1)])
def test_nothing_is_sent_at_or_after_its_deadline(before: object) -> None:
    office, wechat = Office(job(before=before)), Outside()
    run(hired(office, wechat).drain())
    assert wechat.delivered == []
    assert office.events == [
        Refused("e1", "", START, 1, "wechat/T", "token", "T", "m1", Cause.TIME, "deadline"),
    ]


def test_up_to_its_deadline_a_row_is_sent() -> None:
    office, wechat = Office(job(before=START + timedelta(microseconds=1))), Outside()
    run(hired(office, wechat).drain())
    assert wechat.refs == ["m1"]


class Standstill(Office):
    """The first claim comes back when its lease is over, as to a process that was stopped meanwhile."""

    stood = False

    async def claim(self, now: datetime, lease: timedelta, limit: int, way: str) -> Sequence[Job]:
        jobs = await super().claim(now, lease, limit, way)
        if not self.stood:
            self.stood = True
            await asyncio.sleep((lease + timedelta(seconds=POLL)).total_seconds())
        return jobs


def test_a_worker_that_stood_still_for_longer_than_its_lease_leaves_the_row_to_the_others() -> None:
    office, wechat = Standstill(job()), Outside()

    async def both() -> None:
        await asyncio.gather(*(shift(hired(office, wechat), 60) for _ in range(2)))

    run(both())
    assert [when for _, when in wechat.delivered] == [START + LEASE]


# ---- gateways that fail


@pytest.mark.parametrize(("kind", "came_of_it"), [("text", Uncertain), ("template", Delayed), ("card", Delayed)])
def test_a_gateway_that_hangs_is_given_up_before_the_lease_ends(kind: str, came_of_it: type) -> None:
    office, wechat = Office(job(kind=kind)), Outside(m1=FOREVER)
    run(shift(hired(office, wechat), 1))
    (event,) = office.events
    assert isinstance(event, came_of_it)
    assert event.at == at(PATIENCE) < START + LEASE
    assert code(event) == "timeout"


@pytest.mark.parametrize(("kind", "came_of_it"), [("text", Uncertain), ("card", Delayed)])
def test_a_gateway_that_raises_leaves_the_outcome_unknown(
    kind: str, came_of_it: type, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(job(kind=kind))
    run(shift(hired(office, Outside(m1=ValueError("my secret"))), 1))
    (event,) = office.events
    assert isinstance(event, came_of_it)
    assert code(event) == "error"
    assert actions(caplog) == ["deliver_failed"]


def test_a_gateway_whose_own_time_ran_out_leaves_the_outcome_unknown() -> None:
    office = Office(job())
    run(shift(hired(office, Outside(m1=TimeoutError())), 1))
    assert [code(event) for event in office.events] == ["timeout"]


def test_a_lane_that_hangs_delays_no_other() -> None:
    office, wechat = Office(job("m1"), *(job(f"m{n}", f"wechat/{n}") for n in range(2, 30))), Outside(m1=FOREVER)
    run(shift(hired(office, wechat), POLL))
    assert {event.at for event in office.events[:-1]} == {START}
    assert kinds(office) == ["Delivered"] * 28 + ["Uncertain"]


def test_a_way_that_hangs_delays_no_other() -> None:
    office = Office(job("m1"), *(job(f"m{n}", "teams/T") for n in range(2, 5)))
    teams = Outside()
    run(shift(hired(office, Outside(m1=FOREVER), teams, concurrency=1), 3 * POLL))
    assert teams.refs == ["m2", "m3", "m4"]


# ---- how much at once


def test_no_more_than_so_many_are_sent_at_once() -> None:
    office, wechat = Office(*(job(f"m{n}", f"wechat/{n}") for n in range(1, 11))), Outside(m1=5.0, m2=5.0, m3=5.0)
    run(hired(office, wechat, concurrency=3).drain())
    assert wechat.most == 3
    assert len(office.events) == 10


def test_whoever_waits_for_room_waits_no_longer_than_for_room() -> None:
    office, wechat = Office(*(job(f"m{n}", f"wechat/{n}") for n in range(1, 11))), Outside()
    run(shift(hired(office, wechat, concurrency=3), POLL / 2))
    assert len(wechat.delivered) == 10


def test_what_fails_makes_room_as_well() -> None:
    office, wechat = Office(*(job(f"m{n}", f"wechat/{n}") for n in range(1, 5)), Delivered=2), Outside(m1=OSError())
    run(shift(hired(office, wechat, concurrency=1), 60))
    assert office.jobs == []
    assert wechat.most == 1


# ---- a store that fails


@pytest.mark.parametrize("what", ["claimable", "due", "wait"])
def test_a_worker_that_cannot_reach_its_store_goes_on_when_it_can(what: str, caplog: pytest.LogCaptureFixture) -> None:
    office, wechat = Office(), Outside()
    office.broken[what] = 3

    async def scene() -> None:
        working = asyncio.create_task(shift(worker, 10))
        await asyncio.sleep(5)
        office.jobs.append(job())
        await working

    worker = hired(office, wechat)
    run(scene())
    assert wechat.refs == ["m1"]
    assert actions(caplog) == ["claim_failed"] * 3


def test_a_worker_that_cannot_reach_its_store_asks_once_in_a_while() -> None:
    office = Office(claimable=1000)
    run(shift(hired(office, Outside()), 10 * POLL))
    assert 9 <= len(office.asked) <= 11


def test_a_delivery_that_cannot_be_reported_is_claimed_again_after_its_lease(caplog: pytest.LogCaptureFixture) -> None:
    office, wechat = Office(job(), Delivered=1), Outside()
    run(shift(hired(office, wechat), LEASE.total_seconds() + 2))
    first, second = wechat.delivered
    assert LEASE <= second[1] - first[1] <= LEASE + timedelta(seconds=POLL)
    assert kinds(office) == ["Delivered"]
    assert actions(caplog) == ["report_failed"]


# ---- deadlines


def test_every_overdue_thread_is_handed_over() -> None:
    office = Office(overdue=["T", "U"])
    assert run(hired(office, Outside()).tick()) == 2
    assert office.events == [Due("e1", "", START, "T"), Due("e2", "", START, "U")]
    assert office.asked == [(START, DUE_AT_ONCE)]


def test_requests_that_nobody_answered_are_handed_over_as_well() -> None:
    office = Office(overdue=["T"], unanswered=[("U", "r")])
    assert run(hired(office, Outside()).tick()) == 2
    assert office.events == [Due("e1", "", START, "T"), RequestLapsed("e2", "", START, "U", "r")]


def test_more_than_can_be_taken_at_once_is_taken_in_turns() -> None:
    office = Office(overdue=[str(number) for number in range(DUE_AT_ONCE + 5)])
    run(hired(office, Outside()).drain())
    assert (len(office.events), office.overdue) == (DUE_AT_ONCE + 5, [])


def test_a_thread_that_cannot_be_moved_stops_neither_the_others_nor_the_outbox(
    caplog: pytest.LogCaptureFixture,
) -> None:
    office, wechat = Office(job(lane="wechat/U"), overdue=["T", "V"], T=1000), Outside()
    run(shift(hired(office, wechat), 3.5 * POLL))
    assert kinds(office) == ["Due", "Delivered"]
    assert actions(caplog) == ["due_failed"] * len(office.asked)
    assert len(office.asked) <= 6


# ---- stopping


def test_stopping_finishes_what_is_under_way_and_claims_nothing_more() -> None:
    office, wechat = Office(job("m1"), job("m2")), Outside(m1=10.0)
    done = run(shift(hired(office, wechat), 2))
    assert at(10) <= done <= at(11)
    assert wechat.refs == ["m1"]
    assert kinds(office) == ["Delivered"]


def test_an_idle_worker_stops_within_a_poll() -> None:
    assert run(shift(hired(Office(), Outside()), 5)) <= at(5 + POLL)


def test_a_worker_needs_nobody_to_draw_its_lots() -> None:
    office = Office(job())
    run(Worker(office, office, {"wechat": Outside()}, LoopClock(), lambda: "e").drain())
    assert kinds(office) == ["Delivered"]
