"""The HTTP door that Teams knocks on: one POST is one turn of botbuilder, answered so that nothing is lost.

A subclass of botbuilder's `CloudAdapter`, so that its pipeline, middleware and `on_turn_error` work as everywhere;
but `process` is ours. The stock one serialises an invoke's body twice (500), answers a failed message with 201 (the
message is gone) and bad JSON with 500, and builds a connector client for every turn.

| answer   | for                                                                                        |
|----------|--------------------------------------------------------------------------------------------|
| 200      | all that was taken: a message without body, an invoke with its body                        |
| 400      | no JSON, no activity, or not what its headers say                                          |
| 401, 403 | refused by `auth`                                                                          |
| 408, 413 | a body that takes longer than `PATIENCE`, or has more than `LARGEST` bytes                  |
| 503      | too much at once, our own failure, no keys of Teams': not committed, so it may come again  |
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web

from bot.body import bounded
from bot.teams.auth import Authentication, Refused
from bot.teams.handler import Conversations
from bot.teams.keys import KeysUnavailable
from bot.teams.sdk import ANSWER, RAW, CloudAdapter, TurnContext, activity_of

LARGEST = 512 * 1024
IN_FLIGHT = 512
PATIENCE = 10.0
"""Seconds for a body to come: Teams waits 15 for the answer, and who never ends takes up a place."""

_FAILED = "multiline.failed"

log = logging.getLogger(__name__)


class TeamsAdapter(CloudAdapter):
    """Takes requests; sends nothing but the answers to them."""

    def __init__(
        self, authentication: Authentication, count: Callable[[str], None], *, in_flight: int = IN_FLIGHT
    ) -> None:
        """`count(reason)` is called for each refused request."""
        super().__init__(authentication)
        self._authentication, self._count, self._in_flight = authentication, count, in_flight
        self._requests = 0
        self.on_turn_error = self._remember_failure

    async def process(self, request: web.Request, bot: Conversations, ws_response: Any = None) -> web.Response:
        """The answer to one POST of Teams'."""
        self._requests += 1
        try:
            return await self._process(request, bot)
        except Refused as refused:
            self._count(refused.reason)
            told = {"action": "teams_refused", "status": refused.status, "reason": refused.reason}
            log.warning("refused a request", extra=told)
            return web.Response(status=refused.status, headers={"WWW-Authenticate": "Bearer"})
        except KeysUnavailable:
            self._count("keys_unavailable")
            return web.Response(status=503, headers={"Retry-After": "30"})
        finally:
            self._requests -= 1

    async def _process(self, request: web.Request, bot: Conversations) -> web.Response:
        if self._requests > self._in_flight:
            self._count("busy")
            return web.Response(status=503, headers={"Retry-After": "1"})
        raw = _activity(await _content(request))
        activity = activity_of(raw)
        header = request.headers.get("Authorization", "")
        admitted = await self._authentication.authenticate_request(activity, header)
        return await self._turn(raw, activity, admitted, bot)

    async def _turn(self, raw: dict[str, Any], activity: Any, admitted: Any, bot: Conversations) -> web.Response:
        context = self._create_turn_context(
            activity, admitted.claims_identity, admitted.audience, None, None, bot.on_turn, admitted.connector_factory
        )
        context.turn_state[RAW] = raw
        await self.run_pipeline(context, bot.on_turn)
        if _FAILED in context.turn_state:
            return web.Response(status=503)
        answer = context.turn_state.get(ANSWER)
        if answer is None:
            return web.Response()
        return web.Response(body=orjson.dumps(answer), content_type="application/json", charset="utf-8")

    async def _remember_failure(self, context: TurnContext, error: Exception) -> None:
        """botbuilder swallows what a turn raises once this is set, so `_turn` must be told."""
        context.turn_state[_FAILED] = error
        log.error("a turn failed", exc_info=error, extra={"action": "turn_failed", "activity": context.activity.type})


def routes(adapter: TeamsAdapter, bot: Conversations) -> list[web.RouteDef]:
    """POST /api/messages, the messaging endpoint of the bot's registration."""

    async def messages(request: web.Request) -> web.Response:
        return await adapter.process(request, bot)

    return [web.post("/api/messages", messages)]


async def _content(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(None if request.content.is_eof() else PATIENCE):
            content = await bounded(request.content, LARGEST)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (web.RequestPayloadError, OSError):
        raise web.HTTPBadRequest(text="this cannot be unpacked") from None
    if content is None:
        raise web.HTTPRequestEntityTooLarge(LARGEST)
    return content


def _activity(content: bytes) -> dict[str, Any]:
    try:
        raw = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise web.HTTPBadRequest(text="this is not JSON") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str) or not raw["type"]:
        raise web.HTTPBadRequest(text="this is not an activity")
    return raw
