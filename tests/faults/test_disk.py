"""SQLite under a failing disk: whichever statement fails, a transaction is wholly there or not at all, and goes on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.store import admin
from bot.store.dialect import raw
from tests.e2e.record import holds
from tests.faults.disk import Disk, plugged
from tests.faults.story import Story
from tests.store.build import NOW, wrote
from tests.store.conftest import opened

Look = Callable[[], str]
FAILS = (sqlite3.OperationalError, OperationalError)


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Everything that is committed."""

    def dump() -> str:
        connection = sqlite3.connect(tmp_path / "data" / "store.db")
        try:
            return "\n".join(connection.iterdump())
        finally:
            connection.close()

    return dump


async def until_untouched(disk: Disk, step: Callable[[], Awaitable[object]], look: Look) -> int:
    """Let the first statement of the step fail, then the second …, until it passes; how many there are."""
    for number in count(1):
        before = look()
        disk.breaks(number)
        try:
            await step()
        except FAILS as error:
            assert "disk I/O error" in str(error)
            assert disk.mended()
            assert look() == before, f"statement {number} left something behind"
        else:
            assert not disk.mended(), f"statement {number} failed and nobody noticed"
            return number - 1
    raise AssertionError("it never passes")


@pytest.mark.parametrize("disk", [Disk(), Disk(lasting=True), Disk(rolls_back=True)], ids=["once", "lasting", "undone"])
async def test_7_an_io_error_on_the_nth_statement(disk: Disk, sqlite_url: str, look: Look) -> None:
    with plugged(disk):
        store = await opened(sqlite_url)
    try:
        statements = {name: await until_untouched(disk, step, look) for name, step in Story(store).steps().items()}
        assert min(statements.values()) >= 5, statements
        await holds(store)
    finally:
        await store.close()


async def test_6_the_disk_is_full_when_it_commits(sqlite_url: str, look: Look) -> None:
    store = await opened(sqlite_url)
    story = Story(store)
    first = story.event("first", lambda: wrote(text="long words" * 10_000))
    try:
        before = look()
        await store.run(_limit, 1)
        for _ in range(3):
            with pytest.raises(FAILS, match="full"):
                await first()
            assert look() == before
        await store.run(_limit, 0)
        await first()
        assert await story.thread()
        await holds(store)
    finally:
        await store.close()


def _limit(connection: object, pages: int) -> None:
    """The file may grow no further (SQLITE_FULL, as on a full disk); 0 lets it grow again."""
    driver = raw(connection)  # type: ignore[arg-type]
    driver.execute(f"PRAGMA max_page_count = {pages or 2**30}").close()


async def test_5_the_database_is_locked(sqlite_url: str, tmp_path: Path, look: Look) -> None:
    """Six seconds of somebody else's transaction, shortened with the patience: it is an error, then it passes."""
    store = await opened(sqlite_url)
    holder = sqlite3.connect(tmp_path / "data" / "store.db", isolation_level=None)
    try:
        await store.run(lambda connection: raw(connection).execute("PRAGMA busy_timeout = 60").close())
        story, before = Story(store), look()
        steps = story.steps()
        for name in ("a contact writes first", "a contact writes again", "the user answers"):
            holder.execute("BEGIN IMMEDIATE")
            with pytest.raises(FAILS, match="locked"):
                await steps[name]()
            with pytest.raises(FAILS, match="locked"):
                await store.claim(NOW, NOW - NOW, 1, "teams")
            holder.execute("ROLLBACK")
            assert look() == before
            await steps[name]()
            before = look()
        await holds(store)
    finally:
        holder.close()
        await store.close()


async def test_reading_goes_on_while_somebody_else_writes(sqlite_url: str, tmp_path: Path) -> None:
    store = await opened(sqlite_url)
    holder = sqlite3.connect(tmp_path / "data" / "store.db", isolation_level=None)
    try:
        story = Story(store)
        await story.event("first", wrote)()
        holder.execute("BEGIN IMMEDIATE")
        assert len(await asyncio.wait_for(store.read(admin.threads, 9), 5)) == 1
    finally:
        holder.close()
        await store.close()
