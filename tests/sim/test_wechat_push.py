"""What WeChat delivers, how often, and what it makes of the answers; over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from defusedxml.ElementTree import fromstring

from bot.sim.wechat import WeChat, crypto
from bot.sim.wechat.world import FAULT_NOTICE
from tests.sim.account_server import AccountServer, Pushed, reply, silence, success

OTHER_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


@pytest.fixture
async def server() -> AsyncIterator[AccountServer]:
    async with AccountServer() as server:
        yield server


@pytest.fixture
async def wechat(server: AccountServer) -> AsyncIterator[WeChat]:
    async with WeChat(callback=server.url, deadline_seconds=0.2) as wechat:
        yield wechat


def fields(wechat: WeChat, pushed: Pushed) -> dict[str, str]:
    root = fromstring(pushed.opened(wechat.world.account))
    return {element.tag: element.text or "" for element in root}


async def test_a_text_arrives_sealed_signed_and_exact(wechat: WeChat, server: AccountServer) -> None:
    contact = await wechat.phone.contact("Li Wei")
    text = "  你好 ]]> <b>&amp;</b> 👩‍👩‍👧\n "
    ended = await contact.says(text)
    assert (ended["status"], ended["tries"]) == ("answered", 1)
    (pushed,) = server.pushed
    assert text.strip() not in pushed.body.decode()
    assert pushed.query["encrypt_type"] == "aes"
    assert pushed.query["openid"] == contact.openid
    found = fields(wechat, pushed)
    assert found["Content"] == text
    assert found["MsgId"] == ended["msgid"]
    assert (found["ToUserName"], found["FromUserName"]) == (wechat.world.account.gh_id, contact.openid)


async def test_plaintext_json_is_signed_over_token_timestamp_and_nonce(server: AccountServer) -> None:
    async with WeChat(callback=server.url, mode="plaintext", format="json") as wechat:
        contact = await wechat.phone.contact("Li Wei")
        server.answer = lambda _: web.Response(body=reply(wechat.world.account, contact.openid, "收到"))
        assert (await contact.says("hello"))["reply"]["text"] == "收到"
    (pushed,) = server.pushed
    body = json.loads(pushed.body)
    assert (body["Content"], type(body["MsgId"])) == ("hello", int)
    query = pushed.query
    assert "encrypt_type" not in query
    assert crypto.signed(query["signature"], wechat.world.account.token, query["timestamp"], query["nonce"])


async def test_compatible_mode_carries_both(server: AccountServer) -> None:
    async with WeChat(callback=server.url, mode="compatible") as wechat:
        await (await wechat.phone.contact("Li Wei")).says("hello")
    body = server.pushed[0].body
    assert b"<Content><![CDATA[hello]]></Content>" in body
    assert b"<Encrypt>" in body


async def test_create_time_is_the_simulated_clock_and_ids_increase(wechat: WeChat, server: AccountServer) -> None:
    await wechat.phone.set_clock("2026-03-29T00:59:58+00:00")
    contact = await wechat.phone.contact("Li Wei")
    await contact.says("one")
    await contact.says("two")
    first, second = (fields(wechat, pushed) for pushed in server.pushed)
    assert first["CreateTime"] == "1774745998"
    assert int(first["MsgId"]) < int(second["MsgId"]) < 2**63


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("image", {"PicUrl", "MediaId"}),
        ("voice", {"MediaId", "Format", "MediaId16K", "Recognition"}),
        ("video", {"MediaId", "ThumbMediaId"}),
        ("location", {"Location_X", "Location_Y", "Scale", "Label"}),
        ("link", {"Title", "Description", "Url"}),
    ],
)
async def test_other_messages(wechat: WeChat, server: AccountServer, kind: str, names: set[str]) -> None:
    contact = await wechat.phone.contact("Li Wei")
    await contact.sends(kind)
    found = fields(wechat, server.pushed[0])
    assert found["MsgType"] == kind
    assert names <= set(found)
    assert (await contact.state())["quota_left"] == 5


async def test_what_wechat_cannot_show_comes_as_its_own_sentence(wechat: WeChat, server: AccountServer) -> None:
    await (await wechat.phone.contact("Li Wei")).sends("unsupported")
    assert fields(wechat, server.pushed[0])["Content"] == "【收到不支持的消息类型，暂无法显示】"


async def test_follow_scan_click_and_unfollow(wechat: WeChat, server: AccountServer) -> None:
    contact = await wechat.phone.contact("Li Wei", following=False)
    await contact.scans(scene="invite-7")
    await contact.scans(scene="invite-8")
    await contact.clicks("HELP")
    assert (await contact.state())["quota_left"] == 3
    await contact.unfollows()
    assert (await contact.state())["quota_left"] == 0
    await contact.follows()
    events = [fields(wechat, pushed) for pushed in server.pushed]
    assert [(event["Event"], event["EventKey"]) for event in events] == [
        ("subscribe", "qrscene_invite-7"),
        ("SCAN", "invite-8"),
        ("CLICK", "HELP"),
        ("unsubscribe", ""),
        ("subscribe", ""),
    ]


async def test_a_tap_on_a_menu_message_does_not_reopen_the_window(wechat: WeChat, server: AccountServer) -> None:
    contact = await wechat.phone.contact("Li Wei")
    await contact.says("Yes", menu_id="101")
    assert (await contact.state())["quota_left"] == 3
    assert fields(wechat, server.pushed[0])["bizmsgmenuid"] == "101"


async def test_a_sealed_reply_appears_on_the_phone_and_costs_nothing(wechat: WeChat, server: AccountServer) -> None:
    contact = await wechat.phone.contact("Li Wei")
    server.answer = lambda _: web.Response(body=reply(wechat.world.account, contact.openid, " 欢迎\n]]> "))
    ended = await contact.says("hello")
    assert (ended["status"], ended["reply"]["text"]) == ("replied", " 欢迎\n]]> ")
    assert await contact.sees() == [" 欢迎\n]]> "]
    assert (await contact.state())["quota_left"] == 5
    await wechat.phone.change(passive_counts=True)
    await contact.says("again")
    assert (await contact.state())["quota_left"] == 4


@pytest.mark.parametrize("changed", [{"token": "x"}, {"app_id": "wx0"}, {"encoding_aes_key": OTHER_KEY}])
async def test_a_badly_sealed_reply_is_a_fault(wechat: WeChat, server: AccountServer, changed: dict[str, str]) -> None:
    contact = await wechat.phone.contact("Li Wei")
    server.answer = lambda _: web.Response(body=reply(wechat.world.account, contact.openid, "hi", **changed))
    assert (await contact.says("hello"))["status"] == "faulty"
    assert await contact.sees() == [FAULT_NOTICE]


@pytest.mark.parametrize(
    "body", [b"ok", b'{"errcode":0}', b"<xml><MsgType>text</MsgType></xml>", b"<xml>", b" success"]
)
async def test_an_answer_that_means_nothing_is_a_fault(wechat: WeChat, server: AccountServer, body: bytes) -> None:
    server.answer = lambda _: web.Response(body=body)
    contact = await wechat.phone.contact("Li Wei")
    ended = await contact.says("hello")
    assert (ended["status"], ended["tries"]) == ("faulty", 1)
    assert await contact.sees() == [FAULT_NOTICE]


async def test_a_reply_may_have_2048_bytes(wechat: WeChat, server: AccountServer) -> None:
    contact = await wechat.phone.contact("Li Wei")
    for text, status in (("é" * 1024, "replied"), ("é" * 1024 + ".", "faulty")):
        body = reply(wechat.world.account, contact.openid, text)
        server.answer = lambda _, body=body: web.Response(body=body)  # type: ignore[misc]
        assert (await contact.says("hello"))["status"] == status


async def test_silence_is_delivered_three_times_with_the_same_id(wechat: WeChat, server: AccountServer) -> None:
    server.answer = silence
    contact = await wechat.phone.contact("Li Wei")
    ended = await contact.says("hello")
    assert (ended["status"], ended["tries"]) == ("faulty", 3)
    assert {fields(wechat, pushed)["MsgId"] for pushed in server.pushed} == {ended["msgid"]}
    assert len({pushed.query["nonce"] for pushed in server.pushed}) == 3
    assert await contact.sees() == [FAULT_NOTICE]


async def test_the_number_of_deliveries_is_a_setting(wechat: WeChat, server: AccountServer) -> None:
    await wechat.phone.change(deliveries=4)
    server.answer = lambda _: web.Response(status=500)
    assert (await (await wechat.phone.contact("Li Wei")).says("hello"))["tries"] == 4


async def test_a_late_answer_to_the_second_delivery_is_enough(wechat: WeChat, server: AccountServer) -> None:
    async def second_time(pushed: Pushed) -> web.Response:
        return success(pushed) if len(server.pushed) > 1 else await silence(pushed)

    server.answer = second_time
    ended = await (await wechat.phone.contact("Li Wei")).says("hello")
    assert (ended["status"], ended["tries"]) == ("answered", 2)


async def test_after_repeated_failures_nothing_is_pushed_for_a_minute(wechat: WeChat, server: AccountServer) -> None:
    await wechat.phone.change(markfail_after=2, deliveries=1)
    server.answer = lambda _: web.Response(status=502)
    contact = await wechat.phone.contact("Li Wei")
    statuses = [(await contact.says("hello"))["status"] for _ in range(3)]
    await wechat.phone.advance(60)
    server.answer = success
    assert [*statuses, (await contact.says("hello"))["status"]] == ["faulty", "faulty", "withheld", "answered"]


async def test_verification_and_key_rotation(wechat: WeChat, server: AccountServer) -> None:
    assert await wechat.phone.verify()
    await wechat.phone.change(encoding_aes_key=OTHER_KEY, token="new")
    await (await wechat.phone.contact("Li Wei")).says("sealed with the new key")
    assert fields(wechat, server.pushed[-1])["Content"] == "sealed with the new key"


@pytest.mark.parametrize(("kind", "copies"), [("duplicate", 2), ("concurrent", 3), ("late", 1)])
async def test_repeated_and_late_pushes(wechat: WeChat, server: AccountServer, kind: str, copies: int) -> None:
    await wechat.phone.fault("push/text", kind, copies=3, seconds=0.05)
    ended = await (await wechat.phone.contact("Li Wei")).says("hello")
    assert [fields(wechat, pushed)["MsgId"] for pushed in server.pushed] == [ended["msgid"]] * copies


async def test_reordered_pushes(wechat: WeChat, server: AccountServer) -> None:
    contact = await wechat.phone.contact("Li Wei")
    await wechat.phone.fault("push/*", "reorder", seconds=5)
    first = asyncio.create_task(contact.says("first"))
    await contact.transcript(wait=5)
    await contact.says("second")
    await first
    assert [fields(wechat, pushed)["Content"] for pushed in server.pushed] == ["second", "first"]


async def forged(wechat: WeChat, server: AccountServer, kind: str, **values: Any) -> Pushed:
    await wechat.phone.fault("push/*", kind, **values)
    await (await wechat.phone.contact("Li Wei")).says("hello")
    return server.pushed[0]


async def test_forged_signature_and_replay(wechat: WeChat, server: AccountServer) -> None:
    pushed = await forged(wechat, server, "bad_signature")
    assert pushed.query["msg_signature"] == pushed.query["signature"] == "0" * 40
    server.pushed.clear()
    replayed = await forged(wechat, server, "old_timestamp", seconds=600)
    assert abs(wechat.world.clock.seconds() - 600 - int(replayed.query["timestamp"])) <= 2
    assert fields(wechat, replayed)["Content"] == "hello"


@pytest.mark.parametrize(("kind", "reason"), [("wrong_app_id", "another app id"), ("bad_padding", "padding")])
async def test_forged_envelopes(wechat: WeChat, server: AccountServer, kind: str, reason: str) -> None:
    pushed = await forged(wechat, server, kind)
    with pytest.raises(crypto.EnvelopeError, match=reason):
        pushed.opened(wechat.world.account)


async def test_hostile_bodies(wechat: WeChat, server: AccountServer) -> None:
    assert b"hello" in (await forged(wechat, server, "plain_body")).body
    for kind, mark in (("xml_bomb", b"&e;"), ("external_entity", b"SYSTEM")):
        server.pushed.clear()
        assert mark in (await forged(wechat, server, kind)).opened(wechat.world.account)
    server.pushed.clear()
    await wechat.phone.change(deadline_seconds=20)
    assert len((await forged(wechat, server, "slow_body", seconds=0.2)).body) > 100
    server.pushed.clear()
    assert len((await forged(wechat, server, "huge_body")).body) > 99_000_000
