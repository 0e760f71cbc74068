"""A host that does not answer is left alone; what waits for it keeps its place, its tries and its deadline."""

import logging
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from bot.circuit import FAILURES, OPEN, Circuits
from bot.domain.events import Delayed, Delivered, Refused, Uncertain
from bot.ports import Accepted, Invalid, Job, Outcome, TryLater, Unknown
from bot.worker import PATIENCE, POLL
from tests.worker.build import FOREVER, START, LoopClock, Office, Outside, at, hired, job, run, shift

DOWN = TryLater("ClientConnectorError", down=True)


def cards(count: int, first: int = 1, **values: str) -> list[Job]:
    return [job(f"m{n}", f"teams/{n}", kind="card", values=values) for n in range(first, first + count)]


class Host(Outside):
    """Down until a moment, then up."""

    def __init__(self, up: float, down: Outcome | float = DOWN) -> None:
        super().__init__()
        self.up, self.down = at(up), down

    async def _answer(self, answer: Outcome | Exception | float) -> Outcome:
        return await super()._answer(self.down if LoopClock().now() < self.up else answer)


def sent_at(outside: Outside) -> list[datetime]:
    return [moment for _, moment in outside.delivered]


def test_after_five_failures_nothing_is_sent_until_one_message_has_shown_that_the_host_is_back() -> None:
    office, host = Office(*cards(40)), Host(up=20)
    run(shift(hired(office, Outside(), host, concurrency=FAILURES), 60))
    moments = sent_at(host)
    assert moments[:FAILURES] == [START] * FAILURES
    assert moments[FAILURES] >= START + OPEN
    assert office.jobs == []
    assert sorted(set(host.refs)) == sorted(f"m{n}" for n in range(1, 41))


def test_while_it_is_down_one_message_looks_after_it_every_half_minute() -> None:
    office, host = Office(*cards(100)), Host(up=FOREVER)
    run(shift(hired(office, Outside(), host, concurrency=FAILURES), 120))
    assert len(host.delivered) == FAILURES + 3
    assert all(later - sooner >= OPEN for sooner, later in pairwise(sent_at(host)[4:]))


def test_a_host_that_hangs_is_looked_after_by_one_message_at_a_time() -> None:
    office, host = Office(*cards(30)), Host(up=FOREVER, down=FOREVER)
    run(shift(hired(office, Outside(), host, concurrency=FAILURES), 600))
    probes = [moment for moment in sent_at(host) if moment > at(PATIENCE)]
    assert len(probes) >= 10
    assert all(later - sooner >= OPEN for sooner, later in pairwise(probes))


def test_what_waits_is_neither_tried_nor_reported() -> None:
    office, host = Office(*cards(20)), Host(up=FOREVER)
    run(shift(hired(office, Outside(), host, concurrency=FAILURES), 29))
    assert [type(event) for event in office.events] == [Delayed] * FAILURES
    assert {each.ref: each.tries for each in office.jobs} == {f"m{n}": int(n <= FAILURES) for n in range(1, 21)}


def test_a_lane_is_looked_at_once_while_its_host_is_left_alone() -> None:
    office, host = Office(*cards(20)), Host(up=FOREVER)
    run(shift(hired(office, Outside(), host, concurrency=FAILURES), 29))
    assert sorted(office.held) == sorted([f"m{n}" for n in range(6, 21)] + [f"m{n}" for n in range(1, 6)])


def test_the_order_of_a_lane_outlives_the_outage() -> None:
    lane = [job(f"m{n}", "teams/T", kind="card") for n in range(10, 20)]
    office, host = Office(*cards(FAILURES), *lane), Host(up=25)
    run(shift(hired(office, Outside(), host), 120))
    order = [event.ref for event in office.events if isinstance(event, Delivered) and event.lane == "teams/T"]
    assert order == [f"m{n}" for n in range(10, 20)]


def test_another_host_of_the_same_way_and_the_other_way_go_on() -> None:
    dead, well = cards(10, host="dead.example"), cards(10, first=50, host="well.example")
    wechat, teams = Outside(), Outside(**{each.ref: DOWN for each in dead})
    office = Office(*dead, *well, job("m99"))
    run(hired(office, wechat, teams, concurrency=FAILURES).drain())
    assert wechat.refs == ["m99"]
    assert {event.ref: event.at for event in office.events if isinstance(event, Delivered)} == {
        ref: START for ref in ("m99", *(each.ref for each in well))
    }


def test_a_message_to_a_contact_waits_no_longer_than_its_deadline() -> None:
    waiting = job("m9", before=at(12))
    office, wechat = Office(*(job(f"m{n}", f"wechat/{n}") for n in range(1, 6)), waiting), Host(up=FOREVER)
    run(shift(hired(office, wechat, concurrency=FAILURES), 15))
    (refused,) = [event for event in office.events if isinstance(event, Refused)]
    assert (refused.ref, refused.code) == ("m9", "deadline")
    assert at(12) <= refused.at <= at(12 + POLL)
    assert "m9" not in wechat.refs


@pytest.mark.parametrize(
    ("outcome", "opens"),
    [
        (Unknown("502"), True),
        (FOREVER, True),
        (DOWN, True),
        (TryLater("429", timedelta(seconds=7)), False),
        (Invalid("45002"), False),
        (TryLater("paced", timedelta(seconds=7), down=None), False),
        (ValueError("our own mistake"), False),
    ],
)
def test_what_counts_as_no_answer(outcome: Outcome | Exception | float, opens: bool) -> None:
    circuits, jobs = Circuits(), [job(f"m{n}", f"wechat/{n}") for n in range(1, 6)]
    run(shift(hired(Office(*jobs), Outside(**{each.ref: outcome for each in jobs}), circuits=circuits), 1))
    assert circuits.standing() == {"outside": opens}


def test_a_message_that_is_held_back_here_says_nothing_of_its_host() -> None:
    jobs = [job(f"m{n}", f"wechat/{n}") for n in range(1, 7)]
    held = TryLater("paced", timedelta(seconds=100), down=None)
    answers = {each.ref: held if each.ref == "m3" else Unknown("502") for each in jobs}
    circuits = Circuits()
    run(shift(hired(Office(*jobs), Outside(**answers), concurrency=1, circuits=circuits), 20))
    assert circuits.standing() == {"outside": True}


def test_five_failures_with_an_answer_between_them_open_nothing() -> None:
    jobs = [job(f"m{n}", f"wechat/{n}") for n in range(1, 10)]
    answers = {each.ref: Accepted() if each.ref == "m5" else Unknown("502") for each in jobs}
    circuits = Circuits()
    run(hired(Office(*jobs), Outside(**answers), concurrency=1, circuits=circuits).drain())
    assert circuits.standing() == {"outside": False}


def test_a_claim_that_cannot_be_given_back_ends_with_its_lease(caplog: pytest.LogCaptureFixture) -> None:
    office, host = Office(*cards(8), put_off=1), Host(up=20)
    run(shift(hired(office, Outside(), host, concurrency=FAILURES), 90))
    assert office.jobs == []
    assert "claim_failed" in {getattr(record, "action", "") for record in caplog.records}


def test_opening_and_closing_are_told_once_each(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    run(shift(hired(Office(*cards(30, host="smba.example")), Outside(), Host(up=40), concurrency=10), 120))
    told = [vars(record) for record in caplog.records if getattr(record, "action", "").startswith("circuit")]
    assert [(line["action"], line["host"]) for line in told] == [
        ("circuit_opened", "smba.example"),
        ("circuit_closed", "smba.example"),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_whenever_a_host_fails_and_comes_back_everything_arrives_once_in_order(seed: int) -> None:
    dice = Random(seed)
    jobs = [job(f"m{n}", f"teams/{n % 7}", kind="card") for n in range(1, 60)]
    down: Outcome | float = DOWN if dice.random() < 0.5 else dice.uniform(5, 30)
    office, host = Office(*jobs), Host(up=dice.uniform(0, 100), down=down)
    run(shift(hired(office, Outside(), host, concurrency=dice.randint(1, 20)), 900))
    done = [event.ref for event in office.events if isinstance(event, Delivered)]
    assert sorted(done) == sorted(each.ref for each in jobs) and not any(
        isinstance(event, Uncertain) for event in office.events
    )
    for lane in {each.lane for each in jobs}:
        its = [each.ref for each in jobs if each.lane == lane]
        assert [ref for ref in done if ref in its] == its
