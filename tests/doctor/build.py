"""A patient for the doctor: both simulators, a service that answers at its public address, a migrated database."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import cli
from bot.doctor import Places, examine
from bot.doctor.finding import Finding
from bot.sim.connector import TeamsSimulator
from bot.sim.service import environment
from bot.sim.wechat.server import WeChat
from bot.teams.credentials import RESOURCE, Acquire

NUMBER = "+4915112345678"


@dataclass(frozen=True, slots=True)
class Ahead:
    """The machine's clock, wrong by `by`."""

    by: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


@dataclass(slots=True)
class Patient:
    """Change `values`, then let the doctor look."""

    wechat: WeChat
    teams: TeamsSimulator
    values: dict[str, str]
    folder: Path
    secret: str = ""
    app_id: str = ""
    answer: Mapping[str, Any] = field(default_factory=lambda: {"status": "ok"})
    status: int = 200
    opened: Callable[[], Acquire] | None = None

    async def examined(self, clock: Ahead | None = None) -> list[Finding]:
        places = Places(self.teams.openid_url, self.opened or self._acquire, clock)
        return await examine(self.values, self.folder / ".env", places)

    async def finding(self, what: str, clock: Ahead | None = None) -> Finding:
        """The first finding on `what`."""
        return next(found for found in await self.examined(clock) if found.what == what)

    async def health(self, _: web.Request) -> web.Response:
        headers = {"Location": "https://elsewhere.example"} if self.status == 302 else None
        return web.json_response(dict(self.answer), status=self.status, headers=headers)

    def _acquire(self) -> Acquire:
        """MSAL takes https only, so its place is taken by the same request that it makes."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.app_id,
            "client_secret": self.secret,
            "scope": f"{RESOURCE}/.default",
        }
        return lambda: _posted(self.teams.token_url, form)


def _posted(url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode()) as answer:
            told: Mapping[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            told = json.load(error)
    return told


@asynccontextmanager
async def patient(folder: Path, *, migrated: bool = True) -> AsyncIterator[Patient]:
    """A healthy one."""
    async with WeChat() as wechat, TeamsSimulator("http://127.0.0.1:1/api/messages") as teams:
        found = Patient(wechat, teams, {}, folder, teams.identity.secret, teams.identity.app_id)
        app = web.Application()
        app.router.add_get("/healthz", found.health)
        async with TestServer(app) as server:
            found.values = {**environment(wechat, teams, folder, server.port or 0), "DEV_CLOCK_FILE": ""}
            if migrated:
                await admin(found.values, "migrate")
                who = ("--aad-object-id", "a", "--tenant", "t", "--name", "Anna Schmidt", "--number", NUMBER)
                await admin(found.values, "users", "add", *who)
                await admin(found.values, "account", "set", "--default-user", NUMBER)
            yield found


async def admin(values: Mapping[str, str], *words: str) -> None:
    assert await asyncio.to_thread(cli.main, list(words), dict(values)) == 0


Break = Callable[[Patient], object]
