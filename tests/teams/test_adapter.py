"""The messaging endpoint over HTTP: every captured payload is answered, every answer has the right status and body."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from botbuilder.schema import Activity
from botframework.connector.aio import ConnectorClient

from bot.domain.events import FromUser
from bot.teams.adapter import LARGEST
from bot.teams.auth import Authentication, NoSignIn, Refused
from bot.teams.hosts import ServiceHosts
from bot.teams.sdk import activity_of
from tests.teams.support import DATA, NOW, TENANT, Json, Recorder, bot, claims, click, payload, token, typed
from tests.waiting import until

# What each captured payload means; those that are not named mean nothing and are answered all the same.
MEANING = {
    "issues/file_attachment_ios_sharing_link.json": "UserAsked attachment",
    "msteams-docs/card_submit_messageBack_channel.json": "",
    "msteams-docs/fragment_file_attachment.json": "UserAsked attachment",
    "msteams-docs/message_edit.json": "UserEdited",
    "msteams-docs/message_softdelete.json": "UserEdited",
    "msteams-docs/message_undelete.json": "UserEdited",
    "msteams-docs/personal_message_richtext.json": "UserWrote",
    "officedev-botbuilder-msteams/SampleActivityConversationUpdateWithAADObjectId.json": "UserInstalled",
    "officedev-botbuilder-msteams/SampleActivityMessageWithAADObjectId.json": "UserAsked hello",
    "officedev-botbuilder-msteams/SampleFileDownloadInfoAttachment.json": "UserAsked attachment",
    "teams.net/channel_message_mention_html_thread_reply.json": "UserWrote",
    "msteams-docs/fragment_adaptivecard_refresh_automatic.json": "UserAsked editOrResolveView",
}
NAMES = sorted(json.loads((DATA / "INDEX.json").read_text("utf-8")))


def whole(name: str) -> Json:
    """The payload as an activity; a fragment becomes part of one."""
    raw = payload(name)
    if not isinstance(raw, dict):
        return {}
    if "serviceUrl" in raw:
        return raw
    if "contentType" in raw:
        raw = {"attachments": [raw]}
    around = typed("see this") if "attachments" in raw else click()
    return around | raw


def tenants_of(raw: Json) -> set[str]:
    tenant = (raw.get("channelData") or {}).get("tenant", {}).get("id")
    return set(filter(None, [tenant, (raw.get("conversation") or {}).get("tenantId")]))


def described(event: FromUser) -> str:
    return " ".join(filter(None, [type(event).__name__, getattr(event, "what", "")]))


@pytest.mark.parametrize("name", NAMES)
async def test_every_captured_payload_is_answered(name: str) -> None:
    raw = whole(name)
    hosts = ServiceHosts(("canary.botapi.skype.com",))
    async with bot(tenants=tuple(tenants_of(raw)), hosts=hosts) as ours:
        status, body = await ours.hears(raw, None if raw else "")
        # Two are not activities from Teams at all: a roster, and a card on its way out that names no tenant twice.
        expected = 200 if tenants_of(raw) else 403 if raw else 400
        assert (status, name) == (expected, name)
        assert [described(event) for event in ours.engine.events] == list(filter(None, [MEANING.get(name, "")]))
        assert raw.get("type") == "invoke" or status != 200 or body == b""


# ---- invokes


async def invoked(raw: Json, answer: Mapping[str, Any] | None = None) -> Any:
    async with bot() as ours:
        ours.engine.answer = answer or {}
        async with ours.client.post(
            "/api/messages", json=raw, headers={"Authorization": f"Bearer {token(claims(raw))}"}
        ) as response:
            content = await response.read()
            assert response.status == 200
            assert not content or response.headers["Content-Type"] == "application/json; charset=utf-8"
            return orjson.loads(content) if content else None


async def test_where_there_is_nothing_to_say_the_click_is_acknowledged_in_words() -> None:
    assert await invoked(click("help")) == {
        "statusCode": 200,
        "type": "application/vnd.microsoft.activity.message",
        "value": "Click received.",
    }


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en-GB", "Nothing was changed: this conversation belongs to someone else."),
        ("zh-CN", "未作任何更改：此对话属于其他人。"),
    ],
)
async def test_words_as_the_answer_in_the_persons_language(locale: str, text: str) -> None:
    raw = click("status") | {"locale": locale}
    said = await invoked(raw, {"say": "forbidden"})
    assert (said["statusCode"], said["type"]) == (200, "application/vnd.microsoft.activity.message")
    assert said["value"] and (locale != "en-GB" or said["value"] == text)
    refused = await invoked(raw, {"refused": "forbidden"})
    assert (refused["statusCode"], refused["type"]) == (400, "application/vnd.microsoft.error")
    assert refused["value"] == {"code": "BadRequest", "message": said["value"]}


EMPTY_EXTENSION = {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": []}}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("composeExtension/queryLink", EMPTY_EXTENSION),
        ("task/submit", None),
        ("message/submitAction", None),
        ("signin/verifyState", None),
        ("fileConsent/invoke", None),
        ("something/new", None),
        (
            "application/search",
            {
                "statusCode": 200,
                "type": "application/vnd.microsoft.search.searchResponse",
                "value": {"results": []},
            },
        ),
    ],
)
async def test_other_invokes_get_their_empty_answer(name: str, body: Json | None) -> None:
    assert await invoked(click("reply") | {"name": name}) == body


async def test_a_dialog_that_we_do_not_have_says_how_it_is_done() -> None:
    body = await invoked(click() | {"name": "task/fetch"})
    assert body["task"]["type"] == "message" and body["task"]["value"]


async def test_a_messages_menu_opens_the_search() -> None:
    body = await invoked(click() | {"name": "composeExtension/fetchTask"})
    assert body["task"]["type"] == "continue"
    chosen = {"name": "composeExtension/submitAction", "value": {"data": {"verb": "open", "thread_id": "t"}}}
    assert (await invoked(click() | chosen))["task"]["value"] == "Shown in your own chat with this app."


@pytest.mark.parametrize("value", [None, "text", [], {}, {"action": None}, {"action": {"type": "Action.Submit"}}])
async def test_an_odd_click_is_answered(value: object) -> None:
    assert (await invoked(click() | {"value": value}))["statusCode"] == 200


# ---- everything else


@pytest.mark.parametrize(
    "kind", ["typing", "event", "endOfConversation", "messageReaction", "trace", "handoff", "command", "made up"]
)
async def test_other_activities_are_taken_and_mean_nothing(kind: str) -> None:
    async with bot() as ours:
        assert await ours.hears(typed("hi") | {"type": kind, "reactionsAdded": [{"type": "like"}]}) == (200, b"")
        assert ours.engine.events == []


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"text"', b"{}", b'{"type": 7}', b'{"type": ""}', b"[" * 100_000],
)
async def test_what_is_no_activity_is_a_bad_request(content: bytes) -> None:
    async with bot() as ours, ours.client.post("/api/messages", data=content) as answer:
        assert answer.status == 400


@pytest.mark.parametrize(("size", "status"), [(LARGEST, 200), (LARGEST + 1, 413)])
async def test_a_body_may_have_512_kib(size: int, status: int) -> None:
    raw = typed("")
    raw["text"] = "x" * (size - len(orjson.dumps(raw)))
    headers = {"Authorization": f"Bearer {token(claims(raw))}"}
    async with bot() as ours, ours.client.post("/api/messages", data=orjson.dumps(raw), headers=headers) as answer:
        assert answer.status == status


@pytest.mark.parametrize("raw", [typed("ok"), click("reply", thread_id="t", text="ok")])
async def test_our_own_failure_asks_teams_to_come_again(raw: Json, caplog: pytest.LogCaptureFixture) -> None:
    async with bot() as ours:
        ours.engine.failure = RuntimeError("the database is away")
        assert await ours.hears(raw) == (503, b"")
        ours.engine.failure = None
        assert (await ours.hears(raw))[0] == 200
        first, second = ours.engine.events
        assert first.key == second.key and first.id != second.id
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == ["a turn failed"]


async def test_too_much_at_once_is_turned_away() -> None:
    let_go = asyncio.Event()

    class Slow:
        async def handle(self, event: FromUser) -> Mapping[str, Any]:
            await let_go.wait()
            return {}

    async with bot(in_flight=3, wrap=lambda _: Slow()) as ours:
        asking = [asyncio.create_task(ours.hears(typed("ok"))) for _ in range(5)]
        await until(lambda: len(ours.refused) == 2)
        let_go.set()
        statuses = await asyncio.gather(*asking)
        assert sorted(status for status, _ in statuses) == [200, 200, 200, 503, 503]
        assert ours.refused == ["busy"] * 2
        assert (await ours.hears(typed("ok")))[0] == 200


async def test_nothing_of_botbuilders_that_is_slow_or_blocks_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """No connector client, no deserialising; `no_mocks` leaves only making them fail."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("this must not be used in a turn")

    monkeypatch.setattr(ConnectorClient, "__init__", never)
    monkeypatch.setattr(Activity, "deserialize", never)
    async with bot() as ours:
        for raw in (typed("ok"), click("help"), click("help")):
            assert (await ours.hears(raw))[0] == 200
        assert ours.microsoft.asked == 1


async def test_the_sdk_cannot_send_around_the_outbox() -> None:
    authentication = NoSignIn(ServiceHosts(), (TENANT,))
    result = await authentication.authenticate_request(activity_of(typed("ok")), "")
    with pytest.raises(LookupError):
        await result.connector_factory.create("https://smba.trafficmanager.net/", "")
    with pytest.raises(LookupError):
        await authentication.create_connector_factory(None).create("https://smba.trafficmanager.net/", "")
    with pytest.raises(LookupError):
        await authentication.create_user_token_client(None)
    with pytest.raises(Refused):
        await Authentication.authenticate_streaming_request(authentication, "", "")


async def test_logs_hold_no_words_names_or_tokens(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    raw = typed("a secret between us")
    async with bot() as ours:
        await ours.hears(raw)
        await ours.hears(raw, "Bearer not.a.token")
        await ours.hears(typed("x", type="typing"))
    told = " ".join(str(vars(record)) for record in caplog.records if record.name.startswith("bot"))
    assert "from Teams" in told and "refused a request" in told
    for private in ("secret", raw["from"]["name"], raw["from"]["aadObjectId"], "not.a.token", token(claims(raw))):
        assert private not in told


async def test_the_events_come_with_our_ids_and_our_time() -> None:
    async with bot() as ours:
        await ours.hears(typed("one"))
        await ours.hears(typed("two"))
        assert [(event.id, event.at) for event in ours.engine.events] == [("event-0", NOW), ("event-1", NOW)]
        assert isinstance(ours.engine, Recorder)
