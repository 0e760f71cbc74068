"""Named places where a power cut might hurt most. In production nothing happens at them.

`tests/crash` puts `reached` in place in the process that it is going to kill; nothing else does, and nothing is decided
by it. The pure core has none: it changes nothing, so to die in it is to die between `load` and `state`.

| where            | points                                                            |
|------------------|-------------------------------------------------------------------|
| one transaction  | begin, load, state, message, outbox, inbox, audit                 |
| around it        | commit (it is committed), acked (whoever told us has the answer)  |
| one delivery     | claimed, before-send, after-send, marked (its report is committed)|
| the clock        | tick-selected (due threads are known, none is handled yet)        |
| beside the work  | head-read, head-published (it stands in the file)                 |
|                  | purge-blanked (the words are gone), purged (and it is committed)  |
| an administrator | upgrade-step (a version is applied), audit-export (a line is read)|
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, get_args

Point = Literal[
    "begin",
    "load",
    "state",
    "message",
    "outbox",
    "inbox",
    "audit",
    "commit",
    "acked",
    "claimed",
    "before-send",
    "after-send",
    "marked",
    "tick-selected",
    "head-read",
    "head-published",
    "purge-blanked",
    "purged",
    "upgrade-step",
    "audit-export",
]
POINTS: Final[tuple[Point, ...]] = get_args(Point)


def _passed(_: Point) -> None:
    """Production's way through a point."""


reached: Callable[[Point], None] = _passed


def point(name: Point) -> None:
    """The program has come to this place."""
    reached(name)
