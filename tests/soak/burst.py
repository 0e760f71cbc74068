"""Everybody writes at the same moment: finished requests from a process of their own, which does nothing else.

An HTTP client that first seals two thousand pushes would be what is slow, and be measured in the service's place.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import uvloop

from tests.soak.figures import FIVE, Pushes

TRIES = 3


@dataclass(frozen=True, slots=True)
class Ended:
    """One push: seconds until it was over, tries, whether it was acknowledged, tries that nobody answered."""

    seconds: float
    tries: int
    acknowledged: bool
    silent: int


def everybody(port: int, requests: Sequence[bytes]) -> Pushes:
    """To be called in the load's process: each request on a line of its own, tried as WeChat does."""
    return uvloop.run(_everybody(port, requests))


async def _everybody(port: int, requests: Sequence[bytes]) -> Pushes:
    ends = await asyncio.gather(*(_pushed(port, each) for each in requests))
    given_up, silent = sum(not each.acknowledged for each in ends), sum(each.silent for each in ends)
    return Pushes([each.seconds for each in ends], [each.tries for each in ends], given_up, silent)


async def _pushed(port: int, request: bytes) -> Ended:
    began, silent, status = time.monotonic(), 0, 0
    for attempt in range(1, TRIES + 1):
        if attempt > 1:
            await asyncio.sleep(FIVE)
        status = await _asked(port, request)
        silent += not status
        if status == 200:
            break
    return Ended(time.monotonic() - began, attempt, status == 200, silent)


async def _asked(port: int, request: bytes) -> int:
    """The status of the answer, 0 when there was none before WeChat hangs up."""
    try:
        async with asyncio.timeout(FIVE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(request)
                return int((await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1])
            finally:
                writer.close()
    except (TimeoutError, OSError, asyncio.IncompleteReadError):
        return 0
