"""What is measured: every subject is a port, requests for it, and the side of the sink where its messages come out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import orjson

from bot.sim.connector.server import TeamsSimulator
from bot.sim.service import Service, environment, free_port
from bot.sim.wechat.server import WeChat
from tests.bench.letters import Writers
from tests.bench.measure import Runs
from tests.bench.processes import helper

NUMBER = "+4915112345678"
CONTACTS = 256
IN_FLIGHT = 32
UNLIMITED = "1000000"
"""So that the rules do not stop the load: WeChat's limits are not what is measured here."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`messages` is how many make about three seconds of work on a small machine."""

    name: str
    port: int
    pid: int
    side: str
    messages: int
    requests: Callable[[int, int], list[bytes]] = field(repr=False)


@asynccontextmanager
async def subjects(folder: Path, load: Executor) -> AsyncIterator[tuple[Runs, Sequence[Subject]]]:
    """All of them running, with a conversation begun for each of many contacts, towards one sink."""
    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(helper("sinks"))
        url = f"http://127.0.0.1:{sink.port}"
        runs = Runs(await stack.enter_async_context(aiohttp.ClientSession(url)), load)
        writers = _writers(url)
        service = await stack.enter_async_context(_service(writers, url, folder))
        await _begin(service, writers, runs)
        floor = await stack.enter_async_context(helper("floors", url, str(folder / "floor.db")))
        sdk = await stack.enter_async_context(helper("peers", "sdk"))
        turn = await stack.enter_async_context(helper("peers", "ours", url, writers.teams.tenant.id))
        port = int(service.environment["PORT"])
        yield (
            runs,
            (
                Subject("inbound", port, service.pid, "teams", 1500, writers.pushes),
                Subject("inbound floor", floor.port, floor.pid, "teams", 6000, writers.pushes),
                Subject("outbound", port, service.pid, "wechat", 1000, writers.replies),
                Subject("outbound floor", floor.port, floor.pid, "wechat", 6000, writers.replies),
                Subject("sdk echo", sdk.port, sdk.pid, "teams", 250, writers.messages),
                Subject("our echo", turn.port, turn.pid, "teams", 3000, writers.messages),
                Subject("echo floor", floor.port, floor.pid, "teams", 6000, writers.echoes),
            ),
        )


def _writers(url: str) -> Writers:
    """Both simulators lend their identities and are never started; what they would answer, the sink answers."""
    teams = TeamsSimulator("")
    teams.url = url
    user = teams.tenant.add_user("Anna Schmidt", timezone="Europe/Berlin")
    contacts = [f"oM{number:026}" for number in range(CONTACTS)]
    return Writers(WeChat().world.account, teams, user, contacts)


@asynccontextmanager
async def _service(writers: Writers, url: str, folder: Path) -> AsyncIterator[Service]:
    wechat, teams, user = WeChat(), writers.teams, writers.user
    wechat.url = url
    settings = environment(wechat, teams, folder, free_port()) | {"DEV_CLOCK_FILE": ""}
    service = Service(settings, folder)
    who = ("--aad-object-id", user.aad, "--tenant", teams.tenant.id, "--name", user.name, "--number", NUMBER)
    await service.admin("migrate")
    await service.admin("users", "add", *who)
    await service.admin("account", "set", "--default-user", NUMBER)
    await service.admin("policy", "set", "default", "--reply-limit", UNLIMITED)
    try:
        await service.start()
        yield service
    finally:
        await service.stop()


async def _begin(service: Service, writers: Writers, runs: Runs) -> None:
    """The user installs the app and every contact writes once, through the front door."""
    port = int(service.environment["PORT"])
    await runs.fired(port, [writers.installation()], 1)
    run = runs.next()
    await runs.fired(port, writers.pushes(run, CONTACTS), IN_FLIGHT)
    await runs.arrived("teams", run, CONTACTS)
    await runs.quiet()
    listed = orjson.loads(await service.admin("threads", "list", "--limit", str(2 * CONTACTS), "--json"))
    writers.threads = [thread["id"] for thread in listed]
