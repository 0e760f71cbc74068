"""The least that can be done about a message, in one process, with the same durability: what no service can undercut.

| path            | what it does                                                                             |
|-----------------|------------------------------------------------------------------------------------------|
| /wechat/default | verify, decrypt, parse, one raw transaction (committed in groups), answer, one POST out  |
| /api/messages   | parse the activity, one raw transaction (committed in groups), answer, one POST out      |
| /echo           | parse the activity, one POST out, answer: a turn without any memory                      |
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import aiohttp
import orjson
from aiohttp import web

from bot.sim.wechat import crypto
from bot.sim.wechat.account import Account
from tests.bench.ledger import Ledger
from tests.bench.processes import arguments, serve

_JSON = {"Content-Type": "application/json; charset=utf-8"}


class Floor:
    """The three ways through, towards one sink."""

    def __init__(self, sink: str, file: str) -> None:
        self._sink, self._account, self._ledger = sink, Account(), Ledger(file)
        self._under_way: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession

    async def connected(self, _: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as self._http:
            yield

    async def pushed(self, request: web.Request) -> web.Response:
        query, account = request.query, self._account
        encrypted = ElementTree.fromstring(await request.read()).findtext("Encrypt", "")  # noqa: S314 - our own load
        if not crypto.signed(query["msg_signature"], account.token, query["timestamp"], query["nonce"], encrypted):
            return web.Response(status=403)
        push = ElementTree.fromstring(crypto.decrypt(encrypted, account.encoding_aes_key, account.app_id))  # noqa: S314
        openid, text = push.findtext("FromUserName", ""), push.findtext("Content", "")
        await self._ledger.keep((push.findtext("MsgId", ""), openid, text, time.time_ns()))
        self._later(self._post("/amer/v3/conversations/a/activities", {"type": "message", "text": text}))
        return web.Response(text="success")

    async def clicked(self, request: web.Request) -> web.Response:
        data = orjson.loads(await request.read())["value"]["action"]["data"]
        await self._ledger.keep((uuid4().hex, data["thread_id"], data["text"], time.time_ns()))
        sent = {"touser": data["thread_id"], "msgtype": "text", "text": {"content": data["text"]}}
        self._later(self._post("/cgi-bin/message/custom/send?access_token=token", sent))
        return web.json_response({"statusCode": 200})

    async def echoed(self, request: web.Request) -> web.Response:
        activity = orjson.loads(await request.read())
        await self._post("/amer/v3/conversations/a/activities", {"type": "message", "text": activity["text"]})
        return web.Response()

    async def _post(self, path: str, content: dict[str, Any]) -> None:
        async with self._http.post(self._sink + path, data=orjson.dumps(content), headers=_JSON) as answer:
            await answer.read()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def main(port: int, sink: str, file: str) -> None:
    floor, app = Floor(sink, file), web.Application()
    app.cleanup_ctx.append(floor.connected)
    app.add_routes(
        [
            web.post("/wechat/default", floor.pushed),
            web.post("/api/messages", floor.clicked),
            web.post("/echo", floor.echoed),
        ]
    )
    serve(app, port)


if __name__ == "__main__":
    arguments(main)
