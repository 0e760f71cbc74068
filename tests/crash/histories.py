"""What was tried against what was seen, in Jepsen's words (`checker.clj`, total-queue). Pure.

| word         | a message that                                                                       |
|--------------|--------------------------------------------------------------------------------------|
| acknowledged | the service said it had taken                                                        |
| lost         | was acknowledged and never seen                                                      |
| unexpected   | was seen in a thread in which nobody wrote it                                        |
| duplicated   | was seen more than once: each further time counts                                    |
| recovered    | was not acknowledged and seen all the same (killed between commit and answer)        |
| disordered   | was acknowledged and first seen after one that was written later in the same thread  |
| late         | the same, but nobody acknowledged it: whoever carried it gave it up, and its end is  |
|              | unknown. Jepsen calls that `info`: concurrent with all that follows, so no order is  |
|              | broken. It is kept (to lose it is worse) and counted, never passed over              |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody wrote `words`, different each time, in a thread.

    They were delivered so many times from `began` to `ended`, in seconds since the first; the last was acknowledged, or
    it was given up.
    """

    thread: str
    words: str
    acknowledged: bool
    tries: int = 1
    began: float = 0.0
    ended: float = 0.0

    def __str__(self) -> str:
        end = "acknowledged" if self.acknowledged else "given up"
        return f"{self.words} ({self.tries} tries, {self.began:.2f}-{self.ended:.2f} s, {end})"


@dataclass(frozen=True, slots=True)
class Count:
    """One direction: how many were tried and acknowledged, and the messages of every other kind as `thread: words`."""

    attempts: int
    acknowledged: int
    lost: tuple[str, ...]
    unexpected: tuple[str, ...]
    duplicated: tuple[str, ...]
    recovered: tuple[str, ...]
    disordered: tuple[str, ...]
    late: tuple[str, ...]
    most_duplicated: int
    """Duplicates in the thread that has most of them."""

    def wrong(self, kills: int) -> list[str]:
        """Every broken promise. What was under way at a kill may come twice: one message of each thread."""
        kinds = {"lost": self.lost, "unexpected": self.unexpected, "disordered": self.disordered}
        broken = [f"{kind}: {', '.join(which)}" for kind, which in kinds.items() if which]
        if self.most_duplicated > kills:
            broken.append(f"more than one duplicate for each kill in one thread: {', '.join(self.duplicated)}")
        return broken

    def row(self) -> tuple[int, ...]:
        """The numbers, in the order of `HEADS`."""
        kinds = (self.lost, self.unexpected, self.duplicated, self.recovered, self.disordered, self.late)
        return (self.attempts, self.acknowledged, *map(len, kinds))


HEADS = ("attempts", "acknowledged", "lost", "unexpected", "duplicated", "recovered", "disordered", "late")


def count(tried: Sequence[Attempt], seen: Mapping[str, Sequence[str]]) -> Count:
    """`tried` in the order of writing; `seen` are the words of each thread in the order of arrival."""
    known = {(each.thread, each.words): each.acknowledged for each in tried}
    times = Counter((thread, words) for thread, arrived in seen.items() for words in arrived)
    further = {which: times[which] - 1 for which in times if times[which] > 1}
    by_thread = Counter(thread for (thread, _), more in further.items() for _ in range(more))
    overtaken = [*_overtaken(tried, seen)]
    return Count(
        attempts=len(tried),
        acknowledged=sum(known.values()),
        lost=_named(which for which, acknowledged in known.items() if acknowledged and which not in times),
        unexpected=_named(which for which in times if which not in known),
        duplicated=_named(which for which, more in further.items() for _ in range(more)),
        recovered=_named(which for which, acknowledged in known.items() if not acknowledged and which in times),
        disordered=tuple(f"{one.thread}: {one} after {by}" for one, by in overtaken if one.acknowledged),
        late=tuple(f"{one.thread}: {one} after {by}" for one, by in overtaken if not one.acknowledged),
        most_duplicated=max(by_thread.values(), default=0),
    )


def _overtaken(tried: Sequence[Attempt], seen: Mapping[str, Sequence[str]]) -> Iterator[tuple[Attempt, Attempt]]:
    """What was first seen after one that was written later, and that one: of several the last written."""
    place = {(each.thread, each.words): number for number, each in enumerate(tried)}
    for thread, arrived in seen.items():
        latest = -1
        for words in dict.fromkeys(arrived):
            number = place.get((thread, words), latest)
            if number < latest:
                yield tried[number], tried[latest]
            latest = max(latest, number)


def _named(which: Iterator[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{thread}: {words}" for thread, words in which)
