"""The message extension: what Teams asks, what it is answered, and that no name can do anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.attention import Settings
from bot.domain.events import ContactSaved, DetailsAsked, UserAsked, UserOpened
from bot.ports import Contact, Entry, Found, Known
from bot.teams import answers, extension
from bot.teams.actions import event_of
from bot.teams.extension import SUBMIT, Choice, Search
from tests.cards.schema import complaints, objects, texts, verbs
from tests.teams.support import NOW, Json, click, payload
from tests.teams.test_actions import IN_A_GROUP, REFERENCE
from tests.teams.test_views import CONVERSATION

ENTRY = Entry("entry", "u", "张伟", "海港贸易", ("+8613800138000", "+33123456789"), "secret notes")
STRANGER = Known(None, CONVERSATION.contact, CONVERSATION)
KNOWN = Known(ENTRY, CONVERSATION.contact, CONVERSATION)
HOSTILE = ["<b>x</b>", "[x](http://evil.example)", "\u202eevil", "&lt;img&gt;", "x" * 300, "a\nb", "{{DATE(0)}}"]
SEARCH = Search("z", 0, 25)
PICTURE = "https://wechat.fabrikam.com/static/wechat.png"


def asked(value: Any) -> Search:
    return extension.search_of({"value": value})


def test_a_search_is_read_as_teams_sends_it() -> None:
    assert asked(payload("msteams-docs/fragment_composeExtension_query.json")["value"]) == Search("Toronto", 0, 25)
    parameters = [{"name": "contact", "value": "zhang"}]
    assert asked({"parameters": parameters, "queryOptions": {"skip": 25, "count": 10}}) == Search("zhang", 25, 10)


@pytest.mark.parametrize(
    "value",
    [
        {"parameters": [{"name": "initialRun", "value": "true"}], "queryOptions": {"skip": 0, "count": 25}},
        {"parameters": [{"name": "contact", "value": ""}]},
        {"parameters": "x", "queryOptions": {"skip": -1, "count": 1000}},
        {"parameters": [{"name": "contact", "value": 5}], "queryOptions": {"skip": "1", "count": None}},
        {"queryOptions": []},
        {},
        [],
        None,
    ],
)
def test_an_empty_or_odd_search_is_for_the_recent_ones(value: Any) -> None:
    assert asked(value) == Search("", 0, 25)


def test_a_choice_is_what_the_result_said() -> None:
    [result] = _attachments(extension.results(Found((KNOWN,)), SEARCH, REFERENCE, NOW, PICTURE))
    tap = result["preview"]["content"]["tap"]
    assert tap["type"] == "invoke"
    assert extension.choice_of({"value": tap["value"]}) == Choice("entry", CONVERSATION.thread.id)
    assert extension.choice_of({"value": {"entry_id": 5}}) == extension.choice_of({}) == Choice("", "")


def test_a_result_shows_name_company_number_mark_and_state() -> None:
    [result] = _attachments(extension.results(Found((KNOWN,)), SEARCH, REFERENCE, NOW, PICTURE))
    shown = result["preview"]["content"]
    assert (shown["title"], shown["subtitle"]) == ("张伟", "海港贸易 · +86 138 0013 8000")
    assert "left" in shown["text"]
    assert shown["images"] == [{"url": PICTURE, "alt": "WeChat"}]


def test_one_who_never_wrote_has_no_mark() -> None:
    [result] = _attachments(extension.results(Found((Known(ENTRY),)), SEARCH, REFERENCE, NOW, PICTURE))
    shown = result["preview"]["content"]
    assert shown["text"] == "Not on WeChat yet"
    assert "images" not in shown


def test_a_stranger_goes_by_their_tag() -> None:
    [result] = _attachments(extension.results(Found((STRANGER,)), SEARCH, REFERENCE, NOW, PICTURE))
    assert result["preview"]["content"]["title"] == CONVERSATION.contact.label


@pytest.mark.parametrize(
    ("found", "text", "why"), [(None, "", "enabled"), (Found(), "z", "Nobody"), (Found(), "", "no contacts")]
)
def test_where_there_is_nothing_it_is_said_why(found: Any, text: str, why: str) -> None:
    answer = extension.results(found, Search(text, 0, 25), REFERENCE, NOW, PICTURE)["composeExtension"]
    assert answer["type"] == "message"
    assert why in answer["text"]


def test_the_page_after_the_last_is_empty() -> None:
    assert _attachments(extension.results(Found(), Search("z", 25, 25), REFERENCE, NOW, PICTURE)) == []


@pytest.mark.parametrize("known", [KNOWN, STRANGER, Known(ENTRY), Known(ENTRY, Contact("c", "a", "o"))])
def test_the_chosen_card_is_valid_and_keeps_the_notes_back(known: Known) -> None:
    [chosen] = _attachments(extension.chosen(Found((known,)), REFERENCE, NOW))
    card = chosen["content"]
    assert complaints(card) == []
    assert "secret" not in str(card)
    assert verbs(card) == ({"open", "details"} if known.conversation else {"invite", "details"})
    assert ("message the company" in texts(card)) is (known.conversation is None)


# ---- the dialog over a message


def test_a_messages_menu_opens_a_dialog_with_those_last_heard_of() -> None:
    opened = {"name": "composeExtension/fetchTask", "value": {"commandId": "find_contact", "commandContext": "message"}}
    assert extension.looks_up(opened)
    wish = extension.search_of(opened)
    assert (wish.text, wish.skip) == ("", 0)
    task = extension.dialog(Found((KNOWN, STRANGER, Known(ENTRY))), wish, REFERENCE, NOW)["task"]
    assert (task["type"], task["value"]["title"]) == ("continue", "Find a contact")
    card = task["value"]["card"]["content"]
    assert complaints(card) == []
    assert {"张伟", "海港贸易", "+86 138 0013 8000", "Not on WeChat yet"} <= set(texts(card).splitlines())
    does = [item["data"] for item in objects(card) if item.get("type") == "Action.Submit"]
    assert [(each["verb"], each["thread_id"], each.get("entry_id")) for each in does] == [
        ("find", "", None),
        ("open", CONVERSATION.thread.id, None),
        ("open", CONVERSATION.thread.id, None),
        ("details", "", "entry"),
    ]
    assert not verbs(card), "a dialog takes no Action.Execute"
    assert "secret" not in str(card)


def test_the_dialogs_box_searches_again_and_says_that_there_are_more() -> None:
    asked_for = submitted(verb="find", text="zhang")
    assert extension.looks_up(asked_for)
    wish = extension.search_of(asked_for)
    assert wish.text == "zhang"
    for found, more in ((wish.count - 1, False), (wish.count, True)):
        people = Found((Known(ENTRY),) * found)
        card = extension.dialog(people, wish, REFERENCE, NOW)["task"]["value"]["card"]["content"]
        assert [item["value"] for item in objects(card) if item.get("id") == "text"] == ["zhang"]
        assert len([item for item in objects(card) if item.get("verb") == "details" and "entry_id" in item]) == 8
        assert ("There are more" in texts(card)) is more


def test_the_dialog_says_why_there_is_nothing() -> None:
    for found, text, why in ((None, "", "not enabled"), (Found(), "z", "Nobody"), (Found(), "", "no contacts")):
        assert why in str(extension.dialog(found, Search(text, 0, 9), REFERENCE, NOW)["task"])


def test_what_is_chosen_in_the_dialog_opens_in_the_users_own_chat() -> None:
    for verb in ("open", "details"):
        chosen = submitted(verb=verb, thread_id="t", entry_id="")
        assert not extension.looks_up(chosen)
        found = event_of(chosen | IN_A_GROUP, "id", NOW)
        assert isinstance(found, DetailsAsked)
        assert (found.thread_id, found.elsewhere) == ("t", True)
    assert isinstance(event_of(submitted(verb="open", thread_id="t"), "id", NOW), UserOpened)
    for answer in ({"say": "details.elsewhere"}, {}):
        told = {"type": "message", "value": "Shown in your own chat with this app."}
        assert answers.body(SUBMIT, answer, REFERENCE.locale) == {"task": told}
    assert "someone else" in str(answers.body(SUBMIT, {"refused": "forbidden"}, REFERENCE.locale))


def submitted(**data: Any) -> Json:
    return {**click(), "name": SUBMIT, "value": {"commandId": "find_contact", "data": data}}


def test_one_who_is_gone_or_not_allowed_gets_words() -> None:
    for found, why in ((Found(), "no longer"), (None, "not enabled")):
        assert why in extension.chosen(found, REFERENCE, NOW)["composeExtension"]["text"]


def test_chinese_for_chinese_readers() -> None:
    chinese = replace(REFERENCE, locale="zh-CN")
    [result] = _attachments(extension.results(Found((Known(ENTRY),)), SEARCH, chinese, NOW, PICTURE))
    assert result["preview"]["content"]["text"] == "尚未使用微信联系"


def test_what_the_user_set_counts_more_than_what_teams_says() -> None:
    settings = Settings(language="zh")
    [result] = _attachments(extension.results(Found((Known(ENTRY),), settings), SEARCH, REFERENCE, NOW, PICTURE))
    assert result["preview"]["content"]["text"] == "尚未使用微信联系"
    nothing = Found((), settings)
    assert "没有" in extension.results(nothing, SEARCH, REFERENCE, NOW, PICTURE)["composeExtension"]["text"]
    assert "联系人" in extension.chosen(nothing, REFERENCE, NOW)["composeExtension"]["text"]
    assert extension.dialog(nothing, SEARCH, REFERENCE, NOW)["task"]["value"]["title"] == "查找联系人"
    [chosen] = _attachments(extension.chosen(Found((Known(ENTRY),), settings), REFERENCE, NOW))
    assert "尚未" in texts(chosen["content"])
    told = answers.body(SUBMIT, {"refused": "forbidden", "language": "zh"}, REFERENCE.locale)
    assert told != answers.body(SUBMIT, {"refused": "forbidden"}, REFERENCE.locale)
    assert told == answers.body(SUBMIT, {"refused": "forbidden"}, "zh-CN")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_shown(name: str) -> None:
    entry = replace(ENTRY, name=name, company=name)
    [result] = _attachments(extension.results(Found((Known(entry),)), SEARCH, REFERENCE, NOW, PICTURE))
    shown = result["preview"]["content"]
    for words in (shown["title"], shown["subtitle"], result["content"]["title"]):
        assert not set("<>&[]\u202e\n") & set(words)
        assert len(words) < 250
    [chosen] = _attachments(extension.chosen(Found((Known(entry),)), REFERENCE, NOW))
    assert complaints(chosen["content"]) == []


# ---- clicks on the cards


def test_details_are_asked_for_by_thread_or_by_entry() -> None:
    found = event_of(click("details", thread_id="t", entry_id="e"), "id", NOW)
    assert isinstance(found, DetailsAsked)
    assert (found.thread_id, found.entry_id, found.elsewhere) == ("t", "e", False)


@pytest.mark.parametrize("verb", ["open", "details"])
def test_a_card_that_was_sent_elsewhere_opens_in_the_users_own_chat(verb: str) -> None:
    found = event_of(click(verb, thread_id="t") | IN_A_GROUP, "id", NOW)
    assert isinstance(found, DetailsAsked)
    assert (found.thread_id, found.elsewhere) == ("t", True)


def test_an_invitation_is_for_an_entry_and_a_second_click_is_the_first() -> None:
    found, again, other = (
        event_of(click("invite", entry_id=entry) | {"id": id}, "e", NOW)
        for entry, id in (("e", "1"), ("e", "2"), ("o", "3"))
    )
    assert isinstance(found, UserAsked)
    assert (found.what, found.argument, found.entry_id) == ("invite", "", "e")
    assert again == found
    assert other is not None
    assert other.key != found.key


def saved(**data: Any) -> ContactSaved:
    found = event_of(_in("de-DE", click("save_contact", thread_id="t", entry_id="e", asked="a", **data)), "id", NOW)
    assert isinstance(found, ContactSaved)
    return found


def _in(locale: str, raw: Json) -> Json:
    return {**raw, "locale": locale}


def test_a_form_is_read() -> None:
    found = saved(name="Li", company="Co", numbers="+86 138 0013 8000\n\n 0151 12345678 \n", notes="n", once="a.1")
    assert (found.thread_id, found.entry_id, found.card) == ("t", "e", "a")
    assert (found.name, found.company, found.notes, found.unread) == ("Li", "Co", "n", 0)
    assert found.numbers == ("+8613800138000", "+4915112345678")


def test_numbers_that_cannot_be_read_are_counted() -> None:
    found = saved(name="Li", numbers="x\n+8613800138000\n+8613800138000\n-")
    assert (found.numbers, found.unread) == (("+8613800138000",), 2)


@pytest.mark.parametrize("data", [{}, {"name": 5, "numbers": ["x"], "notes": None}])
def test_an_odd_form_is_an_empty_one(data: Json) -> None:
    found = saved(**data)
    assert (found.name, found.numbers, found.notes, found.unread) == ("", (), "", 0)


def _attachments(answer: Json) -> list[Json]:
    assert answer["composeExtension"]["type"] == "result"
    return list(answer["composeExtension"]["attachments"])
