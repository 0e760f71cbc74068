"""What a thousand times more threads cost: deciding, claiming and finding due timers, on both databases.

One real conversation is made by the engine and copied in the database, threads, contacts and lanes alike.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from sqlalchemy import Connection, inspect, text

from bot.domain.events import ContactWrote, Reference, UserInstalled
from bot.engine import Engine
from bot.ports import User
from bot.store import SqlStore, admin, migrations, open_store
from bot.store.dialect import is_postgres, is_sqlite, parse
from cards import wording
from tests.bench.group import Bench, Group, Subject
from tests.bench.measure import Failed
from tests.bench.table import Comparison, Figure

FEW, MIDDLE, MANY = 1_000, 100_000, 1_000_000
BACKLOG, SHORT_BACKLOG = 100_000, 10_000
"""Rows that wait in one lane."""

_BACKLOG = f"{BACKLOG:,} rows in one lane (in a short run {SHORT_BACKLOG:,})"
DUE, EVENTS, CLAIMS = 64, 1000, 30
LEASE = timedelta(seconds=30)
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_REFERENCE = Reference("https://smba.example/emea", "19:a", "28:bot", "29:user", "tenant")


def _comparisons(sizes: Sequence[int], kept: float, on: str = "") -> Sequence[Comparison]:
    """`kept` is the goal for deciding; `on` names the database where it is not SQLite."""
    return [
        comparison
        for size in sizes
        for comparison in (
            Comparison(
                f"decide, {size:,} threads{on}",
                f"{size} decide",
                f"{FEW} decide",
                f"events decided and committed with {size:,} threads and {_BACKLOG}; against {FEW:,} and none",
                kept,
            ),
            _slower("claim", size, f"{DUE} rows claimed", on),
            _slower("due", size, "due timers looked for", on),
        )
    ]


def _slower(what: str, size: int, meaning: str, on: str) -> Comparison:
    told = f"time of {meaning} with {size:,} threads and {_BACKLOG}; against {FEW:,} and none"
    name = f"{what}, {size:,} threads{on}"
    return Comparison(name, f"{size} {what}", f"{FEW} {what}", told, 2.0, most=True, unit="ms")


@asynccontextmanager
async def _open(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with AsyncExitStack() as stack:
        sizes = (FEW, MIDDLE) if bench.short else (FEW, MIDDLE, MANY)
        urls = [f"sqlite+aiosqlite:///{bench.folder / f'{size}.db'}" for size in sizes]
        yield [await _filled(stack, bench, url, size) for url, size in zip(urls, sizes, strict=True)]


@asynccontextmanager
async def _open_postgres(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with AsyncExitStack() as stack:
        databases = bench.postgres()
        sizes = (FEW, MIDDLE if bench.short else MANY)
        yield [await _filled(stack, bench, databases.url(await databases.make()), size) for size in sizes]


async def _filled(stack: AsyncExitStack, bench: Bench, url: str, size: int) -> Subject:
    store = await filled(url, size, 0 if size == FEW else SHORT_BACKLOG if bench.short else BACKLOG)
    stack.push_async_callback(store.close)
    return Subject(str(size), _measuring(store, size))


def _measuring(store: SqlStore, size: int) -> Callable[[int], Awaitable[Mapping[str, Figure]]]:
    engine, random, numbers = Engine(store, wording.text), Random(size), count()

    async def write() -> None:
        number, key = random.randrange(1, size + 1), f"e{size}-{next(numbers)}"
        at = _AT + timedelta(seconds=next(numbers))
        await engine.handle(ContactWrote(key, key, at, "default", f"o{number}", at, next(numbers), "Good morning"))

    async def measure(fewer: int) -> Mapping[str, Figure]:
        events, began = EVENTS // fewer, time.perf_counter()
        for _ in range(events // 20):
            await asyncio.gather(*(write() for _ in range(20)))
        rate = events / (time.perf_counter() - began)
        return {"decide": Figure(rate), "claim": await _claims(store), "due": await _scans(store)}

    return measure


async def _claims(store: SqlStore) -> Figure:
    """Milliseconds of a claim; the same rows again and again, each time after their lease."""
    taken = 0.0
    for number in range(CLAIMS):
        began = time.perf_counter()
        jobs = await store.claim(_FAR + (number + 1) * 2 * LEASE, LEASE, DUE, "bench")
        taken += time.perf_counter() - began
        if len(jobs) != DUE:
            raise Failed(f"{len(jobs)} rows were claimed instead of {DUE}")
        await store.run(_due_again)
    return Figure(taken / CLAIMS * 1000)


async def _scans(store: SqlStore) -> Figure:
    began = time.perf_counter()
    for _ in range(CLAIMS):
        if not await store.due(_LATE, DUE):
            raise Failed("no timer is due")
    return Figure((time.perf_counter() - began) / CLAIMS * 1000)


_FAR, _LATE = _AT + timedelta(days=1), _AT + timedelta(days=60)
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :size)"


async def filled(url: str, size: int, backlog: int) -> SqlStore:
    """A database with so many threads; `DUE` of them have a row to send, and one has a backlog."""
    await migrations.upgrade(url)
    store = await open_store(url)
    user = User("u", "tenant", "aad", "Anna Schmidt", "+4915112345678")
    await store.run(admin.add_user, admin.Act("bench", _AT), user)
    await store.run(admin.set_default_user, admin.Act("bench", _AT), "default", user.number)
    engine = Engine(store, wording.text)
    await engine.handle(UserInstalled("installed", "installed", _AT, "tenant", "aad", _REFERENCE))
    await engine.handle(ContactWrote("the-first-one", "the-first-one", _AT, "default", "o0", _AT, 1, "Good morning"))
    await store.run(_copy, size, backlog)
    if is_sqlite(parse(url)):
        await store.run(_carried_out, "ANALYZE")
    else:  # as it would have done by itself by the time that there are so many
        await store.read(_carried_out, "VACUUM ANALYZE")
        await store.read(_carried_out, "CHECKPOINT")
    return store


def _carried_out(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def _copy(connection: Connection, size: int, backlog: int) -> None:
    found = connection.execute(text("SELECT id, contact_id FROM threads")).one()
    named = {
        "contacts": {"id": "'c' || n", "openid": "'o' || n"},
        "threads": {
            "id": "'t' || n",
            "contact_id": "'c' || n",
            "state": _json(connection, f"replace({_text(connection, 'state')}, '{found.id}', 't' || n)"),
        },
    }
    for table, changed in named.items():
        _copies(connection, table, changed, f"id = '{found.id if table == 'threads' else found.contact_id}'", size)
    for way in ("teams", "wechat"):
        connection.execute(
            text(
                f"{_NUMBERS} INSERT INTO lanes (name, way, user_id, head, due_at, token)"
                f" SELECT '{way}/t' || n, '{way}', 'u', NULL, NULL, '' FROM numbers"
            ),
            {"size": size},
        )
    one = "id = (SELECT min(id) FROM outbox WHERE kind = 'card')"
    _copies(connection, "outbox", {"id": "1000000 + n", "lane": "'bench/' || n", "state": "'pending'"}, one, DUE)
    _copies(connection, "outbox", {"id": "2000000 + n", "lane": "'bench/1'", "state": "'pending'"}, one, backlog)
    connection.execute(
        text(
            f"{_NUMBERS} INSERT INTO lanes (name, way, user_id, head, due_at, token)"
            " SELECT 'bench/' || n, 'bench', 'u', 1000000 + n, (SELECT opened_at FROM threads LIMIT 1), '' FROM numbers"
        ),
        {"size": DUE},
    )


def _text(connection: Connection, column: str) -> str:
    return f"{column}::text" if is_postgres(connection) else column


def _json(connection: Connection, value: str) -> str:
    return f"({value})::jsonb" if is_postgres(connection) else value


def _copies(connection: Connection, table: str, changed: Mapping[str, str], which: str, times: int) -> None:
    columns = [column["name"] for column in inspect(connection).get_columns(table)]
    quoted = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changed.get(name, f'"{name}"') for name in columns)
    source = f"(SELECT * FROM {table} WHERE {which})"
    if times:
        connection.execute(
            text(f"{_NUMBERS} INSERT INTO {table} ({quoted}) SELECT {values} FROM {source}, numbers"), {"size": times}
        )


def _due_again(connection: Connection) -> None:
    connection.execute(text("UPDATE lanes SET due_at = (SELECT opened_at FROM threads LIMIT 1) WHERE way = 'bench'"))


GROUPS = (
    Group("scale", _comparisons((MIDDLE, MANY), 0.7), _open),
    Group("scale-postgres", _comparisons((MIDDLE, MANY), 0.9, ", PostgreSQL"), _open_postgres),
)
