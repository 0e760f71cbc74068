"""Starts lives of the service, watches whether they end, and ends them."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import aiohttp

from tests.crash.child import LOG, Birth, live

PATIENCE = 120.0
"""Seconds until a life that does not answer is taken to have failed."""

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.crash.child"])


class LifeFailed(AssertionError):
    """A life did not come to be what it was meant to; the message has its last words."""


class Life:
    """One process, from its start to its end."""

    def __init__(self, birth: Birth) -> None:
        self._birth = birth
        self._process = _FORKED.Process(target=live, args=(birth,), daemon=True)

    @classmethod
    async def begin(cls, birth: Birth) -> Self:
        life = cls(birth)
        await asyncio.to_thread(life._process.start)
        return life

    @property
    def killed(self) -> bool:
        """Whether SIGKILL ended it, its own or ours."""
        return self._process.exitcode == -signal.SIGKILL

    @property
    def code(self) -> int | None:
        """Its exit code, None as long as it lives."""
        return self._process.exitcode

    async def ended(self, within: float = PATIENCE) -> bool:
        """Whether it ends by itself before so many seconds are over."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, over.set)
        try:
            async with asyncio.timeout(within):
                await over.wait()
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(self._process.sentinel)
        await asyncio.to_thread(self._process.join)
        return True

    async def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it, at once or as a service manager does; LifeFailed when it does not."""
        if self._process.exitcode is None:
            os.kill(self._process.pid or 0, how)
            if not await self.ended():
                raise LifeFailed(f"{how.name} did not end it within {PATIENCE:g} seconds")

    def stand_still(self) -> None:
        """It does nothing until it goes on; what it holds, it holds."""
        os.kill(self._process.pid or 0, signal.SIGSTOP)

    async def stands_still(self) -> None:
        """Wait until it does."""
        async with asyncio.timeout(PATIENCE):
            while not self._stopped:  # noqa: ASYNC110 - it is looked up in another process
                await asyncio.sleep(0.02)

    @property
    def _stopped(self) -> bool:
        return Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(") ")[2][0] == "T"

    def go_on(self) -> None:
        """After it stood still."""
        os.kill(self._process.pid or 0, signal.SIGCONT)

    async def ready(self) -> None:
        """Wait until it serves."""
        async with aiohttp.ClientSession() as http, asyncio.timeout(PATIENCE):
            while not await self._serves(http):
                if self._process.exitcode is not None:
                    raise LifeFailed(f"it ended while it started: {last_words(self._birth.folder)}")
                await asyncio.sleep(0.02)

    async def _serves(self, http: aiohttp.ClientSession) -> bool:
        port = port_of(self._birth.environment)
        try:
            async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


def port_of(environment: Mapping[str, str]) -> str:
    """Where a life with these settings answers whether it is ready."""
    return environment.get("WORKER_PORT") or environment["PORT"]


def last_words(folder: Path) -> str:
    """The end of what lives in this folder said."""
    log = folder / LOG
    return log.read_text(errors="replace")[-2000:] if log.exists() else "nothing was said"
