"""The account's own server, as little of it as a test of WeChat needs: it keeps every request and answers as told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType

from aiohttp import web

from bot.sim.wechat import bodies, crypto
from bot.sim.wechat.account import Account

Answer = Callable[["Pushed"], Awaitable[web.Response] | web.Response]


@dataclass(frozen=True, slots=True)
class Pushed:
    """One request as it arrived."""

    query: dict[str, str]
    body: bytes
    content_type: str

    def opened(self, account: Account) -> bytes:
        """The plain message of a secure-mode XML push, its signature checked."""
        encrypted = self.body.decode().split("<Encrypt><![CDATA[")[1].split("]]>")[0]
        query = self.query
        assert crypto.signed(query["msg_signature"], account.token, query["timestamp"], query["nonce"], encrypted)
        return crypto.decrypt(encrypted, account.encoding_aes_key, account.app_id)


def success(_: Pushed) -> web.Response:
    """Acknowledge."""
    return web.Response(text="success")


async def silence(_: Pushed) -> web.Response:
    """Do not answer in any time that a test would wait for."""
    await asyncio.sleep(30)
    return web.Response()


def reply(account: Account, openid: str, text: str, **changed: str) -> bytes:
    """A passive reply, sealed as the account's mode wants it; `changed` overrides token, key, app id or a field."""
    fields = {"ToUserName": openid, "FromUserName": account.gh_id, "CreateTime": 1, "MsgType": "text", "Content": text}
    plain = bodies.render(fields, account.format)
    if account.mode != "secure":
        return plain
    key = changed.get("encoding_aes_key", account.encoding_aes_key)
    encrypted = crypto.encrypt(plain, key, changed.get("app_id", account.app_id), bytes(16))
    signature = crypto.signature(changed.get("token", account.token), "1", "n", encrypted)
    envelope = {"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": 1, "Nonce": "n"}
    return bodies.render(envelope, account.format)


class AccountServer:
    """Listens on a free port; `answer` may be changed between pushes."""

    def __init__(self, answer: Answer = success) -> None:
        self.answer = answer
        self.pushed: list[Pushed] = []
        self.url = ""
        app = web.Application(client_max_size=200 << 20)
        app.router.add_route("*", "/wechat", self._receive)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def _receive(self, request: web.Request) -> web.Response:
        pushed = Pushed(dict(request.query), await request.read(), request.content_type)
        self.pushed.append(pushed)
        if request.method == "GET":
            return web.Response(text=request.query["echostr"])
        answered = self.answer(pushed)
        return answered if isinstance(answered, web.Response) else await answered

    async def __aenter__(self) -> AccountServer:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/wechat"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
