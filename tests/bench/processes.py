"""Servers of the benchmark, each in a process of its own: started, waited for, their CPU time read, ended."""

from __future__ import annotations

import asyncio
import math
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from bot.sim.service import ServiceFailed, free_port

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv/peers/bin/python"
PATIENCE = 30.0


class Helper:
    """A running server: its port, and the ids of its processes."""

    def __init__(self, port: int, *pids: int) -> None:
        self.port, self.pids = port, pids

    @property
    def cpu(self) -> float:
        """User and system time that it has used so far; nan where the system does not tell."""
        return sum(map(cpu_seconds, self.pids))


@asynccontextmanager
async def helper(module: str, *words: str) -> AsyncIterator[Helper]:
    """`python -m tests.bench.<module> PORT …` while the block runs."""
    port = free_port()
    async with _running(port, sys.executable, "-m", f"tests.bench.{module}", str(port), *words) as running:
        yield running


@asynccontextmanager
async def other_sdk(name: str) -> AsyncIterator[Helper | None]:
    """One of `other_sdks` in the peers' environment; None where that was not installed."""
    if not PEERS.exists():
        yield None
        return
    port = free_port()
    async with _running(port, str(PEERS), str(Path(__file__).with_name("other_sdks.py")), str(port), name) as running:
        yield running


@asynccontextmanager
async def _running(port: int, *command: str) -> AsyncIterator[Helper]:
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        await _listening(port, process)
        yield Helper(port, process.pid)
    finally:
        if process.returncode is None:
            process.kill()  # nothing of it is needed any more, and a sink that hangs would take its time
        await process.wait()


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(PATIENCE):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return
    raise ServiceFailed("a server of the benchmark ended while it started")


def serve(application: web.Application, port: int) -> None:
    """Serve until terminated; without a word."""
    web.run_app(application, host="127.0.0.1", port=port, access_log=None, print=None)


def cpu_seconds(pid: int) -> float:
    """User and system time that the process has used so far; nan where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return math.nan
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """MiB of memory that the process holds; nan where the system does not tell."""
    try:
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        found = None
    return int(found[1]) / 1024 if found else math.nan


def arguments(main: Callable[..., None]) -> None:
    """`main(PORT, …)` from the command line."""
    port, *words = sys.argv[1:]
    main(int(port), *words)
