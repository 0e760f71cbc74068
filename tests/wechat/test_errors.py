"""The errcode table, number by number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.events import Cause
from bot.ports import Accepted, Closed, Invalid, Outcome, TryLater
from bot.wechat.errors import cure, outcome
from tests.wechat.samples import NOW

MINUTES = timedelta(minutes=10)
TABLE: dict[int, Outcome] = {
    0: Accepted("77"),
    45015: Closed(Cause.TIME, "45015"),
    45047: Closed(Cause.COUNT, "45047"),
    48002: Closed(Cause.BLOCKED, "48002"),
    40003: Closed(Cause.BLOCKED, "40003"),
    43019: Closed(Cause.BLOCKED, "43019"),
    43004: Closed(Cause.UNFOLLOWED, "43004"),
    50005: Closed(Cause.UNFOLLOWED, "50005"),
    44004: Invalid("44004"),
    45002: Invalid("45002"),
    40008: Invalid("40008"),
    40033: Invalid("40033"),
    47001: Invalid("47001"),
    47003: Invalid("47003"),
    40037: Invalid("40037"),
    87014: Invalid("87014"),
    -1: TryLater("-1"),
    45011: TryLater("45011", timedelta(seconds=60)),
    45009: TryLater("45009", timedelta(hours=4)),
    40001: TryLater("40001", MINUTES),
    40014: TryLater("40014", MINUTES),
    42001: TryLater("42001", MINUTES),
    40013: TryLater("40013", MINUTES),
    40125: TryLater("40125", MINUTES),
    40164: TryLater("40164", MINUTES),
    48001: TryLater("48001", MINUTES),
    48004: TryLater("48004", MINUTES),
    50002: TryLater("50002", MINUTES),
    89503: TryLater("89503", MINUTES),
    89507: TryLater("89507", timedelta(hours=1)),
}


@pytest.mark.parametrize(("errcode", "expected"), TABLE.items())
def test_outcome(errcode: int, expected: Outcome) -> None:
    assert outcome(errcode, NOW, "77") == expected


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC), timedelta(seconds=1)),
        (datetime(2026, 3, 1, 16, 0, 0, tzinfo=UTC), timedelta(hours=24)),
    ],
)
def test_the_daily_quota_starts_again_at_midnight_in_china(now: datetime, hours: timedelta) -> None:
    assert outcome(45009, now) == TryLater("45009", hours)


@pytest.mark.parametrize("errcode", [40013, 40037, 40125, 40164, 45009, 47003, 48001, 48004, 50002, 89501, 89503])
def test_what_a_person_has_to_put_right_has_a_cure(errcode: int) -> None:
    assert cure(errcode)


@pytest.mark.parametrize("errcode", [0, -1, 45011, 45015, 45047, 99999])
def test_what_rights_itself_has_none(errcode: int) -> None:
    assert not cure(errcode)
