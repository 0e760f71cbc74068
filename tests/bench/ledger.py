"""The bare models' databases, with our durability: SQLite with one writer that commits all that has queued up at once,
PostgreSQL with one statement for each event.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Protocol

import asyncpg

MOST = 128
CONNECTIONS = 8
TABLES = """
CREATE TABLE IF NOT EXISTS threads (name TEXT PRIMARY KEY, heard_at BIGINT, messages INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS messages (key TEXT PRIMARY KEY, thread TEXT NOT NULL, text TEXT NOT NULL, at BIGINT);
CREATE TABLE IF NOT EXISTS outbox (key TEXT PRIMARY KEY, thread TEXT NOT NULL, sent INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS audit (seq INTEGER PRIMARY KEY, thread TEXT NOT NULL, entry TEXT NOT NULL);
"""
_POSTGRES_TABLES = TABLES.replace("seq INTEGER", "seq BIGSERIAL")
_KEEP = """
WITH thread AS (
  INSERT INTO threads VALUES ($2, $4, 1)
  ON CONFLICT (name) DO UPDATE SET heard_at = $4, messages = threads.messages + 1
), message AS (INSERT INTO messages VALUES ($1, $2, $3, $4)
), row AS (INSERT INTO outbox VALUES ($1, $2))
INSERT INTO audit (thread, entry) VALUES ($2, $1)
"""

Message = tuple[str, str, str, int]


class Ledger(Protocol):
    """Takes messages (key, thread, text, time) and that they were sent; each is on disk when the call returns."""

    async def keep(self, message: Message) -> None:
        """One event's transaction: thread looked up, message, thread, outbox row and audit row written."""

    async def sent(self, key: str) -> None:
        """The message went out."""

    async def close(self) -> None:
        """Nothing more is kept."""


class Sqlite:
    """A `Ledger` in a file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._queue: SimpleQueue[tuple[Message | str, asyncio.Future[None]]] = SimpleQueue()
        Thread(target=self._run, daemon=True).start()

    async def keep(self, message: Message) -> None:
        await self._put(message)

    async def sent(self, key: str) -> None:
        await self._put(key)

    async def close(self) -> None:
        """The thread ends with the process."""

    async def _put(self, what: Message | str) -> None:
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put((what, kept))
        await kept

    def _run(self) -> None:
        connection = sqlite3.connect(self._file, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(TABLES)
        while True:
            group = self._group()
            connection.execute("BEGIN IMMEDIATE")
            for what, _ in group:
                if isinstance(what, str):
                    connection.execute("UPDATE outbox SET sent = 1 WHERE key = ?", (what,))
                else:
                    _write(connection, what)
            connection.execute("COMMIT")
            futures = [future for _, future in group]
            futures[0].get_loop().call_soon_threadsafe(_resolve, futures)

    def _group(self) -> list[tuple[Message | str, asyncio.Future[None]]]:
        group = [self._queue.get()]
        with suppress(Empty):
            while len(group) < MOST:
                group.append(self._queue.get_nowait())
        return group


class Postgres:
    """A `Ledger` at a SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("+asyncpg", "")
        self._pool: asyncpg.Pool | None = None
        self._connecting = asyncio.Lock()

    async def keep(self, message: Message) -> None:
        await (await self._connected()).execute(_KEEP, *message)

    async def sent(self, key: str) -> None:
        await (await self._connected()).execute("UPDATE outbox SET sent = 1 WHERE key = $1", key)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def _connected(self) -> asyncpg.Pool:
        async with self._connecting:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(self._url, min_size=1, max_size=CONNECTIONS)
                await self._pool.execute(_POSTGRES_TABLES)
            return self._pool


def ledger(where: str) -> Ledger:
    """By a file's name or PostgreSQL's URL."""
    return Postgres(where) if where.startswith("postgresql") else Sqlite(where)


def _write(connection: sqlite3.Connection, message: Message) -> None:
    key, thread, text, at = message
    known = connection.execute("SELECT messages FROM threads WHERE name = ?", (thread,)).fetchone()
    if known is None:
        connection.execute("INSERT INTO threads (name) VALUES (?)", (thread,))
    connection.execute("INSERT INTO messages VALUES (?, ?, ?, ?)", (key, thread, text, at))
    connection.execute("UPDATE threads SET heard_at = ?, messages = messages + 1 WHERE name = ?", (at, thread))
    connection.execute("INSERT INTO outbox (thread, key) VALUES (?, ?)", (thread, key))
    connection.execute("INSERT INTO audit (thread, entry) VALUES (?, ?)", (thread, key))


def _resolve(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)
