"""The whole service between both simulators, and requests to it that no simulator would make."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson
from yarl import URL

from bot.wechat.crypto import RANDOM, aes_key, encrypt, signature
from tests.e2e.stage import Stage

Json = dict[str, Any]
LEAKS = ("Traceback", 'File "', "sqlalchemy", "sqlite3", "botbuilder", "line ")
"""What an answer to a stranger never holds."""


def address(on: Stage) -> str:
    return f"http://127.0.0.1:{on.service.settings.port}"


async def asked(on: Stage, method: str, path: str, **how: Any) -> tuple[int, bytes]:
    """Status and body; the path goes out as it is."""
    url = URL(f"{address(on)}{path}", encoded=True)
    async with aiohttp.ClientSession() as http, http.request(method, url, allow_redirects=False, **how) as answer:
        return answer.status, await answer.read()


async def spoken(on: Stage, request: bytes, *, within: float = 20) -> bytes:
    """All that comes back to bytes written by hand, until the service hangs up or has nothing more to say."""
    reader, writer = await asyncio.open_connection("127.0.0.1", on.service.settings.port)
    try:
        writer.write(request)
        await writer.drain()
        return await asyncio.wait_for(reader.read(65_536), within)
    finally:
        writer.close()


def activity(on: Stage, **changes: Any) -> Json:
    """A message of Anna's as Teams would send it, changed."""
    said: Json = {
        "type": "message",
        "id": "1700000000000",
        "timestamp": "2026-03-01T09:30:00.000Z",
        "channelId": "msteams",
        "serviceUrl": f"{on.teams.url}/amer/",
        "from": {"id": f"29:{on.anna.aad}", "name": "Anna", "aadObjectId": on.anna.aad},
        "conversation": {"id": "a:anna", "conversationType": "personal", "tenantId": on.teams.tenant.id},
        "recipient": {"id": "28:bot", "name": "bot"},
        "channelData": {"tenant": {"id": on.teams.tenant.id}},
        "text": "words",
    }
    return said | changes


async def from_teams(on: Stage, raw: Any, **headers: str) -> tuple[int, bytes]:
    content = raw if isinstance(raw, bytes) else orjson.dumps(raw)
    headers |= {"Content-Type": "application/json"}
    return await asked(on, "POST", "/api/messages", data=content, headers=headers)


async def from_wechat(on: Stage, content: bytes) -> tuple[int, bytes]:
    """A push as WeChat signs and seals it, with any content."""
    account = on.wechat.world.account
    stamp = str(int(on.clock.now().timestamp()))
    sealed = encrypt(content, aes_key(account.encoding_aes_key), account.app_id, b"0" * RANDOM)
    proof = signature(account.token, stamp, "n", sealed)
    query: Mapping[str, str] = {"timestamp": stamp, "nonce": "n", "encrypt_type": "aes", "msg_signature": proof}
    url = f"{address(on)}/wechat/default"
    body = orjson.dumps({"Encrypt": sealed})
    async with aiohttp.ClientSession() as http, http.post(url, params=query, data=body) as answer:
        return answer.status, await answer.read()


def harmless(on: Stage, status: int, body: bytes) -> str:
    """What is wrong with an answer, empty when nothing is: no 500, nothing of our inside, no secret."""
    if status == 500:
        return "500"
    shown = body.decode("utf-8", "replace")
    told = [word for word in LEAKS if word in shown]
    told += [name for name, value in secrets(on).items() if value in shown]
    return ", ".join(told)


def secrets(on: Stage) -> dict[str, str]:
    names = ("WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_ENCODING_AES_KEY", "TWILIO_AUTH_TOKEN", "DATABASE_URL")
    return {name: on.values[name] for name in names}
