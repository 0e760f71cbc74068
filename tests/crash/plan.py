"""Which kill comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from bot.points import POINTS, Point
from tests.crash.child import Doom

OFFLINE: Final[tuple[Point, ...]] = ("upgrade-step", "audit-export")
"""Passed by the administrator's commands alone: `tests.crash.offline` kills there."""

BESIDE: Final[tuple[Point, ...]] = ("head-read", "head-published", "purge-blanked", "purged")
"""Passed by a worker now and then, however much is said: `tests.crash.beside` kills there at the end of a world."""

SPINE: Final = tuple(point for point in POINTS if point not in (*OFFLINE, *BESIDE))
PASSES: Final = (1, 2, 3)
DEEPEST = 12
OFTEN = 3


@dataclass(frozen=True, slots=True)
class Round:
    """Die at `doom`; then `again` times more, at its point's first pass; then live until everybody has been heard.

    `late`: the time that passes between the lives closes every conversation's window, so that there is work for the
    tick; otherwise it is just enough for a dead worker's lease to run out.
    """

    doom: Doom
    again: int = 0
    late: bool = False

    @property
    def dooms(self) -> tuple[Doom, ...]:
        return (self.doom, *[Doom(self.doom.point)] * self.again)


def each_once() -> Iterator[Round]:
    """Every point of the spine, one kill each."""
    return (Round(Doom(point), late=point == "tick-selected") for point in SPINE)


def every() -> Iterator[Round]:
    """Every point at each of its first passes once, and at its first again and again."""
    for point in SPINE:
        yield from (Round(Doom(point, passes), late=passes == 2) for passes in PASSES)
        yield Round(Doom(point), again=OFTEN, late=point == "tick-selected")


def drawn(random: Random) -> Iterator[Round]:
    """Any point, any pass, for ever."""
    while True:
        doom = Doom(random.choice(SPINE), random.randint(1, DEEPEST))
        yield Round(doom, again=random.choice((0, 0, 1, OFTEN)), late=random.random() < 0.2)


def until(kills: int, rounds: Iterable[Round]) -> Iterator[Round]:
    """Rounds until there were at least so many kills; the one that ends a round counts."""
    for each in rounds:
        if kills <= 0:
            return
        kills -= len(each.dooms) + 1
        yield each
