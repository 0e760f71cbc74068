"""The real service as a process of its own, set up for the two simulators: what the demo, the crash tests and the
benchmark run. It is started, stopped and killed from outside and told everything by environment and command line.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bot.sim import sms
from bot.sim.clock import Clock
from bot.sim.connector.server import TeamsSimulator
from bot.sim.wechat.server import WeChat

_ROOT = Path(__file__).parents[2]
"""The service is the one that these simulators belong to, whatever else is installed."""

PATIENCE = 30.0
"""Seconds until a service that does not answer is taken to have failed to start."""


class ServiceFailed(RuntimeError):
    """The service or one of its commands ended badly; the message is what it said."""


class SharedClock(Clock):
    """A clock that the service can follow: its distance from the machine's is kept in a file."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        self._share()

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self._share()

    def set(self, moment: datetime | str) -> None:
        """The service's clock cannot stand still, so this one does not either."""
        super().set(moment)
        self.run()
        self._share()

    def reset(self) -> None:
        super().reset()
        self._share()

    def _share(self) -> None:
        partial = self._file.with_suffix(".new")
        partial.write_text(str((self.now() - datetime.now(UTC)).total_seconds()))
        partial.replace(self._file)


def free_port(wanted: int = 0) -> int:
    """This port if nobody has it, else any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(wechat: WeChat, teams: TeamsSimulator, folder: Path, port: int) -> dict[str, str]:
    """The settings under which the service talks to these simulators; its files are in `folder`."""
    account = wechat.world.account
    return {
        "DEV_MODE": "1",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'multiline.db'}",
        "DEV_CLOCK_FILE": str(folder / "clock"),
        "MicrosoftAppId": teams.identity.app_id,
        "MicrosoftAppTenantId": teams.tenant.id,
        "TEAMS_REQUESTS_PER_SECOND": "0",  # this Teams takes everything at once, unless its limits are switched on
        "TEAMS_SERVICE_HOSTS": teams.url.removeprefix("http://"),
        "WECHAT_APP_ID": account.app_id,
        "WECHAT_APP_SECRET": account.app_secret,
        "WECHAT_TOKEN": account.token,
        "WECHAT_ENCODING_AES_KEY": account.encoding_aes_key,
        "WECHAT_API_BASE_URL": wechat.url,
        "WECHAT_RESUME_TEMPLATE_ID": "resume-template",
        "WECHAT_RESUME_TEMPLATE_DATA": '{"thing1": "{user}", "thing2": "New messages: reply"}',
        "SMS_GATEWAY": "twilio",
        "TWILIO_ACCOUNT_SID": sms.ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": sms.AUTH_TOKEN,
        "TWILIO_FROM": sms.SENDER,
        "TWILIO_API_BASE_URL": wechat.url,
    }


@dataclass(slots=True)
class Service:
    """One service under `environment`; it runs in `folder`, so that no `.env` of the checkout reaches it."""

    environment: Mapping[str, str]
    folder: Path
    quiet: bool = True
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PORT']}"

    @property
    def pid(self) -> int:
        """Of the running service; 0 while it does not run."""
        return self._process.pid if self._process else 0

    async def admin(self, *words: str) -> str:
        """`python -m bot admin …`; what it printed. Raises ServiceFailed with what it complained of."""
        process = await self._spawn("admin", *words, output=asyncio.subprocess.PIPE)
        said, complained = await process.communicate()
        if process.returncode:
            raise ServiceFailed(f"admin {' '.join(words)}: {complained.decode().strip()}")
        return said.decode()

    async def start(self, role: str = "serve") -> None:
        """Start it and wait until it is ready."""
        self._process = await self._spawn(role, output=None)
        async with aiohttp.ClientSession() as http:
            try:
                async with asyncio.timeout(PATIENCE):
                    while True:
                        if await self._ready(http):
                            return
                        await asyncio.sleep(0.05)
            except TimeoutError:
                raise ServiceFailed(f"the service was not ready within {PATIENCE:g} seconds") from None

    async def stop(self) -> None:
        """Ask it to stop, as a service manager does, and wait until it has."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it at once, as a power cut does."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.send_signal(how)
            await process.wait()

    async def _ready(self, http: aiohttp.ClientSession) -> bool:
        if self._process is None or self._process.returncode is not None:
            raise ServiceFailed("the service ended while it started; its last lines say why")
        try:
            async with http.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def _spawn(self, *words: str, output: int | None) -> asyncio.subprocess.Process:
        inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        told = {"PYTHONPATH": str(_ROOT), "LOG_LEVEL": "WARNING" if self.quiet else "INFO"}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=self.folder,
            env={**inherited, **told, **self.environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
