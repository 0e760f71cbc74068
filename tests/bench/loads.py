"""The load: finished requests fired at a port by a process of its own, so many in flight, each answer waited for.

Plain sockets, because an HTTP client library would cost more than the floors that it is to load.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fired:
    """When it began and ended (monotonic seconds, the same in all processes), and how often which status came."""

    began: float
    ended: float
    statuses: Counter[int]

    @property
    def refused(self) -> int:
        return sum(count for status, count in self.statuses.items() if not 200 <= status < 300)


@dataclass(frozen=True, slots=True)
class Steady:
    """When each request was sent and when it was answered (monotonic seconds), in order, and how often which status."""

    sent: list[float]
    answered: list[float]
    statuses: Counter[int]


def request(path: str, body: bytes, kind: str = "application/json") -> bytes:
    """One POST as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def fire(port: int, requests: Sequence[bytes], in_flight: int) -> Fired:
    """To be called in the load's process."""
    return uvloop.run(_fire(port, requests, in_flight))


async def _fire(port: int, requests: Sequence[bytes], in_flight: int) -> Fired:
    waiting, statuses = iter(requests), Counter[int]()
    began = time.monotonic()
    await asyncio.gather(*(_one_connection(port, waiting, statuses) for _ in range(in_flight)))
    return Fired(began, time.monotonic(), statuses)


def steady(port: int, requests: Sequence[bytes], per_second: float, connections: int = 32) -> Steady:
    """One after the other at this rate, whatever the answers take. To be called in the load's process.

    A request is sent at its time by the clock, not when the one before was answered, so that slowness is not hidden.
    """
    return uvloop.run(_steady(port, requests, per_second, connections))


async def _steady(port: int, requests: Sequence[bytes], per_second: float, connections: int) -> Steady:
    told = Steady([0.0] * len(requests), [0.0] * len(requests), Counter())
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    for each in opened:
        free.put_nowait(each)
    began = time.monotonic() + 0.05

    async def one(at: int) -> None:
        told.sent[at] = began + at / per_second
        await asyncio.sleep(told.sent[at] - time.monotonic())
        connection = await free.get()
        connection[1].write(requests[at])
        told.statuses[await _status(connection[0])] += 1
        told.answered[at] = time.monotonic()
        free.put_nowait(connection)

    await asyncio.gather(*map(one, range(len(requests))))
    for _, writer in opened:
        writer.close()
    return told


async def _one_connection(port: int, waiting: Iterator[bytes], statuses: Counter[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for each in waiting:
        writer.write(each)
        statuses[await _status(reader)] += 1
    writer.close()
    await writer.wait_closed()


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if length:
        await reader.readexactly(int(length[1]))
    return int(head.split(b" ", 2)[1])
