"""A host that is there, is not there, or does not speak: a TCP relay in front of a simulator."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.sim.service import free_port
from tests.e2e.stage import Stage, stage


@dataclass(slots=True)
class Relay:
    """At `url`. It leads to port `to` once that is set."""

    port: int = field(default_factory=free_port)
    to: int = 0
    _mute: bool = False
    _server: asyncio.Server | None = None
    _full: list[socket.socket] = field(default_factory=list)
    _lines: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def opens(self, *, mute: bool = False) -> None:
        """Take connections and pass everything on, or (`mute`) never say a word."""
        await self.refuses()
        self._mute = mute
        self._server = await asyncio.start_server(self._taken, "127.0.0.1", self.port)

    async def refuses(self) -> None:
        """Nobody listens: connections are refused, those that there are break."""
        for full in self._full:
            full.close()
        self._full.clear()
        if self._server is not None:
            self._server.close()
            for task in list(self._lines):
                task.cancel()
            await self._server.wait_closed()
            self._server = None

    async def swallows(self) -> None:
        """Whoever connects waits for ever: the queue of those who want to be taken is full."""
        await self.refuses()
        listener = socket.create_server(("127.0.0.1", self.port), backlog=0)
        self._full.append(listener)
        for _ in range(4):
            knocking = socket.socket()
            knocking.setblocking(False)
            with suppress(BlockingIOError):
                knocking.connect(("127.0.0.1", self.port))
            self._full.append(knocking)

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        with suppress(OSError, asyncio.CancelledError):
            if self._mute:
                await asyncio.Event().wait()
            back_reader, back_writer = await asyncio.open_connection("127.0.0.1", self.to)
            await asyncio.gather(_pipe(reader, back_writer), _pipe(back_reader, writer))
        writer.close()
        self._lines.discard(task)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while content := await reader.read(65_536):
            writer.write(content)
            await writer.drain()
    finally:
        writer.close()


@asynccontextmanager
async def relayed(folder: Path) -> AsyncIterator[tuple[Stage, Relay, Relay]]:
    """The stage, the relay to WeChat and the one to Teams; both are open."""
    wechat, teams = Relay(), Relay()
    async with AsyncExitStack() as closing:
        for each in (wechat, teams):
            closing.push_async_callback(each.refuses)
        way = stage(folder, WECHAT_API_BASE_URL=wechat.url, TEAMS_SERVICE_HOSTS="127.0.0.1")
        on = await closing.enter_async_context(way)
        wechat.to, teams.to = (int(url.rpartition(":")[2]) for url in (on.wechat.url, on.teams.url))
        for each in (wechat, teams):
            await each.opens()
        on.teams.doings.service_url = f"{teams.url}/amer/"
        yield on, wechat, teams
