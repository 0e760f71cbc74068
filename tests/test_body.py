"""A body is read up to its bound, whether it came with its head or after it."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol

from bot.body import bounded

LIMIT = 10


@pytest.mark.parametrize("pieces", [(), (b"abc",), (b"abcde", b"fghij")], ids=["nothing", "one", "two"])
@pytest.mark.parametrize("late", [False, True], ids=["with the head", "after it"])
async def test_a_body_within_the_bound(pieces: tuple[bytes, ...], late: bool) -> None:
    assert await _read(pieces, late) == b"".join(pieces)


@pytest.mark.parametrize("late", [False, True], ids=["with the head", "after it"])
async def test_a_body_that_is_longer(late: bool) -> None:
    assert await _read((b"abcde", b"fghij", b"k"), late) is None


async def _read(pieces: tuple[bytes, ...], late: bool) -> bytes | None:
    loop = asyncio.get_running_loop()
    connection = BaseProtocol(loop)
    connection.connection_made(asyncio.Transport())
    stream = StreamReader(connection, 2**16, loop=loop)
    reading = asyncio.create_task(bounded(stream, LIMIT))
    for piece in pieces:
        if late:
            await asyncio.sleep(0)
        stream.feed_data(piece)
    stream.feed_eof()
    return await reading
