"""How an API call is read and answered: the token, the JSON, the addressee, and HTTP 200 whatever comes of it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from bot.sim.wechat import errors
from bot.sim.wechat.errors import Refused
from bot.sim.wechat.tokens import china_day
from bot.sim.wechat.world import Contact, Json, World

Call = Callable[[World, web.Request], Awaitable[Json | web.Response]]

# A `\u` that an even number of backslashes precedes: an escape, not the text "\u".
_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")


def endpoint(world: World, call: Call) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The aiohttp handler of one API call; a Refused becomes its errcode."""

    async def handle(request: web.Request) -> web.Response:
        try:
            result = await call(world, request)
        except Refused as refusal:
            world.refused[str(refusal.errcode)] += 1
            result = errors.answer(refusal.errcode, refusal.detail)
        return result if isinstance(result, web.Response) else _json(result)

    return handle


def counting(world: World) -> Any:
    """Middleware: every API call by its path, also those that meet a fault."""

    @web.middleware
    async def count(request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path.startswith("/cgi-bin/"):
            world.calls[request.path] += 1
        answer: web.StreamResponse = await handler(request)
        return answer

    return count


def authorised(world: World, request: web.Request) -> None:
    """The access token in the query, or the errcode of a bad one."""
    errcode = world.tokens.check(request.query.get("access_token"))
    if errcode:
        raise Refused(errcode)


async def posted(world: World, request: web.Request) -> Json:
    """The JSON object of an authorised call."""
    authorised(world, request)
    raw = await request.read()
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused(47001) from error
    if not isinstance(body, dict):
        raise Refused(47001)
    if world.account.reject_unicode_escapes and _ESCAPE.search(raw):
        raise Refused(40033)
    return body


def addressee(world: World, openid: object) -> Contact:
    """The contact of this openid (40003)."""
    contact = world.contacts.get(openid) if isinstance(openid, str) else None
    if contact is None:
        raise Refused(40003)
    return contact


def count_today(world: World, name: str, limit: int) -> None:
    """One use of a daily allowance (45009); days are China's."""
    key = f"{name} {china_day(world.clock.now())}"
    if world.daily[key] >= limit:
        raise Refused(45009)
    world.daily[key] += 1


def used_today(world: World, name: str) -> int:
    """How much of a daily allowance is gone."""
    return world.daily[f"{name} {china_day(world.clock.now())}"]


def _json(body: Json) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")
