"""Kills in what a worker does beside its work: while it publishes the head of the record, and while it purges.

A service that begins to live publishes a head at once and purges what is over, in portions that are small here. Each
life dies at one point; what it must and what it must not have left behind is looked at before the next one begins.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot import keeping
from bot.store import open_store, retention
from tests.crash.child import Doom
from tests.crash.lives import PATIENCE, LifeFailed
from tests.crash.stage import HEADS, Stage

RETENTION, OVER, PORTION = "3d", 4 * 86_400.0, 7
"""How long words are kept, seconds after which they all are over, and how many go in one transaction."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a life left behind: messages whose words are over, and lines of published heads."""

    due: int
    heads: int

    def after(self, *, portions: int = 0, heads: int = 1) -> Left:
        return Left(max(0, self.due - portions * PORTION), self.heads + heads)


DEATHS: Final[Sequence[tuple[Doom, Mapping[str, int]]]] = (
    (Doom("head-read"), {"heads": 0}),
    (Doom("head-published"), {}),
    (Doom("purge-blanked"), {}),
    (Doom("purge-blanked", 2), {"portions": 1}),
    (Doom("purged"), {"portions": 1}),
    (Doom("purged", 2), {"portions": 2}),
)
"""Where each life ends, and what it has done by then."""


def small_portions() -> None:
    vars(keeping)["PORTION"] = PORTION


async def kept(on: Stage) -> Counter[str]:
    """The kills, by point; afterwards nothing is left to purge. LifeFailed when one left what it should not have."""
    kills = Counter[str]()
    for life in on.lives:
        await life.end()
    await on.admin("policy", "set", "default", "--retention", RETENTION)
    on.clock.advance(OVER)
    for doom, done in DEATHS:
        before = await _left(on)
        life = await on.life("serve", doom=doom, changed=small_portions)
        if not (await life.ended(PATIENCE) and life.killed):
            raise LifeFailed(f"{doom} was not reached ({life.code}): {on.last_words()}")
        kills[doom.point] += 1
        if (left := await _left(on)) != before.after(**done):
            raise LifeFailed(f"a death at {doom} left {left} of {before}")
    await on.serves(changed=small_portions)
    for _ in range(int(PATIENCE)):
        if not (await _left(on)).due:
            return kills
        await asyncio.sleep(1)
    raise LifeFailed(f"not everything that is over was purged: {on.last_words()}")


async def _left(on: Stage) -> Left:
    store = await open_store(on.values["DATABASE_URL"])
    try:
        due = await store.read(retention.due, on.clock.now(), 1_000_000)
    finally:
        await store.close()
    heads = on.folder / HEADS
    return Left(len(due), len(heads.read_text().splitlines()) if heads.exists() else 0)
