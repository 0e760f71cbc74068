"""The floors' database: raw sqlite3 with our durability, one writer thread, one commit for all that has queued up."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread

MOST = 128
_TABLES = """
CREATE TABLE threads (name TEXT PRIMARY KEY, heard_at INTEGER, messages INTEGER NOT NULL DEFAULT 0);
CREATE TABLE messages (key TEXT PRIMARY KEY, thread TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, thread TEXT NOT NULL, key TEXT NOT NULL);
CREATE TABLE audit (seq INTEGER PRIMARY KEY, thread TEXT NOT NULL, entry TEXT NOT NULL);
"""

Message = tuple[str, str, str, int]


class Ledger:
    """Takes messages (key, thread, text, time); each is on disk when `keep` returns."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._queue: SimpleQueue[tuple[Message, asyncio.Future[None]]] = SimpleQueue()
        Thread(target=self._run, daemon=True).start()

    async def keep(self, message: Message) -> None:
        """One event's transaction: thread looked up, message, thread, outbox row and audit row written."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put((message, kept))
        await kept

    def _run(self) -> None:
        connection = sqlite3.connect(self._file, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(_TABLES)
        while True:
            group = self._group()
            connection.execute("BEGIN IMMEDIATE")
            for message, _ in group:
                _write(connection, message)
            connection.execute("COMMIT")
            futures = [future for _, future in group]
            futures[0].get_loop().call_soon_threadsafe(_resolve, futures)

    def _group(self) -> list[tuple[Message, asyncio.Future[None]]]:
        group = [self._queue.get()]
        with suppress(Empty):
            while len(group) < MOST:
                group.append(self._queue.get_nowait())
        return group


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
