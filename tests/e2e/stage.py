"""Puts the service between the simulated WeChat and the simulated Teams, as `bot.app` builds it, in one process."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from bot import app, cli
from bot.settings import parse
from bot.sim.clock import Clock
from bot.sim.connector import TeamsClient, TeamsSimulator
from bot.sim.connector.client import Person, Seen
from bot.sim.service import environment, free_port
from bot.sim.wechat.client import Contact
from bot.sim.wechat.server import WeChat
from tests.e2e import record

NUMBER, COLLEAGUES_NUMBER = "+4915112345678", "+4915112345679"
SEND = "/cgi-bin/message/custom/send"
TEMPLATE_WORDS = "Anna Schmidt New messages: reply"
"""What the phone shows of the template message: its fields as `bot.sim.service` fills them."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One Teams user `anna`, one WeChat contact `li`, the service between them, and the time."""

    wechat: WeChat
    teams: TeamsSimulator
    client: TeamsClient
    service: app.Service
    clock: Clock
    values: Mapping[str, str]
    anna: Person
    li: Contact

    async def passes(self, *, hours: float = 0, seconds: float = 0) -> None:
        """Time passes, and what is due by then happens. What is under way ends first, or its lease would run out."""
        await self.settled()
        self.clock.advance(hours * 3600 + seconds)
        await self.settled()

    async def settled(self) -> None:
        """Everything that is decided has been carried out."""
        assert self.service.worker is not None
        await self.service.worker.drain()

    async def begins(self, text: str = "hello") -> None:
        """The contact writes for the first time, or again, and it has reached Teams."""
        await self.li.says(text)
        await self.settled()
        await self.anna.sees(text)

    async def writes(self, *texts: str) -> None:
        """Anna writes these one after the other, and what comes of it has been carried out."""
        for text in texts:
            await self.anna.says(text)
        await self.settled()

    async def goes_inactive(self, banner: str = "This chat is now inactive.") -> None:
        """The contact writes, and Anna uses up what she may send."""
        await self.begins()
        await self.writes(*(f"answer {number}" for number in range(1, 6)))
        await self.anna.sees(banner)

    async def phone(self) -> list[str]:
        """What the account sent to Li's phone, oldest first."""
        await self.settled()
        return await self.li.sees()

    async def chat(self) -> list[Seen]:
        """The bot's messages in Anna's chat that are still there, oldest first."""
        await self.settled()
        return [seen for seen in await self.anna.chat() if seen.by_bot and not seen.deleted]

    async def shown(self, text: str) -> list[Seen]:
        """Those of them that show the text."""
        return [seen for seen in await self.chat() if seen.shows(text)]

    async def own(self, text: str) -> str:
        """The card that shows what became of Anna's own message, as one text."""
        (found,) = [seen for seen in await self.chat() if text in seen.words and seen.shows("To ")]
        return " ".join(found.words)

    async def admin(self, *words: str) -> str:
        """What `python -m bot admin …` prints."""
        code, said, complained = await administrate(self.values, *words)
        assert code == 0, complained
        return said

    async def refused(self, *words: str) -> str:
        """What it complains of."""
        code, _, complained = await administrate(self.values, *words)
        assert code == 1
        return complained

    async def listed(self, *words: str) -> Any:
        """What it prints with --json."""
        return orjson.loads(await self.admin(*words, "--json"))

    async def thread(self) -> dict[str, Any]:
        """The newest thread with its ledger, as the administrator sees it."""
        newest = (await self.listed("threads", "list", "--left"))[0]
        return dict(await self.listed("threads", "show", newest["id"]))

    async def colleague(self, name: str = "Ben Weber", number: str = COLLEAGUES_NUMBER) -> Person:
        """One more enabled user, with the app installed."""
        person = await self.client.user(name, timezone="Europe/Berlin")
        await self.admin("users", "add", *who(person, self.teams.tenant.id, number))
        await person.installs()
        return person


@asynccontextmanager
async def stage(
    folder: Path,
    *,
    template: bool = True,
    working: bool = True,
    policy: tuple[str, ...] = (),
    locale: str = "en-GB",
    **settings: str,
) -> AsyncIterator[Stage]:
    """`template=False`: the account cannot ask by template message. `working=False`: only `settled` delivers.

    `policy` are arguments of `policy set default`, set before the story begins. At the end the record must hold, and
    no turn may have failed.
    """
    clock = Clock()
    port = free_port()
    wechat = await WeChat(clock=clock).start()
    teams = await TeamsSimulator(f"http://127.0.0.1:{port}/api/messages", clock=clock).start()
    teams.identity.checked = False
    values = environment(wechat, teams, folder, port) | {"DEV_CLOCK_FILE": ""} | settings
    if not template:
        values |= {"WECHAT_RESUME_TEMPLATE_ID": "", "WECHAT_RESUME_TEMPLATE_DATA": ""}
    wechat.call_back(f"http://127.0.0.1:{port}/wechat/default")
    client = TeamsClient(teams.url)
    try:
        anna = await client.user("Anna Schmidt", timezone="Europe/Berlin", locale=locale)
        await enable(values, anna, teams.tenant.id, policy)
        async with app.service(parse(values), clock=clock) as service:
            async with served(service, port, working):
                await anna.installs()
                li = await wechat.phone.contact("Li Wei")
                yield Stage(wechat, teams, client, service, clock, values, anna, li)
                assert not [each for each in teams.delivery.log if each["status"] == 503], "a turn failed"
            await record.holds(service.store)
    finally:
        await client.close()
        await teams.stop()
        await wechat.stop()


def who(person: Person, tenant: str, number: str) -> tuple[str, ...]:
    return ("--aad-object-id", person.aad, "--tenant", tenant, "--name", person.name, "--number", number)


async def enable(values: Mapping[str, str], anna: Person, tenant: str, policy: tuple[str, ...]) -> None:
    """Migrate, add the user, and make her the one who gets the contacts that ask for nobody."""
    commands = [
        ("migrate",),
        ("users", "add", *who(anna, tenant, NUMBER)),
        ("account", "set", "--default-user", NUMBER),
        *([("policy", "set", "default", *policy)] if policy else []),
    ]
    for command in commands:
        code, _, complained = await administrate(values, *command)
        assert code == 0, complained


async def administrate(values: Mapping[str, str], *words: str) -> tuple[int, str, str]:
    """Exit code, output and complaints of an admin command."""
    with redirect_stdout(io.StringIO()) as said, redirect_stderr(io.StringIO()) as complained:
        code = await asyncio.to_thread(cli.main, words, values)
    return code, said.getvalue(), complained.getvalue()


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
