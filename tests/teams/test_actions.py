"""What every doing in Teams means, and under which key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import cards
from bot.domain.events import (
    FromUser,
    QueueCancelled,
    QueueEdited,
    QueueReleased,
    Reference,
    SentAgain,
    UserAsked,
    UserChose,
    UserDisconnected,
    UserEdited,
    UserInstalled,
    UserLeft,
    UserListed,
    UserMuted,
    UserOpened,
    UserRemoved,
    UserSettled,
    UserWrote,
)
from bot.teams.actions import COMMANDS, event_of
from bot.teams.clicks import CHANGING
from bot.teams.doing import message_key
from tests.teams.support import NOW, TENANT, Json, click, typed

AAD = "c5e99701-2a32-49c1-a660-4629ceeb8c61"
CHAT = click()["conversation"]["id"]
REFERENCE = Reference(
    "https://smba.trafficmanager.net/amer/56653e9d-2158-46ee-90d7-675c39642038/",
    CHAT,
    "28:aabdbd62-bc97-4afb-83ee-575594577de5",
    click()["from"]["id"],
    TENANT,
    "personal",
    "en-US",
    "America/Los_Angeles",
)
IN_A_GROUP = {"conversation": {"id": "19:x@thread.v2", "conversationType": "groupChat", "isGroup": True}}


def event(raw: Json) -> FromUser | None:
    return event_of(raw, "id", NOW)


def meant(raw: Json) -> tuple[type[FromUser], Json]:
    """The event's class and what is its own in it."""
    found = event(raw)
    assert found is not None
    assert (found.id, found.at, found.tenant, found.aad) == ("id", NOW, TENANT, AAD)
    shared = {"id", "key", "at", "tenant", "aad", "reference"}
    return type(found), {name: getattr(found, name) for name in found.__dataclass_fields__ if name not in shared}


def asks(what: str, argument: str = "", entry_id: str = "") -> tuple[type[FromUser], Json]:
    return UserAsked, {"what": what, "argument": argument, "entry_id": entry_id}


def submitted(value: Any, **more: Any) -> Json:
    """An Action.Submit of the same card."""
    raw = typed("", replyToId=click()["replyToId"], value=value) | more
    del raw["text"]
    return raw


def test_where_it_came_from() -> None:
    found = event(click("help"))
    assert found is not None and found.reference == REFERENCE


def test_locale_and_time_zone_come_from_the_client_if_teams_does_not_say_them_itself() -> None:
    raw = {name: value for name, value in click("help").items() if name not in ("locale", "localTimezone")}
    raw["entities"] = [{"type": "clientInfo", "locale": "zh-CN", "timezone": "Asia/Shanghai"}]
    found = event(raw)
    assert found is not None and (found.reference.locale, found.reference.timezone) == ("zh-CN", "Asia/Shanghai")
    bare = event(raw | {"entities": []})
    assert bare is not None and (bare.reference.locale, bare.reference.timezone) == ("en-US", "UTC")


# ---- typed messages


def wrote(text: str, **more: str) -> Json:
    return {"text": text, "thread_id": "", "activity_key": "", "quoted": "", "quoted_key": "", **more}


def test_a_typed_message() -> None:
    raw = typed(" Good morning \n")
    key = message_key(CHAT, raw["id"])
    assert meant(raw) == (UserWrote, wrote(" Good morning \n", activity_key=key))
    found = event(raw)
    assert found is not None and found.key == key


def test_a_message_without_words_is_one() -> None:
    assert meant(typed(""))[1]["text"] == ""


@pytest.mark.parametrize(("words", "command"), COMMANDS.items())
def test_commands(words: str, command: str) -> None:
    own = {"messages": (UserListed, {"show": "", "skip": 0, "list": ""}), "disconnect": (UserDisconnected, {})}
    expected = own.get(command, asks(command))
    assert meant(typed(f" {words.upper()}\n")) == expected
    assert meant(typed(f"{words}!"))[0] is UserWrote


@pytest.mark.parametrize("raw", [typed("hi there") | IN_A_GROUP, click("leave_confirmed", thread_id="t") | IN_A_GROUP])
def test_elsewhere_than_in_the_personal_chat_the_place_is_told_with_it(raw: Json) -> None:
    found = event(raw)
    assert found is not None and found.reference.kind == "groupChat"
    assert found.reference.conversation_id == "19:x@thread.v2"


@pytest.mark.parametrize(
    ("conversation", "channel_data", "personal"),
    [
        ({"id": "a:1"}, {}, True),
        ({"id": "a:1", "conversationType": "personal", "isGroup": True}, {}, True),
        ({"id": "19:1"}, {}, False),
        ({"id": "19:ann_bob@unq.gbl.spaces", "conversationType": "personal"}, {}, False),
        ({"id": "a:1", "isGroup": True}, {}, False),
        ({"id": "a:1"}, {"team": {"id": "19:1"}}, False),
    ],
)
def test_only_the_own_chat_with_the_bot_is_personal(conversation: Json, channel_data: Json, personal: bool) -> None:
    raw = typed("hello there", conversation=conversation, channelData=channel_data | {"tenant": {"id": TENANT}})
    found = event(raw)
    assert found is not None and (found.reference.kind == "personal") is personal


# ---- cards


@pytest.mark.parametrize(
    ("verb", "data", "expected"),
    [
        (
            "reply",
            {"thread_id": "t", "text": " ok "},
            (UserWrote, wrote(" ok ", thread_id="t")),
        ),
        ("reply", {"thread_id": "t"}, (UserWrote, wrote("", thread_id="t"))),
        ("leave_confirmed", {"thread_id": "t"}, (UserLeft, {"thread_id": "t"})),
        ("cancel", {"thread_id": "t", "message_id": "m"}, (QueueCancelled, {"thread_id": "t", "message_id": "m"})),
        ("cancel", {"thread_id": "t", "message_id": ""}, (QueueCancelled, {"thread_id": "t", "message_id": ""})),
        ("release", {"thread_id": "t", "message_id": "m"}, (QueueReleased, {"thread_id": "t"})),
        ("send_again", {"thread_id": "t", "message_id": "m"}, (SentAgain, {"thread_id": "t", "message_id": "m"})),
        ("choose", {"thread_id": "t", "message_id": "m"}, (UserChose, {"thread_id": "t", "message_id": "m"})),
        (
            "edit",
            {"thread_id": "t", "message_id": "m", cards.edit_field("m"): "new", cards.edit_field("n"): "other"},
            (QueueEdited, {"thread_id": "t", "message_id": "m", "text": "new"}),
        ),
        (
            "edit",
            {"thread_id": "t", "message_id": "m", "text": "new"},
            (QueueEdited, {"thread_id": "t", "message_id": "m", "text": "new"}),
        ),
        ("leave", {"thread_id": "t", "message_id": "m"}, asks("leave", "t")),
        ("status", {"thread_id": "", "message_id": "m"}, asks("status", "m")),
        ("open", {"thread_id": "t"}, (UserOpened, {"thread_id": "t"})),
        ("mute", {"thread_id": "t"}, (UserMuted, {"thread_id": "t", "muted": True})),
        ("unmute", {"thread_id": "t"}, (UserMuted, {"thread_id": "t", "muted": False})),
        (
            "messages",
            {"show": "unread", "skip": "8", "list": "l"},
            (UserListed, {"show": "unread", "skip": 8, "list": "l"}),
        ),
        ("messages", {"skip": "-8", "show": 5}, (UserListed, {"show": "", "skip": 0, "list": ""})),
        (
            "settle",
            {"language": "zh", "timezone": "auto", "notifications": "off"},
            (UserSettled, {"language": "zh", "timezone": "auto", "notifications": False}),
        ),
        ("help", {}, asks("help")),
        ("invite", {"entry_id": "e", "thread_id": ""}, asks("invite", entry_id="e")),
    ],
)
def test_submit_and_execute_speak_one_vocabulary(verb: str, data: Json, expected: tuple[type[FromUser], Json]) -> None:
    assert meant(click(verb, **data)) == expected
    assert meant(submitted({"verb": verb} | data)) == expected
    unnamed = click() | {"value": {"verb": verb} | data}
    del unnamed["name"]
    assert meant(unnamed) == expected
    named = click(**data)
    named["value"]["action"]["verb"] = verb
    assert meant(named) == expected


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("", {"thread_id": "t"}),
        (7, {"thread_id": "t"}),
        ("leave_confirmed", {}),
        ("leave_confirmed", {"thread_id": ["t"]}),
        ("release", {"message_id": "m"}),
        ("cancel", {"thread_id": "t"}),
        ("cancel", {"message_id": "m"}),
        ("send_again", {"thread_id": "t"}),
        ("choose", {"thread_id": "t"}),
        ("edit", {"thread_id": "t", "message_id": "m"}),
        ("edit", {"thread_id": "t", "text": "new"}),
        ("edit", {"thread_id": "t", "message_id": "m", "text": 7}),
        ("edit", {"message_id": "m", "text": "new"}),
    ],
)
def test_a_click_that_does_not_say_enough_changes_nothing(verb: Any, data: Json) -> None:
    assert event(submitted({"verb": verb} | data)) is None


@pytest.mark.parametrize("verb", CHANGING)
def test_a_refresh_that_teams_makes_by_itself_changes_nothing(verb: str) -> None:
    raw = click(verb, thread_id="t", message_id="m", user_id="u", text="x")
    assert event(raw) is not None
    raw["value"]["trigger"] = "automatic"
    assert event(raw) is None


def test_a_refresh_may_show_something() -> None:
    raw = click("status", thread_id="t")
    raw["value"]["trigger"] = "automatic"
    assert meant(raw) == asks("status", "t")


# ---- keys


def key(raw: Json) -> str:
    found = event(raw)
    assert found is not None
    return found.key


def again(raw: Json, **later: float) -> Json:
    """The same click under a new id and time, as Teams repeats it."""
    return raw | {"id": "f:another", "timestamp": (NOW + timedelta(**later)).isoformat().replace("+00:00", "Z")}


REPLY = click("reply", thread_id="t", message_id="m", text="ok")


@pytest.mark.parametrize("verb", CHANGING)
def test_a_repeated_click_has_the_same_key(verb: str) -> None:
    raw = again(click(verb, thread_id="t", message_id="m", user_id="u", text="ok"))
    assert key(again(raw, seconds=45)) == key(raw)
    assert key(raw | {"value": raw["value"] | {"trigger": "manual"}}) == key(raw)


def test_the_same_words_later_are_another_reply_with_a_nonce_or_without() -> None:
    for raw in (REPLY, click("reply", thread_id="t", text="ok", once="1")):
        assert key(again(raw, minutes=5)) != key(again(raw))


def test_a_delivery_that_comes_very_late_is_still_the_same_click() -> None:
    late = event_of(REPLY, "id", NOW + timedelta(days=30))
    assert late is not None and late.key == key(REPLY)


def test_without_a_time_of_teams_ours_counts() -> None:
    for broken in ("", "yesterday", "2026-01-07T06:04:59"):
        assert key(REPLY | {"timestamp": broken}) == key(again(REPLY))


def test_a_nonce_stands_for_the_time() -> None:
    raw = click("release", thread_id="t", once="17")
    assert key(again(raw, days=30)) == key(raw)
    assert key(click("release", thread_id="t", once="18")) != key(raw)


@pytest.mark.parametrize(
    "other",
    [
        click("reply", thread_id="t", message_id="m", text="OK"),
        click("reply", thread_id="u", message_id="m", text="ok"),
        REPLY | {"replyToId": "another card"},
        REPLY | {"conversation": {"id": "a:other", "conversationType": "personal"}},
        REPLY | {"from": {"id": "29:other", "aadObjectId": "somebody else"}},
    ],
)
def test_another_content_is_another_click(other: Json) -> None:
    assert key(other) != key(REPLY)


def test_the_old_way_of_clicking_is_the_same_click() -> None:
    data = {"verb": "reply", "thread_id": "t", "message_id": "m", "text": "ok"}
    assert key(again(submitted(data))) == key(again(REPLY))


def test_asking_again_shows_again() -> None:
    raw = click("queue", thread_id="t")
    assert key(again(raw)) != key(raw)


def test_messages_are_known_by_their_id() -> None:
    raw = typed("ok")
    assert key(again(raw)) != key(raw)
    assert key(raw | {"timestamp": "2030-01-01T00:00:00Z"}) == key(raw)


def test_a_message_without_id_is_known_by_all_that_it_says() -> None:
    raw = {name: value for name, value in typed("ok").items() if name != "id"}
    assert key(raw) == key(dict(raw)) != key(raw | {"text": "other"})


# ---- edits


@pytest.mark.parametrize(
    ("kind", "name", "deleted"),
    [
        ("messageUpdate", "editMessage", False),
        ("messageUpdate", "undeleteMessage", False),
        ("messageUpdate", "EDITMESSAGE", False),
        ("messageDelete", "softDeleteMessage", True),
    ],
)
def test_an_edit_names_the_message(kind: str, name: str, deleted: bool) -> None:
    original = typed("old")
    raw = typed("new") | {"type": kind, "channelData": {"eventType": name, "tenant": {"id": TENANT}}}
    text = "" if deleted else "new"
    assert meant(raw) == (UserEdited, {"activity_key": key(original), "deleted": deleted, "text": text})
    assert key(raw) == key(dict(raw))
    assert key(raw | {"timestamp": "2030-01-01T00:00:00Z"}) != key(raw) != key(original)


@pytest.mark.parametrize("change", [{"channelData": {"tenant": {"id": TENANT}}}])
def test_other_changes_mean_nothing(change: Json) -> None:
    data = {"eventType": "editMessage", "tenant": {"id": TENANT}}
    assert event(typed("new") | {"type": "messageUpdate", "channelData": data} | change) is None


# ---- coming and going


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("add", UserInstalled),
        ("add-upgrade", UserInstalled),
        ("remove", UserRemoved),
        ("remove-upgrade", None),
        ("", None),
    ],
)
def test_installations(action: str, kind: type[FromUser] | None) -> None:
    raw = typed("") | {"type": "installationUpdate", "action": action}
    assert (meant(raw)[0] if kind else event(raw)) is kind
    elsewhere = event(raw | IN_A_GROUP)
    assert (type(elsewhere) if elsewhere else None) is (UserRemoved if kind is UserRemoved else None)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"membersAdded": [{"id": "29:x"}, {"id": REFERENCE.bot_id}]}, UserInstalled),
        ({"membersRemoved": [{"id": REFERENCE.bot_id}]}, UserRemoved),
        ({"membersAdded": [{"id": "29:x"}]}, None),
        ({"membersAdded": "x"}, None),
        ({}, None),
        ({"membersAdded": [{"id": REFERENCE.bot_id}]} | IN_A_GROUP, None),
        ({"membersAdded": [{"id": ""}], "recipient": {}}, None),
    ],
)
def test_the_bot_joins_and_goes(change: Json, kind: type[FromUser] | None) -> None:
    raw = typed("") | {"type": "conversationUpdate"} | change
    assert (meant(raw)[0] if kind else event(raw)) is kind


# ---- what means nothing


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"type": ["message"]},
        typed("hi") | {"from": {"id": "29:nobody"}},
        typed("hi") | {"from": "x"},
        typed("hi", channelData={}, conversation={"id": "a"}),
        typed("hi", type="typing"),
        click("reply") | {"name": "composeExtension/query"},
        click("reply") | {"name": "task/submit"},
        click("reply") | {"value": None},
        click("reply") | {"value": {"action": "x"}},
    ],
)
def test_nothing(raw: Json) -> None:
    assert event(raw) is None
