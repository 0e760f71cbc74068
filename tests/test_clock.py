"""Time is aware and UTC; ids sort by age and never meet."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import FileClock, SystemClock, new_id

SOON = timedelta(seconds=5)


def test_the_systems_clock_is_aware_and_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert timedelta(0) <= datetime.now(UTC) - now < SOON


@pytest.mark.parametrize(("text", "seconds"), [("", 0), ("3600", 3600), ("-90.5\n", -90.5), ("0", 0)])
def test_a_file_moves_the_clock_by_its_seconds(tmp_path: Path, text: str, seconds: float) -> None:
    path = tmp_path / "clock"
    path.write_text(text)
    now = FileClock(path).now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC) - timedelta(seconds=seconds)) < SOON


def test_the_clock_follows_its_file(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    clock = FileClock(path)
    path.write_text("0")
    before = clock.now()
    path.write_text("7200")
    assert timedelta(hours=2) <= clock.now() - before < timedelta(hours=2) + SOON


def test_an_id_is_32_hex_digits() -> None:
    assert len(new_id()) == 32
    assert int(new_id(), 16) > 0


def test_ids_never_meet() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_ids_begin_with_their_time_so_that_they_sort_by_age() -> None:
    before = datetime.now(UTC)
    moment = datetime.fromtimestamp(int(new_id()[:12], 16) / 1000, UTC)
    assert abs(moment - before) < SOON
    assert new_id()[:12] >= f"{int(before.timestamp() * 1000):012x}"
