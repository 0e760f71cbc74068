"""Time and identity: the two things that only the edges may draw."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path


class SystemClock:
    """The machine's clock, UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FileClock:
    """The machine's clock moved by the seconds that a file holds: the demo and its simulators share one time by it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(self._path.read_text() or 0))


def new_id() -> str:
    """32 hex digits, random but for the leading time, so that ids sort roughly by age and indexes stay dense."""
    return f"{time.time_ns() // 1_000_000:012x}{next(_TAILS)}"


def _drawn() -> Sequence[str]:
    """Many at once: each call of the system's lets other threads run, and to get the interpreter back takes longest."""
    digits = secrets.token_hex(_AT_ONCE * _TAIL // 2)
    return [digits[start : start + _TAIL] for start in range(0, len(digits), _TAIL)]


_TAIL, _AT_ONCE = 20, 128
_TAILS = chain.from_iterable(iter(_drawn, ()))
