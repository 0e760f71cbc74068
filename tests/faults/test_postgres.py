"""PostgreSQL whose line breaks and whose transactions lose against others: each event happens once all the same."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from bot.domain.events import UserWrote
from bot.engine import Engine
from bot.store import SqlStore
from bot.store.dialect import LostConnection
from bot.store.prepared import Advisory
from cards.wording import text
from tests.e2e.record import holds
from tests.faults.story import Story
from tests.faults.wire import Cut, Wire, wire
from tests.store.build import ANN, HOME, LEASE, NOW, wrote
from tests.store.conftest import opened

pytestmark = pytest.mark.postgres
BROKEN = (OSError, DBAPIError, LostConnection)
"""What a broken line is called, by those who may notice it first."""


@pytest.fixture
async def line(postgres_url: str) -> AsyncIterator[Wire]:
    with tempfile.TemporaryDirectory(prefix="wire-") as folder:
        async with wire(Path(folder), postgres_url) as found:
            yield found


async def counted(store: SqlStore) -> tuple[int, int]:
    """Messages that contacts and users wrote, and entries of the record."""
    asked = "SELECT (SELECT count(*) FROM messages WHERE author <> 'system'), (SELECT count(*) FROM audit)"
    said, entries = await store.run(lambda connection: tuple(connection.exec_driver_sql(asked).one()))
    return said, entries


@pytest.mark.parametrize("cut", ["question", "answer"])
async def test_8_the_line_is_cut_at_the_nth_round_trip(line: Wire, cut: Cut) -> None:
    """A contact's first message and the user's answer: each time with another contact, until nothing was cut."""
    store = await opened(line.url)
    try:
        line.cut, messages, entries = cut, *await counted(store)
        for number in count(1):
            story = Story(store, f"o-{number}")
            line.breaks(number)
            await story.event("first", story.hello)()
            await story.event("answer", story.answer)()
            hit = line.mended()
            assert await counted(store) == (messages + 2 * number, entries + 2 * number), f"cut at {number}"
            if not hit:
                break
        assert number > 20
        await holds(store)
    finally:
        await store.close()


async def test_8_while_the_line_stays_cut_nothing_is_taken_and_then_it_goes_on(line: Wire) -> None:
    store = await opened(line.url)
    try:
        line.lasting, before = True, await counted(store)
        story = Story(store)
        first = story.event("first", story.hello)
        for number in (1, 2, 5):
            line.breaks(number)
            with pytest.raises(BROKEN):
                await first()
            assert line.mended()
            assert await counted(store) == before
        await first()
        assert await counted(store) == (before[0] + 1, before[1] + 1)
        await holds(store)
    finally:
        await store.close()


@pytest.mark.parametrize("cut", ["question", "answer"])
async def test_8_what_was_claimed_when_the_line_was_cut_is_claimed_again(line: Wire, cut: Cut) -> None:
    store = await opened(line.url)
    try:
        line.cut = cut
        await Story(store).event("first", wrote)()
        waiting = found = {job.id for job in await store.claim(NOW, NOW - NOW, 9, "teams")}
        for number in count(1):
            at = NOW + number * LEASE
            line.breaks(number)
            found = {job.id for job in await store.claim(at, LEASE, 9, "teams")}
            if not line.mended():
                break
            found |= {job.id for job in await store.claim(at + LEASE, NOW - NOW, 9, "teams")}
            assert found == waiting, f"cut at {number}"
        assert found == waiting
    finally:
        await store.close()


async def test_9_a_deadlock_is_tried_again(postgres_url: str) -> None:
    """Somebody holds the end of the record and wants the thread that the event holds: PostgreSQL ends the event."""
    store = await opened(postgres_url)
    rival = await asyncpg.connect(user="postgres", host=_socket(postgres_url), database=urlsplit(postgres_url).path[1:])
    try:
        story = Story(store)
        await story.event("first", wrote)()
        thread, before = await story.thread(), await counted(store)
        said = UserWrote("deadlocked", "deadlocked", NOW, ANN.tenant, ANN.aad, HOME, "good morning", thread, "a-9")
        await rival.execute("SET deadlock_timeout = '60s'")  # so that it is not the rival who gives way
        transaction = rival.transaction()
        await transaction.start()
        await rival.execute("SELECT pg_advisory_xact_lock($1)", Advisory.AUDIT)
        handling = asyncio.create_task(Engine(store, text).handle(said))
        while not await rival.fetchval("SELECT count(*), pg_sleep(0.02) FROM pg_locks WHERE NOT granted"):
            pass
        await rival.execute("SELECT 1 FROM threads WHERE id = $1 FOR UPDATE", thread)
        assert not handling.done()
        await transaction.commit()
        await handling
        assert await counted(store) == (before[0] + 1, before[1] + 1)
        lost = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        await rival.execute("SELECT pg_stat_clear_snapshot()")
        assert await rival.fetchval(lost) == 1
        await holds(store)
    finally:
        await rival.close()
        await store.close()


def _socket(url: str) -> str:
    return parse_qs(urlsplit(url).query)["host"][0]
