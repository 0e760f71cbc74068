"""The way out, against a scripted server: what is certain, what is not, and nothing secret in the log."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from aiohttp import web

from bot.domain.events import Cause, Kind
from bot.domain.policy import Terms
from bot.domain.state import Thread
from bot.ports import Accepted, Closed, Contact, Conversation, Invalid, Job, Message, Outcome, TryLater, Unknown, User
from bot.wechat.access import AccessToken
from bot.wechat.client import Credentials, OfficialAccount, Template
from tests.wechat.door import Still
from tests.wechat.samples import APP_ID, NOW, OPENID
from tests.wechat.server import OK, Api, Json, running
from tests.wechat.test_access import Shelf

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
TEMPLATE = Template("tmpl", {"thing1": "{user}", "thing2": "A reply waits"})
THREAD = Thread("m0", Terms(), NOW, 1, "m0")
PEOPLE = Conversation(THREAD, Contact("c1", "default", OPENID), User("u1", "t", "aad", "Ada Lovelace", "+4420"))


def job(text: str = "您好", *, author: str = "user", kind: str = "text", **values: Any) -> Job:
    message = Message("m1", "m0", author, Kind.TEXT, text, NOW)
    made = Job(1, "w:m0", "claim", kind, "m0", "m1", 1, None, {}, message=message, conversation=PEOPLE)
    return replace(made, **values)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with running(Api()) as server:
        yield server


def account(url: str, **settings: Any) -> OfficialAccount:
    chosen: dict[str, Any] = {"template": TEMPLATE, "connect_timeout": 10, "total_timeout": 20, **settings}
    return OfficialAccount(Credentials(APP_ID, SECRET), Still(), base_url=url, **chosen)


async def sent(url: str, what: Job, **settings: Any) -> Outcome:
    way = account(url, **settings)
    try:
        return await way.deliver(what)
    finally:
        await way.close()


async def test_a_text(api: Api) -> None:
    assert await sent(api.url + "/", job("  您好 👋\n")) == Accepted()
    assert api.bodies == [
        '{"touser":"%s","msgtype":"text","text":{"content":"  您好 👋\\n"}}'.encode() % OPENID.encode()
    ]
    assert (api.tokens, api.paths) == (["token-1"], ["/cgi-bin/message/custom/send"])
    assert api.asked == [{"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}]


async def test_only_our_own_wording_may_hold_links(api: Api) -> None:
    await sent(api.url, job('<a href="x">'))
    await sent(api.url, job('<a href="x">', author="system"))
    contents = [orjson.loads(body)["text"]["content"] for body in api.bodies]
    assert contents == ['<\u200da href="x">', '<a href="x">']


async def test_a_template(api: Api) -> None:
    api.sends = [{**OK, "msgid": 200163836}]
    assert await sent(api.url, job(kind="template")) == Accepted("200163836")
    data = {"thing1": {"value": "Ada Lovelace"}, "thing2": {"value": "A reply waits"}}
    expected = {"touser": OPENID, "template_id": "tmpl", "client_msg_id": "m1", "data": data}
    assert (orjson.loads(api.bodies[0]), api.paths) == (expected, ["/cgi-bin/message/template/send"])


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (job("half \ud800"), "characters"),
        (job(message=None), "job"),
        (job(conversation=None), "job"),
        (job(kind="card"), "job"),
    ],
)
async def test_what_cannot_be_sent_is_not_tried(api: Api, what: Job, code: str) -> None:
    assert await sent(api.url, what) == Invalid(code)
    assert api.granted == 0


async def test_no_template_no_prompt(api: Api) -> None:
    assert await sent(api.url, job(kind="template"), template=None) == Invalid("template")


async def test_nothing_goes_at_or_after_its_end(api: Api) -> None:
    assert await sent(api.url, job(before=NOW)) == Closed(Cause.TIME, "before")
    assert await sent(api.url, job(before=NOW + timedelta(seconds=1))) == Accepted()
    assert len(api.bodies) == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"errcode": 45047, "errmsg": "out of response count limit rid: 6"}, Closed(Cause.COUNT, "45047")),
        ({"errcode": 45015}, Closed(Cause.TIME, "45015")),
        ({"errcode": -1}, TryLater("-1")),
        ({"errcode": 45011}, TryLater("45011", timedelta(seconds=60))),
        ({"errcode": 45002}, Invalid("45002")),
        ({"errmsg": "ok"}, Unknown("garbled")),
        ({"errcode": "0"}, Unknown("garbled")),
        ({"errcode": False}, Unknown("garbled")),
    ],
)
async def test_answers(api: Api, answer: Json, outcome: Outcome) -> None:
    api.sends = [answer]
    assert await sent(api.url, job()) == outcome


def plain(status: int, text: str) -> Any:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text, headers={"Location": "/elsewhere"})

    return answer


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (200, "<html>", Unknown("garbled")),
        (200, "", Unknown("garbled")),
        (200, "[]", Unknown("garbled")),
        (200, '{"errcode":0,"errm', Unknown("garbled")),
        (200, "x" * 70_000, Unknown("garbled")),
        (500, "", Unknown("500")),
        (502, "Bad Gateway", Unknown("502")),
        (503, '{"message":"busy"}', Unknown("503")),
        (504, "", Unknown("504")),
        (500, '{"errcode":-1}', TryLater("-1")),
        (302, "", TryLater("302", timedelta(minutes=10))),
        (403, "proxy", TryLater("403", timedelta(minutes=10))),
        (429, "", TryLater("429")),
    ],
)
async def test_other_statuses(api: Api, status: int, text: str, outcome: Outcome) -> None:
    api.sends = [plain(status, text)]
    assert await sent(api.url, job()) == outcome


def patience(status: int, wish: str = "90") -> Any:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": wish})

    return answer


async def test_retry_after_is_obeyed_where_something_is_tried_again(api: Api) -> None:
    wish = timedelta(seconds=90)
    api.sends = [patience(429)]
    assert await sent(api.url, job()) == TryLater("429", wish)
    api.sends = [patience(503)]
    assert await sent(api.url, job()) == Unknown("503", wish)
    assert await sent(api.url, job(kind="template")) == TryLater("503", wish, down=True)
    for status, outcome in ((429, TryLater("429", wish)), (503, TryLater("503", wish, down=True))):
        api.grants = [patience(status)]
        assert await sent(api.url, job()) == outcome
    api.grants = [patience(503, "soon")]
    assert await sent(api.url, job()) == TryLater("503", down=True)


async def hang(_: web.Request) -> web.Response:
    await asyncio.sleep(60)
    raise AssertionError


async def reset(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def half(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"errcode":0')
    assert request.transport is not None
    request.transport.abort()
    return response


@pytest.mark.parametrize("trouble", [hang, reset, half])
async def test_trouble_after_the_request_went_out_is_unknown(api: Api, trouble: Any) -> None:
    api.sends = [trouble]
    assert isinstance(await sent(api.url, job(), total_timeout=1), Unknown)
    assert len(api.bodies) == 1


async def test_a_template_is_safe_to_repeat_for_a_while(api: Api) -> None:
    api.sends = [reset]
    assert await sent(api.url, job(kind="template", tries=1)) == TryLater(
        "ServerDisconnectedError", timedelta(seconds=10), down=True
    )
    assert isinstance(await sent(api.url, job(kind="template", tries=3)), Unknown)


@pytest.mark.parametrize(
    ("trouble", "down"),
    [
        *((each, True) for each in (hang, reset, half, plain(502, ""), plain(200, "x"))),
        *((each, False) for each in ({"errcode": 45047}, {})),
    ],
)
async def test_trouble_with_the_token_is_never_more_than_later(api: Api, trouble: Any, down: bool) -> None:
    api.grants = [trouble]
    outcome = await sent(api.url, job(), total_timeout=1)
    assert isinstance(outcome, TryLater) and outcome.down == down
    assert api.bodies == []


@pytest.mark.parametrize("errcode", [40013, 40125, 40164, 89503])
async def test_a_wrong_configuration_is_told_with_its_cure(
    api: Api, errcode: int, caplog: pytest.LogCaptureFixture
) -> None:
    api.grants = [{"errcode": errcode, "errmsg": f"invalid {SECRET} rid"}]
    assert await sent(api.url, job()) == TryLater(str(errcode), timedelta(minutes=10))
    [record] = [vars(record) for record in caplog.records]
    assert record["errcode"] == errcode and record["cure"] and record["levelno"] == logging.WARNING
    assert SECRET not in str(record)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_before_the_request_went_out_it_is_only_later(api: Api) -> None:
    refused, no_tls = f"http://127.0.0.1:{free_port()}", api.url.replace("http", "https")
    shelf = Shelf({APP_ID: AccessToken("a", NOW + timedelta(hours=1))})
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes the connection, and TLS never comes about
        silent = f"https://127.0.0.1:{mute.getsockname()[1]}"
        for url in (refused, no_tls, silent, "http://nobody.invalid"):
            outcome = await sent(url, job(), shelf=shelf, connect_timeout=0.3)
            assert isinstance(outcome, TryLater) and outcome.down
    assert await sent(api.url, job(), shelf=shelf) == Accepted()
    assert api.granted == 0


def test_all_messages_of_an_account_go_to_one_host() -> None:
    assert account("https://api.weixin.qq.com/").host(job()) == "api.weixin.qq.com"


async def test_waiting_for_a_free_connection_is_before(api: Api) -> None:
    way = account(api.url, connections=1, connect_timeout=0.5, total_timeout=2)
    assert await way.deliver(job()) == Accepted()
    api.sends = [hang]
    outcomes = await asyncio.gather(way.deliver(job()), way.deliver(job()))
    await way.close()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["TryLater", "Unknown"]


async def test_fifty_sends_are_one_token_call(api: Api) -> None:
    api.grant_after = 0.05
    way = account(api.url)
    assert await asyncio.gather(*(way.deliver(job()) for _ in range(50))) == [Accepted()] * 50
    await way.close()
    assert (api.granted, len(api.bodies)) == (1, 50)


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_token_error_is_one_more_token_and_one_more_try(api: Api, errcode: int) -> None:
    api.sends = [{"errcode": errcode}, OK]
    assert await sent(api.url, job()) == Accepted()
    assert (api.granted, api.tokens) == (2, ["token-1", "token-2"])
    assert all("force_refresh" not in asked for asked in api.asked)


async def test_a_token_error_that_stays_ends(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    api.sends = [{"errcode": 40001, "errmsg": "invalid credential"}]
    assert await sent(api.url, job()) == TryLater("40001", timedelta(minutes=10))
    assert (api.granted, len(api.bodies)) == (2, 2)
    assert [vars(record)["errcode"] for record in caplog.records] == [40001]


async def test_fifty_token_errors_that_stay_are_two_token_calls(api: Api) -> None:
    api.sends, api.grant_after = [{"errcode": 40001}], 0.02
    way = account(api.url)
    await asyncio.gather(*(way.deliver(job()) for _ in range(50)))
    await way.close()
    assert (api.granted, len(api.bodies)) == (2, 100)


async def test_no_second_token_no_second_try(api: Api) -> None:
    api.sends = [{"errcode": 42001}]
    api.grants = [{"access_token": "a", "expires_in": 7200}, {"errcode": -1}]
    assert await sent(api.url, job()) == TryLater("-1")
    assert len(api.bodies) == 1


async def test_connections_are_kept(api: Api) -> None:
    peers = set()

    async def note(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.json_response(OK)

    api.sends = [note]
    way = account(api.url)
    for _ in range(5):
        await way.deliver(job())
    await way.close()
    assert len(peers) == 1


@pytest.mark.parametrize("trouble", [hang, reset, half, plain(403, ""), {"errcode": 48001}, {"errcode": 99999}])
async def test_nothing_secret_is_ever_logged(api: Api, trouble: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api.sends = [trouble]
    await sent(api.url, job("a private word"), total_timeout=1)
    told = [vars(record) for record in caplog.records if record.name.startswith(("bot", "aiohttp"))]
    assert told
    words = ("token-1", SECRET, OPENID, "private", "access_token")
    assert not any(word in f"{record} {record.get('exc_text')}" for record in told for word in words)


def test_credentials_are_never_shown() -> None:
    assert SECRET not in repr(Credentials(APP_ID, SECRET))
