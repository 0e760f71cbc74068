"""Turns to compare: `sdk` is botbuilder's echo bot exactly as it comes, `ours` our own door with an echo behind it.

Neither signs anybody in and neither has a database: an activity comes, the same words go to the connector.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication

from bot.clock import SystemClock, new_id
from bot.domain.events import FromUser, UserWrote
from bot.teams.adapter import TeamsAdapter, routes
from bot.teams.auth import NoSignIn
from bot.teams.handler import Conversations
from bot.teams.hosts import ServiceHosts
from bot.teams.sender import address, session
from tests.bench.processes import arguments, serve
from tests.fake_book import FakeBook


class Nobody:
    """botbuilder's configuration without an application id: authentication is off."""

    APP_ID = APP_PASSWORD = ""


class EchoBot(ActivityHandler):  # type: ignore[misc] # botbuilder has no types
    """The sample of Microsoft's documentation."""

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await turn_context.send_activity(f"Echo: {turn_context.activity.text}")


class Echo:
    """In the engine's place: what was written goes back through the client that our sender uses."""

    def __init__(self) -> None:
        self._http: aiohttp.ClientSession

    async def connected(self, _: web.Application) -> AsyncIterator[None]:
        async with session() as self._http:
            yield

    async def handle(self, event: FromUser) -> Mapping[str, Any]:
        if isinstance(event, UserWrote):
            content = orjson.dumps({"type": "message", "text": f"Echo: {event.text}"})
            headers = {"Content-Type": "application/json; charset=utf-8"}
            async with self._http.post(address(event.reference), data=content, headers=headers) as answer:
                await answer.read()
        return {}


def sdk() -> web.Application:
    adapter, bot = CloudAdapter(ConfigurationBotFrameworkAuthentication(Nobody)), EchoBot()

    async def messages(request: web.Request) -> web.Response:
        answer: web.Response | None = await adapter.process(request, bot)
        return answer or web.Response()

    app = web.Application()
    app.add_routes([web.post("/api/messages", messages)])
    return app


def ours(sink: str, tenant: str) -> web.Application:
    authentication = NoSignIn(ServiceHosts((sink.removeprefix("http://"),), loopback=True), (tenant,))
    echo, app = Echo(), web.Application()
    app.cleanup_ctx.append(echo.connected)
    conversations = Conversations(echo, SystemClock(), new_id, FakeBook())
    app.add_routes(routes(TeamsAdapter(authentication, lambda _: None), conversations))
    return app


def main(port: int, whose: str, sink: str = "", tenant: str = "") -> None:
    serve(sdk() if whose == "sdk" else ours(sink, tenant), port)


if __name__ == "__main__":
    arguments(main)
