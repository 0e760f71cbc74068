"""Times in the reader's language and zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cards import Reader
from cards.dates import when

AT = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
HONG_KONG = "Asia/Hong_Kong"


@pytest.mark.parametrize(
    ("language", "now", "shown"),
    [
        ("en", AT, "Tue 14:05"),
        ("zh", AT, "周二 14:05"),
        ("en", AT - timedelta(days=6), "Tue 14:05"),
        ("en", AT + timedelta(days=6), "Tue 14:05"),
        ("en", AT - timedelta(days=6, seconds=1), "Tue 24 Nov, 14:05"),
        ("zh", AT + timedelta(days=6, seconds=1), "11月24日 周二 14:05"),
        ("en", AT + timedelta(days=365), "Tue 24 Nov 2026, 14:05"),
        ("zh", AT + timedelta(days=365), "2026年11月24日 周二 14:05"),
        ("en", None, "Tue 24 Nov 2026, 14:05"),
    ],
)
def test_when(language: str, now: datetime | None, shown: str) -> None:
    assert when(AT, Reader(language, HONG_KONG), now) == shown


def test_another_year_is_said_although_near() -> None:
    new_year = datetime(2027, 1, 1, 1, 0, tzinfo=UTC)
    assert when(new_year, Reader("en", "UTC"), new_year - timedelta(hours=2)) == "Fri 1 Jan 2027, 01:00"


def test_clocks_change_in_the_readers_zone() -> None:
    reader = Reader("en", "Europe/Berlin")
    assert when(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), reader, AT - timedelta(days=30)) == "Sun 02:30"
    assert when(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), reader, AT - timedelta(days=30)) == "Sun 02:30"


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "China Standard Time", "a\0b", "x" * 5000])
def test_unknown_zone_is_utc_and_says_so(zone: str) -> None:
    assert when(AT, Reader("en", zone), AT) == "Tue 06:05 UTC"
