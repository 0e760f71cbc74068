"""The simulated API: every errcode that the product must know, over real HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import pytest

from bot.sim.wechat import Contact, ControlError, WeChat
from tests.sim.account_server import AccountServer

RID = re.compile(r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$")
SEND = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"


class Caller:
    """The account's server calling WeChat."""

    def __init__(self, wechat: WeChat, session: aiohttp.ClientSession) -> None:
        self.wechat = wechat
        self.session = session
        self.token = ""

    async def post(self, path: str, body: Any, *, token: str | None = None) -> dict[str, Any]:
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        url = f"{self.wechat.url}{path}?access_token={self.token if token is None else token}"
        async with self.session.post(url, data=data) as response:
            assert response.status == 200
            answer: dict[str, Any] = orjson.loads(await response.read())
        if answer.get("errcode", 0) != 0:
            assert RID.search(answer["errmsg"])
        return answer

    async def refresh(self, **changed: Any) -> dict[str, Any]:
        account = self.wechat.world.account
        body = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret} | changed
        given = await self.post("/cgi-bin/stable_token", body, token="")
        self.token = given.get("access_token", self.token)
        return given

    async def send(self, contact: Contact, text: str = "hello") -> int:
        body = {"touser": contact.openid, "msgtype": "text", "text": {"content": text}}
        return int((await self.post(SEND, body))["errcode"])


@pytest.fixture
async def wechat() -> AsyncIterator[WeChat]:
    async with AccountServer() as server, WeChat(callback=server.url, deadline_seconds=1) as wechat:
        yield wechat


@pytest.fixture
async def caller(wechat: WeChat) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        caller = Caller(wechat, session)
        await caller.refresh()
        yield caller


@pytest.fixture
async def contact(wechat: WeChat) -> Contact:
    contact = await wechat.phone.contact("Li Wei")
    await contact.says("hello")
    return contact


async def test_five_messages_then_45047_and_after_48_hours_45015(
    wechat: WeChat, caller: Caller, contact: Contact
) -> None:
    assert [await caller.send(contact, f"n {n}") for n in range(6)] == [0, 0, 0, 0, 0, 45047]
    assert await contact.sees(5) == [f"n {n}" for n in range(5)]
    await contact.says("again")
    await wechat.phone.advance(48 * 3600)
    await caller.refresh()
    assert await caller.send(contact) == 45015


async def test_unfollowing_closes_the_window_and_following_again_opens_the_short_one(
    caller: Caller, contact: Contact
) -> None:
    await contact.unfollows()
    assert await caller.send(contact) == 45015
    await contact.follows()
    assert [await caller.send(contact) for _ in range(4)] == [0, 0, 0, 45047]


@pytest.mark.parametrize(
    ("change", "errcode"),
    [({"appid": "wx0"}, 40013), ({"secret": "wrong"}, 40125)],
)
async def test_wrong_credentials(caller: Caller, change: dict[str, str], errcode: int) -> None:
    assert (await caller.refresh(**change))["errcode"] == errcode


async def test_a_caller_outside_the_white_list(wechat: WeChat, caller: Caller) -> None:
    await wechat.phone.change(ip_whitelist=["10.0.0.1"])
    refused = await caller.refresh()
    assert (refused["errcode"], "127.0.0.1" in refused["errmsg"]) == (40164, True)
    assert (await wechat.phone.counters())["token_calls"] == 2


async def test_tokens_at_the_door(wechat: WeChat, caller: Caller, contact: Contact) -> None:
    body = {"touser": contact.openid, "msgtype": "text", "text": {"content": "x"}}
    assert (await caller.post(SEND, body, token=""))["errcode"] == 41001
    assert (await caller.post(SEND, body, token="made-up"))["errcode"] == 40001
    await wechat.phone.call("POST", "tokens", {"do": "expire"})
    assert await caller.send(contact) == 42001
    await caller.refresh()
    await wechat.phone.call("POST", "tokens", {"do": "invalidate"})
    assert await caller.send(contact) == 40001
    await caller.refresh()
    assert await caller.send(contact) == 0


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        (b"{", 47001),
        (b"[]", 47001),
        (b'{"touser":"OPENID","msgtype":"text","text":{"content":"\\u4f60"}}', 40033),
        (b'{"touser":"OPENID","msgtype":"text","text":{"content":"C:\\\\u4f60"}}', 0),
        (b'{"touser":"o-unknown","msgtype":"text","text":{"content":"x"}}', 40003),
        (b'{"touser":"OPENID","msgtype":"file","file":{}}', 40008),
        (b'{"touser":"OPENID","msgtype":"text","text":{"content":""}}', 44004),
        ('{"touser":"OPENID","msgtype":"text","text":{"content":"TEXT"}}'.replace("TEXT", "é" * 1024).encode(), 0),
        ('{"touser":"OPENID","msgtype":"text","text":{"content":"TEXT"}}'.replace("TEXT", "é" * 1025).encode(), 45002),
        (b'{"touser":"OPENID","msgtype":"image","image":{"media_id":"gone"}}', 40007),
        (b'{"touser":"OPENID","msgtype":"news","news":{"articles":[{},{}]}}', 45008),
    ],
)
async def test_bodies(caller: Caller, contact: Contact, body: bytes, errcode: int) -> None:
    answer = await caller.post(SEND, body.replace(b"OPENID", contact.openid.encode()))
    assert answer["errcode"] == errcode
    assert (await contact.state())["quota_left"] == (5 if errcode else 4), "a refused send costs nothing"


@pytest.mark.parametrize("errcode", [43004, 48002, 50005])
async def test_a_contact_who_refuses(caller: Caller, contact: Contact, errcode: int) -> None:
    await contact.switch(refuses=errcode)
    assert await caller.send(contact) == errcode


async def test_the_daily_limit_and_clearing_it(wechat: WeChat, caller: Caller, contact: Contact) -> None:
    await wechat.phone.change(daily_sends=1)
    assert [await caller.send(contact) for _ in range(2)] == [0, 45009]
    left = await caller.post("/cgi-bin/openapi/quota/get", {"cgi_path": SEND})
    assert left["quota"] == {"daily_limit": 1, "used": 1, "remain": 0}
    appid = {"appid": wechat.world.account.app_id}
    assert [(await caller.post("/cgi-bin/clear_quota", appid))["errcode"] for _ in range(11)] == [0] * 10 + [48006]
    assert await caller.send(contact) == 0


async def test_typing(wechat: WeChat, caller: Caller, contact: Contact) -> None:
    async def typing(command: str = "Typing") -> int:
        body = {"touser": contact.openid, "command": command}
        return int((await caller.post("/cgi-bin/message/custom/typing", body))["errcode"])

    assert [await typing("Sing"), await typing()] == [45072, 0]
    assert (await contact.state())["typing"] is True
    assert await typing() == 45081
    assert await caller.send(contact) == 0
    assert (await contact.state())["typing"] is False
    await wechat.phone.advance(31)
    assert await typing() == 45080


async def finished(contact: Contact, server_calls: int) -> None:
    for _ in range(200):
        if (await contact.phone.counters())["pushes"].get("deliveries", 0) >= server_calls:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the template's result was never pushed")


@pytest.mark.parametrize(("outcome", "shown"), [("success", 1), ("user block", 0), ("system failed", 0)])
async def test_a_template_message_needs_no_window(caller: Caller, wechat: WeChat, outcome: str, shown: int) -> None:
    contact = await wechat.phone.contact("Li Wei")
    await contact.switch(template_outcome=outcome)
    data = {"thing1": {"value": "Messages are waiting"}}
    body = {"touser": contact.openid, "template_id": "T1", "data": data, "client_msg_id": "once"}
    first, second = await caller.post(TEMPLATE, body), await caller.post(TEMPLATE, body)
    assert first["msgid"] == second["msgid"]
    await finished(contact, 1)
    assert len(await contact.sees()) == shown
    assert (await wechat.phone.counters())["pushes"]["deliveries"] == 1


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"template_id": ""}, 40037),
        ({"touser": "o-unknown"}, 40003),
        ({"data": {"thing1": {"value": "x" * 21}}}, 47003),
        ({"data": {"thing1": {"value": "two\nlines"}}}, 47003),
        ({"data": {"phrase1": {"value": "waiting"}}}, 47003),
        ({"data": {"character_string1": {"value": "编号"}}}, 47003),
        ({"data": {"time1": {"value": "soon"}}}, 47003),
        ({"data": {"time1": {"value": "2026年3月1日 09:30"}, "keyword1": {"value": "x" * 30}}}, 0),
    ],
)
async def test_template_rules(caller: Caller, contact: Contact, changed: dict[str, Any], errcode: int) -> None:
    body = {"touser": contact.openid, "template_id": "T1", "data": {"thing1": {"value": "ok"}}} | changed
    assert (await caller.post(TEMPLATE, body))["errcode"] == errcode


async def test_a_template_needs_a_follower(caller: Caller, contact: Contact) -> None:
    await contact.unfollows()
    body = {"touser": contact.openid, "template_id": "T1", "data": {"thing1": {"value": "ok"}}}
    assert (await caller.post(TEMPLATE, body))["errcode"] == 43004


async def test_a_qr_code_is_shown_scanned_and_expires(wechat: WeChat, caller: Caller) -> None:
    scene = {"action_name": "QR_STR_SCENE", "expire_seconds": 60, "action_info": {"scene": {"scene_str": "invite-7"}}}
    made = await caller.post("/cgi-bin/qrcode/create", scene)
    for ticket, status in ((made["ticket"], 200), ("gQwrong", 404)):
        async with caller.session.get(f"{wechat.url}/cgi-bin/showqrcode", params={"ticket": ticket}) as shown:
            assert shown.status == status
    contact = await wechat.phone.contact("Li Wei", following=False)
    await contact.scans(ticket=made["ticket"])
    async with caller.session.get(
        f"{wechat.url}/cgi-bin/user/info", params={"access_token": caller.token, "openid": contact.openid}
    ) as response:
        info = await response.json()
    assert (info["subscribe"], info["qr_scene_str"]) == (1, "invite-7")
    assert "nickname" not in info
    await wechat.phone.advance(60)
    with pytest.raises(ControlError, match="expired"):
        await contact.scans(ticket=made["ticket"])


@pytest.mark.parametrize(
    ("action", "scene"),
    [
        ("QR_SCENE", {"scene_id": 0}),
        ("QR_LIMIT_SCENE", {"scene_id": 100_001}),
        ("QR_STR_SCENE", {"scene_str": "x" * 65}),
    ],
)
async def test_scenes_out_of_range(caller: Caller, action: str, scene: dict[str, Any]) -> None:
    body = {"action_name": action, "action_info": {"scene": scene}}
    assert (await caller.post("/cgi-bin/qrcode/create", body))["errcode"] == 40053


async def upload(caller: Caller, kind: str, content: bytes) -> dict[str, Any]:
    form = aiohttp.FormData()
    form.add_field("media", content, filename="a.jpg", content_type="image/jpeg")
    url = f"{caller.wechat.url}/cgi-bin/media/upload?access_token={caller.token}&type={kind}"
    async with caller.session.post(url, data=form) as response:
        answer: dict[str, Any] = await response.json()
    return answer


async def download(caller: Caller, media_id: str) -> tuple[str, bytes]:
    query = {"access_token": caller.token, "media_id": media_id}
    async with caller.session.get(f"{caller.wechat.url}/cgi-bin/media/get", params=query) as response:
        assert response.status == 200
        return response.content_type, await response.read()


async def test_media_live_three_days(wechat: WeChat, caller: Caller, contact: Contact) -> None:
    media_id = (await upload(caller, "image", b"\xff\xd8jpeg"))["media_id"]
    sent = await caller.post(SEND, {"touser": contact.openid, "msgtype": "image", "image": {"media_id": media_id}})
    assert sent["errcode"] == 0
    assert await download(caller, media_id) == ("image/jpeg", b"\xff\xd8jpeg")
    await wechat.phone.advance(3 * 86_400)
    await caller.refresh()
    kind, body = await download(caller, media_id)
    assert (kind, orjson.loads(body)["errcode"]) == ("application/json", 40007)


async def test_media_sizes_and_the_video_url(caller: Caller) -> None:
    assert (await upload(caller, "thumb", b"x" * 65_537))["errcode"] == 40012
    assert (await upload(caller, "file", b"x"))["errcode"] == 40004
    assert (await upload(caller, "image", b""))["errcode"] == 41005
    video = (await upload(caller, "video", b"mp4"))["media_id"]
    url = orjson.loads((await download(caller, video))[1])["video_url"]
    async with caller.session.get(url) as response:
        assert await response.read() == b"mp4"
