"""Clicking on cards: what the simulator sends is what Microsoft's renderer inside Teams would send."""

from typing import Any

import pytest

from bot.sim.connector import NotPossible
from bot.sim.connector.cards import clickables, filled, find, readable
from bot.sim.connector.people import CARD, Json
from tests.sim.teams_stage import card, payload, stage

INPUTS: list[Json] = [
    {"type": "Input.Text", "id": "text", "isRequired": True, "errorMessage": "Write something", "maxLength": 10},
    {"type": "Input.Toggle", "id": "urgent", "title": "Urgent"},
    {"type": "Input.ChoiceSet", "id": "to", "choices": [{"title": "A", "value": "a"}, {"title": "B", "value": "b"}]},
    {"type": "Input.Number", "id": "count", "min": 1, "max": 5},
]
REPLY = {"type": "Action.Execute", "title": "Reply", "verb": "reply", "data": {"thread": 7}}
NOTE = {
    "type": "Action.ShowCard",
    "title": "Note",
    "card": {"body": [{"type": "Input.Text", "id": "note"}], "actions": [{"type": "Action.Submit", "title": "Save"}]},
}
LEAVE = {"type": "Action.Submit", "title": "Leave", "associatedInputs": "none", "data": {"do": "leave"}}
CONTENT: Json = {"type": "AdaptiveCard", "body": INPUTS, "actions": [REPLY, NOTE, LEAVE]}


def test_inputs_are_merged_as_strings_and_empty_ones_left_out() -> None:
    reply = find(CONTENT, "Reply")
    assert filled(reply, {"text": "hi"}) == {"thread": 7, "text": "hi", "urgent": "false"}
    given = {"text": "hi", "urgent": True, "to": "b", "count": 3}
    assert filled(reply, given) == {"thread": 7, "text": "hi", "urgent": "true", "to": "b", "count": "3"}
    assert filled(find(CONTENT, "Leave"), {}) == {"do": "leave"}
    assert filled(find(CONTENT, "Save"), {"text": "hi", "note": "n"}) == {"text": "hi", "note": "n", "urgent": "false"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "Write something"),
        ({"text": "12345678901"}, "at most 10"),
        ({"text": "hi", "to": "c"}, "offers"),
        ({"text": "hi", "count": 9}, "not valid"),
        ({"text": "hi", "other": "x"}, "no such input"),
    ],
)
def test_what_the_renderer_would_not_accept_is_not_possible(given: Json, reason: str) -> None:
    with pytest.raises(NotPossible, match=reason):
        filled(find(CONTENT, "Reply"), given)


def test_actions_are_found_wherever_they_stand() -> None:
    inline = {"type": "Input.Text", "id": "t", "inlineAction": {"type": "Action.Execute", "title": "Send", "verb": "s"}}
    tapped = {"type": "Container", "items": [], "selectAction": {"type": "Action.Submit", "id": "tap"}}
    columns = {"type": "ColumnSet", "columns": [{"type": "Column", "items": [inline]}]}
    content = {"body": [columns, tapped], "actions": [{**LEAVE, "isEnabled": False}]}
    assert [c.action.get("title") or c.action.get("id") for c in clickables(content)] == ["Send", "tap", "Leave"]
    assert find(content, 1).action["id"] == "tap"
    with pytest.raises(NotPossible, match="disabled"):
        find(content, "Leave")
    with pytest.raises(NotPossible, match="it offers: Send"):
        find(content, "Fly")


def test_what_can_be_read() -> None:
    facts = {"type": "FactSet", "facts": [{"title": "Phone", "value": "+86"}]}
    hidden = {"type": "Container", "isVisible": False, "items": [{"type": "TextBlock", "text": "hidden"}]}
    runs = {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "run"}]}
    content = {"body": [{"type": "TextBlock", "text": "title"}, facts, hidden, runs, INPUTS[2]], "actions": [REPLY]}
    assert readable(content) == ["title", "Phone", "+86", "run", "A", "B", "Reply"]


async def test_execute_has_the_shape_of_a_real_one_and_its_card_is_shown_in_place() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        posted = await s.bot.sends(anna.conversation, card(*INPUTS, actions=[REPLY, NOTE, LEAVE]))
        shown = {"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": "Sent."}]}
        s.bot.answer = lambda a: {"statusCode": 200, "type": CARD, "value": shown}
        outcome = await anna.clicks("Reply", text="hi")
        sent, real = s.bot.last("invoke"), payload("teams.net/adaptivecard_action_invoke_personal")
        assert set(real) <= set(sent)
        assert set(real["channelData"]) == set(sent["channelData"])
        assert sent["value"] == {
            "action": REPLY | {"data": {"thread": 7, "text": "hi", "urgent": "false"}},
            "trigger": "manual",
        }
        assert (sent["name"], sent["replyToId"]) == (real["name"], posted)
        assert outcome["card"] == shown
        assert (await anna.sees("Sent.")).id == posted


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (
            {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Done."},
            {"message": "Done."},
        ),
        (
            {"statusCode": 400, "type": "application/vnd.microsoft.error", "value": {"code": "x", "message": "No."}},
            {"error": "No."},
        ),
        (
            {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": ""},
            {"error": "Unable to reach app. Please try again."},
        ),
    ],
)
async def test_execute_answered_with_a_message_or_an_error(body: Json, seen: Json) -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        await s.bot.sends(anna.conversation, card(actions=[REPLY | {"associatedInputs": "none"}]))
        s.bot.answer = lambda a: body
        outcome = await anna.clicks("Reply")
        assert {name: outcome[name] for name in seen} == seen


async def test_submit_is_a_message_with_a_value_and_no_text() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        posted = await s.bot.sends(anna.conversation, card(actions=[LEAVE]))
        await anna.clicks("Leave")
        sent, real = s.bot.last("message"), payload("msteams-docs/card_submit_messageBack_channel")
        assert set(real) - {"text"} <= set(sent)
        assert "text" not in sent
        assert (sent["value"], sent["replyToId"]) == ({"do": "leave"}, posted)
        back = {"type": "messageBack", "text": "clicked", "value": {"property": "v"}}
        await s.bot.sends(anna.conversation, card(actions=[LEAVE | {"data": {"msteams": back}}]))
        await anna.clicks("Leave")
        assert (s.bot.last("message")["text"], s.bot.last("message")["value"]) == ("clicked", {"property": "v"})


async def test_refresh_is_automatic() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        real = payload("msteams-docs/fragment_adaptivecard_refresh_automatic")
        action = {"type": "Action.Execute", "verb": "editOrResolveView", "data": real["value"]["action"]["data"]}
        posted = await s.bot.sends(anna.conversation, card(refresh={"action": action}))
        await anna.refreshes(posted)
        assert {name: s.bot.last("invoke")[name] for name in real} == real


async def test_a_task_opens_a_dialog_and_what_is_filled_in_comes_back() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        fetch = {"type": "Action.Submit", "title": "Edit", "data": {"id": 1, "msteams": {"type": "task/fetch"}}}
        await s.bot.sends(anna.conversation, card(actions=[fetch]))
        form = card(
            {"type": "Input.Text", "id": "n"}, actions=[{"type": "Action.Submit", "title": "OK", "data": {"k": 1}}]
        )
        opened: Any = {"task": {"type": "continue", "value": {"title": "Edit", "card": form["attachments"][0]}}}
        s.bot.answer = lambda a: (
            opened if a.get("name") == "task/fetch" else {"task": {"type": "message", "value": "ok"}}
        )
        await anna.clicks("Edit")
        assert s.bot.last("invoke")["value"]["data"] == {"id": 1, "msteams": {"type": "task/fetch"}}
        assert (await anna.clicks("OK", n="x"))["message"] == "ok"
        assert s.bot.last("invoke")["name"] == "task/submit"
        assert s.bot.last("invoke")["value"]["data"] == {"k": 1, "n": "x"}


async def test_what_happens_inside_the_client_sends_nothing() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        await s.bot.sends(
            anna.conversation, card(actions=[NOTE, {"type": "Action.OpenUrl", "title": "Site", "url": "https://x.y"}])
        )
        heard = len(s.bot.received)
        assert (await anna.clicks("Note"))["client"] == "Action.ShowCard"
        assert (await anna.clicks("Site"))["url"] == "https://x.y"
        assert len(s.bot.received) == heard
