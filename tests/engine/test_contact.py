"""What contacts do: who gets them, what they are answered, what is kept of it."""

from dataclasses import replace

import orjson
import pytest

from bot.domain.effects import State
from bot.domain.events import ContactFollowed, ContactUnfollowed, ContactWrote, FromContact, Kind
from bot.domain.policy import Policy, PromptWay, Unasked
from bot.domain.state import Phase, Prompt, Why
from bot.engine import UNREADABLE
from bot.ports import Changes
from tests.domain.build import NOW, PROMPT, gone, heard, inactive, reported, thread, unfollowed, waiting
from tests.engine.build import ANA, CONTACT, FAR, card, cards, decide, known, message, sends, talk, unknown

FIRST = heard("T")
OWED = replace(CONTACT, owed=("Bo has left.", "So has Cy."))
AWAY = replace(CONTACT, following=False)


def followed(scene: str = "") -> ContactFollowed:
    return ContactFollowed("e", "e", NOW, "default", "openid", scene)


def wrote(kind: Kind, name: str = "c2") -> ContactWrote:
    return replace(heard(name), kind=kind, media="media-id")


def reply(changes: Changes) -> list[str]:
    answer = changes.answer.get("reply", "")
    return answer.split("\n\n") if answer else []


# ---- a contact who has no conversation


def test_a_new_contact_is_connected_to_the_user_who_gets_them() -> None:
    opened = decide(FIRST, unknown()).opened
    assert opened is not None
    assert (opened.thread.id, opened.thread.heard_at, opened.user) == ("T", NOW, ANA)
    assert opened.contact == replace(CONTACT, id="T")


def test_a_new_conversation_is_opened_rather_than_changed() -> None:
    changes = decide(FIRST, unknown(contact=CONTACT))
    assert changes.thread is None
    assert changes.opened is not None
    assert changes.opened.contact == changes.contact == CONTACT


def test_a_new_contact_reads_who_they_talk_to_and_then_the_rules() -> None:
    assert reply(decide(FIRST, unknown())) == ["to_contact.who en", "to_contact.welcome en"]


def test_what_is_owed_goes_before_the_welcome_and_is_owed_no_more() -> None:
    changes = decide(FIRST, unknown(contact=OWED))
    assert reply(changes) == [*OWED.owed, "to_contact.who en", "to_contact.welcome en"]
    assert changes.contact == CONTACT


LONG, LONGER = "a" * 1500, "b" * 1990


def test_what_an_answer_has_no_room_for_goes_first_in_the_next_ones() -> None:
    """Nothing is lost, nothing overtakes, and what was not said is not on record."""
    first = decide(FIRST, unknown(contact=replace(CONTACT, owed=(LONG, LONGER))))
    assert reply(first) == [LONG]
    assert [m.notice for m in first.messages if m.author == "system"] == ["owed.T.0"]
    assert first.contact is not None and first.opened is not None and first.opened.contact == first.contact
    assert first.contact.owed == (LONGER, "to_contact.who en", "to_contact.welcome en")
    second = decide(heard(), known(talk(contact=first.contact)))
    assert (reply(second), second.contact and second.contact.owed) == ([LONGER], first.contact.owed[1:])
    assert second.contact is not None
    third = decide(heard("c3"), known(talk(contact=second.contact)))
    assert (reply(third), third.contact) == (list(second.contact.owed), replace(CONTACT, id=second.contact.id))


def test_a_text_of_the_moment_is_owed_behind_what_was_owed_before() -> None:
    changes = decide(wrote(Kind.IMAGE), known(talk(contact=replace(CONTACT, owed=(LONGER,)))))
    assert (reply(changes), changes.contact) == ([LONGER], replace(CONTACT, owed=("to_contact.not_a_text en",)))


def test_who_has_no_conversation_is_owed_the_rest_too() -> None:
    owing = replace(CONTACT, owed=(LONG, LONGER))
    changes = decide(FIRST, unknown(user=None, contact=owing))
    assert reply(changes) == [LONG]
    assert changes.contact == replace(CONTACT, owed=(LONGER, "to_contact.nobody en"))
    assert [m.text for m in changes.messages if m.author == "system"] == [LONG]


def test_what_the_answer_to_a_follow_has_no_room_for_is_owed_behind_the_rest() -> None:
    own = {("en", "to_contact.followed"): LONG, ("en", "to_contact.person"): LONGER}
    changes = decide(followed(), unknown(contact=OWED, policy=Policy(unasked=Unasked.ASK, wording=own)))
    assert (reply(changes), changes.contact) == ([LONG], replace(CONTACT, owed=(*OWED.owed, LONGER)))
    assert [m.text for m in changes.messages] == [LONG]


def test_everything_said_at_the_start_is_on_record() -> None:
    messages = decide(FIRST, unknown(contact=OWED)).messages
    assert [(m.author, m.notice, m.state) for m in messages] == [
        ("contact", "", None),
        ("system", "owed.T.0", State.SENT),
        ("system", "owed.T.1", State.SENT),
        ("system", "who", State.SENT),
        ("system", "welcome", State.SENT),
    ]
    assert {m.thread_id for m in messages} == {"T"}
    assert len({m.id for m in messages}) == len(messages)


def test_the_user_reads_the_rules_and_then_the_message() -> None:
    changes = decide(FIRST, unknown())
    assert cards(changes) == ["policy", "incoming"]
    assert card(changes, "incoming").post == "in.T"
    assert {(row.lane, row.user_id, row.thread_id) for row in changes.rows} == {("teams/T", "ana", "T")}


def test_the_texts_are_in_the_contacts_language_else_in_the_policys() -> None:
    chinese = Policy(language="zh")
    assert reply(decide(FIRST, unknown(policy=chinese)))[0] == "to_contact.who zh"
    english = replace(CONTACT, language="en")
    assert reply(decide(FIRST, unknown(policy=chinese, contact=english)))[0] == "to_contact.who en"


def test_a_company_that_does_not_name_its_people_sends_no_empty_line() -> None:
    silent = Policy(wording={("en", "to_contact.who"): ""})
    changes = decide(FIRST, unknown(policy=silent))
    assert changes.answer == {"reply": "to_contact.welcome en"}
    assert [m.notice for m in changes.messages] == ["", "welcome"]


@pytest.mark.parametrize(
    ("templates", "way"), [(frozenset({"default"}), PromptWay.TEMPLATE), (frozenset({"x"}), PromptWay.RESERVE)]
)
def test_the_prompt_goes_by_template_where_the_account_has_one(templates: frozenset[str], way: PromptWay) -> None:
    opened = decide(FIRST, unknown(), templates).opened
    assert opened is not None
    assert opened.thread.terms.prompt is way


def test_a_conversation_may_be_over_before_it_reaches_us() -> None:
    changes = decide(replace(FIRST, at=FAR), unknown())
    assert changes.opened is not None
    assert changes.opened.thread.why is Why.NO_REPLY
    assert cards(changes) == ["policy", "incoming", "inactive"]


@pytest.mark.parametrize("user", [None, replace(ANA, enabled=False)])
def test_nobody_to_talk_to_is_said_and_the_message_kept(user: None) -> None:
    changes = decide(FIRST, unknown(user))
    assert changes.answer == {"reply": "to_contact.nobody en"}
    assert changes.contact == replace(CONTACT, id="T")
    assert (changes.opened, changes.thread, changes.rows) == (None, None, ())
    assert [(m.author, m.thread_id, m.contact_id, m.text) for m in changes.messages] == [
        ("contact", "", "T", "hello"),
        ("system", "", "T", "to_contact.nobody en"),
    ]


def test_what_is_owed_is_paid_even_when_nobody_is_there() -> None:
    changes = decide(FIRST, unknown(None, contact=replace(OWED, language="zh", following=False)))
    assert reply(changes) == [*OWED.owed, "to_contact.nobody zh"]
    assert changes.contact == replace(CONTACT, language="zh")
    assert len({m.id for m in changes.messages}) == 4


@pytest.mark.parametrize("at", [unknown(None), unknown(), known()])
def test_an_audit_entry_says_neither_who_nor_what(at: object) -> None:
    event = replace(heard(), openid="oSecret", text="my secret", media="mSecret")
    changes = decide(event, at)  # type: ignore[arg-type]
    assert changes.audit is not None
    assert b"ecret" not in orjson.dumps(changes.audit)


def test_an_audit_entry_names_the_thread_only_when_there_is_one() -> None:
    found = [decide(FIRST, at).audit for at in (unknown(None), unknown())]
    assert [(entry["thread"], entry["user"]) for entry in found if entry] == [("", ""), ("T", "ana")]


# ---- a conversation that goes on


def test_a_message_in_a_conversation_is_shown_and_kept_and_not_answered() -> None:
    changes = decide(heard(), known())
    assert changes.answer == {}
    assert [(m.id, m.thread_id, m.contact_id, m.text, m.at) for m in changes.messages] == [
        ("c2", "T", "contact", "hello", NOW)
    ]
    shown = [(row.post, row.ref, row.values["resumed"]) for row in changes.rows if not row.again]
    assert shown == [("in.c2", "c2", False)]
    assert changes.thread is not None
    assert changes.thread.spell == 2
    assert (changes.contact, changes.opened) == (None, None)


def test_a_conversation_goes_on_although_its_user_was_disabled() -> None:
    assert decide(heard(), known(talk(user=replace(ANA, enabled=False)))).thread is not None


def test_the_queue_flows_when_the_contact_writes_again() -> None:
    waits = inactive(Why.LIMIT, queue=waiting("m1", "m2"), prompt=Prompt.ASKED)
    changes = decide(heard(), known(talk(waits)))
    assert card(changes, "incoming").values["resumed"] is True
    assert card(changes, "released").values == {"card": "released", "sent": 2, "waiting": 0}
    assert sends(changes) == ["m1", "m2"]
    assert changes.marks == (("m1", State.SENDING, ""), ("m2", State.SENDING, ""))
    assert {row.post for row in changes.rows} >= {"out.m1", "out.m2"}


def test_a_prompt_that_has_not_gone_is_recalled_when_the_contact_writes() -> None:
    asks = inactive(Why.LIMIT, queue=waiting("m1"), prompt=Prompt.SENDING)
    assert decide(heard(), known(talk(asks))).recalled == (PROMPT,)


def test_what_is_owed_goes_first_in_a_conversation_that_goes_on() -> None:
    changes = decide(heard(), known(talk(contact=OWED)))
    assert reply(changes) == list(OWED.owed)
    assert changes.contact == CONTACT
    assert [m.id for m in changes.messages] == ["c2", "T.owed.c2.0", "T.owed.c2.1"]


def test_whoever_writes_follows_again() -> None:
    assert decide(heard(), known(talk(contact=AWAY))).contact == CONTACT


@pytest.mark.parametrize("kind", Kind)
def test_what_the_user_cannot_see_is_answered_with_a_request_for_text(kind: Kind) -> None:
    changes = decide(wrote(kind), known())
    assert reply(changes) == (["to_contact.not_a_text en"] if kind in UNREADABLE else [])
    assert (changes.messages[0].kind, changes.messages[0].media) == (kind, "media-id")
    assert cards(changes) == ["incoming"]


def test_every_unreadable_message_is_answered_under_an_id_of_its_own() -> None:
    ids = [decide(wrote(Kind.IMAGE, name), known()).messages[1].id for name in ("c2", "c3")]
    assert ids == ["T.not_a_text.c2", "T.not_a_text.c3"]


def test_a_picture_as_the_first_message_is_answered_after_the_welcome() -> None:
    changes = decide(wrote(Kind.IMAGE, "T"), unknown())
    assert reply(changes)[1:] == ["to_contact.welcome en", "to_contact.not_a_text en"]


# ---- coming and going


@pytest.mark.parametrize("event", [followed(), unfollowed()])
def test_a_contact_we_never_heard_of_is_remembered(event: FromContact) -> None:
    changes = decide(event, unknown())
    assert changes.contact == replace(CONTACT, id="e", following=isinstance(event, ContactFollowed))
    assert (changes.thread, changes.rows, changes.answer) == (None, (), {})


def test_a_contact_who_comes_back_without_a_conversation_stays_the_same_contact() -> None:
    assert decide(followed(), unknown(contact=AWAY)).contact == CONTACT


def test_an_unfollow_ends_the_reach_of_a_conversation() -> None:
    changes = decide(unfollowed(), known())
    assert changes.contact == AWAY
    assert changes.thread is not None
    assert changes.thread.why is Why.UNFOLLOWED
    assert card(changes, "inactive").post == "inactive.T.1.unfollowed"


def test_a_follow_does_not_resume_a_conversation() -> None:
    away = inactive(Why.UNFOLLOWED)
    changes = decide(followed(), known(talk(away, contact=AWAY)))
    assert (changes.contact, changes.thread, changes.rows) == (CONTACT, away, ())


def test_what_a_scan_carries_is_not_in_the_audit() -> None:
    assert "scene" not in (decide(followed("secret"), unknown()).audit or {"scene": ""})


def test_unfollowing_is_an_event_of_its_own_for_the_audit() -> None:
    entries = [decide(event, unknown()).audit for event in (followed(), unfollowed())]
    assert [entry["event"] for entry in entries if entry] == [ContactFollowed.__name__, ContactUnfollowed.__name__]


# ---- what became of a template message

ASKED = inactive(Why.LIMIT, queue=waiting("m1"), prompt=Prompt.ASKED, prompt_at=NOW, slots=gone("m0"))


def test_a_template_message_that_failed_is_shown_and_recorded_as_such() -> None:
    changes = decide(reported("blocked"), known(talk(ASKED)))
    assert changes.thread is not None
    assert (changes.thread.prompt, changes.thread.prompt_why) == (Prompt.FAILED, "blocked")
    assert changes.marks == ((PROMPT, State.REFUSED, "blocked"),)
    assert cards(changes) == ["inactive", "incoming"]
    assert changes.contact is None


def test_a_template_message_may_have_failed_before_its_send_was_answered() -> None:
    changes = decide(reported("blocked"), known(talk(replace(ASKED, prompt=Prompt.SENDING, prompt_at=None))))
    assert changes.marks == ((PROMPT, State.REFUSED, "blocked"),)


@pytest.mark.parametrize(("failure", "of"), [("", ASKED), ("blocked", thread())])
def test_other_reports_on_template_messages_change_nothing(failure: str, of: object) -> None:
    changes = decide(reported(failure), known(talk(of)))  # type: ignore[arg-type]
    assert (changes.thread, changes.marks, changes.rows) == (of, (), ())


def test_a_report_on_a_template_message_of_no_conversation_is_only_recorded() -> None:
    changes = decide(reported("blocked"), unknown())
    assert changes.audit is not None
    assert changes == Changes(audit=changes.audit)


@pytest.mark.parametrize(("failure", "marks"), [("", ()), ("blocked", (("T.prompt.0", State.REFUSED, "blocked"),))])
def test_what_is_told_of_an_earlier_prompt_is_of_no_later_one(failure: str, marks: object) -> None:
    earlier = message("T.prompt.0", State.SENT)
    changes = decide(reported(failure), known(talk(ASKED), message=earlier))
    assert changes == Changes(marks=marks, audit=changes.audit)  # type: ignore[arg-type]
    assert changes.audit is not None
    assert changes.audit["thread"] == ""


def test_what_is_told_of_this_prompt_is() -> None:
    changes = decide(reported("blocked"), known(talk(ASKED), message=message(PROMPT, State.SENT)))
    assert changes.marks == ((PROMPT, State.REFUSED, "blocked"),)


def test_a_left_thread_stays_left_whatever_a_template_message_became() -> None:
    over = thread(phase=Phase.LEFT, prompt=Prompt.ASKED)
    assert decide(reported("blocked"), known(talk(over))).thread == over
