"""`python -m bot demo`: both outside worlds on this machine, the real service between them, one person on each side."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bot.sim.connector.client import Person, TeamsClient
from bot.sim.connector.server import TeamsSimulator
from bot.sim.script import Mismatch, play
from bot.sim.service import Service, ServiceFailed, SharedClock, environment, free_port
from bot.sim.wechat.client import Contact
from bot.sim.wechat.server import WeChat

USER, NUMBER, CONTACT = "Anna Schmidt", "+4915112345678", "Li Wei"
TIMEZONE = "Europe/Berlin"

WELCOME = """
  MultiLine WeChat for Microsoft Teams: the demo is running.

    WeChat phone   {phone}
    Teams chat     {chat}

  Try this
    1. Open both pages side by side.
    2. On the phone, write a message as {contact}.
    3. In Teams, read it as {user} and answer from the card.
    4. Answer five times: the chat becomes inactive, and what you write waits until {contact} replies.
    5. On the phone page, open Simulator and let 48 hours pass.

  Nothing here leaves this machine. Ctrl-C ends it and removes its data.
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that a demo is played on."""

    service: Service
    wechat: WeChat
    teams: TeamsSimulator
    user: Person
    contact: Contact

    @property
    def phone_url(self) -> str:
        return f"{self.wechat.url}/phone#{self.contact.openid}"

    @property
    def chat_url(self) -> str:
        return f"{self.teams.url}/chat?{urlencode({'user': self.user.aad})}"


@asynccontextmanager
async def stage(folder: Path, *, fixed_ports: bool = False, quiet: bool = True) -> AsyncIterator[Stage]:
    """Simulators and service, with one Teams user and one WeChat contact, ready to be used; gone afterwards."""
    clock = SharedClock(folder / "clock")
    port, teams_port, wechat_port = (free_port(each) for each in ((3978, 4000, 4001) if fixed_ports else (0, 0, 0)))
    wechat = WeChat(clock=clock, port=wechat_port)
    teams = TeamsSimulator(f"http://127.0.0.1:{port}/api/messages", clock=clock)
    teams.identity.checked = False
    await wechat.start()
    await teams.start(teams_port)
    service = Service(environment(wechat, teams, folder, port), folder, quiet)
    wechat.call_back(f"{service.url}/wechat/default")
    client = TeamsClient(teams.url)
    try:
        user = await client.user(USER, timezone=TIMEZONE, locale="en-GB")
        await _enable(service, teams, user)
        await service.start()
        await user.installs()
        yield Stage(service, wechat, teams, user, await wechat.phone.contact(CONTACT))
    finally:
        await client.close()
        await service.stop()
        await teams.stop()
        await wechat.stop()


async def _enable(service: Service, teams: TeamsSimulator, user: Person) -> None:
    await service.admin("migrate")
    who = ("--aad-object-id", user.aad, "--tenant", teams.tenant.id, "--name", user.name, "--number", NUMBER)
    await service.admin("users", "add", *who)
    await service.admin("account", "set", "--default-user", NUMBER)


async def interactive(folder: Path) -> None:
    """Run until Ctrl-C."""
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with stage(folder, fixed_ports=True) as on:
        words = WELCOME.format(phone=on.phone_url, chat=on.chat_url, user=on.user.name, contact=on.contact.name)
        print(words, flush=True)
        await stop.wait()
        print("\n  Stopping.", flush=True)


async def scripted(folder: Path) -> None:
    """Play a conversation by itself and print what both sides saw."""
    async with stage(folder) as on:
        await play(on.service, on.wechat, on.user, on.contact, print)


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0, or 1 when the story did not go as it should or the service failed."""
    parser = argparse.ArgumentParser(prog="python -m bot demo", description=__doc__)
    parser.add_argument("--script", action="store_true", help="play a short conversation by itself, then end")
    wishes = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="multiline-demo-") as folder:
        try:
            asyncio.run((scripted if wishes.script else interactive)(Path(folder)))
        except (ServiceFailed, Mismatch) as failure:
            print(f"\n  The demo failed: {failure}", file=sys.stderr)
            return 1
    return 0
