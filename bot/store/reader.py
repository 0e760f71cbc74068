"""The second connection of a SQLite database: reads that must not wait behind the writer's queue.

In write-ahead mode a reader sees what was committed last and neither waits for the writer nor holds it up. It has a
thread of its own, because a statement blocks; the connection is opened when it is first needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine

from bot.store.dialect import raw

T = TypeVar("T")
CACHE: Final = 32 * 1024
"""KiB: one user's words of 100,000 contacts are about 15 MB, and who types searches again with each letter."""


class Reader:
    """Runs work that only reads, one piece after the other, each seeing one moment of the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-reader")

    async def do(self, work: Callable[[Connection], T]) -> T:
        """What `work` returned or raised; an attempt to write raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, work)

    async def close(self) -> None:
        """Finish what is queued, then let go of the file."""
        await asyncio.to_thread(self._thread.shutdown)
        if self._connection is not None:
            self._connection.close()

    def _read(self, work: Callable[[Connection], T]) -> T:
        if self._connection is None:
            self._connection = self._engine.connect()
            raw(self._connection).execute("PRAGMA query_only=ON")
            raw(self._connection).execute(f"PRAGMA cache_size=-{CACHE}")
        raw(self._connection).execute("BEGIN")
        try:
            return work(self._connection)
        finally:
            raw(self._connection).execute("ROLLBACK")
