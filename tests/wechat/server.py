"""A scripted WeChat API of a few lines on real HTTP, for answers that no honest simulator gives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

Json = dict[str, Any]
Reply = Json | web.StreamResponse | Callable[[web.Request], Any]
OK: Json = {"errcode": 0, "errmsg": "ok"}


@dataclass
class Api:
    """What it will answer to the next sends and token calls (the last one for ever), and what came in."""

    sends: list[Reply] = field(default_factory=lambda: [OK])
    grants: list[Reply] = field(default_factory=list)
    granted: int = 0
    bodies: list[bytes] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    asked: list[Json] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    grant_after: float = 0
    url: str = ""

    async def send(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.read())
        self.tokens.append(request.query["access_token"])
        self.paths.append(request.path)
        return await _answer(self.sends, request)

    async def grant(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(orjson.loads(await request.read()))
        self.granted += 1
        await asyncio.sleep(self.grant_after)
        if self.grants:
            return await _answer(self.grants, request)
        return web.json_response({"access_token": f"token-{self.granted}", "expires_in": 7200})


async def _answer(script: list[Reply], request: web.Request) -> web.StreamResponse:
    reply = script.pop(0) if len(script) > 1 else script[0]
    if isinstance(reply, dict):
        return web.json_response(reply)
    if isinstance(reply, web.StreamResponse):
        return reply
    found = await reply(request)
    assert isinstance(found, web.StreamResponse)
    return found


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[str]:
    """The base address of the application on loopback while it runs."""
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running(api: Api) -> AsyncIterator[Api]:
    app = web.Application()
    app.router.add_post("/cgi-bin/stable_token", api.grant)
    app.router.add_post("/cgi-bin/message/{kind:custom|template}/send", api.send)
    async with listening(app) as api.url:
        yield api
