"""Both directions against the simulated WeChat, which has its own crypto: the two sides prove each other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web

from bot.domain.events import Cause, ContactFollowed, ContactUnfollowed, ContactWrote, Event, Kind, PromptReported
from bot.ports import Accepted, Closed, Contact, Invalid, TryLater, Unknown
from bot.sim.wechat import WeChat
from bot.wechat.client import Credentials, OfficialAccount
from bot.wechat.crypto import AccountKeys
from bot.wechat.webhook import Door
from tests.wechat.samples import OLD_ENCODING_KEY, OLD_TOKEN
from tests.wechat.server import listening
from tests.wechat.test_client import PEOPLE, TEMPLATE, job

SEND = "/cgi-bin/message/custom/send"


@dataclass
class Desk:
    """Keeps what arrives once, and answers every text with the same words."""

    taken: dict[str, Event] = field(default_factory=dict)
    reply: str = ""

    async def handle(self, event: Event) -> Mapping[str, Any]:
        self.taken.setdefault(event.key, event)
        return {"reply": self.reply} if self.reply else {}

    @property
    def events(self) -> list[Event]:
        return list(self.taken.values())


@dataclass
class Bridge:
    wechat: WeChat
    desk: Desk
    way: OfficialAccount
    counted: list[str]

    async def send(self, openid: str, text: str = "hello", **values: Any) -> Any:
        contact = Contact("c1", "default", openid)
        return await self.way.deliver(job(text, conversation=replace(PEOPLE, contact=contact), **values))


@asynccontextmanager
async def bridged(**settings: Any) -> AsyncIterator[Bridge]:
    async with WeChat(**settings) as wechat:
        ours, clock = wechat.world.account, wechat.world.clock
        keys = AccountKeys.read(ours.app_id, ours.token, ours.encoding_aes_key, OLD_TOKEN, OLD_ENCODING_KEY)
        desk, counted = Desk(), list[str]()
        app = web.Application()
        app.add_routes(
            Door({"default": keys}, desk, clock, counted.append, iter(map(str, range(999))).__next__).routes()
        )
        credentials = Credentials(ours.app_id, ours.app_secret)
        way = OfficialAccount(credentials, clock, base_url=wechat.url, template=TEMPLATE, total_timeout=2)
        async with listening(app) as url:
            wechat.call_back(f"{url}/wechat/default")
            yield Bridge(wechat, desk, way, counted)
        await way.close()


async def test_the_server_url_is_verified() -> None:
    async with bridged() as bridge:
        assert await bridge.wechat.phone.verify()


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("mode", ["secure", "compatible"])
async def test_messages_arrive_and_replies_come_back(form: str, mode: str) -> None:
    async with bridged(format=form, mode=mode) as bridge:
        bridge.desk.reply = "谢谢 ]]> 👋"
        li_wei = await bridge.wechat.phone.contact("Li Wei")
        ended = await li_wei.says("  你好\n👋 ")
        [event] = bridge.desk.events
        assert isinstance(event, ContactWrote)
        assert (event.text, event.openid) == ("  你好\n👋 ", li_wei.openid)
        assert (ended["status"], ended["reply"]["text"]) == ("replied", "谢谢 ]]> 👋")


async def test_every_kind_and_event() -> None:
    async with bridged() as bridge:
        li_wei = await bridge.wechat.phone.contact("Li Wei", following=False)
        await li_wei.scans(scene="u7")
        for kind in ("image", "voice", "video", "location", "link", "unsupported"):
            assert (await li_wei.sends(kind))["status"] == "answered"
        await li_wei.clicks("menu")
        await li_wei.unfollows()
        first, *messages, last = bridge.desk.events
        assert isinstance(first, ContactFollowed) and first.scene == "u7"
        kinds = [message.kind for message in messages if isinstance(message, ContactWrote)]
        assert kinds == [Kind.IMAGE, Kind.VOICE, Kind.VIDEO, Kind.LOCATION, Kind.LINK, Kind.UNSUPPORTED]
        assert isinstance(last, ContactUnfollowed)


async def test_a_rotation_of_keys_loses_nothing() -> None:
    async with bridged() as bridge:
        bridge.desk.reply = "hi"
        li_wei = await bridge.wechat.phone.contact("Li Wei")
        await bridge.wechat.phone.change(token=OLD_TOKEN, encoding_aes_key=OLD_ENCODING_KEY)
        assert (await li_wei.says("old keys"))["status"] == "replied"


@pytest.mark.parametrize("kind", ["duplicate", "concurrent"])
async def test_a_push_that_comes_twice_is_one_event(kind: str) -> None:
    async with bridged() as bridge:
        li_wei = await bridge.wechat.phone.contact("Li Wei")
        await bridge.wechat.phone.fault("push/text", kind)
        await li_wei.says("once")
        assert len(bridge.desk.events) == 1


async def test_plain_pushes_are_refused() -> None:
    async with bridged(mode="plaintext") as bridge:
        li_wei = await bridge.wechat.phone.contact("Li Wei")
        assert (await li_wei.says("hello"))["status"] == "faulty"
        assert set(bridge.counted) == {"plain"} and not bridge.desk.events


async def test_five_messages_and_then_the_count_is_spent() -> None:
    async with bridged() as bridge:
        li_wei = await bridge.wechat.phone.contact("Li Wei")
        assert await bridge.send(li_wei.openid) == Closed(Cause.TIME, "45015")
        await li_wei.says("hello")
        assert [await bridge.send(li_wei.openid, f"{n} <b> 汉") for n in range(5)] == [Accepted()] * 5
        assert await bridge.send(li_wei.openid) == Closed(Cause.COUNT, "45047")
        assert await li_wei.sees() == [f"{n} <b> 汉" for n in range(5)]
        await bridge.wechat.phone.advance(48 * 3600)
        assert await bridge.send(li_wei.openid) == Closed(Cause.TIME, "45015")


async def test_refusals() -> None:
    async with bridged() as bridge:
        li_wei = await bridge.wechat.phone.contact("Li Wei")
        await li_wei.says("hello")
        assert await bridge.send("oNobody") == Closed(Cause.BLOCKED, "40003")
        assert await bridge.send(li_wei.openid, "") == Invalid("44004")
        assert await bridge.send(li_wei.openid, "x" * 2049) == Invalid("45002")
        for errcode, cause in ((48002, Cause.BLOCKED), (43004, Cause.UNFOLLOWED), (50005, Cause.UNFOLLOWED)):
            await li_wei.switch(refuses=errcode)
            assert await bridge.send(li_wei.openid) == Closed(cause, str(errcode))


async def test_a_template_and_what_became_of_it() -> None:
    async with bridged() as bridge:
        li_wei = await bridge.wechat.phone.contact("Li Wei")
        await li_wei.switch(template_outcome="user block")
        sent = await bridge.send(li_wei.openid, kind="template")
        assert isinstance(sent, Accepted) and sent.remote_id
        while not bridge.desk.events:
            await bridge.wechat.world.change(1)
        [report] = bridge.desk.events
        assert isinstance(report, PromptReported)
        assert (report.remote_id, report.failure) == (sent.remote_id, "user block")


@pytest.mark.parametrize(
    ("kind", "values", "expected", "arrived"),
    [
        ("reset", {"accepted": True}, Unknown, 1),
        ("half", {}, Unknown, 1),
        ("cut", {}, Unknown, 1),
        ("hang", {"accepted": True, "seconds": 5}, Unknown, 1),
        ("status", {"status": 502}, Unknown, 0),
        ("errcode", {"errcode": -1}, TryLater, 0),
        ("errcode", {"errcode": 42001}, Accepted, 1),
        ("slow", {"seconds": 0.2}, Accepted, 1),
    ],
)
async def test_faults(kind: str, values: dict[str, Any], expected: type[Any], arrived: int) -> None:
    async with bridged() as bridge:
        li_wei = await bridge.wechat.phone.contact("Li Wei")
        await li_wei.says("hello")
        await bridge.wechat.phone.fault(SEND, kind, **values)
        assert isinstance(await bridge.send(li_wei.openid), expected)
        assert len(await li_wei.sees()) == arrived


async def test_a_token_that_ends_is_replaced_without_anybody_noticing() -> None:
    async with bridged() as bridge:
        li_wei = await bridge.wechat.phone.contact("Li Wei")
        for _ in range(3):
            await li_wei.says("hello")
            assert await bridge.send(li_wei.openid) == Accepted()
            await bridge.wechat.phone.advance(7200)
        calls = (await bridge.wechat.phone.counters())["calls"]
        assert calls["/cgi-bin/stable_token"] == 3
