"""The mark in a message's text by which a sink knows which message of which run arrived. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARK = re.compile(rb"mark(\d{5})x(\d{7})")


def text(run: int, number: int) -> str:
    """What somebody writes: of the usual length, plain, different each time."""
    return f"Good morning, is the report out? mark{run:05}x{number:07}"


def marks(body: bytes) -> Iterator[tuple[int, int]]:
    """Run and number of every mark in a body."""
    return ((int(found[1]), int(found[2])) for found in _MARK.finditer(body))
