"""A body read up to a bound, so that nobody outside decides how much memory it takes."""

from __future__ import annotations

from aiohttp import StreamReader

_CHUNK = 64 * 1024


async def bounded(stream: StreamReader, limit: int) -> bytes | None:
    """The whole body, unpacked, or None as soon as it is longer than `limit` bytes."""
    if stream.is_eof():  # all of it came with the head, as it mostly does
        whole: bytes = stream.read_nowait()
        return whole if len(whole) <= limit else None
    body = bytearray()
    async for chunk in stream.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)
