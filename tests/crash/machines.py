"""Several machines on one database, behind one address: some answer, some deliver, each may die alone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from bot import worker
from bot.points import Point
from bot.sim.service import free_port
from tests.crash.balancer import Balancer
from tests.crash.child import POINTS_LOG, Doom
from tests.crash.lives import Life, LifeFailed
from tests.crash.plan import Round
from tests.crash.run import ANYWHERE, PATIENCE, Report, settled
from tests.crash.stage import LEASE, Stage, stage
from tests.crash.talk import Talk

ONE_AND_TWO = ("web", "worker", "worker")
TWO_AND_TWO = ("web", "web", "worker", "worker")
ONLY_WEB: frozenset[Point] = frozenset({"acked"})
ONLY_WORKER: frozenset[Point] = frozenset({"claimed", "before-send", "after-send", "marked", "tick-selected"})


def never_polls() -> None:
    """A worker of such a life looks for work only when it is woken."""
    vars(worker)["POLL"] = 3600.0


@dataclass(slots=True)
class Machine:
    """Each has a folder and a port of its own; `life` is what runs on it."""

    on: Stage
    role: str
    folder: Path
    port: int
    given: dict[str, Any]
    balancer: Balancer
    life: Life | None = None

    async def starts(self, doom: Doom | None = None) -> Life:
        """A new life, ready unless it is to die."""
        environment = {"PORT": str(self.port), **({"WORKER_PORT": str(self.port)} if self.role == "worker" else {})}
        self.folder.mkdir(exist_ok=True)
        self.life = await self.on.life(
            self.role, environment=environment, folder=self.folder, doom=doom, **({} if doom else self.given)
        )
        if doom is None:
            await self.life.ready()
        return self.life

    async def dies(self) -> None:
        """Whatever it is doing."""
        assert self.life is not None
        await self.life.end()

    async def comes_to(self, doom: Doom) -> bool:
        """Whether a life that begins now dies there. A kept connection would never lead to it, so they are ended."""
        life = await self.starts(doom)
        for _ in range(int(PATIENCE)):
            if await life.ended(within=1.0):
                return life.killed
            self.balancer.hang_up()
        return False

    def passed(self, name: Point) -> int:
        """How often its noted lives came to this point."""
        log = self.folder / POINTS_LOG
        return log.read_text().splitlines().count(name) if log.exists() else 0


@asynccontextmanager
async def machines(
    folder: Path, roles: Sequence[str], database: str = "", **given: Any
) -> AsyncIterator[tuple[Stage, list[Machine]]]:
    """All of them serve, and the user has the app; `given` are the fields of every life's `Birth`."""
    async with stage(folder, database) as on:
        ports = [free_port() for _ in roles]
        webs = [port for port, role in zip(ports, roles, strict=True) if role == "web"]
        async with Balancer(int(on.values["PORT"]), webs) as balancer:
            all_of_them = [
                Machine(on, role, folder / f"{role}-{number}", port, given, balancer)
                for number, (role, port) in enumerate(zip(roles, ports, strict=True))
            ]
            await asyncio.gather(*(machine.starts() for machine in all_of_them))
            await on.user.installs()
            yield on, all_of_them
            for machine in all_of_them:
                await machine.dies()


async def talked(on: Stage, them: Sequence[Machine], rounds: Iterable[Round], seed: int, *, turns: int = 1) -> Report:
    """People talk while machines die, one at a time; after each death, and at least `turns` times, all are heard."""
    random, kills, robbed = Random(seed), Counter[str](), 0
    talk = Talk(on.user, on.contacts, random, on.shared)
    await talk.begin()
    talking = asyncio.create_task(talk.go_on())
    try:
        for _ in range(turns):
            await _heard(talk, "all is well")
        for each in rounds:
            machine = random.choice(_where(them, each.doom.point))
            died = await _killed(on, talk, machine, each, alone=_alone(machine, them))
            kills, robbed = kills + died, robbed + (machine.role == "worker") * died.total()
    finally:
        talk.quiet.set()
    await talking
    counts = await (settled(on, talk) if kills else settled(on, talk, lease=0.0))
    return Report(kills, counts, await on.record(), robbed)


def _where(them: Sequence[Machine], point: Point) -> list[Machine]:
    """The machines that come to a point."""
    if point in ONLY_WEB:
        return [machine for machine in them if machine.role == "web"]
    return [machine for machine in them if machine.role == "worker" or point not in ONLY_WORKER]


def _alone(machine: Machine, them: Sequence[Machine]) -> bool:
    return [each.role for each in them].count(machine.role) == 1


async def _killed(on: Stage, talk: Talk, machine: Machine, this: Round, *, alone: bool) -> Counter[str]:
    """The kills of a round; the others of its role go on meanwhile, if it has any. After each, its leases run out."""
    lease = LEASE if machine.role == "worker" else 0.0
    await machine.dies()
    kills = Counter({ANYWHERE: 1})
    for doom in this.dooms:
        on.clock.advance(lease)
        if not await machine.comes_to(doom):
            raise LifeFailed(f"{machine.role} did not come to {doom}")
        kills[doom.point] += 1
    on.clock.advance(lease)
    if not alone:
        await _heard(talk, f"only one {machine.role} of several is down")
    await machine.starts()
    await _heard(talk, "all are back")
    return kills


async def _heard(talk: Talk, when: str) -> None:
    if not await talk.heard(PATIENCE):
        raise LifeFailed(f"not everybody is heard, though {when}")
