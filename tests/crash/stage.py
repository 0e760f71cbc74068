"""Both simulators, a database, people on both sides, and the lives of the service that come and go between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bot.sim.connector import TeamsClient, TeamsSimulator
from bot.sim.connector.client import Person
from bot.sim.service import SharedClock, environment, free_port
from bot.sim.wechat.client import Contact
from bot.sim.wechat.server import WeChat
from bot.store import open_store
from tests.crash.child import Birth
from tests.crash.lives import PATIENCE, Life, last_words
from tests.e2e import record
from tests.e2e.stage import COLLEAGUES_NUMBER, administrate, enable, who

HEADS = "heads"
UNLIMITED = 1_000_000
TEAMS_PATIENCE, WECHAT_PAUSE = 0.5, 0.25
"""Seconds until the simulated Teams repeats what nobody answered, and between WeChat's three tries."""

LEASE, WINDOW = 31.0, 48 * 3600 + 1.0
"""Simulated seconds after which what a dead worker had claimed is claimable again, and a chat is inactive."""


@dataclass(slots=True)
class Stage:
    """A user and a colleague, some contacts; `lives` are those that began here and may still go on."""

    folder: Path
    values: Mapping[str, str]
    clock: SharedClock
    wechat: WeChat
    teams: TeamsSimulator
    user: Person
    colleague: Person
    contacts: list[Contact]
    lives: list[Life] = field(default_factory=list)

    async def life(self, *words: str, **given: Any) -> Life:
        """A new life of `python -m bot WORDS`; what is given is the rest of `Birth`, `environment` adds settings."""
        environment = {**self.values, **given.pop("environment", {})}
        life = await Life.begin(Birth(words, environment, given.pop("folder", self.folder), **given))
        self.lives.append(life)
        return life

    async def serves(self, *words: str, **given: Any) -> Life:
        """One that is ready; without words it is `serve`."""
        life = await self.life(*(words or ("serve",)), **given)
        await life.ready()
        return life

    async def shared(self, contact: Contact) -> Person:
        """The colleague, whose code this contact has scanned: both users talk with them from now on."""
        await self.colleague.installs()
        await self.colleague.says("invite")
        async with asyncio.timeout(PATIENCE):
            while not (tickets := self.wechat.world.tickets):  # noqa: ASYNC110 - other processes make it
                await asyncio.sleep(0.05)
        [(scene, *_)] = tickets.values()
        await contact.scans(scene=scene)
        return self.colleague

    async def admin(self, *words: str) -> str:
        """What `python -m bot admin WORDS` prints."""
        code, said, complained = await administrate(self.values, *words)
        assert code == 0, complained
        return said

    async def waiting(self) -> int:
        """How many outbox rows are still to be sent."""
        return len(orjson.loads(await self.admin("outbox", "list", "--limit", str(UNLIMITED), "--json")))

    def last_words(self) -> str:
        """The end of what its lives said."""
        return last_words(self.folder)

    async def record(self) -> str:
        """What is wrong with the record: its chain, its published heads, or what comes of replaying it; or nothing."""
        store = await open_store(self.values["DATABASE_URL"])
        try:
            await record.holds(store)
            await self.admin("audit", "verify", "--heads", str(self.folder / HEADS))
        except AssertionError as broken:
            return f"the record does not hold: {str(broken)[:500]}"
        finally:
            await store.close()
        return ""


@asynccontextmanager
async def stage(folder: Path, database: str = "", contacts: int = 4) -> AsyncIterator[Stage]:
    """`database` is an empty PostgreSQL's URL; without one it is a new SQLite file. Nobody lives here yet.

    The rules are not what is tried here: limits are out of reach, and dead air is not worth waiting for.
    """
    clock, port = SharedClock(folder / "clock"), free_port()
    wechat = await WeChat(clock=clock, message_limit=UNLIMITED, retry_seconds=WECHAT_PAUSE).start()
    teams = await TeamsSimulator(f"http://127.0.0.1:{port}/api/messages", clock=clock).start()
    teams.identity.checked = False
    teams.delivery.repeat_after = TEAMS_PATIENCE
    values = environment(wechat, teams, folder, port) | {"AUDIT_HEADS_FILE": str(folder / HEADS)}
    values |= {"DATABASE_URL": database} if database else {}
    wechat.call_back(f"http://127.0.0.1:{port}/wechat/default")
    client = TeamsClient(teams.url)
    policy = ("--reply-limit", str(UNLIMITED), "--queue-limit", str(UNLIMITED), "--seats", "2")
    try:
        user = await client.user("Anna Schmidt", timezone="Europe/Berlin", locale="en-GB")
        await enable(values, user, teams.tenant.id, policy)
        colleague = await client.user("Ben Weber", timezone="Europe/Berlin", locale="en-GB")
        added = who(colleague, teams.tenant.id, COLLEAGUES_NUMBER)
        known = [await wechat.phone.contact(f"Contact {number}") for number in range(contacts)]
        on = Stage(folder, values, clock, wechat, teams, user, colleague, known)
        await on.admin("users", "add", *added)
        try:
            yield on
        finally:
            for life in on.lives:
                await life.end()
    finally:
        await client.close()
        await teams.stop()
        await wechat.stop()
