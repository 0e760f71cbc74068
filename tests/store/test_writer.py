"""Many events in one commit on SQLite: each stands or falls alone, and nobody is answered before it."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot.domain.events import Event
from bot.ports import Changes, Snapshot
from bot.store import StoreError, admin, open_store
from bot.store.dialect import raw
from bot.store.store import SqliteStore
from tests.store.build import ACT, doing, greet, wrote
from tests.store.conftest import opened

T = TypeVar("T")


@pytest.fixture
async def lite(sqlite_url: str) -> AsyncIterator[SqliteStore]:
    store = await opened(sqlite_url)
    assert isinstance(store, SqliteStore)
    await store.run(lambda connection: raw(connection).execute("CREATE TABLE noted (n INTEGER)").close())
    yield store
    await store.close()


@pytest.fixture
def other(lite: SqliteStore, tmp_path: Path) -> Callable[[], list[int]]:
    """What somebody else sees of `noted`: only what was committed."""

    def noted() -> list[int]:
        connection = sqlite3.connect(tmp_path / "data" / "store.db")
        try:
            return [n for (n,) in connection.execute("SELECT n FROM noted ORDER BY rowid")]
        finally:
            connection.close()

    return noted


def note(n: int) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        raw(connection).execute("INSERT INTO noted VALUES (?)", (n,))
        return n

    return work


def fail(connection: Connection) -> int:
    note(-1)(connection)
    raise LookupError("on purpose")


def lose(connection: Connection) -> int:
    """What SQLite does by itself when the disk is full: the whole transaction is gone."""
    raw(connection).execute("ROLLBACK")
    raise OSError("disk full")


async def together(store: SqliteStore, *works: Callable[[Connection], int]) -> list[int | BaseException]:
    """All in one group."""
    return await at_once(store, *(store.run(work) for work in works))


async def at_once(store: SqliteStore, *calls: Coroutine[Any, Any, T]) -> list[T | BaseException]:
    """All in one group: the writer is kept busy until all are queued."""
    go = threading.Event()
    busy = asyncio.create_task(store.run(lambda _: go.wait(30)))
    await asyncio.sleep(0.05)
    tasks = [asyncio.create_task(call) for call in calls]
    await asyncio.sleep(0)
    go.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(busy, return_exceptions=True)
    return answers


async def test_one_that_fails_harms_no_other(lite: SqliteStore, other: Callable[[], list[int]]) -> None:
    before = lite.writer.commits
    answers = await together(lite, note(1), fail, note(2))
    assert (answers[0], answers[2]) == (1, 2)
    assert isinstance(answers[1], LookupError)
    assert other() == [1, 2]
    assert lite.writer.commits == before + 1


async def test_only_what_failed_in_company_is_tried_again(lite: SqliteStore, other: Callable[[], list[int]]) -> None:
    tries: list[int] = []

    def counted(connection: Connection) -> int:
        tries.append(1)
        return fail(connection)

    with pytest.raises(LookupError):
        await lite.run(counted)
    assert len(tries) == 1
    await together(lite, counted, note(1))
    assert (len(tries), other()) == (3, [1])


async def test_an_event_that_comes_again_in_its_group_is_done_once(lite: SqliteStore) -> None:
    event, decided = wrote(), []

    def decide(event: Event, at: Snapshot) -> Changes:
        decided.append(event.id)
        return greet(event, at)

    first, again = await at_once(lite, lite.handle(event, decide), lite.handle(replace(event, id="m-again"), decide))
    assert first == again == {"thread": event.id}
    assert decided == [event.id]
    assert [entry.key async for entry in lite.audit() if entry.event == "ContactWrote"] == [event.key]


async def test_an_event_that_cannot_be_put_on_record_harms_no_other(lite: SqliteStore) -> None:
    good, bad, last = wrote("o-1"), wrote("o-2"), wrote("o-3")
    unheard = doing(answer={"reply": object()})
    answers = await at_once(
        lite, *(lite.handle(event, how) for event, how in zip((good, bad, last), (greet, unheard, greet), strict=True))
    )
    assert [type(answer) for answer in answers] == [dict, TypeError, dict]
    assert await lite.handle(replace(bad, id="m-again"), greet) == {"thread": "m-again"}
    assert [entry.key async for entry in lite.audit() if entry.event == "ContactWrote"] == [good.key, last.key, bad.key]


async def test_the_record_is_in_the_order_in_which_things_were_done(lite: SqliteStore) -> None:
    """Events are put on record together, but never after what was done later than they."""
    first, second = wrote("o-1"), wrote("o-2")
    policy = lite.run(admin.set_policy, ACT, "default", {"reply_limit": 7})
    await at_once(lite, lite.handle(first, greet), policy, lite.handle(second, greet))
    assert [entry.event async for entry in lite.audit()][-3:] == ["ContactWrote", "PolicySet", "ContactWrote"]


async def test_nobody_is_answered_before_the_commit(lite: SqliteStore, other: Callable[[], list[int]]) -> None:
    async def put(n: int) -> None:
        await lite.run(note(n))
        assert n in other()

    await asyncio.gather(*(put(n) for n in range(50)))


async def test_a_transaction_that_is_lost_is_lost_for_all_of_its_group(
    lite: SqliteStore, other: Callable[[], list[int]]
) -> None:
    answers = await together(lite, note(1), lose, note(2))
    assert [type(answer) for answer in answers[:2]] == [OSError, OSError]
    await lite.run(note(3))
    assert 1 not in other()
    assert other()[-1] == 3


async def test_a_locked_database_is_an_error_and_no_end(lite: SqliteStore, tmp_path: Path) -> None:
    await lite.run(lambda connection: raw(connection).execute("PRAGMA busy_timeout=10").close())
    holder = sqlite3.connect(tmp_path / "data" / "store.db", isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises((sqlite3.OperationalError, OperationalError), match="locked"):
            await lite.run(note(1))
        holder.execute("ROLLBACK")
        assert await lite.run(note(2)) == 2
    finally:
        holder.close()


async def test_a_caller_who_gave_up_disturbs_nobody(lite: SqliteStore, other: Callable[[], list[int]]) -> None:
    task = asyncio.create_task(lite.run(note(1)))
    await asyncio.sleep(0)
    task.cancel()
    assert await lite.run(note(2)) == 2
    assert other() == [1, 2]


async def test_closing_finishes_what_is_queued(lite: SqliteStore, other: Callable[[], list[int]]) -> None:
    tasks = [asyncio.create_task(lite.run(note(n))) for n in range(20)]
    await asyncio.sleep(0)
    await lite.close()
    assert await asyncio.gather(*tasks) == list(range(20))
    assert other() == list(range(20))
    with pytest.raises(StoreError, match="stopping"):
        await lite.run(note(1))


async def test_thirty_two_in_flight_share_their_fsyncs(lite: SqliteStore) -> None:
    before = lite.writer.commits
    events = iter([wrote(f"o-{number % 50}") for number in range(640)])

    async def send() -> None:
        for event in events:
            await lite.handle(event, greet)

    await asyncio.gather(*(send() for _ in range(32)))
    assert lite.writer.commits - before <= 0.5 * 640


async def test_what_was_answered_is_there_after_a_restart(sqlite_url: str) -> None:
    event = wrote()
    first = await opened(sqlite_url)
    answer = await first.handle(event, greet)
    await first.close()
    second = await open_store(sqlite_url)
    assert await second.handle(event, greet) == answer
    await second.close()
