"""A short crash run; the long one is `make crash`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.histories import Count
from tests.crash.run import run

KILLS = 2


@pytest.mark.slow
async def test_nothing_acknowledged_is_lost_when_the_service_is_killed(tmp_path: Path) -> None:
    report = await run(tmp_path, KILLS, seed=7)
    assert report.wrong == []
    assert all(_busy(each) for each in report.counts.values())


def _busy(each: Count) -> bool:
    """Otherwise nothing was under way that could have been lost."""
    return each.acknowledged > 5 * KILLS
