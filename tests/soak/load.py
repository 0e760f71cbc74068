"""The people of a soak run: they write, are answered, write all at once; and the service is looked at meanwhile."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import time
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import aiohttp
import asyncpg
import orjson
from sqlalchemy.engine import make_url

from bot.sim.connector import TeamsClient, TeamsSimulator
from bot.sim.connector.client import Person
from bot.sim.service import Service, environment, free_port
from bot.sim.wechat import acts, forgery
from bot.sim.wechat.push import Outcome, Pusher
from bot.sim.wechat.server import WeChat
from bot.sim.wechat.world import Contact
from bot.store import open_store
from tests.bench.loads import request
from tests.e2e.stage import administrate, who
from tests.soak import burst
from tests.soak.figures import Pushes, Sample

USERS, LOOK, AT_ONCE = 20, 2.0, 16
"""Teams users; seconds between two looks; contacts that write at the same time while the load is steady."""

_TASKS = re.compile(r"^multiline_tasks (\d+)", re.MULTILINE)
_PUT_OFF = re.compile(r'^multiline_requests_put_off_total\{door="wechat",reason="(\w+)"\} (\d+)', re.MULTILINE)
NUMBER = "+49151123{:05}"
NOTHING = Pushes([], [], 0, 0)


@dataclass(slots=True)
class Crowd:
    """The running service between both simulators, and everybody who uses it."""

    wechat: WeChat
    teams: TeamsSimulator
    client: TeamsClient
    service: Service
    pusher: Pusher
    dice: Random
    users: list[Person] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)

    async def gather(self, count: int) -> Pushes:
        """So many contacts write for the first time, in turn to each user."""
        found = NOTHING
        share = -(-count // len(self.users))
        for number, _ in enumerate(self.users):
            await self.admin("account", "set", "--default-user", NUMBER.format(number))
            new = [self.wechat.world.add_contact(f"Contact {number}.{each}", following=True) for each in range(share)]
            self.contacts += new
            found = _sum(found, await self.write(new, AT_ONCE))
        return found

    async def steady(self, seconds: float) -> Pushes:
        """Contacts write again and again, so many at a time; users answer some of them."""
        until, found = time.monotonic() + seconds, NOTHING
        answering = asyncio.create_task(self._answers(until))
        while time.monotonic() < until:
            found = _sum(found, await self.write(self.dice.sample(self.contacts, AT_ONCE * 8), AT_ONCE))
        await answering
        return found

    async def write(self, contacts: Sequence[Contact], at_once: int) -> Pushes:
        """Each of them once, so many at the same time."""
        room, seconds, ends = asyncio.Semaphore(at_once), list[float](), list[Outcome]()

        async def one(contact: Contact) -> None:
            async with room:
                fields = acts.message(self.wechat.world, contact, "text", {"text": f"words {len(seconds)}"}, "")
                began = time.monotonic()
                ended = await self.pusher.push(contact, fields)
                seconds.append(time.monotonic() - began)
                ends.append(ended)

        await asyncio.gather(*map(one, contacts))
        given_up = sum(each.status not in ("answered", "replied") for each in ends)
        silent = sum(not reason.startswith("HTTP ") for each in ends for reason in each.reasons)
        return Pushes(seconds, [each.tries for each in ends], given_up, silent)

    async def recorded(self) -> int:
        """How many messages of contacts the record holds."""
        store = await open_store(self.service.environment["DATABASE_URL"])
        try:
            asked = "SELECT count(*) FROM messages WHERE author = 'contact'"
            return int(await store.run(lambda connection: connection.exec_driver_sql(asked).scalar_one()))
        finally:
            await store.close()

    async def _answers(self, until: float) -> None:
        while time.monotonic() < until:
            user = self.dice.choice(self.users)
            cards = [seen for seen in (await user.chat())[-12:] if seen.by_bot and "Send" in seen.words]
            if cards:
                await user.clicks("reply", self.dice.choice(cards), text="an answer")
            await asyncio.sleep(0.1)

    async def everybody(self) -> Pushes:
        """All contacts at the same moment."""
        world, now = self.wechat.world, int(time.time())
        requests = []
        for number, contact in enumerate(self.contacts):
            fields = acts.message(world, contact, "text", {"text": f"all at once {number}"}, "")
            letter = forgery.write(world.account, contact.openid, fields, now, None)
            requests.append(request(f"/wechat/default?{urlencode(letter.query)}", letter.body, "text/xml"))
        port = int(self.service.environment["PORT"])
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as load:
            return await asyncio.get_running_loop().run_in_executor(load, burst.everybody, port, requests)

    async def watched(self, samples: list[Sample], load: Coroutine[Any, Any, Pushes]) -> Pushes:
        """What the load came to; meanwhile the service is looked at."""
        loading = asyncio.create_task(load)
        while not loading.done():
            samples.append(await self.look())
            await asyncio.wait({loading}, timeout=LOOK)
        return await loading

    async def put_off(self) -> Mapping[str, int]:
        """How often the service has answered 503, by reason."""
        return {reason: int(times) for reason, times in _PUT_OFF.findall(await self._metrics())}

    async def _metrics(self) -> str:
        async with aiohttp.ClientSession() as http, http.get(f"{self.service.url}/metrics") as answer:
            return await answer.text()

    async def look(self) -> Sample:
        tasks = _TASKS.search(await self._metrics())
        place = Path(f"/proc/{self.service.pid}")
        memory = re.search(r"VmRSS:\s+(\d+)", (place / "status").read_text())
        files = [each.readlink().name for each in (place / "fd").iterdir() if each.is_symlink()]
        assert tasks and memory
        sockets = sum(name.startswith("socket:") for name in files)
        return Sample(int(memory[1]), int(tasks[1]), len(files), sockets, await self._connections())

    async def _connections(self) -> int:
        """Of the service to a PostgreSQL server; SQLite has none."""
        url = make_url(self.service.environment["DATABASE_URL"])
        if url.get_backend_name() != "postgresql":
            return 0
        line = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
        try:
            asked = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return int(await line.fetchval(asked))
        finally:
            await line.close()

    async def waiting(self, within: float) -> int:
        """Rows that are still to be sent when nothing moves any more, or when the time is over."""
        until = time.monotonic() + within
        while (left := len(orjson.loads(await self.admin("outbox", "list", "--limit", "100000", "--json")))) > 0:
            if time.monotonic() > until:
                break
            await asyncio.sleep(2)
        return left

    async def admin(self, *words: str) -> str:
        code, said, complained = await administrate(self.service.environment, *words)
        assert code == 0, complained
        return said


def _sum(one: Pushes, other: Pushes) -> Pushes:
    both = ([*one.seconds, *other.seconds], [*one.tries, *other.tries])
    return Pushes(*both, one.given_up + other.given_up, one.silent + other.silent)


@asynccontextmanager
async def crowd(folder: Path, database: str, seed: int) -> AsyncIterator[Crowd]:
    """Everything is started and the users have installed the app; `database` is a URL, empty for a new SQLite file."""
    port = free_port()
    async with (
        WeChat(retry_seconds=0.5, message_limit=1_000_000) as wechat,
        TeamsSimulator(f"http://127.0.0.1:{port}/api/messages") as teams,
        TeamsClient(teams.url) as client,
    ):
        teams.identity.checked = False
        values = environment(wechat, teams, folder, port) | {"DEV_CLOCK_FILE": "", "LOG_LEVEL": "ERROR"}
        service = Service(values | ({"DATABASE_URL": database} if database else {}), folder)
        wechat.call_back(f"{service.url}/wechat/default")
        on = Crowd(wechat, teams, client, service, Pusher(wechat.world), Random(seed))
        on.users = [await client.user(f"User {number}") for number in range(USERS)]
        await on.admin("migrate")
        await on.admin("policy", "set", "default", "--reply-limit", "1000000")
        for number, user in enumerate(on.users):
            await on.admin("users", "add", *who(user, teams.tenant.id, NUMBER.format(number)))
        await service.start()
        try:
            for user in on.users:
                await user.installs()
            yield on
        finally:
            await on.pusher.close()
            await service.stop()
