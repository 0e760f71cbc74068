"""One measurement: fire a run's requests, wait until the sink has seen every message of it, and until all is quiet."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from concurrent.futures import Executor

import aiohttp

from tests.bench.loads import Fired, Steady, fire, steady
from tests.bench.processes import Helper
from tests.bench.table import Figure

PATIENCE = 120.0
QUIET, SHORT_QUIET = 1.2, 0.3
"""Seconds without a request at the sink after which nothing is under way any more: longer than a worker sleeps, and for
a short run than it usually does."""


class Failed(RuntimeError):
    """Something was refused or did not arrive, so there is no figure."""


class Runs:
    """Fires from `load`, a process of its own, and reads the sink."""

    def __init__(self, sink: aiohttp.ClientSession, load: Executor, quiet: float = QUIET) -> None:
        self._sink, self._load, self._quiet, self._numbers = sink, load, quiet, itertools.count(1)

    def next(self) -> int:
        """The number of a new run."""
        return next(self._numbers)

    async def figure(self, server: Helper, side: str, run: int, requests: Sequence[bytes], most: int) -> Figure:
        """Messages per second from the first request to the last arrival; CPU with everything they caused later."""
        before = server.cpu
        fired = await self.fired(server.port, requests, most)
        last = await self.arrived(side, run, len(requests))
        await self.quiet()
        spent = server.cpu - before
        return Figure(len(requests) / (max(last, fired.ended) - fired.began), spent / len(requests) * 1e6)

    async def answered(self, server: Helper, requests: Sequence[bytes], most: int) -> Figure:
        """Answers per second, and the CPU that they took."""
        before = server.cpu
        fired = await self.fired(server.port, requests, most)
        spent = server.cpu - before
        return Figure(len(requests) / (fired.ended - fired.began), spent / len(requests) * 1e6)

    async def fired(self, port: int, requests: Sequence[bytes], most: int) -> Fired:
        """Send them, at most so many at once. Raises Failed when any was refused."""
        fired = await asyncio.get_running_loop().run_in_executor(self._load, fire, port, requests, most)
        if fired.refused:
            raise Failed(f"of {len(requests)} requests {fired.refused} were refused: {dict(fired.statuses)}")
        return fired

    async def steadily(self, port: int, requests: Sequence[bytes], per_second: float) -> Steady:
        """Send them at this rate. Raises Failed when any was refused."""
        told = await asyncio.get_running_loop().run_in_executor(self._load, steady, port, requests, per_second)
        if refused := {status: count for status, count in told.statuses.items() if not 200 <= status < 300}:
            raise Failed(f"of {len(requests)} requests some were refused: {refused}")
        return told

    async def times(self, side: str, run: int) -> dict[int, float]:
        """When each message of the run arrived (monotonic)."""
        async with self._sink.get("/times", params={"side": side, "run": str(run)}) as answer:
            return {int(number): at for number, at in (await answer.json()).items()}

    async def delay(self, seconds: float) -> None:
        """From now on the sink takes so long for each answer."""
        async with self._sink.put("/delay", params={"seconds": str(seconds)}):
            pass

    async def arrived(self, side: str, run: int, count: int) -> float:
        """When the last of so many messages arrived (monotonic). Raises Failed when they do not."""
        until = time.monotonic() + PATIENCE
        while (told := await self._seen(side, run))["count"] < count:
            if time.monotonic() > until:
                raise Failed(f"only {told['count']:.0f} of {count} messages arrived within {PATIENCE:g} seconds")
            await asyncio.sleep(0.05)
        return told["last"]

    async def quiet(self) -> None:
        """Until nothing came any more for a while."""
        before = -1.0
        while (now := await self.calls()) != before:
            before = now
            await asyncio.sleep(self._quiet)

    async def calls(self) -> float:
        """How many requests the sink has had."""
        return (await self._seen("teams", 0))["requests"]

    async def _seen(self, side: str, run: int) -> dict[str, float]:
        async with self._sink.get("/seen", params={"side": side, "run": str(run)}) as answer:
            told: dict[str, float] = await answer.json()
            return told
