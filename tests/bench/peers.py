"""Peers and parts that are measured alone, each a server: `python -m tests.bench.peers PORT WHAT …`.

`sdk`: botbuilder's echo bot as it comes. `ours`: our Teams door and client with an echo behind. `door`: our WeChat
door with nobody behind. `wechatpy`: the same push read by wechatpy. `glue`: what one would write first for the whole
bridge, without a database: wechatpy and botbuilder's connector one way, botbuilder and wechatpy's client the other.

None signs anybody in.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import aiohttp
import orjson
import wechatpy
from aiohttp import web
from wechatpy.crypto import WeChatCrypto

from bot.clock import SystemClock, new_id
from bot.domain.events import Event, FromUser, UserWrote
from bot.sim.wechat.account import Account
from bot.teams.adapter import TeamsAdapter, routes
from bot.teams.auth import NoSignIn
from bot.teams.handler import Conversations
from bot.teams.hosts import ServiceHosts
from bot.teams.sender import address, session
from bot.wechat.crypto import AccountKeys
from bot.wechat.webhook import Door
from cards import MessageView, Reader, ThreadView, View, render
from tests.bench import botbuilder
from tests.bench.processes import arguments, serve
from tests.fake_book import FakeBook


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


class Nobody:
    """In the engine's place: nothing happens."""

    async def handle(self, event: Event) -> Mapping[str, Any]:
        return {}


class Glue:
    """Both ways with nothing remembered."""

    def __init__(self, sink: str) -> None:
        self._crypto = _crypto()
        self._teams = botbuilder.Proactive(f"{sink}/amer/")
        self._client = wechatpy.WeChatClient(Account().app_id, "secret", access_token="token")
        self._client.API_BASE_URL = f"{sink}/cgi-bin/"
        self._under_way: set[asyncio.Task[Any]] = set()

    async def pushed(self, request: web.Request) -> web.Response:
        message = await _push(self._crypto, request)
        thread, words = ThreadView("t", message.source), MessageView("m", message.content)
        card = render("incoming", View(Reader(), thread=thread, message=words))
        task = asyncio.create_task(self._teams.show(card))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return web.Response(text="success")

    async def replied(self, data: dict[str, Any]) -> None:
        await asyncio.to_thread(self._client.message.send_text, data["thread_id"], data["text"])


def _crypto() -> WeChatCrypto:
    account = Account()
    return WeChatCrypto(account.token, account.encoding_aes_key, account.app_id)


async def _push(crypto: WeChatCrypto, request: web.Request) -> Any:
    query = request.query
    proof = (query["msg_signature"], query["timestamp"], query["nonce"])
    return wechatpy.parse_message(crypto.decrypt_message(await request.text(), *proof))


def _ours(app: web.Application, sink: str, tenant: str) -> None:
    authentication = NoSignIn(ServiceHosts((sink.removeprefix("http://"),), loopback=True), (tenant,))
    echo = Echo()
    app.cleanup_ctx.append(echo.connected)
    conversations = Conversations(echo, SystemClock(), new_id, FakeBook(), "")
    app.add_routes(routes(TeamsAdapter(authentication, lambda _: None), conversations))


def _door(app: web.Application) -> None:
    account = Account()
    keys = AccountKeys.read(account.app_id, account.token, account.encoding_aes_key)
    app.add_routes(Door({"default": keys}, Nobody(), SystemClock(), lambda _: None, new_id).routes())


def _wechatpy(app: web.Application) -> None:
    crypto = _crypto()

    async def pushed(request: web.Request) -> web.Response:
        await _push(crypto, request)
        return web.Response(text="success")

    app.add_routes([web.post("/wechat/default", pushed)])


def _glue(app: web.Application, sink: str) -> None:
    glue = Glue(sink)
    reply = botbuilder.as_it_comes(botbuilder.ReplyBot(glue.replied))
    app.add_routes([web.post("/wechat/default", glue.pushed), web.post("/api/messages", reply)])


def _sdk(app: web.Application) -> None:
    app.add_routes([web.post("/api/messages", botbuilder.as_it_comes(botbuilder.EchoBot()))])


def main(port: int, what: str, *words: str) -> None:
    app = web.Application()
    servers: Mapping[str, Callable[..., None]]
    servers = {"sdk": _sdk, "ours": _ours, "door": _door, "wechatpy": _wechatpy, "glue": _glue}
    servers[what](app, *words)
    serve(app, port)


if __name__ == "__main__":
    arguments(main)
