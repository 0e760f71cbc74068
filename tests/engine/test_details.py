"""Contact details: asked for, saved, refused; never of another user's contact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.events import ContactSaved, DetailsAsked
from bot.domain.state import Why
from bot.ports import Changes, Entry, Snapshot
from tests.domain.build import NOW, TEAMS, heard, inactive, left, thread
from tests.engine.build import ANA, CONTACT, GROUP, anas, bos, cards, decide, known, talk, unknown

WHO = ("e", "key", NOW, "tenant", "aad-ana", TEAMS)
MINE = Entry("entry", ANA.id, "Li", numbers=("+8613800138000",), revision=3)
BOOK = Snapshot(anas(talk()).policy, user=ANA, entry=MINE)


def asks(thread_id: str = "T", entry_id: str = "", **more: Any) -> DetailsAsked:
    return DetailsAsked(*WHO, thread_id=thread_id, entry_id=entry_id, **more)


def saves(thread_id: str = "T", entry_id: str = "", **more: Any) -> ContactSaved:
    given = {"card": "asked", "name": " Li \n Wei ", "company": " Co ", "numbers": ("+33123456789",), "notes": " n\n "}
    return ContactSaved(*WHO, thread_id=thread_id, entry_id=entry_id, **given | more)


def refused(changes: Changes) -> str:
    assert changes.entry is None
    assert changes.contact is None
    return str(changes.answer.get("refused", ""))


def test_details_of_a_stranger_are_a_card_of_their_own() -> None:
    [row] = decide(asks(), anas(talk())).rows
    assert (row.lane, row.thread_id, row.user_id, row.post) == ("teams/T", "T", ANA.id, "details.e")
    assert row.values == {"card": "details", "entry": "", "asked": "e"}


def test_details_of_an_entry_go_to_the_users_own_chat_wherever_they_were_asked_for() -> None:
    changes = decide(replace(asks("", "entry", elsewhere=True), reference=GROUP), BOOK)
    [row] = changes.rows
    assert (row.lane, row.values["entry"]) == ("teams/ana", "entry")
    assert "reference" not in row.values
    assert changes.answer == {"say": "details.elsewhere"}
    assert changes.user is None


def test_saving_writes_the_entry_links_it_and_names_the_contact() -> None:
    changes = decide(saves(), anas(talk()))
    numbers = ("+33123456789",)
    assert changes.entry == Entry("e", ANA.id, "Li Wei", "Co", numbers, "n", CONTACT.id, "own", 1)
    assert changes.contact == replace(CONTACT, name="Li Wei")
    assert cards(changes) == ["details", "incoming"]
    assert changes.rows[0].post == "details.asked"
    assert changes.rows[0].values == {"card": "details", "entry": "e", "asked": "asked", "saved": True}
    assert changes.thread is None


def test_the_record_says_that_it_was_saved_and_not_what() -> None:
    audit = decide(saves(), anas(talk())).audit
    assert audit is not None
    assert (audit["event"], audit["user"], audit["thread_id"]) == ("ContactSaved", ANA.id, "T")
    assert not {"name", "company", "numbers", "notes"} & set(audit)


def test_what_the_form_does_not_show_stays() -> None:
    entry = decide(saves("", "entry"), replace(BOOK, entry=replace(MINE, contact_id="c", source="graph"))).entry
    assert entry is not None
    assert (entry.id, entry.contact_id, entry.source, entry.revision) == ("entry", "c", "own", 4)


def test_an_entry_with_an_open_conversation_names_its_contact() -> None:
    changes = decide(saves("", "entry"), replace(BOOK, conversation=talk()))
    assert changes.contact == replace(CONTACT, name="Li Wei")


def test_a_name_that_stays_touches_no_contact() -> None:
    changes = decide(saves(), anas(talk(contact=replace(CONTACT, name="Li Wei"))))
    assert changes.contact is None
    assert cards(changes) == ["details"]


def test_somebody_who_left_does_not_name_the_contact_any_more() -> None:
    changes = decide(saves(), anas(talk(left())))
    assert changes.contact is None
    assert changes.entry is not None


def test_an_inactive_chats_banner_is_drawn_anew() -> None:
    assert cards(decide(saves(), anas(talk(inactive(Why.LIMIT))))) == ["details", "inactive", "incoming"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"name": ""}, "details.nameless"),
        ({"name": " \n"}, "details.nameless"),
        ({"name": "x" * 301}, "details.too_long"),
        ({"company": "x" * 301}, "details.too_long"),
        ({"notes": "x" * 4001}, "details.too_long"),
        ({"unread": 1}, "details.unread"),
    ],
)
def test_what_cannot_be_saved_is_said(more: dict[str, Any], why: str) -> None:
    changes = decide(saves(**more), anas(talk()))
    assert refused(changes) == why
    assert cards(changes) == [why]


@pytest.mark.parametrize("event", [asks(), saves()])
@pytest.mark.parametrize("at", [anas(bos()), replace(anas(talk()), conversation=None)])
def test_another_users_conversation_is_refused(event: Any, at: Snapshot) -> None:
    assert refused(decide(event, at)) == "forbidden"


@pytest.mark.parametrize("event", [asks("", "entry"), saves("", "entry"), asks("", ""), saves("", "")])
@pytest.mark.parametrize("entry", [None, replace(MINE, user_id="bo")])
def test_another_users_entry_is_refused(event: Any, entry: Entry | None) -> None:
    at = replace(BOOK, entry=entry)
    if entry and not event.entry_id:
        return
    assert refused(decide(event, at)) == "forbidden"


@pytest.mark.parametrize("event", [asks("T", "entry"), saves("T", "entry")])
def test_an_entry_that_is_not_there_is_refused_in_ones_own_conversation_too(event: Any) -> None:
    assert refused(decide(event, anas(talk()))) == "forbidden"


@pytest.mark.parametrize("event", [asks(), saves()])
def test_somebody_who_is_not_enabled_is_told_so(event: Any) -> None:
    at = replace(anas(talk()), user=replace(ANA, enabled=False))
    assert refused(decide(event, at)) == "not_enabled"


def test_a_contact_comes_with_the_name_that_the_new_user_gave_them() -> None:
    before = replace(CONTACT, name="Another's name")
    for entry, name in ((MINE, "Li"), (None, "")):
        opened = decide(heard(), unknown(contact=before, entry=entry)).opened
        assert opened is not None
        assert opened.contact.name == name


def test_a_conversation_that_goes_on_keeps_the_name() -> None:
    named = replace(CONTACT, name="Li")
    assert decide(heard(), known(talk(thread(), contact=named))).contact is None
