"""LISTEN and NOTIFY: tells workers of other processes that there is something to claim, and hears when they tell us.

Many commits share one NOTIFY, sent after them on a connection of its own: inside a transaction it would make all
commits queue for one lock. What is lost with a connection is found at the next poll.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any, Final

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.bell import Bell

CHANNEL: Final = "multiline_outbox"
GATHER_SECONDS: Final = 0.005
RECONNECT_SECONDS: Final = 1.0
_log = logging.getLogger(__name__)


class Listener:
    """Runs from its construction (inside a running loop) until `close`."""

    def __init__(self, url: URL, bell: Bell) -> None:
        self._engine = create_async_engine(url, poolclass=NullPool)
        self._bell = bell
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="outbox-listener")

    def tell(self) -> None:
        """Something was committed that others may claim."""
        self._news.set()

    async def close(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self._engine.dispose()

    def _heard(self, of_others: bool) -> None:
        if of_others:
            self._bell.ring()

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except Exception as error:
                _log.warning("listening for new rows was interrupted (%s); polling meanwhile", type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            ours = driver.get_server_pid()
            await driver.add_listener(CHANNEL, lambda _connection, pid, *_: self._heard(pid != ours))
            driver.add_termination_listener(lambda _connection: self._news.set())
            self._bell.ring()
            while True:
                await self._news.wait()
                self._news.clear()
                await driver.execute(f"NOTIFY {CHANNEL}")
                await asyncio.sleep(GATHER_SECONDS)
