"""A machine that stands still and later goes on with what it held: what was acknowledged keeps its order."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import pytest

from bot import points
from bot.points import Point
from bot.sim.service import free_port
from tests.crash.balancer import Balancer
from tests.crash.histories import Count
from tests.crash.lives import Life
from tests.crash.machines import Machine, machines
from tests.crash.run import settled
from tests.crash.stage import LEASE, Stage, stage
from tests.crash.talk import TO_TEAMS, Talk
from tests.postgres import empty_postgres, postgres_server

__all__ = ["empty_postgres", "postgres_server"]
pytestmark = pytest.mark.slow
HANGS_UP = 0.5
"""Seconds until WeChat hangs up on whoever does not answer."""

ANSWERING: tuple[Point, ...] = ("begin", "outbox", "commit")
"""Before a transaction has the contact, while it has, and when it has let go of it again."""

DELIVERING: tuple[Point, ...] = ("claimed", "before-send", "after-send")


def stop_at(name: Point) -> None:
    """A life that stops when it first comes to this point, until it is told to go on."""
    passed = list[Point]()

    def reached(here: Point) -> None:
        if here == name and not passed:
            passed.append(here)
            os.kill(os.getpid(), signal.SIGSTOP)

    points.reached = reached


@dataclass(slots=True)
class Scene:
    """A contact who has begun to talk to the user, and the machines between them."""

    on: Stage
    talk: Talk
    them: list[Machine]
    written: list[str] = field(default_factory=list)

    async def writes(self) -> bool:
        """Whether it was acknowledged."""
        turn = len(self.written) + 1
        self.written.append(f"in 0 {turn}")
        await self.talk.contact_writes(0, turn)
        return self.talk.tried[TO_TEAMS][-1].acknowledged

    @asynccontextmanager
    async def pushed_to(self, *them: Machine) -> AsyncIterator[None]:
        """WeChat gives what is written to the first of them, and what that one does not answer to the next."""
        before = self.on.wechat.world.account.callback
        async with Balancer(port := free_port(), [each.port for each in them]):
            self.on.wechat.call_back(f"http://127.0.0.1:{port}/wechat/default")
            yield
        self.on.wechat.call_back(before)

    async def counted(self) -> Count:
        return (await settled(self.on, self.talk, lease=0.0))[TO_TEAMS]

    async def shown(self) -> list[str]:
        """What the contact wrote, in the order in which it was first seen: all of it, and nothing else."""
        await self.on.user.sees(self.written[-1], within=30)
        found = await self.counted()
        assert (found.lost, found.unexpected, found.disordered) == ((), (), ())
        shown = [*dict.fromkeys((await self.talk.seen())[TO_TEAMS]["0 Anna Schmidt"])][1:]
        assert {*shown} == {*self.written}
        return shown


@asynccontextmanager
async def scene(folder: Path, roles: tuple[str, ...], database: str = "") -> AsyncIterator[Scene]:
    """Nothing is under way, and from now on WeChat hangs up early."""
    async with machines(folder, roles, database) as (on, them):
        talk = Talk(on.user, on.contacts[:1], Random(7))
        await talk.begin()
        await settled(on, talk, lease=0.0)
        on.wechat.world.account = on.wechat.world.account.changed({"deadline_seconds": HANGS_UP})
        yield Scene(on, talk, them)


async def stands_still(machine: Machine, where: Point) -> Life:
    """A new life on the machine, which will stop there."""
    await machine.dies()
    machine.given = {"changed": partial(stop_at, where)}
    return await machine.starts()


@pytest.mark.postgres
async def test_what_a_machine_held_until_wechat_gave_it_up_may_come_late(tmp_path: Path, empty_postgres: str) -> None:
    """The contact was told that nobody heard them, and yet it is kept: to lose it would be worse."""
    async with scene(tmp_path, ("web", "web", "worker"), empty_postgres) as it:
        still, other, _ = it.them
        assert still.life is not None
        still.life.stand_still()
        async with it.pushed_to(still):
            assert not await it.writes()
        async with it.pushed_to(other):
            assert await it.writes()
        still.life.go_on()
        await it.on.user.sees(it.written[0], within=30)
        assert await it.shown() == it.written[::-1]
        assert len((await it.counted()).late) == 1


@pytest.mark.postgres
async def test_wherever_a_machine_stops_what_another_acknowledges_keeps_its_order(
    tmp_path: Path, empty_postgres: str
) -> None:
    """A message stands still in one machine and is tried again at the other, which gets the next one too."""
    async with scene(tmp_path, ("web", "web", "worker"), empty_postgres) as it:
        still, other, _ = it.them
        for where in ANSWERING:
            life = await stands_still(still, where)
            async with it.pushed_to(still, other):
                await it.writes()
            await life.stands_still()
            async with it.pushed_to(other):
                await it.writes()
            life.go_on()
            assert await it.shown() == it.written


@pytest.mark.postgres
async def test_a_worker_that_stops_for_longer_than_its_lease_changes_no_order(
    tmp_path: Path, empty_postgres: str
) -> None:
    async with scene(tmp_path, ("web", "worker", "worker"), empty_postgres) as it:
        _, still, other = it.them
        for where in DELIVERING:
            await other.dies()
            life = await stands_still(still, where)
            assert await it.writes()
            await life.stands_still()
            assert await it.writes()
            it.on.clock.advance(LEASE)
            await other.starts()
            await it.on.user.sees(it.written[-1], within=30)
            life.go_on()
            assert await it.writes()
            assert await it.shown() == it.written


async def test_one_process_that_stands_still_goes_on_in_order(tmp_path: Path) -> None:
    async with stage(tmp_path, contacts=1) as on:
        life = await on.serves()
        await on.user.installs()
        talk = Talk(on.user, on.contacts, Random(7))
        await talk.begin()
        on.wechat.world.account = on.wechat.world.account.changed({"deadline_seconds": HANGS_UP})
        it = Scene(on, talk, [])
        life.stand_still()
        given_up = [await it.writes(), await it.writes()]
        life.go_on()
        assert (given_up, await it.writes()) == ([False, False], True)
        assert await it.shown() == it.written
