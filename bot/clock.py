"""Time and identity: the two things that only the edges may draw."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime, timedelta
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
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
