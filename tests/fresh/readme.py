"""The README's way from a clean machine to a conversation, command by command, in a fresh clone.

Every command that stands in its chapters is played as it stands, or is named here with the reason why it is not. What
the README asks of a person is done here: .env is filled in, with both outside worlds simulated, and the app is used.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bot.sim.connector import TeamsClient, TeamsSimulator
from bot.sim.connector.client import Person
from bot.sim.graph import Graph, person
from bot.sim.service import environment, free_port
from bot.sim.wechat.server import WeChat
from tests.fresh.shell import Failed, Shell, end, until

ROOT = Path(__file__).parents[2]
CHAPTERS = ("Try it", "Install it", "Backup and restore")
BOT = ".venv/bin/python -m bot"
HTTPS = "https://wechat.fabrikam.com"
ELSEWHERE: Mapping[str, str] = {
    "make test": "is what CI does next",
    "BROWSER=none npx": "is another program's, with a browser of its own",
    "pg_dump": "PostgreSQL's are played by tests/store/test_backup.py",
    "dropdb": "likewise",
    "createdb": "likewise",
    "pg_restore": "likewise",
}
"""Commands that are not played, by how they begin."""


def commands(text: str) -> list[str]:
    """The commands of the chapters, without their remarks, each once."""
    found: list[str] = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE):
        for chapter in re.split(r"^### ", part, flags=re.MULTILINE):
            if part.startswith(CHAPTERS[:2]) or chapter.startswith(CHAPTERS[2]):
                blocks = re.findall(r"^```\n(.*?)^```", chapter, re.MULTILINE | re.DOTALL)
                found += [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines() if line]
    return list(dict.fromkeys(found))


async def play(folder: Path) -> None:
    """All of it. Failed tells the first command that did not do what the README says."""
    async with AsyncExitStack() as closing:
        port = free_port()
        wechat = await closing.enter_async_context(WeChat())
        teams = await closing.enter_async_context(TeamsSimulator(f"http://127.0.0.1:{port}/api/messages"))
        graph = await closing.enter_async_context(Graph())
        client = await closing.enter_async_context(TeamsClient(teams.url))
        teams.identity.checked = False
        wechat.call_back(f"http://127.0.0.1:{port}/wechat/default")
        values = environment(wechat, teams, folder, port) | {"GRAPH_BASE_URL": graph.url}
        del values["DATABASE_URL"], values["DEV_CLOCK_FILE"]
        player = Player(Shell(folder / "clone"), values, wechat, teams, graph, await client.user("Anna Schmidt"))
        closing.push_async_callback(player.leaves)
        await Shell(folder).run(f"git clone --quiet --no-local {ROOT} clone")
        for command in commands((folder / "clone/README.md").read_text("utf-8")):
            await player.plays(command)
        print("Every command of the README was played.")


@dataclass(slots=True)
class Player:
    """Somebody at a terminal with the README, and at both ends of the service."""

    shell: Shell
    values: Mapping[str, str]
    wechat: WeChat
    teams: TeamsSimulator
    graph: Graph
    anna: Person
    serving: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def plays(self, command: str) -> None:
        for beginning, why in ELSEWHERE.items():
            if command.startswith(beginning):
                print(f"- {command}\n  not played: {why}")
                return
        ways: Mapping[str, Callable[[str], Awaitable[object]]] = {
            "make demo ARGS": self.shell.run,
            "make demo": self._demo,
            "cp .env.example": self._fills,
            ".venv/bin/python -m manifest": self._packs,
            f"{BOT} serve": self._serves,
            f"{BOT} admin doctor": self._doctor,
            f"{BOT} admin users add": self._adds,
            f"{BOT} admin account": self._converses,
            f"{BOT} admin users import": self._imports,
            f"{BOT} admin restore": self._restores,
        }
        await next((way for beginning, way in ways.items() if command.startswith(beginning)), self.shell.run)(command)

    async def _demo(self, command: str) -> None:
        demo = await self.shell.start(command)
        try:
            addresses = re.findall(r"http://\S+", await until(demo, "Teams chat"))
            print(f"$ {command}\n  {' '.join(addresses)}")
            for address in addresses:
                await asyncio.to_thread(opened, address)
        finally:
            await end(demo, signal.SIGINT)

    async def _fills(self, command: str) -> None:
        await self.shell.run(command)
        fill(self.shell.folder / ".env", self.values)

    async def _doctor(self, command: str) -> None:
        """Before the service runs its address does not answer; nothing else may be wrong, and then nothing at all."""
        said = await self.shell.run(command, code=1)
        if re.findall(r"^failed +(.+?)  ", said, re.MULTILINE) != ["public address"]:
            raise Failed(f"{command}: finds something else than that nothing runs yet\n{said}")

    async def _serves(self, command: str) -> None:
        print(f"$ {command}")
        self.serving = await self.shell.start(f"exec {command}")
        await until(self.serving, '"action": "started"')
        said = await self.shell.run(f"{BOT} admin doctor")
        if "0 failed" not in said:
            raise Failed(f"the doctor finds something wrong with a running service\n{said}")

    async def _packs(self, command: str) -> None:
        """Teams takes https only, and the simulators speak http."""
        await self.shell.run(command, PUBLIC_BASE_URL=HTTPS)

    async def _adds(self, command: str) -> None:
        await self.shell.run(command.replace("ID", self.anna.aad, 1).replace("ID", self.teams.tenant.id, 1))

    async def _converses(self, command: str) -> None:
        """Then the first conversation, as the README's chapter of that name says."""
        await self.shell.run(command)
        await self.anna.installs()
        await self.anna.sees("WeChat in Teams")
        li = await self.wechat.phone.contact("Li Wei")
        await li.says("hello")
        await self.anna.sees("hello")
        read = len(await li.sees())
        await self.anna.says("Good morning")
        if (await li.sees(read + 1))[-1] != "Good morning":
            raise Failed(f"the phone reads {await li.sees()}")
        print("  The first conversation was had.")

    async def _imports(self, command: str) -> None:
        """Many people at once, from a file and from a group."""
        line = "5f8a2c1e-7d34-4b19-9a60-2e0c4d8b7f13,Ben Weber,+4915112345679"
        (self.shell.folder / "people.csv").write_text(f"aad_object_id,name,number\n{line}\n", "utf-8")
        if not self.graph.groups:
            self.graph.publish(self.teams.identity.app_id)
            self.graph.group("WeChat advisors", person("Cara Stein", "+49 151 12345670"))
        await self.shell.run(command)

    async def _restores(self, command: str) -> None:
        await self.stops()
        await self.shell.run(command)
        await self._serves(f"{BOT} serve")

    async def leaves(self) -> None:
        """Nothing goes on running, however it went."""
        if self.serving is not None:
            await end(self.serving)

    async def stops(self) -> None:
        """SIGTERM, as a service manager does it."""
        assert self.serving is not None
        said = await end(self.serving)
        if self.serving.returncode:
            raise Failed(f"the service ended with {self.serving.returncode}\n{said}")


def fill(file: Path, values: Mapping[str, str]) -> None:
    """Fill in .env as one does by hand: behind the setting's name, its mark of a remark taken away."""
    text = file.read_text("utf-8")
    for name, value in values.items():
        quoted = f"'{value}'" if " " in value else value
        line = f"{name}={quoted}".replace("\\", r"\\")
        text, found = re.subn(rf"^(# )?{name}=.*$", line, text, flags=re.MULTILINE)
        if found != 1:
            raise Failed(f".env.example has {name} {found} times")
    file.write_text(text, "utf-8")


def opened(address: str) -> None:
    try:
        with urlopen(address) as answer:
            if b"<html" not in answer.read():
                raise Failed(f"{address} is no page")
    except URLError as error:
        raise Failed(f"{address}: {error}") from None
