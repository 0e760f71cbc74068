"""After a stop, a kill, days of outage, a jump of the clock: what was begun is finished, what is due happens once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from random import Random
from signal import SIGTERM

import orjson
import pytest

from bot.sim.faults import Fault
from bot.store import letters, open_store
from bot.worker import LEASE
from tests.crash import stage as stages
from tests.crash.child import Doom
from tests.crash.run import PATIENCE, begun, settled
from tests.crash.stage import Stage, stage
from tests.postgres import empty_postgres, postgres_server
from tests.store.conftest import empty_url

__all__ = ["empty_postgres", "empty_url", "postgres_server"]
pytestmark = pytest.mark.slow
HOUR = 3600.0
SEND = "/cgi-bin/message/custom/send"
BANNER = "This chat is now inactive."
STOPS = 3


async def test_a_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither lost nor twice nor left to a lease: the clock is not moved here. Something is under way at every stop."""
    async with stage(tmp_path) as on:
        talk = await begun(on, Random(7))
        on.wechat.world.faults.chance(SEND, Fault("slow", seconds=0.3), probability=1)
        talking = asyncio.create_task(talk.go_on())
        for _ in range(STOPS):
            life = await on.serves()
            assert await talk.heard(PATIENCE)
            await life.end(SIGTERM)
            assert life.code == 0, on.last_words()
        await on.serves()
        talk.quiet.set()
        await talking
        counts = await settled(on, talk, lease=0.0)
        assert [each.wrong(kills=0) for each in counts.values()] == [[], []]
        assert await on.waiting() == 0
        assert await on.record() == ""


async def test_what_a_dead_worker_had_claimed_goes_out_when_its_lease_is_over(tmp_path: Path) -> None:
    async with stage(tmp_path, contacts=1) as on:
        await begun(on, Random(7))
        before = await on.contacts[0].sees()
        life = await on.life("serve", doom=Doom("before-send"))
        asked = on.clock.now()
        await on.user.clicks("reply", text="an answer")
        assert await life.ended() and life.killed
        assert asked + LEASE <= await _due(on) <= on.clock.now() + LEASE
        assert await on.contacts[0].sees() == before
        on.clock.advance(stages.LEASE)
        await on.serves()
        assert await on.contacts[0].sees(len(before) + 1, seconds=30) == [*before, "an answer"]


async def test_after_an_outage_of_three_days_everything_due_happens_once(tmp_path: Path, empty_url: str) -> None:
    async with stage(tmp_path, empty_url, contacts=6) as on:
        await begun(on, Random(7))
        on.clock.advance(72 * HOUR)
        for doom in (Doom("tick-selected"), Doom("load", 2), Doom("audit"), Doom("commit")):
            life = await on.life("serve", doom=doom)
            assert await life.ended() and life.killed
        on.clock.advance(stages.LEASE)
        await on.serves()
        await _comes(lambda: _inactive(on), 6)
        await _comes(on.waiting, 0)
        assert await _banners(on) == 6
        assert await on.record() == ""


async def test_a_clock_that_jumps_and_comes_back_does_no_harm(tmp_path: Path) -> None:
    """The service's own clock, between two worlds whose clocks are right."""
    async with stage(tmp_path, contacts=2) as on:
        await begun(on, Random(7))
        await on.serves()
        first = on.contacts[0]
        _set(on, 49 * HOUR)
        refused = await first.says("from the past")
        assert refused["status"] == "faulty", "its signature is two days old to a service whose clock is wrong"
        await _comes(lambda: _inactive(on), 2)
        await on.user.clicks("reply", await on.user.sees("in 0 0"), text="queued")
        await _comes(on.waiting, 0)
        assert await _banners(on) == 2
        _set(on, 0)
        for contact in on.contacts:
            assert (await contact.says("I am here"))["status"] == "answered"
        await _comes(lambda: _inactive(on), 0)
        await _comes(on.waiting, 0)
        assert (await first.sees())[-1] == "queued"
        assert await on.record() == ""


def _set(on: Stage, seconds: float) -> None:
    """The service's clock goes wrong by so much; the simulators' stay as they are."""
    (on.folder / "clock").write_text(str(seconds))


async def _due(on: Stage) -> datetime:
    """When what was claimed is due again: what nobody had claimed is due already."""
    store = await open_store(on.values["DATABASE_URL"])
    try:
        return max(letter.due_at for letter in await store.run(letters.waiting, 10) if letter.due_at)
    finally:
        await store.close()


async def _inactive(on: Stage) -> int:
    """How many conversations are inactive."""
    threads = orjson.loads(await on.admin("threads", "list", "--json"))
    return [each["phase"] for each in threads].count("inactive")


async def _banners(on: Stage) -> int:
    """How often the user was told that a chat became inactive."""
    return sum(any(words.startswith(BANNER) for words in seen.words) for seen in await on.user.chat() if seen.by_bot)


async def _comes(what: Callable[[], Awaitable[int]], number: int) -> None:
    """Wait until it is this number."""
    async with asyncio.timeout(PATIENCE):
        while await what() != number:  # noqa: ASYNC110 - it is looked up in another process's database
            await asyncio.sleep(0.1)
