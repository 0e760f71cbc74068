"""Wakes workers of this process when something was committed that they may claim."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from itertools import count
from typing import Final

_RINGS: Final = count(1)
_SEEN: Final[ContextVar[int]] = ContextVar("seen")


class Bell:
    """A ring between a worker's look and its wait is not missed: the look notes (in the worker's own context) how often
    the bell had rung, and the wait compares."""

    def __init__(self) -> None:
        self.rung = 0
        self._next = asyncio.Event()

    def ring(self) -> None:
        self.rung = next(_RINGS)
        self._next.set()
        self._next = asyncio.Event()

    def note(self) -> None:
        """Somebody looks: whatever rang until now, they will see."""
        _SEEN.set(self.rung)

    async def wait(self, seconds: float) -> None:
        """Until the next ring since `note` (or since now, where nobody noted), at most `seconds`."""
        if self.rung <= _SEEN.get(self.rung):
            try:
                async with asyncio.timeout(seconds):
                    await self._next.wait()
            except TimeoutError:
                pass
        _SEEN.set(self.rung)
