"""Two machines that answer and two that deliver, on one PostgreSQL; and processes that share a SQLite file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.crash.child import POINTS_LOG, Birth, Doom
from tests.crash.lives import Life
from tests.crash.machines import ONE_AND_TWO, TWO_AND_TWO, machines, never_polls, talked
from tests.crash.plan import Round
from tests.crash.run import Report
from tests.crash.test_crash import STEPS
from tests.postgres import empty_postgres, postgres_server
from tests.store.conftest import empty_url

__all__ = ["empty_postgres", "empty_url", "postgres_server"]
pytestmark = pytest.mark.slow
TURNS = 4
DEATHS = [Round(Doom("commit")), Round(Doom("after-send"), again=1), Round(Doom("tick-selected"), late=True)]


def holds(report: Report) -> None:
    """Nobody died, so nothing came twice; and there was something that could have."""
    assert report.wrong == []
    assert all(each.acknowledged >= TURNS and not each.duplicated for each in report.counts.values())


@pytest.mark.postgres
async def test_while_nobody_dies_nothing_is_sent_twice(tmp_path: Path, empty_postgres: str) -> None:
    async with machines(tmp_path, TWO_AND_TWO, empty_postgres, noted=True) as (on, them):
        holds(await talked(on, them, (), seed=7, turns=TURNS))
        assert all(machine.passed("commit") for machine in them), "one of them had nothing to do"
        assert all(machine.passed("marked") for machine in them if machine.role == "worker")


@pytest.mark.postgres
async def test_machines_may_die_under_load(tmp_path: Path, empty_postgres: str) -> None:
    async with machines(tmp_path, TWO_AND_TWO, empty_postgres) as (on, them):
        assert (await talked(on, them, DEATHS, seed=7)).wrong == []


async def test_two_workers_on_one_sqlite_file_do_as_well(tmp_path: Path) -> None:
    async with machines(tmp_path, ONE_AND_TWO, noted=True) as (on, them):
        holds(await talked(on, them, (), seed=7, turns=TURNS))
        assert all(machine.passed("marked") for machine in them if machine.role == "worker")


async def test_they_may_die_as_well(tmp_path: Path) -> None:
    async with machines(tmp_path, ONE_AND_TWO) as (on, them):
        assert (await talked(on, them, DEATHS, seed=7)).wrong == []


async def test_workers_are_woken_and_need_not_poll(tmp_path: Path, empty_url: str) -> None:
    async with machines(tmp_path, ("web", "worker"), empty_url, changed=never_polls) as (on, _):
        contact = on.contacts[0]
        for number in range(3):
            await contact.says(f"question {number}")
            await on.user.sees(f"question {number}", within=30)
            seen = len(await contact.sees())
            await on.user.clicks("reply", text=f"answer {number}")
            assert (await contact.sees(seen + 1, seconds=30))[-1] == f"answer {number}"


async def test_one_of_many_that_upgrade_at_once_does_it(tmp_path: Path, empty_url: str) -> None:
    values = {"DATABASE_URL": empty_url, "DEV_MODE": "1"}
    births = [Birth(("admin", "migrate"), values, tmp_path, noted=True) for _ in range(4)]
    lives = await asyncio.gather(*map(Life.begin, births))
    assert all(await asyncio.gather(*(life.ended() for life in lives)))
    assert [life.code for life in lives] == [0] * 4
    assert (tmp_path / POINTS_LOG).read_text().splitlines() == ["upgrade-step"] * STEPS
