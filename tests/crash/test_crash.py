"""Every named point once, on both databases; the long run is `make crash`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store import migrations
from tests.crash import broken
from tests.crash.child import Doom
from tests.crash.offline import upgraded
from tests.crash.plan import BESIDE, SPINE, Round, each_once
from tests.crash.run import ANYWHERE, Report, run
from tests.crash.talk import TO_TEAMS, TO_WECHAT
from tests.postgres import empty_postgres, postgres_server
from tests.store.conftest import empty_url

__all__ = ["empty_postgres", "empty_url", "postgres_server"]
STEPS = int(migrations.newest().removeprefix("v"))


def holds(report: Report) -> None:
    """Nothing is wrong, every point was killed at, and there was something that could have been lost.

    Every round ends only when everybody was answered once more, so each direction has one message a round at least.
    """
    assert report.wrong == []
    assert report.kills.keys() == {*SPINE, *BESIDE, "audit-export", ANYWHERE}
    assert all(each.acknowledged >= len(SPINE) for each in report.counts.values())


@pytest.mark.slow
async def test_nothing_is_lost_at_any_point(tmp_path: Path) -> None:
    holds(await run(tmp_path, each_once(), seed=7))


@pytest.mark.slow
@pytest.mark.postgres
async def test_nothing_is_lost_at_any_point_on_postgres(tmp_path: Path, empty_postgres: str) -> None:
    holds(await run(tmp_path, each_once(), seed=7, database=empty_postgres))


async def test_an_upgrade_that_is_killed_leaves_what_was_before(tmp_path: Path, empty_url: str) -> None:
    assert await upgraded(tmp_path, empty_url) == STEPS


@pytest.mark.slow
async def test_to_acknowledge_before_it_is_committed_is_found(tmp_path: Path) -> None:
    rounds = [Round(Doom("acked", passes)) for passes in (1, 2, 3)]
    report = await run(tmp_path, rounds, seed=7, changed=broken.acknowledge_before_commit)
    assert report.counts[TO_TEAMS].lost
    assert any(what.startswith(f"{TO_TEAMS}: lost") for what in report.wrong)


@pytest.mark.slow
async def test_to_mark_before_it_is_sent_is_found(tmp_path: Path) -> None:
    rounds = [Round(Doom("marked", passes)) for passes in (1, 2, 3)]
    report = await run(tmp_path, rounds, seed=7, changed=broken.mark_before_send)
    assert report.counts[TO_TEAMS].lost or report.counts[TO_WECHAT].lost
    assert any(": lost" in what for what in report.wrong)
