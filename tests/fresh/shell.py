"""Commands as somebody types them: in one folder, with nothing in the environment that is ours."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import specs

OURS = re.compile(
    "ARGS$|CI$|COV|MAKE|MFLAGS|PYTEST|PYTHON|VIRTUAL_ENV|" + "|".join(f"{spec.name}$" for spec in specs())
)
"""What this process was told and a stranger's terminal does not know."""

PATIENCE = 600.0
"""Seconds for one command: an installation on a busy machine."""


class Failed(Exception):
    """What did not go as it is written, and what it said."""


@dataclass(slots=True)
class Shell:
    """`user` runs everything as that one (root only)."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None

    async def run(self, command: str, *, code: int = 0, **environ: str) -> str:
        """What the command printed. Failed unless it ends with `code`."""
        print(f"$ {command}", flush=True)
        begun = time.monotonic()
        process = await self.start(command, **environ)
        try:
            said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
        except TimeoutError:
            await end(process, signal.SIGKILL)
            raise Failed(f"{command}: not done after {PATIENCE:g} seconds") from None
        if process.returncode != code:
            raise Failed(f"{command}: exit code {process.returncode}, not {code}\n{said}")
        print(f"  {time.monotonic() - begun:.0f} s", flush=True)
        return said

    async def start(self, command: str, **environ: str) -> asyncio.subprocess.Process:
        """The command, running in a process group of its own; its two outputs are one."""
        inherited = {name: value for name, value in os.environ.items() if not OURS.match(name)}
        return await asyncio.create_subprocess_exec(
            *("/bin/sh", "-ec", command),
            cwd=self.folder,
            env={**inherited, **self.environ, **environ},
            user=self.user,
            group=self.user,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )


async def end(process: asyncio.subprocess.Process, how: signal.Signals = signal.SIGTERM) -> str:
    """Signal the command and all that it started, and wait; what it had printed."""
    if process.returncode is None:
        os.killpg(process.pid, how)
    return (await process.communicate())[0].decode()


async def until(process: asyncio.subprocess.Process, words: str) -> str:
    """What the running command prints, up to the line with `words`."""
    said = ""
    assert process.stdout is not None
    while words not in said:
        try:
            line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        except TimeoutError:
            line = b""
        if not line:
            raise Failed(f"does not say {words!r}:\n{said}")
        said += line.decode()
    return said
