"""WeChat's server URL on real HTTP: what gets in, what does not, and that refusals tell nothing."""

from __future__ import annotations

import asyncio
import base64
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.domain.events import ContactWrote, Event, FromContact
from bot.wechat.crypto import RANDOM, AccountKeys, aes_key, decrypt, encrypt, signature
from bot.wechat.messages import BODY_LIMIT, Format, fields
from bot.wechat.webhook import Door
from tests.wechat.samples import (
    APP_ID,
    ENCODING_KEY,
    NOW,
    OLD_ENCODING_KEY,
    OLD_TOKEN,
    OPENID,
    TOKEN,
    VECTORS,
    as_json,
    xml,
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
    taken: list[Event] = field(default_factory=list)

    async def handle(self, event: Event) -> Mapping[str, Any]:
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


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with open_door() as opened:
        yield opened


# ---- verification


@pytest.mark.parametrize("token", [TOKEN, OLD_TOKEN])
async def test_verification_echoes(line: Line, token: str) -> None:
    query = {"signature": signature(token, STAMP, "n"), "timestamp": STAMP, "nonce": "n", "echostr": "<b>43 75</b>"}
    assert await line.get(query) == (200, "<b>43 75</b>")


async def test_the_official_example_of_verification() -> None:
    vector = VECTORS["signature"][0]
    clock = Still(datetime.fromtimestamp(int(vector["timestamp"]), NOW.tzinfo))
    keys = AccountKeys.read(APP_ID, vector["token"], ENCODING_KEY)
    async with open_door(keys=keys, clock=clock) as line:
        query = {name: vector[name] for name in ("timestamp", "nonce", "echostr")}
        assert await line.get({**query, "signature": vector["expect_signature"]}) == (200, vector["echostr"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"signature": "0" * 40}, "signature"),
        ({"signature": ""}, "signature"),
        ({"nonce": "other"}, "signature"),
        ({"timestamp": str(int(STAMP) - 301)}, "stale"),
        ({"timestamp": str(int(STAMP) + 301)}, "stale"),
        ({"timestamp": ""}, "stale"),
        ({"timestamp": "٣"}, "stale"),
        ({"timestamp": "9" * 400}, "stale"),
    ],
)
async def test_verification_refuses(line: Line, change: dict[str, str], reason: str) -> None:
    query = {"signature": signature(TOKEN, STAMP, "n"), "timestamp": STAMP, "nonce": "n", "echostr": "e"}
    assert await line.get({**query, **change}) == (403, "")
    assert line.refused == [reason]


# ---- pushes that are taken


@pytest.mark.parametrize("make", [xml, as_json])
@pytest.mark.parametrize("token", [TOKEN, OLD_TOKEN])
@pytest.mark.parametrize("key", [KEY, OLD_KEY])
async def test_a_push_is_handed_over_and_acknowledged(line: Line, make: Any, token: str, key: bytes) -> None:
    assert await line.push(make(Content="  你好 "), token=token, key=key) == (200, b"success", "text/plain")
    [event] = line.engine.taken
    assert isinstance(event, ContactWrote)
    assert (event.text, event.openid, event.account, event.id, event.at) == ("  你好 ", OPENID, "default", "id0", NOW)


@pytest.mark.parametrize(("make", "form"), [(xml, Format.XML), (as_json, Format.JSON)])
@pytest.mark.parametrize(("token", "key"), [(TOKEN, KEY), (OLD_TOKEN, OLD_KEY)])
async def test_a_reply_is_sealed_with_the_keys_of_its_push(make: Any, form: Format, token: str, key: bytes) -> None:
    async with open_door(Engine({"reply": "Welcome ]]> 欢迎"})) as line:
        status, body, content_type = await line.push(make(), token=token, key=key)
    assert (status, content_type) == (200, "text/xml" if form is Format.XML else "application/json")
    found, outer = fields(body)
    assert (found, outer["Nonce"], outer["TimeStamp"]) == (form, "n1", STAMP)
    assert outer["MsgSignature"] == signature(token, STAMP, "n1", outer["Encrypt"])
    inner = fields(decrypt(outer["Encrypt"], key, APP_ID))[1]
    assert (inner["Content"], inner["ToUserName"], inner["MsgType"]) == ("Welcome ]]> 欢迎", OPENID, "text")


async def test_a_repeated_delivery_is_not_refused_here(line: Line) -> None:
    body, query = sealed(xml())
    assert [await line.post(body, query) for _ in range(3)] == [(200, b"success", "text/plain")] * 3
    assert len({event.key for event in line.engine.taken}) == 1


@pytest.mark.parametrize("off", [-300, 300])
async def test_five_minutes_are_fresh(line: Line, off: int) -> None:
    assert (await line.push(xml(), stamp=str(int(STAMP) + off)))[0] == 200


async def test_what_concerns_nobody_is_acknowledged(line: Line) -> None:
    assert (await line.push(xml(MsgType="event", Event="VIEW")))[:2] == (200, b"success")
    assert (line.engine.taken, line.refused) == ([], [])


async def test_compatible_mode_trusts_the_ciphertext_alone(line: Line) -> None:
    body, query = sealed(xml(Content="sealed"))
    both = body.replace(b"<xml>", b"<xml><Content>plain</Content><MsgType>text</MsgType><FromUserName>o</FromUserName>")
    assert (await line.post(both, query))[0] == 200
    [event] = line.engine.taken
    assert isinstance(event, ContactWrote) and (event.text, event.openid) == ("sealed", OPENID)


async def test_a_reply_too_long_is_left_out_and_counted() -> None:
    async with open_door(Engine({"reply": "x" * 2001})) as line:
        assert (await line.push(xml()))[:2] == (200, b"success")
        assert line.refused == ["reply_too_long"]


# ---- pushes that are not


async def test_an_unknown_account(line: Line) -> None:
    body, query = sealed(xml())
    assert (await line.post(body, query, account="nobody"))[:2] == (404, b"")
    assert line.refused == ["account"]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"token": "guessed"}, "signature"),
        ({"stamp": str(int(STAMP) - 301)}, "stale"),
        ({"stamp": str(int(STAMP) + 301)}, "stale"),
        ({"app_id": "wx0000000000000000"}, "envelope"),
        ({"key": b"k" * 32}, "envelope"),
        ({"encrypted": "AAAA"}, "envelope"),
        ({"encrypted": base64.b64encode(b"x" * 64).decode()}, "envelope"),
    ],
)
async def test_refused_pushes(line: Line, how: dict[str, Any], reason: str) -> None:
    assert (await line.push(xml(), **how))[:2] == (403, b"")
    assert (line.refused, line.engine.taken) == ([reason], [])


@pytest.mark.parametrize("content", [b"noise", b"<xml/>", xml(MsgId=None), xml(CreateTime="x"), b"<xml>", b""])
async def test_contents_that_are_no_push(line: Line, content: bytes) -> None:
    assert (await line.push(content))[:2] == (403, b"")
    assert line.refused == ["content"]


async def raw_answer(url: str, body: bytes, query: Mapping[str, str]) -> tuple[int, bytes, list[tuple[str, str]]]:
    async with aiohttp.ClientSession() as session, session.post(url, params=query, data=body) as response:
        headers = [(name, value) for name, value in response.headers.items() if name != "Date"]
        return response.status, await response.read(), headers


async def test_after_the_signature_every_refusal_is_the_same_to_the_byte(line: Line) -> None:
    """Who can sign but not decrypt learns nothing: bad padding, bad length, another app id, bad content, not text."""
    good = bytearray(base64.b64decode(encrypt(xml(), KEY, APP_ID, b"0" * RANDOM)))
    changed = [
        bytes(good[:place]) + bytes([good[place] ^ 1]) + bytes(good[place + 1 :]) for place in (0, 20, 40, -33, -1)
    ]
    wrong = [
        base64.b64encode(sealed_bytes).decode() for sealed_bytes in [*changed, bytes(good[:-32]), bytes(good[32:])]
    ]
    wrong += ["!", "AAAA", encrypt(xml(), KEY, "wxother", b"0" * RANDOM), encrypt(b"<x", KEY, APP_ID, b"0" * RANDOM)]
    url = f"{line.url}/wechat/default"
    answers = [await raw_answer(url, *sealed(b"<", encrypted=encrypted)) for encrypted in wrong]
    refusals = [answer for answer in answers if answer[0] != 200]
    assert len(refusals) >= 10
    assert all(answer == refusals[0] for answer in refusals)


async def test_no_downgrade_to_plain_text(line: Line) -> None:
    plain = {"timestamp": STAMP, "nonce": "n", "signature": signature(TOKEN, STAMP, "n")}
    for query in (plain, {**plain, "encrypt_type": "raw"}, {**plain, "encrypt_type": "AES"}):
        assert (await line.post(xml(), query))[:2] == (403, b"")
    assert (await line.post(xml(), {**plain, "encrypt_type": "aes", "msg_signature": plain["signature"]}))[0] == 400
    assert (line.refused, line.engine.taken) == (["plain"] * 3 + ["body"], [])


async def test_the_plain_signature_is_no_substitute(line: Line) -> None:
    body, query = sealed(xml())
    for change in ({"msg_signature": query["signature"]}, {"msg_signature": ""}):
        assert (await line.post(body, {**query, **change}))[0] == 403
    assert line.refused == ["signature", "signature"]


async def test_dev_mode_takes_plain_text_with_its_signature() -> None:
    plain = {"timestamp": STAMP, "nonce": "n", "signature": signature(TOKEN, STAMP, "n")}
    async with open_door(Engine({"reply": "hi"}), dev_mode=True) as line:
        status, body, _ = await line.post(xml(), plain)
        assert (status, fields(body)[1]["Content"]) == (200, "hi")
        assert (await line.post(xml(), {**plain, "signature": "0" * 40}))[0] == 403
        assert (await line.push(xml()))[0] == 200


TRICKS = [
    b"",
    b"noise",
    b"<xml/>",
    b"[]",
    b"<xml><Encrypt></Encrypt></xml>",
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>',
    b"<a>" * 100_000,
    b'{"Encrypt": {"a": 1}}',
]


@pytest.mark.parametrize("body", TRICKS, ids=range(len(TRICKS)))
async def test_bodies_that_carry_no_ciphertext(line: Line, body: bytes) -> None:
    assert (await line.post(body, sealed(xml())[1]))[:2] == (400, b"")
    assert line.refused == ["body"]


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65536 + 1):
        yield b"x" * 65536


async def test_bodies_too_large(line: Line) -> None:
    query = sealed(xml())[1]
    assert (await line.post(b"x" * (BODY_LIMIT + 1), query))[:2] == (413, b"")
    async with aiohttp.ClientSession() as session:
        url = f"{line.url}/wechat/default"
        async with session.post(url, params=query, data=chunks(BODY_LIMIT)) as response:
            assert response.status == 413
    assert line.refused == ["large", "large"]


async def spoken(line: Line, head: str, body: bytes, *, hang_up: bool = False) -> bytes:
    """What comes back to a request written by hand."""
    host, port = line.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    query = "&".join(f"{name}={value}" for name, value in sealed(xml())[1].items())
    writer.write(f"POST /wechat/default?{query} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + body)
    await writer.drain()
    try:
        if hang_up:
            writer.get_extra_info("socket").shutdown(socket.SHUT_WR)
        return await reader.readline()
    finally:
        writer.close()


async def test_a_body_that_does_not_come() -> None:
    async with open_door(deadline=0.1) as line:
        assert b" 408 " in await spoken(line, "Content-Length: 100", b"<xml>")
        assert line.refused == ["slow_body"]


async def test_a_body_that_cannot_be_unpacked(line: Line) -> None:
    assert b" 400 " in await spoken(line, "Content-Length: 5\r\nContent-Encoding: gzip", b"noise")


# ---- in time


async def test_what_is_not_committed_in_time_is_asked_for_again_and_goes_on() -> None:
    engine = Engine(hold=asyncio.Event())
    async with open_door(engine, deadline=0.1) as line:
        assert (await line.push(xml()))[:2] == (503, b"")
        assert (engine.taken, line.refused) == ([], ["slow"])
        assert engine.hold is not None
        engine.hold.set()
        await asyncio.sleep(0.05)
        assert len(engine.taken) == 1


@pytest.mark.parametrize("error", [RuntimeError(f"insert ... {OPENID} 你好"), asyncio.CancelledError()])
async def test_a_failure_is_asked_for_again_and_told_without_content(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_door(Engine(error=error)) as line:
        assert (await line.push(xml()))[:2] == (503, b"")
        assert line.refused == ["failed"]
    engine = Engine(error=error, hold=asyncio.Event())
    async with open_door(engine, deadline=0.1) as line:
        assert (await line.push(xml()))[:2] == (503, b"")
        assert engine.hold is not None
        engine.hold.set()
        await asyncio.sleep(0.05)
        assert line.refused == ["slow", "failed_late"]
    shown = [str(vars(record)) for record in caplog.records]
    assert len(shown) == 4
    assert not any(OPENID in record or "你好" in record for record in shown)


async def test_more_than_the_limit_at_once_is_asked_for_again_and_so_is_what_runs_late() -> None:
    engine = Engine(hold=asyncio.Event())
    async with open_door(engine, deadline=0.2, in_flight=3) as line:
        statuses = await asyncio.gather(*(line.push(xml(MsgId=number + 1)) for number in range(5)))
        assert [status for status, *_ in statuses] == [503] * 5
        assert sorted(line.refused) == ["busy", "busy", "slow", "slow", "slow"]
        assert (await line.push(xml()))[0] == 503
        assert line.refused[-1] == "busy"
        assert engine.hold is not None
        engine.hold.set()
        await asyncio.sleep(0.05)
        assert (await line.push(xml()))[0] == 200


async def test_a_caller_who_hangs_up_takes_nothing_back() -> None:
    engine = Engine(hold=asyncio.Event())
    async with open_door(engine) as line:
        pushing = asyncio.create_task(line.push(xml()))
        await asyncio.sleep(0.1)
        pushing.cancel()
        assert engine.hold is not None
        engine.hold.set()
        await asyncio.sleep(0.05)
        assert len(engine.taken) == 1


async def test_refusals_are_logged_without_what_was_sent(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    body, query = sealed(xml(), token="guessed")
    await line.post(body, query)
    await line.post(body, query, account="secret-guess")
    await line.push(b"<xml><Content>hello</Content></xml>")
    told = [vars(record) for record in caplog.records if record.name.startswith("bot")]
    assert [(record["reason"], record["status"], record.get("account")) for record in told] == [
        ("signature", 403, "default"),
        ("account", 404, None),
        ("content", 403, "default"),
    ]
    assert not any(word in str(told) for word in (OPENID, "hello", "secret-guess", TOKEN, query["msg_signature"]))


async def test_every_event_has_its_account_and_kind(line: Line) -> None:
    await line.push(xml(MsgType="event", Event="subscribe", EventKey="qrscene_x"))
    [event] = line.engine.taken
    assert isinstance(event, FromContact) and event.at - NOW == timedelta(0)
