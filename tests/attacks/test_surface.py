"""Anybody may knock: whatever comes over HTTP, signed or not, is answered without a 500, our inside or a secret."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks.surface import activity, asked, from_teams, from_wechat, harmless, spoken
from tests.e2e.stage import Stage, stage

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = st.text(max_size=200) | st.sampled_from(
    [
        "",
        "\0",
        "\u202e",
        "{{",
        "]]>",
        "<a href=x>",
        "'; DROP TABLE users;--",
        "../" * 9,
        "%s%n",
        "leave",
        "connect x",
        "1",
    ]
)
IDS = WORDS | st.sampled_from(["0" * 32, "28:bot", "https://evil.example"])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
VERBS = [
    *(
        "reply",
        "edit",
        "cancel",
        "send_again",
        "choose",
        "save_contact",
        "release",
        "mute",
        "settle",
        "leave_confirmed",
    ),
    *("details", "open", "messages", "disconnect", "status", "queue", "invite", "no such verb"),
]
DATA = st.fixed_dictionaries(
    {"verb": st.sampled_from(VERBS)},
    optional={
        name: JSON for name in ("thread_id", "message_id", "text", "once", "numbers", "name", "skip", "entry_id")
    },
)
PARTS = {
    "text": JSON,
    "value": DATA | JSON,
    "attachments": JSON | st.just([{"contentType": "text/html", "content": "<p>a<b</p>" * 99}]),
    "entities": JSON,
    "conversation": JSON,
    "from": JSON,
    "recipient": JSON,
    "channelData": JSON,
    "replyToId": IDS,
    "timestamp": IDS,
    "locale": IDS,
    "localTimezone": IDS,
    "membersAdded": JSON,
    "id": IDS,
    "action": IDS,
}
KINDS = [
    "message",
    "invoke",
    "messageUpdate",
    "messageDelete",
    "conversationUpdate",
    "installationUpdate",
    "event",
    "x",
]
INVOKES = ["", "adaptiveCard/action", "composeExtension/query", "composeExtension/selectItem", "task/fetch", "x"]
ACTIVITIES = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS)},
    optional={**PARTS, "name": st.sampled_from(INVOKES)},
)
PUSHES = st.fixed_dictionaries(
    {
        "FromUserName": st.sampled_from(["o-fuzz", "o-other"]) | IDS,
        "MsgType": st.sampled_from(["text", "image", "event", "location", "link", "nothing known"]) | IDS,
        "CreateTime": st.integers(0, 2**40) | IDS,
    },
    optional={
        **{name: JSON for name in ("ToUserName", "Content", "MsgId", "MediaId", "Url", "Title", "Label", "Location_X")},
        "Event": st.sampled_from(["subscribe", "unsubscribe", "SCAN", "TEMPLATESENDJOBFINISH", "CLICK"]) | IDS,
        **{name: IDS for name in ("EventKey", "MsgID", "Status", "bizmsgmenuid")},
    },
)
PATHS = st.sampled_from(["/", "/api/messages", "/wechat/default", "/static/support.html", "/metrics", "/readyz"]) | (
    st.text("abc/.%2e\\?#&=:;~", max_size=30).map(lambda path: "/" + path.replace("#", "%23").replace(" ", "%20"))
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "PROPFIND"])
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Authorization", "Content-Encoding", "Content-Type", "X-Forwarded-For", "Expect", "Range", "Cookie"]
    ),
    st.text("Bearer abc.=,;/0-9%é", max_size=60).map(lambda text: text.strip())
    | st.sampled_from(["gzip", "deflate", "bytes=0-", "application/json"]),
    max_size=3,
)


def knocked(
    tmp_path: Path, given_: st.SearchStrategy[Any], knock: Callable[[Stage, Any], Coroutine[Any, Any, Any]]
) -> None:
    """Each example goes to the same running service; at the end its record must hold."""
    with asyncio.Runner() as runner:
        world = stage(tmp_path, working=False)
        on = runner.run(world.__aenter__())
        try:

            @FEW
            @given(given_)
            def example(what: Any) -> None:
                status, body = runner.run(knock(on, what))
                assert harmless(on, status, body) == ""
                assert status < 500

            example()
            runner.run(on.settled())
        finally:
            runner.run(world.__aexit__(None, None, None))


def test_any_activity(tmp_path: Path) -> None:
    async def knock(on: Stage, changes: dict[str, Any]) -> tuple[int, bytes]:
        return await from_teams(on, activity(on, **changes))

    knocked(tmp_path, ACTIVITIES, knock)


def test_any_card_data_on_a_real_conversation(tmp_path: Path) -> None:
    numbers = count(1)

    async def knock(on: Stage, data: dict[str, Any]) -> tuple[int, bytes]:
        while not (found := await on.listed("threads", "list")):
            push = {"FromUserName": "o-1", "MsgType": "text", "Content": "hi", "MsgId": next(numbers)}
            await from_wechat(on, orjson.dumps({**push, "CreateTime": int(on.clock.now().timestamp())}))
        action = {"type": "Action.Execute", "verb": data["verb"], "data": {"thread_id": found[0]["id"], **data}}
        return await from_teams(on, activity(on, type="invoke", name="adaptiveCard/action", value={"action": action}))

    knocked(tmp_path, DATA, knock)


def test_any_push(tmp_path: Path) -> None:
    async def knock(on: Stage, push: dict[str, Any]) -> tuple[int, bytes]:
        return await from_wechat(on, orjson.dumps(push))

    knocked(tmp_path, PUSHES, knock)


def test_any_body(tmp_path: Path) -> None:
    async def knock(on: Stage, body: bytes) -> tuple[int, bytes]:
        answers = [await from_wechat(on, body), await from_teams(on, body)]
        answers.append(await from_teams(on, body, **{"Content-Encoding": "gzip"}))
        return next((each for each in answers if each[0] >= 500 or harmless(on, *each)), answers[0])

    knocked(tmp_path, st.binary(max_size=2_000) | JSON.map(orjson.dumps), knock)


def test_any_request(tmp_path: Path) -> None:
    async def knock(on: Stage, request: tuple[str, str, dict[str, str], bytes]) -> tuple[int, bytes]:
        method, path, headers, body = request
        return await asked(on, method, path, headers=headers, data=body)

    knocked(tmp_path, st.tuples(METHODS, PATHS, HEADERS, st.binary(max_size=100)), knock)


PATH_TRICKS = [
    *("/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/..\\app.py", "/static//etc/passwd"),
    *("/static/support.html/../../app.py", "/static/support.html%00.py", "/static/.env", "/static/", "/static"),
    *("/media/", "/media/../.env", "/media/%2e%2e/%2e%2e/data/multiline.db", "/media/x", "//evil.example/", "/.env"),
    *(
        "/wechat/../static/support.html",
        "/wechat/default/../../metrics",
        "/api/messages/../../.git/config",
        "/.git/HEAD",
    ),
]


async def test_path_tricks(tmp_path: Path) -> None:
    """Written by hand: a client would tidy the path up."""
    async with stage(tmp_path, working=False) as on:
        for path in PATH_TRICKS:
            request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
            status = (await spoken(on, request)).split(b"\r\n")[0]
            assert status in (b"HTTP/1.1 404 Not Found", b"HTTP/1.1 400 Bad Request"), (path, status)


SMUGGLED = {
    "two lengths": b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 50\r\n\r\n{}",
    "length and chunks": (
        b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET"
    ),
    "a header on two lines": b"POST /api/messages HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
    "a header without end": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    "a very long address": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("name", SMUGGLED)
async def test_requests_that_two_servers_would_read_differently(tmp_path: Path, name: str) -> None:
    async with stage(tmp_path, working=False) as on:
        answer = await spoken(on, SMUGGLED[name])
        assert answer.startswith(b"HTTP/1.") and b" 400 " in answer.split(b"\r\n")[0]
        assert harmless(on, 400, answer) in ("", "line ")
