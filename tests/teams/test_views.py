"""What a card is drawn from."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

import cards
from bot.domain.effects import State, Use
from bot.domain.events import Kind, Reference
from bot.domain.policy import Policy, PromptWay, Terms
from bot.domain.state import Phase, Prompt, Queued, Slot, Thread, Why
from bot.ports import Contact, Conversation, Job, Known, Message, User
from bot.teams import views
from tests.teams.support import NOW, TENANT

REFERENCE = Reference("https://smba.trafficmanager.net/amer/", "a:1", "28:bot", "29:anna", TENANT, locale="zh-Hant-TW")
USER = User("u", TENANT, "aad", "Anna", "+4915112345678", reference=REFERENCE)
CONTACT = Contact("contact-00ab", "default", "openid", "Li Wei", number="+8613800138000")
THREAD = Thread(
    id="t",
    terms=Terms(reply_window=timedelta(hours=36)),
    heard_at=NOW,
    heard_order=1,
    heard_id="m0",
    slots=(Slot("m1", Use.MESSAGE, 1),),
    queue=(Queued("m2", NOW), Queued("m3", NOW)),
)
CONVERSATION = Conversation(THREAD, CONTACT, USER)


def message(id: str, text: str = "Hello", **more: Any) -> Message:
    return Message(id, "t", "user", Kind.TEXT, text, NOW, **more)


def job(card: str = "confirmation", **more: Any) -> Job:
    return Job(7, "teams/t", "claim", "card", "t", "m1", 0, None, {"card": card}, user=USER, **more)


def test_a_thread_is_shown_with_the_numbers_in_force() -> None:
    assert views.thread_view(CONVERSATION) == cards.ThreadView(
        id="t",
        contact="Li Wei",
        number="+86 138 0013 8000",
        phase="active",
        left=3,
        limit=4,
        until=NOW + timedelta(hours=36),
        queued=2,
        queue_limit=5,
        prompt="none",
        hours=36.0,
    )


def test_a_number_in_place_of_a_name_is_written_as_numbers_are_shown() -> None:
    nameless = replace(CONVERSATION, contact=replace(CONTACT, name=""))
    view = views.thread_view(nameless)
    assert (view.contact, view.number) == ("+86 138 0013 8000", "+86 138 0013 8000")
    assert views.entry_view(Known(None, nameless.contact, nameless)).name == "+86 138 0013 8000"
    assert views.name_of(replace(CONTACT, name="", number="")) == "#00AB"


def test_a_message_that_went_later_than_it_was_written_says_when_it_went() -> None:
    later = NOW + timedelta(hours=3)
    sent = replace(THREAD, slots=(Slot("m1", Use.MESSAGE, 1, later),))
    assert views.message_view(message("m1", state=State.SENT), sent).at == later
    assert views.message_view(message("m1"), THREAD).at == views.message_view(message("m1")).at == NOW


def test_an_inactive_thread_tells_why_and_what_became_of_the_prompt() -> None:
    thread = replace(
        THREAD, phase=Phase.INACTIVE, why=Why.LIMIT, prompt=Prompt.FAILED, prompt_at=NOW, prompt_why="45015"
    )
    shown = views.thread_view(replace(CONVERSATION, thread=thread))
    assert (shown.phase, shown.why, shown.prompt, shown.prompt_at, shown.prompt_why) == (
        "inactive", "limit", "failed", NOW, "45015",
    )  # fmt: skip
    off = replace(thread, terms=Terms(prompt=PromptWay.OFF))
    shown = views.thread_view(replace(CONVERSATION, thread=off))
    assert (shown.prompt, shown.limit) == ("off", 5)


def test_a_contact_without_a_name_has_a_label() -> None:
    nameless = replace(CONVERSATION, contact=replace(CONTACT, name="", number=""))
    assert views.thread_view(nameless).contact == "#00AB"


@pytest.mark.parametrize(("id", "position"), [("m1", 0), ("m2", 1), ("m3", 2)])
def test_a_message_knows_its_place_in_the_queue(id: str, position: int) -> None:
    shown = views.message_view(message(id, state=State.QUEUED, why="x"), THREAD)
    assert shown == cards.MessageView(id, "Hello", "text", NOW, "queued", "x", position)


def test_in_a_history_a_colleague_is_named_who_wrote() -> None:
    said = (replace(message("m4"), author="colleague", user_id="v"), replace(message("m5"), user_id="u"))
    about = job(conversation=CONVERSATION, history=said, colleagues=(replace(USER, id="v", name="Ben Weber"),))
    shown = views.of_job(replace(about, values={"history": 6}), REFERENCE, NOW).values["history"]
    assert [(author, each.id, each.by) for author, each in shown] == [
        ("colleague", "m4", "Ben Weber"), ("user", "m5", ""),
    ]  # fmt: skip


def test_a_message_of_no_thread() -> None:
    assert views.message_view(message("m2")) == cards.MessageView("m2", "Hello", "text", NOW)


def test_a_row_gets_its_words_joined_in() -> None:
    policy = Policy(wording={("zh", "help"): "帮帮我"})
    view = views.of_job(
        job(
            message=message("m1", "the words"),
            conversation=CONVERSATION,
            waiting=(message("m2"), message("m3")),
            candidates=(CONVERSATION,),
            policy=policy,
        ),
        REFERENCE,
        NOW,
    )
    assert view.reader == cards.Reader("zh", "UTC", policy.wording)
    assert (view.values["text"], view.values["candidates"]) == ("the words", [view.thread])
    assert [each.position for each in view.values["messages"]] == [1, 2]
    assert view.message is not None and (view.message.id, view.now) == ("m1", NOW)


def test_a_row_about_nothing() -> None:
    view = views.of_job(job("help"), REFERENCE, NOW)
    assert (view.thread, view.message) == (None, None) and "text" not in view.values


def test_where_a_card_goes() -> None:
    group = replace(REFERENCE, conversation_id="19:x", kind="groupChat")
    assert views.destination(job()) == REFERENCE
    assert views.destination(replace(job(), values={"reference": group})) == group
    assert views.destination(replace(job(), values={"reference": asdict(group)}, user=None)) == group
    newer = {**asdict(group), "unknown": "to this release"}
    assert views.destination(replace(job(), values={"reference": newer})) == group
    assert views.destination(replace(job(), user=None)) is None
    assert views.destination(replace(job(), user=replace(USER, reference=None))) is None
