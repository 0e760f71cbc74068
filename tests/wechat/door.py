"""The server URL on loopback, with an engine that does as it is told behind it and WeChat in front."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import web

from bot.domain.events import Event
from bot.wechat.crypto import RANDOM, AccountKeys, aes_key, encrypt, signature
from bot.wechat.webhook import Door
from tests.wechat.samples import (
    APP_ID,
    ENCODING_KEY,
    NOW,
    OLD_ENCODING_KEY,
    OLD_TOKEN,
    OPENID,
    TOKEN,
)
from tests.wechat.server import listening

KEY, OLD_KEY = aes_key(ENCODING_KEY), aes_key(OLD_ENCODING_KEY)
KEYS = AccountKeys.read(APP_ID, TOKEN, ENCODING_KEY, OLD_TOKEN, OLD_ENCODING_KEY)
STAMP = str(int(NOW.timestamp()))


@dataclass
class Engine:
    """Takes events and answers as it is told; `hold` keeps it from committing."""

    answer: Mapping[str, Any] = field(default_factory=dict)
    error: BaseException | None = None
    hold: asyncio.Event | None = None
    begun: int = 0
    taken: list[Event] = field(default_factory=list)

    async def handle(self, event: Event) -> Mapping[str, Any]:
        self.begun += 1
        if self.hold is not None:
            await self.hold.wait()
        if self.error is not None:
            raise self.error
        self.taken.append(event)
        return self.answer


@dataclass
class Still:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Line:
    """The door on loopback, and WeChat at the other end of the line."""

    engine: Engine = field(default_factory=Engine)
    refused: list[str] = field(default_factory=list)
    url: str = ""

    async def post(self, body: bytes, query: Mapping[str, str], account: str = "default") -> tuple[int, bytes, str]:
        url = f"{self.url}/wechat/{account}"
        async with aiohttp.ClientSession() as session, session.post(url, params=query, data=body) as response:
            return response.status, await response.read(), response.content_type

    async def get(self, query: Mapping[str, str], account: str = "default") -> tuple[int, str]:
        url = f"{self.url}/wechat/{account}"
        async with aiohttp.ClientSession() as session, session.get(url, params=query) as response:
            return response.status, await response.text()

    async def push(self, content: bytes, **how: Any) -> tuple[int, bytes, str]:
        return await self.post(*sealed(content, **how))


def sealed(
    content: bytes,
    *,
    token: str = TOKEN,
    key: bytes = KEY,
    app_id: str = APP_ID,
    stamp: str = STAMP,
    encrypted: str | None = None,
) -> tuple[bytes, dict[str, str]]:
    """A body and its query as WeChat's secure mode sends them, in the format of the content."""
    inside = encrypted or encrypt(content, key, app_id, b"0" * RANDOM)
    body = (
        b'{"ToUserName":"gh","Encrypt":"%s"}' % inside.encode()
        if content.startswith(b"{")
        else b"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[%s]]></Encrypt></xml>" % inside.encode()
    )
    query = {"timestamp": stamp, "nonce": "n1", "encrypt_type": "aes", "openid": OPENID}
    query["signature"] = signature(token, stamp, "n1")
    return body, {**query, "msg_signature": signature(token, stamp, "n1", inside)}


@asynccontextmanager
async def open_door(engine: Engine | None = None, keys: AccountKeys = KEYS, **settings: Any) -> AsyncIterator[Line]:
    line = Line(engine or Engine())
    numbers = iter(range(1000))
    clock = settings.pop("clock", Still())
    door = Door({"default": keys}, line.engine, clock, line.refused.append, lambda: f"id{next(numbers)}", **settings)
    app = web.Application()
    app.add_routes(door.routes())
    async with listening(app) as line.url:
        yield line
