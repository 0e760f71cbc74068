"""A simulated Teams with a small real bot behind it, for the simulator's own tests."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import web

from bot.sim.connector import TeamsClient, TeamsSimulator
from bot.sim.connector.people import CARD, Json

PAYLOADS = Path(__file__).parents[1] / "data" / "teams"


def payload(name: str) -> Json:
    """A real payload, by its path under tests/data/teams."""
    loaded: Json = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return loaded


@dataclass
class StageBot:
    """Remembers what it was sent; `answer` decides status and body, `pause` how long it thinks."""

    http: aiohttp.ClientSession
    teams: TeamsSimulator | None = None
    received: list[Json] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    answer: Callable[[Json], Any] = lambda _activity: None
    pause: float = 0.0

    async def listen(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.received.append(activity)
        self.tokens.append(request.headers.get("Authorization", "").removeprefix("Bearer "))
        await asyncio.sleep(self.pause)
        body = self.answer(activity)
        return web.Response(status=201) if body is None else web.json_response(body)

    async def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any]:
        """One call of the connector, signed in unless a token is given."""
        assert self.teams is not None
        headers = {"Authorization": f"Bearer {token or self.teams.identity.connector_token()}"}
        url = f"{self.teams.service_url}v3/conversations{path}"
        async with self.http.request(method, url, json=body, headers=headers) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def sends(self, conversation: str, activity: Json) -> str:
        """Posts an activity; the id it got."""
        status, body = await self.call("POST", f"/{quote(conversation, safe='')}/activities", activity)
        assert status == 201, body
        return str(body["id"])

    def last(self, kind: str) -> Json:
        """The newest activity of a type."""
        return [activity for activity in self.received if activity["type"] == kind][-1]


@dataclass
class Stage:
    teams: TeamsSimulator
    client: TeamsClient
    bot: StageBot


def card(*body: Json, actions: list[Json] | None = None, **more: Any) -> Json:
    """A message activity with one Adaptive Card."""
    content = {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": actions or [], **more}
    return {"type": "message", "attachments": [{"contentType": CARD, "content": content}]}


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    async with aiohttp.ClientSession() as http:
        bot = StageBot(http)
        app = web.Application()
        app.router.add_post("/api/messages", bot.listen)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
        try:
            async with TeamsSimulator(endpoint) as teams, TeamsClient(teams.url) as client:
                bot.teams = teams
                yield Stage(teams, client, bot)
        finally:
            await runner.cleanup()
