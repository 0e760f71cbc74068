"""WeChat's server URL on real HTTP: what gets in, what does not, and that refusals tell nothing."""

from __future__ import annotations

import asyncio
import base64
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import aiohttp
import pytest

from bot.domain.events import ContactFollowed, ContactWrote
from bot.wechat.crypto import RANDOM, AccountKeys, decrypt, encrypt, signature
from bot.wechat.messages import BODY_LIMIT, Format, fields
from tests.wechat.door import KEY, OLD_KEY, STAMP, Engine, Line, Still, open_door, sealed
from tests.wechat.samples import (
    APP_ID,
    ENCODING_KEY,
    NOW,
    OLD_TOKEN,
    OPENID,
    TOKEN,
    VECTORS,
    as_json,
    xml,
)


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


async def test_an_event_is_handed_over_with_its_account_and_kind(line: Line) -> None:
    await line.push(xml(MsgType="event", Event="subscribe", EventKey="qrscene_x"))
    [event] = line.engine.taken
    assert isinstance(event, ContactFollowed)
    assert (event.account, event.openid, event.scene, event.at) == ("default", OPENID, "x", NOW)
