"""One crash run: the service between both simulators, people who write, a killer, and the count at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import orjson

from bot.sim.demo import Stage, stage
from bot.sim.service import ServiceFailed
from tests.crash.histories import Count, count
from tests.crash.talk import Talk

CONTACTS = 4
UNLIMITED = 1_000_000
LEASE = 31.0
"""Simulated seconds that pass while the service is dead, so that what it had claimed is claimed again at once."""

TEAMS_PATIENCE, WECHAT_PAUSE = 1.0, 1.0
"""Seconds until the simulated Teams repeats what nobody answered, and between WeChat's three tries."""

SETTLED = 1.0
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run: the counts of each direction, and whether the record's chain of hashes is whole."""

    kills: int
    counts: Mapping[str, Count]
    record: str

    @property
    def wrong(self) -> list[str]:
        broken = [f"{way}: {what}" for way, each in self.counts.items() for what in each.wrong(self.kills)]
        return broken + ([self.record] if self.record else [])


async def run(folder: Path, rounds: int, seed: int) -> Report:
    """Kill it in every round, at a moment that the seed decides."""
    random = Random(seed)
    async with stage(folder) as on:
        await _unlimited(on)
        others = [await on.wechat.phone.contact(f"Contact {number}") for number in range(1, CONTACTS)]
        talk = Talk(on.user, [on.contact, *others], random)
        await talk.begin()
        talking = asyncio.create_task(talk.go_on())
        kills = 0
        for _ in range(rounds):
            kills += await _killed(on, random)
        await asyncio.sleep(random.uniform(0, 1))
        talk.quiet.set()
        await talking
        counts = await _settled(on, talk)
        return Report(kills, counts, await _record(on))


async def _unlimited(on: Stage) -> None:
    """The rules are not what is tried here, and dead air is not worth waiting for."""
    account = on.wechat.world.account
    on.wechat.world.account = account.changed({"message_limit": UNLIMITED, "retry_seconds": WECHAT_PAUSE})
    on.teams.delivery.repeat_after = TEAMS_PATIENCE
    await on.service.admin("policy", "set", "default", "--reply-limit", str(UNLIMITED))


async def _killed(on: Stage, random: Random) -> int:
    """The number of kills: now and then the next start is killed as well."""
    await asyncio.sleep(random.uniform(0.1, 1.5))
    await on.service.kill()
    on.wechat.world.clock.advance(LEASE)
    kills = 1
    if random.random() < 0.2:
        starting = asyncio.create_task(on.service.start())
        await asyncio.sleep(random.uniform(0.5, 2.5))
        await on.service.kill()
        await asyncio.gather(starting, return_exceptions=True)
        on.wechat.world.clock.advance(LEASE)
        kills += 1
    await on.service.start()
    return kills


async def _settled(on: Stage, talk: Talk) -> Mapping[str, Count]:
    """The counts once nothing changes any more; a message that is late by a lease or a retry is not lost."""
    counts = await _quiet(talk)
    for _ in range(3):
        if not any(each.lost for each in counts.values()):
            break
        on.wechat.world.clock.advance(LEASE)
        counts = await _quiet(talk)
    return counts


async def _quiet(talk: Talk) -> Mapping[str, Count]:
    """Waits as long as something goes on arriving, and a little for what is missing."""
    missing_since = asyncio.get_running_loop().time()
    before: Mapping[str, Count] = {}
    while True:
        seen = await talk.seen()
        now = {way: count(tried, seen[way]) for way, tried in talk.tried.items()}
        late = asyncio.get_running_loop().time() - missing_since > PATIENCE
        if now == before and (late or not any(each.lost for each in now.values())):
            return now
        if now != before:
            missing_since = asyncio.get_running_loop().time()
        before = now
        await asyncio.sleep(SETTLED)


async def _record(on: Stage) -> str:
    """What is wrong with the audit record, if anything is."""
    try:
        told = orjson.loads(await on.service.admin("audit", "verify", "--json"))
    except ServiceFailed as broken:
        return str(broken)
    return "" if told["intact"] else "the record is not intact"
