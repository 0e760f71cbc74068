"""Wakes workers of this process when something was committed that they may claim."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from itertools import count
from typing import Final

_RINGS: Final = count(1)
_SEEN: Final[ContextVar[Mapping[str, int]]] = ContextVar("seen")


class Bell:
    """A ring between a worker's claim and its wait is not missed: the claim notes (in the worker's own context) how
    often the bell had rung, and the wait compares."""

    def __init__(self) -> None:
        self._rung = 0
        self._next = asyncio.Event()

    def ring(self) -> None:
        self._rung = next(_RINGS)
        self._next.set()
        self._next = asyncio.Event()

    def note(self, way: str) -> None:
        """A claim of this way begins: whatever rang until now, it will see."""
        _SEEN.set({**_SEEN.get({}), way: self._rung})

    async def wait(self, seconds: float) -> None:
        """Until the next ring since `note` (or since now, where nobody noted), at most `seconds`."""
        seen = _SEEN.get({})
        if self._rung <= min(seen.values(), default=self._rung):
            try:
                async with asyncio.timeout(seconds):
                    await self._next.wait()
            except TimeoutError:
                pass
        _SEEN.set(dict.fromkeys(seen, self._rung))
