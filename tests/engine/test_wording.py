"""What a decision asks the product's real wording and the product's real cards for is there."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

import cards
from bot.domain.effects import Notice
from bot.domain.events import Event, Kind, UserAsked, UserEdited, UserInstalled, UserWrote
from bot.domain.policy import Policy
from bot.domain.state import Prompt, Why
from bot.engine import Engine
from bot.engine.carry import CARDS
from bot.ports import Changes, Job, Row, Snapshot
from bot.teams.views import of_job
from cards import wording
from tests.domain.build import DEADLINE, HOUR, NOW, TEAMS, due, gone, heard, inactive, leave, released, thread, waiting
from tests.engine.build import ANA, CONTACT, NoStore, anas, bos, decide, known, message, talk, unknown

WHO = ("e", "e", NOW, "tenant", "aad-ana", TEAMS)
WAITING = inactive(Why.LIMIT, queue=waiting("m1", "m2"), prompt=Prompt.ASKED, prompt_at=NOW, slots=gone(*"abcd"))
PICTURE = replace(heard(), kind=Kind.IMAGE)
OWED = replace(CONTACT, owed=("Bo has left.",))


def wrote(text: str, thread_id: str = "T") -> UserWrote:
    return UserWrote("m9", "m9", NOW, "tenant", "aad-ana", TEAMS, text, thread_id)


def asked(what: str) -> UserAsked:
    return UserAsked(*WHO, what)


SAID: Mapping[str, tuple[Event, Snapshot]] = {
    "nobody": (heard("T"), unknown(None)),
    "who, welcome, not_a_text": (replace(PICTURE, id="T"), unknown(contact=OWED)),
    "not_a_text": (PICTURE, known()),
    "prompt": (wrote("hello"), anas(talk(inactive(Why.LIMIT, slots=gone(*"abcd"))))),
    "left": (leave(), anas(talk())),
    "left, owed": (leave(DEADLINE), anas(talk())),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SAID)
def test_every_text_to_the_contact_is_there_in_both_languages(name: str, language: str) -> None:
    event, at = SAID[name]
    changes = Engine(NoStore(), wording.text).decide(event, replace(at, policy=Policy(language=language)))
    texts = [m.text for m in changes.messages if m.author == "system"]
    texts += changes.contact.owed if changes.contact else ()
    assert texts
    assert all(texts)
    assert not any("{" in text for text in texts)


def test_a_contact_reads_the_numbers_as_people_write_them() -> None:
    changes = Engine(NoStore(), wording.text).decide(heard("T"), unknown())
    assert "You are chatting with Ana." in changes.answer["reply"]
    assert "After receiving 5 messages" in changes.answer["reply"]
    assert "After 48 hours" in changes.answer["reply"]


def test_there_is_a_card_for_every_notice_to_a_user() -> None:
    to_contact = {Notice.WELCOME, Notice.PROMPT}
    assert {CARDS.get(notice, notice.value) for notice in Notice if notice not in to_contact} <= set(cards.names())


SHOWN: Mapping[str, tuple[Event, Snapshot]] = {
    "started": (heard("T"), unknown()),
    "heard": (heard(), known()),
    "picture": (PICTURE, known()),
    "released": (heard(), known(talk(WAITING))),
    "inactive": (due(DEADLINE), known()),
    "warning": (due(DEADLINE - HOUR), known()),
    "sent": (wrote("hello"), anas(talk())),
    "queued": (wrote("hello"), anas(talk(inactive(Why.LIMIT, slots=gone(*"abcd"))))),
    "queue full": (wrote("hello"), anas(talk(replace(WAITING, queue=waiting(*"abcde"))))),
    "too long": (wrote("a" * 2050), anas(talk())),
    "too long for nobody in particular": (wrote("a" * 2050, ""), anas()),
    "empty": (wrote(" "), anas(talk())),
    "empty for nobody in particular": (wrote(" ", ""), anas()),
    "which": (wrote("hello", ""), anas(None, talk(), talk(replace(thread(), id="V")))),
    "nobody": (wrote("hello", ""), anas()),
    "left": (leave(), anas(talk())),
    "stale": (released(), anas(talk())),
    "edited": (UserEdited(*WHO, "activity", False, "new"), anas(talk(), message=message("m1"))),
    "forbidden": (leave(), anas(bos())),
    "not enabled": (leave(), anas(user=None)),
    "installed": (UserInstalled(*WHO), anas(user=replace(ANA, reference=None))),
    **{what: (asked(what), anas(None, talk())) for what in ("leave", "queue", "status", "help", "attachment")},
    "personal only": (asked("personal_only"), anas()),
}


def job(row: Row, at: Snapshot, changes: Changes) -> Job:
    """The row as the worker would claim it, joined with what its thread and message have become."""
    about = at.conversation or next(iter(at.open), talk())
    states = {ref: state for ref, state, _ in changes.marks}
    return Job(
        1,
        *(row.lane, "token", row.kind, row.thread_id, row.ref, 0, row.before, row.values, row.post),
        message=message(row.ref, states.get(row.ref)) if row.ref else None,
        conversation=replace(about, thread=changes.thread or about.thread) if row.thread_id else None,
        user=ANA,
        candidates=at.open,
    )


@pytest.mark.parametrize("name", SHOWN)
def test_every_card_that_is_asked_for_can_be_drawn(name: str) -> None:
    event, at = SHOWN[name]
    changes = decide(event, at)
    rows = [row for row in changes.rows if row.kind == "card"]
    assert rows
    for row in rows:
        view = of_job(job(row, at, changes), TEAMS, NOW)
        assert cards.render(row.values["card"], view)["type"] == "AdaptiveCard"
        assert cards.preview(row.values["card"], view)
