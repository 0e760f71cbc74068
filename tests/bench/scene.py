"""What several groups need: both outside worlds as one sink, the real service between them, and load for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.clock import SystemClock
from bot.ports import User
from bot.sim.connector.server import TeamsSimulator
from bot.sim.service import Service, environment, free_port
from bot.sim.wechat.server import WeChat
from bot.store import SqlStore, admin, migrations, open_store
from tests.bench.group import Bench, Subject
from tests.bench.letters import Writers
from tests.bench.measure import QUIET, SHORT_QUIET, Runs
from tests.bench.processes import Helper, helper
from tests.bench.table import Figure

NUMBER = "+4915112345678"
CONTACTS = 256
IN_FLIGHT = 32
PAIR = "web", "worker"
UNLIMITED = 1_000_000
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
            return await self.runs.figure(server, side, run, wanted, in_flight)

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
async def service(on: Scene, *roles: str, **settings: str) -> AsyncIterator[Helper]:
    """The real service with a conversation begun for each contact; a process for each role, the first one answers."""
    processes = [(role, prepared(on, **settings)) for role in roles or ("serve",)]
    first = processes[0][1]
    await prepare(on, first)
    async with AsyncExitStack() as stack:
        for role, each in processes:
            stack.push_async_callback(each.kill)  # a stop would take its time where Teams hangs
            await each.start(role)
        on.port = int(first.environment["PORT"])
        await begin(on, first)
        yield Helper(on.port, *(each.pid for _, each in processes))


async def prepare(on: Scene, running: Service) -> None:
    """Its database, the user and the rules."""
    await migrations.upgrade(running.environment["DATABASE_URL"])
    tenant, aad = on.writers.teams.tenant.id, on.writers.user.aad
    act = admin.Act("bench", SystemClock().now())
    async with _opened(running) as store:
        await store.run(admin.add_user, act, User("user", tenant, aad, "Anna Schmidt", NUMBER))
        await store.run(admin.set_default_user, act, "default", NUMBER)
        await store.run(admin.set_policy, act, "default", {"reply_limit": UNLIMITED})


@asynccontextmanager
async def _opened(running: Service) -> AsyncIterator[SqlStore]:
    """Its database."""
    store = await open_store(running.environment["DATABASE_URL"])
    try:
        yield store
    finally:
        await store.close()


def prepared(on: Scene, **settings: str) -> Service:
    """The service, set up for the sink but not started."""
    wechat = WeChat()
    wechat.url = on.url
    port = free_port()
    ours = {"DEV_CLOCK_FILE": "", "WORKER_PORT": str(port)}
    values = environment(wechat, on.writers.teams, on.folder, port) | ours | settings
    return Service(values, on.folder)


async def begin(on: Scene, running: Service) -> None:
    """The user installs the app and every contact writes once, through the front door."""
    port, runs, writers = on.port, on.runs, on.writers
    await runs.fired(port, [writers.installation()], 1)
    run = runs.next()
    await runs.fired(port, writers.pushes(run, CONTACTS), IN_FLIGHT)
    await runs.arrived("teams", run, CONTACTS)
    await runs.quiet()
    async with _opened(running) as store:
        writers.threads = [each.thread.id for each in await store.read(admin.threads, 2 * CONTACTS)]
