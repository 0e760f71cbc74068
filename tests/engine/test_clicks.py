"""What users click, ask for and change afterwards."""

from dataclasses import replace

import pytest

from bot.domain.effects import State
from bot.domain.events import FromUser, UserAsked, UserChose, UserEdited
from bot.domain.state import Phase, Why
from bot.ports import Changes, Conversation, Message, Snapshot
from tests.domain.build import (
    HOUR,
    LEFT,
    NOW,
    TEAMS,
    again,
    cancelled,
    edited,
    gone,
    inactive,
    leave,
    left,
    released,
    thread,
    waiting,
)
from tests.engine.build import ANA, BO, CONTACT, anas, bos, card, cards, decide, message, sends, talk

WHO = ("e", "e", NOW, "tenant", "aad-ana", TEAMS)
CHOSE = UserChose(*WHO, "T", "m1")
HELD = message("m1", thread_id="")
WAITING = inactive(Why.LIMIT, queue=waiting("m1", "m2"))
REVIEW = thread(queue=waiting("m1", "m2"))
ON_THREAD: list[FromUser] = [leave(), edited("m1"), cancelled("m1"), released(), again("m1")]


def rewrote(text: str = "better", deleted: bool = False) -> UserEdited:
    return UserEdited(*WHO, "activity", deleted, "" if deleted else text)


def asked(what: str, argument: str = "") -> UserAsked:
    return UserAsked(*WHO, what, argument)


def assert_forbidden(changes: Changes) -> None:
    assert changes.answer == {"refused": "forbidden"}
    assert cards(changes) == ["forbidden"]
    assert (changes.rows[0].lane, changes.rows[0].thread_id) == ("teams/ana", "")
    assert changes.audit is not None
    assert (changes.audit["refused"], changes.audit["thread"]) == ("forbidden", "")
    assert changes == Changes(answer=changes.answer, rows=changes.rows, audit=changes.audit)


# ---- the answer to "Send to …?"


def test_held_words_go_to_the_conversation_that_was_chosen() -> None:
    changes = decide(CHOSE, anas(talk(), message=HELD))
    assert sends(changes) == ["m1"]
    assert changes.assigned == (("m1", "T"),)
    assert changes.messages == ()
    assert changes.marks == (("m1", State.SENDING, ""),)


def test_a_choice_is_recorded_as_the_words_it_sends() -> None:
    audit = decide(CHOSE, anas(talk(), message=HELD)).audit
    assert audit is not None
    assert (audit["event"], audit["id"], audit["thread"], audit["thread_id"]) == ("UserWrote", "m1", "T", "T")


def test_held_words_that_only_queue_bring_the_prompt_but_not_themselves() -> None:
    changes = decide(CHOSE, anas(talk(inactive(Why.LIMIT, slots=gone(*"abcd"))), message=HELD))
    assert [m.notice for m in changes.messages] == ["prompt"]


@pytest.mark.parametrize("held", [message("m1", State.SENT), message("m1", State.REFUSED, thread_id="")])
def test_words_that_are_not_held_any_more_go_nowhere(held: Message) -> None:
    changes = decide(CHOSE, anas(talk(), message=held))
    assert changes == Changes(answer={"say": "stale"}, rows=(card(changes, "stale"),))


@pytest.mark.parametrize(
    ("conversation", "held"),
    [
        (talk(), None),
        (talk(), message("m1", thread_id="", user=BO)),
        (None, HELD),
        (bos(), HELD),
    ],
    ids=["no words", "somebody else's words", "no thread", "somebody else's thread"],
)
def test_a_choice_that_is_not_theirs_to_make_does_nothing(
    conversation: Conversation | None, held: Message | None
) -> None:
    assert_forbidden(decide(CHOSE, anas(conversation, message=held)))


# ---- edited or deleted in Teams


def test_queued_words_that_are_edited_in_teams_change_in_the_queue() -> None:
    changes = decide(rewrote(), anas(talk(WAITING), message=message("m1", State.QUEUED)))
    assert changes.rewords == (("m1", "better"),)
    assert cards(changes) == ["inactive", "incoming", "confirmation"]


def test_queued_words_that_are_deleted_in_teams_leave_the_queue() -> None:
    changes = decide(rewrote(deleted=True), anas(talk(WAITING), message=message("m1", State.QUEUED)))
    assert changes.marks == (("m1", State.CANCELLED, "user"),)
    assert changes.thread is not None
    assert [q.message_id for q in changes.thread.queue] == ["m2"]


def test_queued_words_that_became_too_long_stay_as_they_were_and_it_is_said() -> None:
    changes = decide(rewrote("a" * 2049), anas(talk(WAITING), message=message("m1", State.QUEUED)))
    assert cards(changes) == ["too_long"]
    assert (changes.rewords, changes.thread) == ((), None)
    assert [(m.id, m.thread_id, m.state) for m in changes.messages] == [("e", "T", State.REFUSED)]


@pytest.mark.parametrize("state", [s for s in State if s is not State.QUEUED])
@pytest.mark.parametrize("deleted", [False, True])
def test_words_that_are_gone_stay_and_the_change_is_kept_beside_them(state: State, deleted: bool) -> None:
    changes = decide(rewrote(deleted=deleted), anas(talk(), message=message("m1", state)))
    row = card(changes, "edited")
    assert (row.values["deleted"], row.ref, row.thread_id) == (deleted, "m1", "T")
    (kept,) = changes.messages
    assert (kept.id, kept.thread_id, kept.notice) == ("e", "T", "deleted" if deleted else "edited")
    assert (changes.thread, changes.rewords, changes.marks) == (None, (), ())
    assert changes.audit is not None


@pytest.mark.parametrize(
    "at",
    [
        anas(),
        anas(bos(), message=message("m1", State.QUEUED, "U", BO)),
        anas(bos(), message=message("m1", State.QUEUED, "U")),
        anas(None, message=message("m1", State.QUEUED)),
        anas(None, message=message("m1", State.CANCELLED, "")),
    ],
    ids=["unknown", "somebody else's", "in somebody else's thread", "thread gone", "held once"],
)
def test_a_change_of_something_that_is_not_theirs_or_over_is_not_news(at: Snapshot) -> None:
    assert decide(rewrote(), at) == Changes()


def test_held_words_are_sent_as_the_user_last_wrote_them() -> None:
    changes = decide(rewrote(), anas(message=HELD))
    assert changes == Changes(rewords=(("m1", "better"),), audit=changes.audit)
    assert changes.audit is not None


def test_held_words_that_are_deleted_are_not_to_be_sent() -> None:
    changes = decide(rewrote(deleted=True), anas(message=HELD))
    assert changes == Changes(marks=(("m1", State.CANCELLED, "user"),), audit=changes.audit)


def test_held_words_that_became_too_long_are_not_to_be_sent_and_it_is_said() -> None:
    changes = decide(rewrote("a" * 2049), anas(message=HELD))
    assert changes.marks == (("m1", State.CANCELLED, "user"),)
    assert cards(changes) == ["too_long"]


# ---- clicks on a thread


@pytest.mark.parametrize("event", ON_THREAD, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("conversation", [bos(), None], ids=["somebody else's", "unknown"])
def test_nobody_touches_a_thread_that_is_not_theirs(event: FromUser, conversation: Conversation | None) -> None:
    assert_forbidden(decide(event, anas(conversation, talk())))


@pytest.mark.parametrize(("text", "name"), [("a" * 2049, "too_long"), ("  ", "empty")])
def test_words_that_cannot_be_sent_do_not_replace_queued_ones(text: str, name: str) -> None:
    changes = decide(replace(edited("m1"), text=text), anas(talk(WAITING)))
    assert cards(changes) == [name]
    assert [(m.id, m.thread_id, m.state, m.why) for m in changes.messages] == [("e", "T", State.REFUSED, name)]
    assert (changes.rewords, changes.thread) == ((), None)


def test_a_queued_message_gets_new_words() -> None:
    changes = decide(edited("m1"), anas(talk(WAITING)))
    assert changes.rewords == (("m1", "better"),)
    assert changes.marks == (("m1", State.QUEUED, ""),)


def test_all_queued_messages_are_withdrawn_at_once() -> None:
    changes = decide(cancelled(""), anas(talk(WAITING)))
    assert [mark[:2] for mark in changes.marks] == [("m1", State.CANCELLED), ("m2", State.CANCELLED)]


def test_what_waits_for_review_goes_at_the_users_word() -> None:
    assert sends(decide(released(), anas(talk(REVIEW)))) == ["m1", "m2"]


def test_a_message_that_cannot_be_sent_again_now_keeps_its_confirmation() -> None:
    changes = decide(again("m9"), anas(talk(replace(WAITING, queue=waiting(*"abcde"), uncertain=("m9",)))))
    assert [(row.values["card"], row.post, row.ref) for row in changes.rows] == [("queue_full", "", "m9")]


def test_a_message_that_may_not_have_arrived_is_sent_again() -> None:
    assert sends(decide(again("m1"), anas(talk(thread(uncertain=("m1",)))))) == ["m1"]


@pytest.mark.parametrize("event", ON_THREAD[1:], ids=lambda event: type(event).__name__)
def test_a_click_that_comes_too_late_is_called_stale(event: FromUser) -> None:
    changes = decide(event, anas(talk(left())))
    assert cards(changes) == ["stale"]
    assert changes.thread == left()


def test_whoever_leaves_is_told_and_so_is_the_contact() -> None:
    changes = decide(leave(), anas(talk()))
    assert changes.thread is not None
    assert changes.thread.phase is Phase.LEFT
    assert sends(changes) == [LEFT]
    assert [(m.id, m.text) for m in changes.messages] == [(LEFT, "to_contact.left en")]
    told = card(changes, "left")
    assert (told.values, told.post) == ({"card": "left", "cancelled": 0, "told": 1}, "leave.T")
    assert changes.contact is None


def test_a_contact_who_cannot_be_told_is_owed_the_notice() -> None:
    changes = decide(leave(at=NOW + 50 * HOUR), anas(talk(WAITING)))
    assert changes.contact == replace(CONTACT, owed=("to_contact.left en",))
    assert sends(changes) == []
    assert card(changes, "left").values == {"card": "left", "cancelled": 2, "told": 0}


def test_leaving_twice_is_leaving_once() -> None:
    changes = decide(leave(), anas(talk(left())))
    assert cards(changes) == ["left_already"]
    assert changes.thread == left()


# ---- commands


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ("help", "help"),
        ("hello", "welcome"),
        ("settings", "settings"),
        ("anything", "stale"),
        ("attachment", "attachment"),
        ("personal_only", "personal_only"),
    ],
)
def test_a_command_about_no_thread_shows_its_card(what: str, shown: str) -> None:
    changes = decide(asked(what), anas(None, talk()))
    assert changes == Changes(rows=(card(changes, shown),))
    assert (changes.rows[0].lane, changes.rows[0].thread_id) == ("teams/ana", "")


ABOUT = {"leave": "leave_confirm", "queue": "queue", "status": "status"}


@pytest.mark.parametrize(("what", "shown"), ABOUT.items())
@pytest.mark.parametrize(
    ("argument", "at"), [("T", anas(talk(), talk(), bos())), ("", anas(None, talk()))], ids=["named", "the only one"]
)
def test_a_command_about_a_thread_shows_its_card_and_changes_nothing(
    what: str, shown: str, argument: str, at: Snapshot
) -> None:
    changes = decide(asked(what, argument), at)
    assert changes == Changes(rows=(card(changes, shown),))
    assert (changes.rows[0].lane, changes.rows[0].thread_id, changes.rows[0].user_id) == ("teams/T", "T", "ana")


@pytest.mark.parametrize("what", ABOUT)
def test_a_command_about_a_thread_says_when_there_is_none(what: str) -> None:
    assert cards(decide(asked(what), anas())) == ["no_conversation"]


@pytest.mark.parametrize("what", ABOUT)
def test_a_command_does_not_guess_which_thread_is_meant(what: str) -> None:
    assert cards(decide(asked(what), anas(None, talk(), talk(replace(thread(), id="V"))))) == ["help"]


@pytest.mark.parametrize("what", [*ABOUT, "help"])
@pytest.mark.parametrize("found", [bos(), None], ids=["somebody else's", "unknown"])
def test_nobody_looks_into_a_thread_that_is_not_theirs(what: str, found: Conversation | None) -> None:
    assert_forbidden(decide(asked(what, "U"), anas(found, talk())))


def test_every_card_that_answers_somebody_goes_where_they_spoke() -> None:
    changes = decide(asked("help"), anas())
    assert changes.rows[0].values["reference"] == TEAMS == ANA.reference


# ---- cards of which a thread has one


@pytest.mark.parametrize(("what", "name"), [("leave", "leave.T"), ("queue", "queue.T"), ("status", "status.T")])
def test_what_a_thread_has_one_of_moves_below_everything_when_it_is_asked_for(what: str, name: str) -> None:
    (row,) = decide(asked(what, "T"), anas(talk())).rows
    assert (row.post, row.values["moves"], row.again) == (name, True, False)


def test_staying_replaces_the_question_and_asks_nothing_anew() -> None:
    (row,) = decide(asked("leave_dismissed", "T"), anas(talk())).rows
    assert (row.values["card"], row.post, row.again, "moves" in row.values) == ("stayed", "leave.T", True, False)


@pytest.mark.parametrize("what", ["leave", "leave_dismissed"])
def test_who_left_already_is_told_so_instead_of_being_asked(what: str) -> None:
    (row,) = decide(asked(what, "T"), anas(talk(left()))).rows
    assert (row.values["card"], row.post, row.lane) == ("left_already", "", "teams/T")


def test_messages_that_move_up_in_the_queue_say_their_new_place() -> None:
    three = inactive(Why.LIMIT, queue=waiting("m1", "m2", "m3"))
    changes = decide(cancelled("m2"), anas(talk(three)))
    assert {row.post for row in changes.rows if row.post.startswith("out.")} == {"out.m2", "out.m3"}


def test_the_banner_of_an_inactive_time_that_is_over_becomes_history() -> None:
    changes = decide(leave(), anas(talk(WAITING)))
    (row,) = (row for row in changes.rows if row.post == "inactive.T.1.limit")
    assert (row.values["over"], row.again) == (True, True)
