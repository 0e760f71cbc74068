"""The control API and the pages: what tests, the demo and the phone page drive WeChat with."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import pytest

from bot.sim.clock import Clock
from bot.sim.wechat import ControlError, WeChat
from tests.sim.account_server import AccountServer


@pytest.fixture
async def wechat() -> AsyncIterator[WeChat]:
    async with AccountServer() as server, WeChat(callback=server.url, name="Northwind") as wechat:
        yield wechat


async def test_contacts_have_openids_like_real_ones(wechat: WeChat) -> None:
    made = [await wechat.phone.contact(name) for name in ("Li Wei", "王芳")]
    assert all(re.fullmatch(r"o[\w-]{27}", contact.openid) for contact in made)
    assert [contact.name for contact in await wechat.phone.contacts()] == ["Li Wei", "王芳"]
    with pytest.raises(ControlError, match="openid of its own"):
        await wechat.phone.contact("Twin", openid=made[0].openid)


async def test_the_transcript_is_what_the_phone_shows(wechat: WeChat) -> None:
    contact = await wechat.phone.contact("Li Wei", following=False)
    await contact.follows()
    await contact.says("hello")
    entries = await contact.transcript()
    assert [(entry["how"], entry["text"]) for entry in entries] == [
        ("event", "Li Wei followed Northwind"),
        ("in", "hello"),
    ]
    assert await contact.transcript(after=entries[-1]["number"]) == []


async def test_waiting_for_the_transcript_ends_when_it_grows(wechat: WeChat) -> None:
    contact = await wechat.phone.contact("Li Wei")
    waiting = asyncio.create_task(contact.transcript(wait=10))
    await asyncio.sleep(0.05)
    await contact.says("hello", wait=False)
    async with asyncio.timeout(5):
        assert [entry["text"] for entry in await waiting] == ["hello"]


async def test_without_waiting_the_push_goes_on_in_the_background(wechat: WeChat) -> None:
    contact = await wechat.phone.contact("Li Wei")
    assert (await contact.says("hello", wait=False))["status"] == "sent"


@pytest.mark.parametrize(
    ("method", "path", "body", "reason"),
    [
        ("PUT", "settings", {"modus": "secure"}, "there is no setting 'modus'"),
        ("PUT", "settings", {"mode": "open"}, "mode cannot be 'open'"),
        ("PUT", "settings", {"deliveries": "3"}, "deliveries cannot be '3'"),
        ("PUT", "settings", {"encoding_aes_key": "short"}, "encoding_aes_key cannot be"),
        ("POST", "clock", {"set": "2026-03-01T12:00:00"}, "time zone"),
        ("POST", "faults", {"endpoint": "*", "kind": "gremlin"}, "there is no fault 'gremlin'"),
        ("POST", "faults", {"endpoint": "*", "kind": "reset", "minutes": 1}, "minutes"),
        ("POST", "tokens", {"do": "steal"}, "invalidate or expire"),
        ("POST", "contacts", {"name": " "}, "needs a name"),
        ("GET", "contacts/o-unknown", None, "no such contact"),
    ],
)
async def test_what_cannot_be_is_said(wechat: WeChat, method: str, path: str, body: Any, reason: str) -> None:
    with pytest.raises(ControlError, match=reason):
        await wechat.phone.call(method, path, body)


async def test_only_a_follower_writes(wechat: WeChat) -> None:
    contact = await wechat.phone.contact("Li Wei", following=False)
    with pytest.raises(ControlError, match="does not follow"):
        await contact.says("hello")
    with pytest.raises(ControlError, match="empty"):
        await (await wechat.phone.contact("王芳")).says("")


async def test_reset_is_the_first_day_again(wechat: WeChat) -> None:
    await wechat.phone.change(message_limit=20)
    await wechat.phone.fault("*", "reset")
    await wechat.phone.advance(3600)
    await (await wechat.phone.contact("Li Wei")).says("hello")
    await wechat.phone.call("POST", "reset")
    state = await wechat.phone.call("GET", "state")
    assert (state["contacts"], state["faults"]) == ([], [])
    assert (await wechat.phone.change())["message_limit"] == 5
    assert (await wechat.phone.counters())["pushes"] == {}


async def test_the_page_hears_of_everything(wechat: WeChat) -> None:
    contact = await wechat.phone.contact("Li Wei")
    async with aiohttp.ClientSession() as session, session.get(f"{wechat.url}/_sim/events") as events:
        assert await events.content.readline() == b": hello\n"
        await contact.says("hello")
        await wechat.phone.advance(3600)
        heard: list[str] = []
        async for line in events.content:
            if line.startswith(b"data: "):
                heard.append(orjson.loads(line[6:])["type"])
            if "clock" in heard:
                break
    assert heard == ["entry", "contact", "clock"]


async def test_the_page_loads_nothing_from_elsewhere(wechat: WeChat) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/", "/phone", "/web/phone.css", "/web/phone.js"):
            async with session.get(wechat.url + path) as response:
                assert response.status == 200
                assert "default-src 'none'" in response.headers["Content-Security-Policy"]
                assert not re.search(r"(src|href|url)\s*[=(]\s*[\"']?(https?:)?//", await response.text())


def test_the_clock_runs_stands_and_runs_on() -> None:
    clock = Clock()
    clock.advance(3600)
    before = clock.now()
    assert clock.now() >= before
    clock.set("2026-03-01T08:00:00+08:00")
    assert clock.frozen
    clock.advance(1.5)
    assert clock.now().isoformat() == "2026-03-01T00:00:01.500000+00:00"
    clock.run()
    assert not clock.frozen
    assert 0 <= (clock.now().timestamp() - 1772323201.5) < 60
    clock.reset()
    assert clock.seconds() >= int(before.timestamp()) - 3600
