"""Puts the service between the simulated WeChat and the simulated Teams, as `bot.app` builds it, in one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot import app, cli
from bot.settings import parse
from bot.sim.clock import Clock
from bot.sim.connector import TeamsClient, TeamsSimulator
from bot.sim.connector.client import Person
from bot.sim.service import environment, free_port
from bot.sim.wechat.client import Contact
from bot.sim.wechat.server import WeChat

NUMBER = "+4915112345678"


@dataclass(frozen=True, slots=True)
class Stage:
    """One Teams user `anna`, one WeChat contact `li`, the service between them, and the time."""

    wechat: WeChat
    teams: TeamsSimulator
    client: TeamsClient
    service: app.Service
    clock: Clock
    url: str
    anna: Person
    li: Contact

    async def passes(self, *, hours: float = 0, seconds: float = 0) -> None:
        """Time passes, and what is due by then happens."""
        self.clock.advance(hours * 3600 + seconds)
        await self.settled()

    async def settled(self) -> None:
        """Everything that is decided has been carried out."""
        assert self.service.worker is not None
        await self.service.worker.drain()


@asynccontextmanager
async def stage(folder: Path, *, template: bool = True, working: bool = True, **settings: str) -> AsyncIterator[Stage]:
    """`template=False`: the account cannot ask by template message. `working=False`: only `settled` delivers."""
    clock = Clock()
    port = free_port()
    wechat = await WeChat(clock=clock).start()
    teams = await TeamsSimulator(f"http://127.0.0.1:{port}/api/messages", clock=clock).start()
    teams.identity.checked = False
    values = environment(wechat, teams, folder, port) | {"DEV_CLOCK_FILE": ""} | settings
    if not template:
        values["WECHAT_RESUME_TEMPLATE_ID"] = ""
    wechat.call_back(f"http://127.0.0.1:{port}/wechat/default")
    client = TeamsClient(teams.url)
    try:
        anna = await client.user("Anna Schmidt", timezone="Europe/Berlin")
        await enable(values, anna, teams.tenant.id)
        async with app.service(parse(values), clock=clock) as service, served(service, port, working):
            await anna.installs()
            li = await wechat.phone.contact("Li Wei")
            yield Stage(wechat, teams, client, service, clock, f"http://127.0.0.1:{port}", anna, li)
    finally:
        await client.close()
        await teams.stop()
        await wechat.stop()


async def enable(values: dict[str, str], anna: Person, tenant: str) -> None:
    """Migrate, add the user, and make her the one who gets the contacts that ask for nobody."""
    who = ["--aad-object-id", anna.aad, "--tenant", tenant, "--name", anna.name, "--number", NUMBER]
    for command in (["migrate"], ["users", "add", *who], ["account", "set", "--default-user", NUMBER]):
        assert await asyncio.to_thread(cli.main, command, values) == 0


@asynccontextmanager
async def served(service: app.Service, port: int, working: bool) -> AsyncIterator[None]:
    """The service's web side listens and its worker works."""
    assert service.web is not None
    assert service.worker is not None
    runner = web.AppRunner(service.web, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    work = asyncio.create_task(service.worker.run()) if working else None
    try:
        yield
    finally:
        await runner.cleanup()
        service.worker.stop()
        if work is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(work, 5)
