"""Listing, opening, muting, connecting: what users do about their clients, and what the engine makes of free words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.attention import Care, Desk, Settings
from bot.domain.effects import State
from bot.domain.events import (
    ContactWrote,
    Delivered,
    Reference,
    UserChose,
    UserConnected,
    UserDisconnected,
    UserListed,
    UserMuted,
    UserOpened,
    UserRemoved,
    UserSettled,
    UserWrote,
)
from bot.ports import Conversation, Entry, Message, Row, User
from tests.domain.build import NOW, TEAMS, leave, left, thread
from tests.engine.build import ANA, GROUP, OTHER_CONTACT, anas, bos, card, cards, decide, known, message, sends, talk

WHO = ("e", "e", NOW, "tenant", "aad-ana", TEAMS)
THERE = ("e", "e", NOW, "tenant", "aad-ana", GROUP)
SECOND = timedelta(seconds=1)
OTHER = replace(talk(replace(thread(), id="V"), contact=OTHER_CONTACT))
AT_T = replace(ANA, desk=Desk("T", NOW - SECOND, NOW - SECOND))


def wrote(reference: Reference = TEAMS, *, thread_id: str = "", quoted: str = "") -> UserWrote:
    return replace(UserWrote(*WHO, "hello", thread_id, quoted=quoted), reference=reference)


# ---- free words


def test_words_go_to_the_current_client() -> None:
    changes = decide(wrote(), anas(None, talk(), OTHER, user=AT_T))
    assert sends(changes) == ["e"]
    assert changes.rows[0].lane == "wechat/T"
    assert changes.desk == ("ana", replace(AT_T.desk, spoke_at=NOW))


@pytest.mark.parametrize(
    ("user", "other", "doubt"),
    [
        (ANA, OTHER, "nothing_current"),
        (AT_T, replace(OTHER, care=Care(1, NOW)), "news"),
        (replace(ANA, desk=Desk("T", NOW, NOW - timedelta(minutes=30))), OTHER, "pause"),
    ],
)
def test_words_are_held_and_asked_about_otherwise(user: object, other: Conversation, doubt: str) -> None:
    changes = decide(wrote(), anas(None, talk(), other, user=user))
    assert (sends(changes), changes.desk, changes.cares) == ([], None, ())
    assert card(changes, "which").values["candidates"] == ["T", "V"]
    assert card(changes, "which").values["doubt"] == doubt
    assert [(kept.thread_id, kept.state) for kept in changes.messages] == [("", None)]


def test_a_quotation_goes_to_its_client_and_leaves_nobody_current() -> None:
    changes = decide(wrote(quoted="a"), anas(OTHER, talk(), OTHER, user=AT_T))
    assert changes.rows[0].lane == "wechat/V"
    assert changes.desk is not None and changes.desk[1].current == ""


def test_a_quotation_of_somebody_elses_client_is_asked_about() -> None:
    changes = decide(wrote(quoted="a"), anas(None, talk(), user=AT_T))
    assert card(changes, "which").values["doubt"] == "quote"


def test_the_answer_makes_current_and_goes_once() -> None:
    changes = decide(UserChose(*WHO, "V", "held"), anas(OTHER, user=AT_T, message=message("held", thread_id="")))
    assert changes.assigned == (("held", "V"),)
    assert changes.desk is not None and changes.desk[1].current == "V"
    again = decide(UserChose(*WHO, "T", "held"), anas(talk(), message=message("held", State.SENDING, thread_id="V")))
    assert (cards(again), again.desk, again.assigned) == (["stale"], None, ())


def test_answering_reads() -> None:
    changes = decide(wrote(thread_id="T"), anas(talk(), user=ANA))
    assert changes.cares == (("T", Care()),)
    unread = replace(talk(), care=Care(3, NOW, "m"))
    assert decide(wrote(thread_id="T"), anas(unread)).cares == (("T", Care(0, NOW, "m")),)


def test_whoever_leaves_has_nobody_current() -> None:
    bound = replace(talk(), care=Care(2, place=GROUP))
    changes = decide(leave(), anas(bound, user=AT_T))
    assert changes.desk is not None and changes.desk[1].current == ""
    assert changes.cares == (("T", Care()),)


# ---- list, open, mute, settings


def test_open_shows_the_history_and_makes_current() -> None:
    changes = decide(UserOpened(*WHO, "T"), anas(replace(talk(), care=Care(2, NOW))))
    shown = card(changes, "opened")
    assert (shown.thread_id, shown.lane, shown.values["history"]) == ("T", "teams/T", 6)
    assert changes.desk is not None and changes.desk[1].current == "T"
    assert changes.cares == (("T", Care(0, NOW)),)


def test_what_was_left_can_be_looked_at_only() -> None:
    changes = decide(UserOpened(*WHO, "T"), anas(talk(left())))
    assert (cards(changes), changes.desk, changes.cares) == (["opened"], None, ())


@pytest.mark.parametrize(("muted", "shown"), [(True, "muted"), (False, "unmuted")])
def test_a_thread_is_muted(muted: bool, shown: str) -> None:
    changes = decide(UserMuted(*WHO, "T", muted), anas(talk()))
    assert (cards(changes), changes.cares) == ([shown], (("T", Care(muted=muted)),))


@pytest.mark.parametrize(
    ("wish", "expected", "name"),
    [
        (("", 0, ""), {"show": "", "skip": 0}, "list.e"),
        (("unread", 17, "l"), {"show": "unread", "skip": 16}, "list.l"),
        (("'; --", -5, "in.m1"), {"show": "", "skip": 0}, "list.e"),
    ],
)
def test_a_list_is_one_card_that_turns_its_pages(wish: tuple[str, int, str], expected: object, name: str) -> None:
    changes = decide(UserListed(*WHO, *wish), anas())
    row = card(changes, "messages")
    assert {key: row.values["list"][key] for key in ("show", "skip")} == expected
    assert (row.post, row.thread_id, changes.audit) == (name, "", None)


def test_settings_are_kept_as_far_as_they_make_sense() -> None:
    changes = decide(UserSettled(*WHO, "zh", "Mars", False), anas())
    assert (cards(changes), changes.settings) == (["settled"], ("ana", Settings("zh", "", False)))


# ---- a conversation of a client's own

BOUND = replace(talk(), care=Care(place=GROUP))


def test_a_group_is_connected_to_the_one_who_is_meant() -> None:
    changes = decide(UserConnected(*THERE, "Li"), anas(None, talk()))
    assert (cards(changes), changes.cares) == (["connected"], (("T", Care(place=GROUP)),))
    assert changes.user is None


@pytest.mark.parametrize(
    ("mine", "query", "shown"),
    [((), "Li", "connect_none"), ((talk(), OTHER), "Li", "connect_which"), ((talk(),), "", "connect_which")],
)
def test_it_is_not_guessed_who_is_meant(mine: tuple[Conversation, ...], query: str, shown: str) -> None:
    changes = decide(UserConnected(*THERE, query), anas(None, *mine))
    assert (cards(changes), changes.cares) == ([shown], ())
    assert "candidates" not in changes.rows[0].values


def test_whom_they_may_have_meant_is_shown_to_the_user_alone() -> None:
    entry = Entry("b", "ana", "Li", contact_id="somebody else's")
    changes = decide(UserConnected(*THERE, "Li"), anas(None, entry=entry))
    assert [row.values["card"] for row in changes.rows] == ["connect_none", "details"]
    assert [row.values.get("reference") for row in changes.rows] == [GROUP, None]
    assert cards(decide(UserConnected(*THERE, "Li"), anas(None, entry=replace(entry, contact_id="")))) == [
        "connect_none"
    ]


def test_a_group_has_one_client_only() -> None:
    assert cards(decide(UserConnected(*THERE, "V"), anas(BOUND, OTHER))) == ["connected_already"]
    assert cards(decide(UserConnected(*WHO, "V"), anas(None, OTHER))) == ["connect_where"]


def test_words_in_a_connected_group_go_to_its_client_whoever_is_current() -> None:
    at_v = replace(ANA, desk=Desk("V", NOW, NOW))
    changes = decide(wrote(GROUP), anas(BOUND, OTHER, user=at_v))
    assert changes.rows[0].lane == "wechat/T"
    confirmation = card(changes, "confirmation")
    assert (confirmation.post, confirmation.values["reference"]) == (f"out.e@{GROUP.conversation_id}", GROUP)
    assert changes.desk is None


def test_words_in_a_group_that_is_not_connected_go_nowhere() -> None:
    changes = decide(wrote(GROUP), anas(None, talk(), user=AT_T))
    assert (cards(changes), changes.messages) == (["not_connected"], ())


def test_a_group_is_disconnected_by_its_user() -> None:
    assert decide(UserDisconnected(*THERE), anas(BOUND)).cares == (("T", Care()),)
    assert cards(decide(UserDisconnected(*THERE), anas(replace(bos(), care=Care(place=GROUP))))) == ["observer"]
    assert cards(decide(UserDisconnected(*THERE), anas())) == ["disconnected_already"]


@pytest.mark.parametrize("user", [ANA, None])
def test_an_app_taken_out_of_a_group_brings_the_client_back_to_the_user(user: User | None) -> None:
    changes = decide(UserRemoved(*THERE), anas(BOUND, user=user))
    assert (changes.cares, changes.user, changes.rows) == ((("T", Care()),), None, ())
    assert decide(UserRemoved(*THERE), anas(user=user)).cares == ()


# ---- announcing


def heard(ident: str, seconds: int = 0) -> ContactWrote:
    at = NOW + seconds * SECOND
    return ContactWrote(ident, ident, at, "default", "openid", at, seconds + 9, "hello")


def incoming(about: Conversation, ident: str = "m9") -> Row:
    return next(row for row in decide(heard(ident), known(about)).rows if row.post.startswith("in.m"))


def test_new_words_alert_once_for_a_burst() -> None:
    first = decide(heard("m1"), known())
    assert card(first, "incoming").values["alert"] is True
    burst = replace(talk(), care=first.cares[0][1])
    second = card(decide(heard("m2", 5), known(burst)), "incoming")
    assert (second.post, second.ref, second.values["burst"]) == ("in.m1", "m2", ["m1", "m2"])
    assert "alert" not in second.values


def test_neither_a_muted_thread_nor_a_user_who_wants_none_is_alerted() -> None:
    assert "alert" not in incoming(replace(talk(), care=Care(muted=True))).values
    quiet = replace(ANA, settings=Settings(notifications=False))
    assert "alert" not in incoming(talk(user=quiet)).values


def test_the_contacts_words_go_to_the_connected_group() -> None:
    row = incoming(BOUND)
    assert (row.post, row.values["reference"]) == (f"in.m9@{GROUP.conversation_id}", GROUP)


@pytest.mark.parametrize(("author", "moved"), [("contact", True), ("user", False)])
def test_words_are_news_from_when_they_are_shown(author: str, moved: bool) -> None:
    delivered = Delivered("r", "", NOW, 1, "teams/T", "token", "T", "m1", "remote")
    said = Message("m1", "T", author, message("m1").kind, "hello", NOW)
    changes = decide(delivered, known(replace(talk(), care=Care(1, NOW - SECOND, "m1")), message=said))
    assert bool(changes.cares) is moved
    assert not moved or changes.cares == (("T", Care(1, NOW)),)
