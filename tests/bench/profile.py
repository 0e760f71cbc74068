"""`python -m tests.bench.profile`: where one message's microseconds go, each way, through the whole service.

The service runs in this process, its load and both outside worlds in others. Twice: as it is, for the CPU time of a
message; then under cProfile in every thread, for the shares of its stages, which are laid onto that time. Statements
and outside calls are counted.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import multiprocessing
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from aiohttp import web
from sqlalchemy import Engine, event

from bot import app, memory
from bot.__main__ import event_loop
from bot.settings import parse
from tests.bench import stages
from tests.bench.group import Bench
from tests.bench.letters import Writers
from tests.bench.processes import ROOT
from tests.bench.scene import IN_FLIGHT, Scene, begin, prepare, prepared, scene
from tests.bench.table import between

MESSAGES = 1000
MARKS = "<!-- profile -->\n", "<!-- /profile -->"
WAYS: dict[str, tuple[str, Callable[[Writers, int, int], list[bytes]]]] = {
    "in": ("teams", lambda write, run, count: write.pushes(run, count)),
    "out": ("wechat", lambda write, run, count: write.replies(run, count)),
}


@dataclass(frozen=True, slots=True)
class Way:
    """What one message costs this way: microseconds of CPU by stage, and how often what happened."""

    stages: dict[str, float]
    counts: dict[str, float]

    @property
    def cpu(self) -> float:
        return sum(self.stages.values())


class Threads:
    """A profile of every thread begun while it is on, in the CPU time of each."""

    def __init__(self) -> None:
        self._profiles: list[cProfile.Profile] = []

    def on(self) -> None:
        """From now on this thread and all new ones."""
        threading.setprofile(self._begin)
        self._add()

    def off(self) -> None:
        threading.setprofile(None)
        self._profiles[0].disable()

    def times(self) -> dict[str, float]:
        """Seconds by stage until now."""
        return stages.times(entry for profile in self._profiles for entry in profile.getstats())

    def _begin(self, frame: FrameType, happened: str, argument: object) -> None:
        self._add()

    def _add(self) -> None:
        profile = cProfile.Profile(time.thread_time)
        self._profiles.append(profile)
        profile.enable()


class Counts(Counter[str]):
    """Statements of every database connection, whoever executes them, but for those that begin and end transactions."""

    def __init__(self) -> None:
        super().__init__()
        event.listen(Engine, "connect", self._connected)

    def _connected(self, driver: sqlite3.Connection, _: object) -> None:
        driver.set_trace_callback(self._statement)

    def _statement(self, sql: str) -> None:
        if not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
            self["statements"] += 1


async def profiled(bench: Bench, messages: int) -> dict[str, Way]:
    """What a message costs, each way."""
    counts, threads = Counts(), Threads()
    async with _running(bench) as on:
        plain = {way: await _once(on, way, messages, counts) for way in WAYS}
    threads.on()
    try:
        async with _running(bench) as on:
            shares = {way: await _shares(on, way, messages, threads) for way in WAYS}
    finally:
        threads.off()
    return {way: Way(stages.scaled(shares[way], plain[way].pop("cpu")), plain[way]) for way in WAYS}


async def _shares(on: Scene, way: str, messages: int, threads: Threads) -> dict[str, float]:
    send, before = load(on, way, messages), threads.times()
    await send()
    return stages.less(threads.times(), before)


async def _once(on: Scene, way: str, messages: int, counts: Counter[str]) -> dict[str, float]:
    """Per message: `cpu` in microseconds, and everything that was counted."""
    send = load(on, way, messages)
    counts.clear()
    calls, began = await on.runs.calls(), time.process_time()
    await send()
    spent = time.process_time() - began
    found = {"cpu": spent * 1e6, **counts, "outside calls": await on.runs.calls() - calls}
    return {name: value / messages for name, value in found.items()}


def load(on: Scene, way: str, messages: int) -> Callable[[], Awaitable[None]]:
    """Sends so many messages, and waits for all that they cause. They are written now, before anybody measures."""
    side, write = WAYS[way]
    run = on.runs.next()
    requests = write(on.writers, run, messages)

    async def send() -> None:
        await on.runs.fired(on.port, requests, IN_FLIGHT)
        await on.runs.arrived(side, run, messages)
        await on.runs.quiet()

    return send


@asynccontextmanager
async def _running(bench: Bench) -> AsyncIterator[Scene]:
    """The service in this process, with a conversation begun for each contact."""
    with tempfile.TemporaryDirectory(prefix="multiline-profile-") as folder:
        async with scene(Bench(Path(folder), bench.load)) as on:
            outside = prepared(on)
            await prepare(on, outside)
            async with app.service(parse(outside.environment)) as service:
                assert service.web is not None and service.worker is not None
                runner = web.AppRunner(service.web, access_log=None)
                await runner.setup()
                on.port = int(outside.environment["PORT"])
                await web.TCPSite(runner, "127.0.0.1", on.port).start()
                working = asyncio.create_task(service.worker.run())
                await begin(on, outside)
                memory.settle()
                yield on
                service.worker.stop()
                await runner.cleanup()
                await working


def text(ways: dict[str, Way]) -> str:
    """As a table in Markdown."""
    rows = ["| stage | in, µs | | out, µs | |", "|---|--:|--:|--:|--:|"]
    for stage in dict.fromkeys(stage for way in ways.values() for stage in way.stages):
        cells = [cell for way in ways.values() for cell in _cells(way.stages.get(stage, 0.0), way.cpu)]
        rows.append(f"| {stage} | {' | '.join(cells)} |")
    whole = [cell for way in ways.values() for cell in (f"**{way.cpu:,.0f}**", "")]
    rows.append(f"| **CPU of a message** | {' | '.join(whole)} |")
    for name in next(iter(ways.values())).counts:
        counted = [cell for way in ways.values() for cell in (f"{way.counts[name]:.1f}", "")]
        rows.append(f"| {name} of a message | {' | '.join(counted)} |")
    return "\n".join(rows)


def _cells(value: float, whole: float) -> tuple[str, str]:
    return f"{value:,.0f}", f"{value / whole:.0%}"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profile", description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES, help=f"each way (default {MESSAGES})")
    parser.add_argument("--readme", action="store_true", help="the table also goes into the README")
    wishes = parser.parse_args(arguments)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as load:
        with asyncio.Runner(loop_factory=event_loop()) as runner:
            shown = text(runner.run(profiled(Bench(Path(), load), wishes.messages)))
    print(shown)
    if wishes.readme:
        readme = ROOT / "README.md"
        readme.write_text(between(readme.read_text("utf-8"), shown, MARKS), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
