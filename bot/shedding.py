"""How much may be under way so that whoever is taken is answered in time, learned from what was. Pure.

Of an event that came as the n-th under way and was committed after t seconds one learns that n go through in t
(Little's law). From such pairs, the newest counting most, follows how many more would only be late: they had better be
told at once to come again. It recovers by itself, because a few are always let in, and what they take is learned too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FADES: Final = 1 - 1 / 64
"""What is left of a pair's weight with each newer one: about the last hundred count."""

LONGEST: Final = 10.0
"""Seconds; what took longer waited for something that says little about how fast it goes, such as a locked database."""

FEWEST: Final = 16


@dataclass(frozen=True, slots=True)
class Flow:
    """The fading sums of both numbers of each pair."""

    among: float = 0.0
    seconds: float = 0.0

    def told(self, among: int, seconds: float) -> Flow:
        """An event was committed: so many were under way when it came, itself included, and it took so long."""
        return Flow(self.among * FADES + among, self.seconds * FADES + min(seconds, LONGEST))

    def room(self, within: float, most: int) -> int:
        """How many may be under way for the last to be done `within` so many seconds; `most` while nothing is known."""
        if not self.seconds:
            return most
        return int(min(most, max(FEWEST, within * self.among / self.seconds)))
