"""What came of a job, as an event, and when the next try is."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.events import Cause, Delayed, Delivered, Event, Refused, Rejected, Uncertain
from bot.ports import Accepted, Closed, Invalid, Outcome, TryLater, Unknown
from bot.worker import JITTER, SCHEDULE, report
from tests.worker.build import START, job

WHO = ("e", "", START, 1, "wechat/T", "token", "T", "m1")
FIVE = START + timedelta(seconds=5)
MINUTE = timedelta(minutes=1)
REPORTS: list[tuple[str, Outcome, Event]] = [
    *((kind, Accepted("9"), Delivered(*WHO, "9")) for kind in ("text", "template", "card")),
    *((kind, Closed(Cause.COUNT, "45047"), Refused(*WHO, Cause.COUNT, "45047")) for kind in ("text", "card")),
    *((kind, Invalid("45002"), Rejected(*WHO, "45002")) for kind in ("text", "card")),
    *((kind, TryLater("-1"), Delayed(*WHO, FIVE, "-1")) for kind in ("text", "template", "card")),
    ("text", TryLater("429", MINUTE), Delayed(*WHO, START + 1.1 * MINUTE, "429")),
    ("text", Unknown("timeout"), Uncertain(*WHO, "timeout")),
    *((kind, Unknown("timeout"), Delayed(*WHO, FIVE, "timeout")) for kind in ("template", "card")),
    ("qrcode", Unknown("503", MINUTE), Delayed(*WHO, START + 1.1 * MINUTE, "503")),
]


def until(outcome: Outcome, tries: int = 0, chance: float = 0.5) -> datetime:
    event = report(job(tries=tries), outcome, START, "e", chance)
    assert isinstance(event, Delayed)
    return event.until


@pytest.mark.parametrize(("kind", "outcome", "event"), REPORTS)
def test_every_outcome_is_an_event(kind: str, outcome: Outcome, event: Event) -> None:
    assert report(job(kind=kind), outcome, START, "e", 0.5) == event


@pytest.mark.parametrize(("tries", "seconds"), [*enumerate([5, 30, 120, 600, 1800, 3600, 7200, 7200, 7200])])
def test_the_waits_grow_to_two_hours_and_stay_there(tries: int, seconds: int) -> None:
    assert until(TryLater("-1"), tries) == START + timedelta(seconds=seconds)


@given(st.integers(0, 20), st.floats(0, 1, exclude_max=True))
def test_tries_are_spread_by_a_fifth_either_way(tries: int, chance: float) -> None:
    wait, usual = until(TryLater("-1"), tries, chance) - START, SCHEDULE[min(tries, len(SCHEDULE) - 1)]
    assert (1 - JITTER) * usual <= wait <= (1 + JITTER) * usual


@given(st.integers(0, 20), st.floats(0, 1, exclude_max=True), st.integers(1, 10**5))
def test_the_platforms_own_wish_is_obeyed_and_never_undercut(tries: int, chance: float, seconds: int) -> None:
    wish = timedelta(seconds=seconds)
    assert wish <= until(TryLater("429", wish), tries, chance) - START <= (1 + JITTER) * wish


@given(st.integers(0, 20), st.floats(0, 1, exclude_max=True))
def test_a_wish_for_no_wait_at_all_is_no_reason_to_hurry(tries: int, chance: float) -> None:
    assert until(TryLater("429", timedelta(0)), tries, chance) - START >= SCHEDULE[min(tries, len(SCHEDULE) - 1)]


def test_the_ends_of_the_spread_are_reached() -> None:
    assert until(TryLater("-1"), chance=0) == START + timedelta(seconds=4)
    assert START + timedelta(seconds=5.99) < until(TryLater("-1"), chance=0.9999) < START + timedelta(seconds=6)
