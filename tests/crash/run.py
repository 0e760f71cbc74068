"""One crash run: the service between both simulators, people who write, kills, and the count at the end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from signal import SIGTERM

from tests.crash.beside import kept
from tests.crash.histories import Count, count
from tests.crash.lives import LifeFailed
from tests.crash.offline import exported
from tests.crash.plan import Round
from tests.crash.stage import LEASE, WINDOW, Stage, stage
from tests.crash.talk import Talk

PATIENCE = 120.0
"""Seconds that a life is given to come to the point of its death, and everybody to be heard after it."""

SETTLED, STILL = 1.0, 30
ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run: kills by point, the counts of each direction, and what is wrong with the record.

    `robbed`: how often the clock was moved while workers lived. It takes their leases as it takes those of the dead,
    and what they are just sending may go twice.
    """

    kills: Mapping[str, int]
    counts: Mapping[str, Count]
    record: str
    robbed: int = 0

    @property
    def wrong(self) -> list[str]:
        total = sum(self.kills.values()) + self.robbed
        broken = [f"{way}: {what}" for way, each in self.counts.items() for what in each.wrong(total)]
        return broken + ([self.record] if self.record else [])


async def run(
    folder: Path, rounds: Iterable[Round], seed: int, database: str = "", changed: Callable[[], None] | None = None
) -> Report:
    """Kill it in every round, then count. `changed` is done to every life that is meant to die: see `Birth`.

    LifeFailed when a point was not reached, or when it did not serve again.
    """
    random, kills = Random(seed), Counter[str]()
    async with stage(folder, database) as on:
        talk = await begun(on, random, shared=True)
        talking = asyncio.create_task(talk.go_on())
        try:
            for each in rounds:
                kills += await _killed(on, talk, each, changed)
            await on.serves()
        finally:
            talk.quiet.set()
        await talking
        kills["audit-export"] += await exported(on)
        counts = await settled(on, talk)
        return Report(kills + await kept(on), counts, await on.record())


async def begun(on: Stage, random: Random, *, shared: bool = False) -> Talk:
    """Every contact has a conversation with the user, the first perhaps with both; nobody lives any more."""
    life = await on.serves()
    await on.user.installs()
    talk = Talk(on.user, on.contacts, random, on.shared if shared else None)
    await talk.begin()
    await life.end(SIGTERM)
    return talk


async def _killed(on: Stage, talk: Talk, this: Round, changed: Callable[[], None] | None) -> Counter[str]:
    """The kills of a round; the last life of it did well and is killed wherever it is."""
    kills = Counter[str]()
    for doom in this.dooms:
        on.clock.advance(WINDOW if this.late else LEASE)
        life = await on.life("serve", doom=doom, changed=changed)
        if not (await life.ended(PATIENCE) and life.killed):
            raise LifeFailed(f"{doom} was not reached ({life.code}): {on.last_words()}")
        kills[doom.point] += 1
    on.clock.advance(LEASE)
    life = await on.serves()
    if not await talk.heard(PATIENCE):
        raise LifeFailed(f"not everybody is heard again after {this}: {on.last_words()}")
    await life.end()
    return kills + Counter({ANYWHERE: 1})


async def settled(on: Stage, talk: Talk, lease: float = LEASE) -> Mapping[str, Count]:
    """The counts once nothing is left to be sent, however long that takes while it goes on.

    What is late by a lease is not lost; what waits although its leases are over, and nothing moves, is. The clock is
    moved only while nothing moves, because it takes their leases from the living too.
    """
    waiting, still = await on.waiting(), 0
    while waiting and still < STILL:
        await asyncio.sleep(SETTLED)
        before, waiting = waiting, await on.waiting()
        still = still + 1 if waiting >= before else 0
        if still:
            on.clock.advance(lease)
    return await _counted(talk)


async def _counted(talk: Talk) -> Mapping[str, Count]:
    seen = await talk.seen()
    return {way: count(tried, seen[way]) for way, tried in talk.tried.items()}
