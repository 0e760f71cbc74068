"""The bare models: the least that can be done about a message in one process, with the same durability and the same
bytes, and the Teams turn and the WeChat push alone.

| path              | what it does                                                                               |
|-------------------|--------------------------------------------------------------------------------------------|
| /wechat/default   | verify, decrypt, parse, one raw transaction (in groups), answer; then a card out, and note |
| /api/messages     | parse the activity, one raw transaction (in groups), answer; then the words out, and note  |
| /turn             | the same with botbuilder's own turn in front, its hot spots removed                        |
| /push             | verify, decrypt, parse, answer: a push without any memory                                  |
| /echo             | parse the activity, one POST out, answer: a turn without any memory                        |
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import aiohttp
import orjson
from aiohttp import web

from bot.sim.wechat import crypto
from bot.sim.wechat.account import Account
from cards import MessageView, Reader, ThreadView, View, render
from tests.bench.botbuilder import turns
from tests.bench.ledger import ledger
from tests.bench.processes import arguments, serve

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_CARD = render("incoming", View(Reader(), thread=ThreadView("t", "Li Wei"), message=MessageView("m", "WORDS")))
_BEFORE, _AFTER = orjson.dumps(
    {"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": _CARD}]}
).split(b'"WORDS"')


class Floor:
    """The ways through, towards one sink."""

    def __init__(self, sink: str, database: str) -> None:
        self._sink, self._account, self._ledger = sink, Account(), ledger(database)
        self._under_way: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession

    async def connected(self, _: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as self._http:
            yield

    async def pushed(self, request: web.Request) -> web.Response:
        push = await self._read(request)
        key, openid, text = (push.findtext(name, "") for name in ("MsgId", "FromUserName", "Content"))
        await self._ledger.keep((key, openid, text, time.time_ns()))
        card = orjson.dumps(text).join((_BEFORE, _AFTER))
        self._later(key, "/amer/v3/conversations/a/activities", card)
        return web.Response(text="success")

    async def read(self, request: web.Request) -> web.Response:
        await self._read(request)
        return web.Response(text="success")

    async def clicked(self, request: web.Request) -> web.Response:
        await self.replied(orjson.loads(await request.read())["value"]["action"]["data"])
        return web.json_response({"statusCode": 200})

    async def replied(self, data: dict[str, Any]) -> None:
        """A reply from a card's box."""
        key = uuid4().hex
        await self._ledger.keep((key, data["thread_id"], data["text"], time.time_ns()))
        sent = {"touser": data["thread_id"], "msgtype": "text", "text": {"content": data["text"]}}
        self._later(key, "/cgi-bin/message/custom/send?access_token=token", orjson.dumps(sent))

    async def echoed(self, request: web.Request) -> web.Response:
        activity = orjson.loads(await request.read())
        content = orjson.dumps({"type": "message", "text": activity["text"]})
        await self._post("/amer/v3/conversations/a/activities", content)
        return web.Response()

    async def _read(self, request: web.Request) -> ElementTree.Element:
        query, account = request.query, self._account
        encrypted = ElementTree.fromstring(await request.read()).findtext("Encrypt", "")  # noqa: S314 - our own load
        if not crypto.signed(query["msg_signature"], account.token, query["timestamp"], query["nonce"], encrypted):
            raise web.HTTPForbidden
        return ElementTree.fromstring(crypto.decrypt(encrypted, account.encoding_aes_key, account.app_id))  # noqa: S314

    async def _post(self, path: str, content: bytes) -> None:
        async with self._http.post(self._sink + path, data=content, headers=_JSON) as answer:
            await answer.read()

    async def _send(self, key: str, path: str, content: bytes) -> None:
        await self._post(path, content)
        await self._ledger.sent(key)

    def _later(self, key: str, path: str, content: bytes) -> None:
        task = asyncio.create_task(self._send(key, path, content))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def main(port: int, sink: str, database: str) -> None:
    floor, app = Floor(sink, database), web.Application()
    app.cleanup_ctx.append(floor.connected)
    app.add_routes(
        [
            web.post("/wechat/default", floor.pushed),
            web.post("/push", floor.read),
            web.post("/api/messages", floor.clicked),
            web.post("/turn", turns(floor.replied)),
            web.post("/echo", floor.echoed),
        ]
    )
    serve(app, port)


if __name__ == "__main__":
    arguments(main)
