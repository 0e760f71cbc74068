"""A bar that shows how far a long command is, on a terminal; elsewhere nothing."""

from __future__ import annotations

import sys
import time
from typing import TextIO

WIDTH = 30
EVERY = 0.1
"""Seconds between two drawings."""


class Progress:
    """Call it once for each thing that is done; use it with `with`, so that the bar is gone at the end."""

    def __init__(self, what: str, total: int, out: TextIO | None = None) -> None:
        self._what, self._total, self._out = what, max(total, 1), out or sys.stderr
        self._shown = self._out.isatty()
        self._done, self._next = 0, 0.0

    def __call__(self) -> None:
        self._done += 1
        now = time.monotonic()
        if self._shown and (now >= self._next or self._done == self._total):
            self._next = now + EVERY
            self._draw()

    def _draw(self) -> None:
        full = WIDTH * self._done // self._total
        bar = "█" * full + "░" * (WIDTH - full)
        self._out.write(f"\r{self._what} {bar} {self._done:,} of {self._total:,}")
        self._out.flush()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._out.write("\r\x1b[K")
            self._out.flush()
