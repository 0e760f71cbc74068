"""One address in front of several machines, as a load balancer is: whoever does not listen is passed over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import cycle
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"


class Balancer:
    """Listens on `port` and gives each connection to the next of `behind` that takes it, byte for byte."""

    def __init__(self, port: int, behind: Sequence[int]) -> None:
        self._port, self._behind = port, behind
        self._turn = cycle(behind)
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, HOST, self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()

    def hang_up(self) -> None:
        """End every connection, so that those who have just begun to listen get their share of the new ones."""
        for line in self._lines:
            line.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in self._behind:
            try:
                inner, outer = await asyncio.open_connection(HOST, next(self._turn))
            except OSError:
                continue
            self._lines.add(writer)
            await asyncio.gather(_pass_on(reader, outer), _pass_on(inner, writer))
            self._lines.discard(writer)
            return
        writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side hangs up; the other then learns it too."""
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
