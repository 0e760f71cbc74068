"""What the service takes before it does anything, and what it holds afterwards: against bare imports."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.group import Bench, Group, Subject
from tests.bench.measure import Failed
from tests.bench.processes import ROOT, resident
from tests.bench.scene import IN_FLIGHT, begin, prepare, prepared, scene
from tests.bench.table import Comparison, Figure

COMPARISONS = (
    Comparison(
        "start / imports",
        "start serving",
        "imports seconds",
        "from the command to the first answer of /readyz; against importing the same libraries and nothing else",
        2.0,
        most=True,
        unit="s",
    ),
    Comparison(
        "memory idle / imports",
        "start idle",
        "imports memory",
        "resident memory of the service that has just started; against a process that only imported the libraries",
        1.5,
        most=True,
        unit="MiB",
    ),
    Comparison(
        "memory after load / imports",
        "start after load",
        "imports memory",
        "the same after thousands of messages",
        1.5,
        most=True,
        unit="MiB",
    ),
)
MESSAGES = 2500
_FIND = """
import sys
import bot.app, bot.cli
ours = ("bot", "cards", "manifest")
names = [name for name in sys.modules if "." not in name or name.partition(".")[0] not in sys.stdlib_module_names]
print(" ".join(name for name in names if name.partition(".")[0] not in {*ours, *sys.stdlib_module_names, "__main__"}))
"""
_IMPORT = """
import contextlib, importlib, sys
for name in sys.argv[1:]:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
print("done", flush=True)
sys.stdin.read()
"""


@asynccontextmanager
async def _open(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with scene(bench) as on:
        service = prepared(on)
        await prepare(on, service)
        names = (await _output("-c", _FIND)).split()

        async def start(fewer: int) -> dict[str, Figure]:
            began = time.monotonic()
            await service.start()
            try:
                serving, idle = time.monotonic() - began, resident(service.pid)
                on.port = int(service.environment["PORT"])
                await begin(on, service)
                run = on.runs.next()
                requests = on.writers.pushes(run, MESSAGES // fewer)
                await on.runs.fired(on.port, requests, IN_FLIGHT)
                await on.runs.arrived("teams", run, len(requests))
                await on.runs.quiet()
                return {"serving": Figure(serving), "idle": Figure(idle), "after load": Figure(resident(service.pid))}
            finally:
                await service.stop()

        async def imports(fewer: int) -> dict[str, Figure]:
            began = time.monotonic()
            process = await _python("-c", _IMPORT, *names)
            assert process.stdout is not None
            if await process.stdout.readline() != b"done\n":
                raise Failed("the libraries could not be imported alone")
            taken, memory = time.monotonic() - began, resident(process.pid)
            await process.communicate(b"")  # the end of its input is its end
            return {"seconds": Figure(taken), "memory": Figure(memory)}

        yield [Subject("start", start), Subject("imports", imports)]


async def _output(*words: str) -> str:
    said, _ = await (await _python(*words)).communicate()
    return said.decode()


async def _python(*words: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    folder = Path(sys.prefix)  # where no .env of ours lies
    return await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=folder, env=environment, stdin=pipe, stdout=pipe
    )


GROUP = Group("start", COMPARISONS, _open)
