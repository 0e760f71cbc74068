"""A push is over when it is acknowledged, or when the third try was not; who answers nothing is counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from tests.soak import burst
from tests.soak.figures import Pushes

ASKED = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"


@asynccontextmanager
async def answering(script: Sequence[int | None]) -> AsyncIterator[int]:
    """A port that answers with these statuses in turn; None: with nothing."""
    turns = iter(script)

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if status := next(turns):
            writer.write(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status)
        else:
            await reader.read()
        writer.close()

    async with await asyncio.start_server(taken, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("script", "tries", "given_up", "silent"),
    [([200], 1, 0, 0), ([503, 200], 2, 0, 0), ([503, None, 200], 3, 0, 1), ([None, 503, None], 3, 1, 2)],
)
async def test_how_a_push_ends(
    monkeypatch: pytest.MonkeyPatch, script: list[int | None], tries: int, given_up: int, silent: int
) -> None:
    monkeypatch.setattr(burst, "FIVE", 0.2)
    async with answering(script) as port:
        found = await burst._everybody(port, [ASKED])
    assert found == Pushes(found.seconds, [tries], given_up, silent)
