"""What several groups need: both outside worlds as one sink, the real service between them, and load for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import orjson

from bot.sim.connector.server import TeamsSimulator
from bot.sim.service import Service, environment, free_port
from bot.sim.wechat.server import WeChat
from tests.bench.group import Bench, Subject
from tests.bench.letters import Writers
from tests.bench.measure import QUIET, SHORT_QUIET, Runs
from tests.bench.processes import Helper, helper
from tests.bench.table import Figure

NUMBER = "+4915112345678"
CONTACTS = 256
IN_FLIGHT = 32
UNLIMITED = "1000000"
"""So that the rules do not stop the load: WeChat's limits are not what is measured here."""


@dataclass(slots=True)
class Scene:
    """A sink at `url`, and who writes to what stands before it: a service at `port`, once there is one."""

    url: str
    runs: Runs
    writers: Writers
    folder: Path
    port: int = 0

    def subject(
        self,
        name: str,
        server: Helper,
        side: str,
        messages: int,
        requests: Callable[[int, int], list[bytes]],
        in_flight: int = IN_FLIGHT,
    ) -> Subject:
        """`messages` is how many make about three seconds of work on a small machine."""

        async def measure(fewer: int) -> Figure:
            run = self.runs.next()
            wanted = requests(run, messages // fewer)
            return await self.runs.figure(server.port, server.pid, side, run, wanted, in_flight)

        return Subject(name, measure)


@asynccontextmanager
async def scene(bench: Bench) -> AsyncIterator[Scene]:
    """Both simulators lend their identities and are never started; what they would answer, the sink answers."""
    async with helper("sinks") as sink:
        url = f"http://127.0.0.1:{sink.port}"
        teams = TeamsSimulator("")
        teams.url = url
        user = teams.tenant.add_user("Anna Schmidt", timezone="Europe/Berlin")
        contacts = [f"oM{number:026}" for number in range(CONTACTS)]
        writers = Writers(WeChat().world.account, teams, user, contacts)
        async with aiohttp.ClientSession(url) as http:
            quiet = SHORT_QUIET if bench.short else QUIET
            yield Scene(url, Runs(http, bench.load, quiet), writers, bench.folder)


@asynccontextmanager
async def service(on: Scene, role: str = "serve", **settings: str) -> AsyncIterator[Helper]:
    """The real service with a conversation begun for each contact."""
    running = prepared(on, **settings)
    await prepare(on, running)
    try:
        await running.start(role)
        on.port = int(running.environment["PORT"])
        await begin(on, running)
        yield Helper(on.port, running.pid)
    finally:
        await running.stop()


async def prepare(on: Scene, running: Service) -> None:
    """Its database, the user and the rules."""
    who = ("--aad-object-id", on.writers.user.aad, "--tenant", on.writers.teams.tenant.id, "--name", "Anna Schmidt")
    await running.admin("migrate")
    await running.admin("users", "add", *who, "--number", NUMBER)
    await running.admin("account", "set", "--default-user", NUMBER)
    await running.admin("policy", "set", "default", "--reply-limit", UNLIMITED)


def prepared(on: Scene, **settings: str) -> Service:
    """The service, set up for the sink but not started."""
    wechat = WeChat()
    wechat.url = on.url
    values = environment(wechat, on.writers.teams, on.folder, free_port()) | {"DEV_CLOCK_FILE": ""} | settings
    return Service(values, on.folder)


async def begin(on: Scene, running: Service) -> None:
    """The user installs the app and every contact writes once, through the front door."""
    port, runs, writers = on.port, on.runs, on.writers
    await runs.fired(port, [writers.installation()], 1)
    run = runs.next()
    await runs.fired(port, writers.pushes(run, CONTACTS), IN_FLIGHT)
    await runs.arrived("teams", run, CONTACTS)
    await runs.quiet()
    listed = orjson.loads(await running.admin("threads", "list", "--limit", str(2 * CONTACTS), "--json"))
    writers.threads = [thread["id"] for thread in listed]
