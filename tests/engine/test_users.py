"""Who a user is, where they are reached, and what they write."""

from dataclasses import replace

import pytest

from bot.domain.attention import Settings
from bot.domain.effects import State, Use
from bot.domain.events import FromUser, UserAsked, UserChose, UserEdited, UserInstalled, UserRemoved, UserWrote
from bot.domain.plain import TEXT_LIMIT
from bot.domain.policy import PromptWay, Terms
from bot.domain.state import Prompt, Why
from bot.ports import Changes, Row, User
from tests.domain.build import (
    DEADLINE,
    NOW,
    PROMPT,
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
from tests.engine.build import ANA, GROUP, anas, bos, card, cards, decide, elsewhere, message, sends, talk

WHO = ("e", "e", NOW, "tenant", "aad-ana", TEAMS)
INSTALLED, REMOVED = UserInstalled(*WHO), UserRemoved(*WHO)
EDITED = UserEdited(*WHO, "activity", False, "better")
DOINGS: list[FromUser] = [
    INSTALLED,
    UserWrote(*WHO, "hello"),
    UserChose(*WHO, "T", "held"),
    UserAsked(*WHO, "help"),
    *(leave(), edited("m1"), cancelled("m1"), released(), again("m1")),
]


def wrote(text: str = "hello", thread_id: str = "") -> UserWrote:
    return UserWrote("m1", "m1", NOW, "tenant", "aad-ana", TEAMS, text, thread_id, "activity")


def names(doings: list[FromUser]) -> list[str]:
    return [type(event).__name__ for event in doings]


# ---- who they are


@pytest.mark.parametrize("user", [None, replace(ANA, enabled=False)], ids=["unknown", "disabled"])
@pytest.mark.parametrize("event", DOINGS, ids=names(DOINGS))
def test_whoever_is_not_enabled_is_told_so_where_they_are_and_nothing_else_happens(
    event: FromUser, user: User | None
) -> None:
    event = replace(event, reference=elsewhere("a:9"))
    changes = decide(event, anas(talk(thread(queue=waiting("m1"))), talk(), user=user, message=message("held")))
    lane, whose = ("teams/ana", "ana") if user else ("teams/a:9", "")
    told = Row(lane, "card", "", user_id=whose, values={"card": "not_enabled", "reference": event.reference})
    assert changes == Changes(answer={"refused": "not_enabled"}, rows=(told,))


@pytest.mark.parametrize("user", [None, replace(ANA, enabled=False)], ids=["unknown", "disabled"])
@pytest.mark.parametrize("event", [REMOVED, EDITED], ids=["removed", "edited"])
def test_whoever_is_not_enabled_and_asked_for_nothing_is_told_nothing(event: FromUser, user: User | None) -> None:
    assert decide(event, anas(user=user)) == Changes()


# ---- where they are reached


def test_whoever_installs_the_app_is_welcomed_and_their_waiting_cards_go() -> None:
    changes = decide(INSTALLED, anas(user=replace(ANA, reference=None)))
    assert cards(changes) == ["welcome"]
    assert changes.user == ANA
    assert changes.wake_user == "ana"


def test_whoever_had_the_app_before_they_were_enabled_is_welcomed_when_they_first_write() -> None:
    first = decide(wrote(), anas(user=replace(ANA, reference=None)))
    assert cards(first)[0] == "welcome"
    assert first.rows[1:] == decide(wrote(), anas()).rows
    assert "welcome" not in cards(decide(wrote(), anas()))
    asked = decide(UserAsked(*WHO, "help"), anas(user=replace(ANA, reference=None)))
    assert cards(asked) == ["help"]


def test_whoever_installs_the_app_again_is_not_welcomed_again() -> None:
    assert decide(INSTALLED, anas()) == Changes()


def test_where_the_user_last_spoke_is_where_their_cards_go() -> None:
    moved = replace(INSTALLED, reference=elsewhere("a:9"))
    assert decide(moved, anas()) == Changes(user=replace(ANA, reference=elsewhere("a:9")))


def test_whoever_removed_the_app_has_no_address_any_more() -> None:
    changes = decide(REMOVED, anas())
    assert changes.user == replace(ANA, reference=None)
    assert changes.audit is not None
    assert (changes.audit["event"], changes.audit["user"]) == ("UserRemoved", "ana")


@pytest.mark.parametrize("event", DOINGS, ids=names(DOINGS))
@pytest.mark.parametrize("reference", [None, TEAMS])
def test_a_group_never_takes_the_place_of_the_personal_chat(event: FromUser, reference: None) -> None:
    changes = decide(replace(event, reference=GROUP), anas(talk(), user=replace(ANA, reference=reference)))
    assert (changes.user, changes.wake_user) == (None, "")


@pytest.mark.parametrize("event", DOINGS, ids=names(DOINGS))
def test_whatever_the_user_does_first_tells_where_they_are(event: FromUser) -> None:
    changes = decide(event, anas(talk(), user=replace(ANA, reference=None)))
    assert (changes.user, changes.wake_user) == (ANA, "ana")


# ---- words with a thread


def test_words_on_a_card_of_a_thread_go_to_its_contact() -> None:
    changes = decide(wrote(thread_id="T"), anas(talk()))
    assert [(row.lane, row.kind, row.ref, row.use, row.slot) for row in changes.rows[:1]] == [
        ("wechat/T", "text", "m1", Use.MESSAGE.value, 1)
    ]
    assert changes.rows[0].before == DEADLINE
    assert changes.marks == (("m1", State.SENDING, ""),)
    (kept,) = changes.messages
    assert (kept.id, kept.thread_id, kept.author, kept.text, kept.user_id, kept.activity_key) == (
        *("m1", "T", "user", "hello", "ana"),
        "activity",
    )


def test_what_is_on_record_holds_no_words() -> None:
    audit = decide(wrote("hello", "T"), anas(talk())).audit
    assert audit is not None
    assert "hello" not in str(audit)


@pytest.mark.parametrize("found", [bos(), None], ids=["somebody else's", "unknown"])
def test_words_for_a_thread_that_is_not_theirs_go_nowhere(found: None) -> None:
    changes = decide(wrote(thread_id="U"), anas(found, talk()))
    assert changes.answer == {"refused": "forbidden"}
    assert cards(changes) == ["forbidden"]
    assert (changes.messages, changes.thread, sends(changes)) == ((), None, [])
    assert changes.audit is not None
    assert (changes.audit["refused"], changes.audit["thread"]) == ("forbidden", "")


def test_words_are_said_in_the_language_that_the_user_set() -> None:
    at = anas(bos(), talk())
    at = replace(at, user=replace(ANA, settings=Settings(language="zh")))
    assert decide(wrote(thread_id="U"), at).answer == {"refused": "forbidden", "language": "zh"}


def test_words_after_leaving_are_refused() -> None:
    changes = decide(wrote(thread_id="T"), anas(talk(left())))
    assert changes.marks == (("m1", State.REFUSED, "left"),)
    assert [(row.values["card"], row.post, row.ref) for row in changes.rows] == [("left_already", "out.m1", "m1")]


def test_words_for_a_full_queue_come_back_on_a_card() -> None:
    full = inactive(Why.LIMIT, queue=waiting(*"abcde"), prompt=Prompt.ASKED)
    changes = decide(wrote(thread_id="T"), anas(talk(full)))
    assert [(row.values["card"], row.post, row.ref) for row in changes.rows] == [("queue_full", "out.m1", "m1")]
    assert changes.marks == (("m1", State.REFUSED, "queue_full"),)


def test_the_first_words_in_the_queue_ask_the_contact_to_reply() -> None:
    waits = inactive(Why.LIMIT, slots=gone(*"abcd"))
    changes = decide(wrote(thread_id="T"), anas(talk(waits)))
    assert changes.marks == (("m1", State.QUEUED, ""),)
    assert [(row.kind, row.ref, row.use) for row in changes.rows if row.lane == "wechat/T"] == [
        ("text", PROMPT, Use.PROMPT.value)
    ]
    asked = changes.messages[1]
    assert (asked.id, asked.notice, asked.text, asked.state) == (
        *(PROMPT, "prompt", "to_contact.prompt en"),
        State.SENDING,
    )


def test_the_prompt_by_template_takes_no_slot_and_no_deadline() -> None:
    waits = inactive(Why.LIMIT, slots=gone(*"abcde"), terms=Terms(prompt=PromptWay.TEMPLATE))
    changes = decide(wrote(thread_id="T"), anas(talk(waits)))
    rows = [row for row in changes.rows if row.lane == "wechat/T"]
    assert rows == [Row("wechat/T", "template", "T", PROMPT, use=Use.PROMPT.value)]
    assert [m.text for m in changes.messages[1:]] == ["to_contact.prompt en"]


def test_a_card_with_a_name_is_asked_for_once_in_a_step() -> None:
    last = thread(slots=gone(*"abc"))
    changes = decide(wrote(thread_id="T"), anas(talk(last)))
    assert cards(changes) == ["confirmation", "inactive", "incoming"]
    posts = [row.post for row in changes.rows if row.post and not row.again]
    assert posts == ["out.m1", "inactive.T.1.limit", "in.T"]


# ---- words without a thread


def test_words_for_nobody_in_particular_are_kept_when_there_is_nobody() -> None:
    changes = decide(wrote(), anas())
    assert card(changes, "no_conversation").ref == "m1"
    assert changes.messages == (replace(message("m1", thread_id=""), activity_key="activity"),)
    assert changes.audit is not None


def test_words_go_to_the_only_conversation_there_is() -> None:
    changes = decide(wrote(), anas(None, talk()))
    assert sends(changes) == ["m1"]
    assert changes.messages[0].thread_id == "T"


def test_words_are_held_and_asked_about_when_there_are_several_conversations() -> None:
    changes = decide(wrote(), anas(None, talk(), talk(replace(thread(), id="V"))))
    asked = card(changes, "which")
    assert (asked.ref, asked.post, asked.lane) == ("m1", "out.m1", "teams/ana")
    assert asked.values["candidates"] == ["T", "V"]
    assert [(m.id, m.thread_id, m.state) for m in changes.messages] == [("m1", "", None)]
    assert (sends(changes), changes.thread, changes.marks) == ([], None, ())


# ---- words that cannot be sent


@pytest.mark.parametrize("text", ["", " ", "\n\t\u3000"])
@pytest.mark.parametrize("at", [anas(), anas(None, talk()), anas(talk())], ids=["none", "one", "named"])
def test_words_without_a_word_are_refused(text: str, at: object) -> None:
    thread_id = "T" if at == anas(talk()) else ""
    changes = decide(wrote(text, thread_id), at)  # type: ignore[arg-type]
    assert cards(changes) == ["empty"]
    assert [(m.state, m.why) for m in changes.messages] == [(State.REFUSED, "empty")]
    assert (changes.thread, sends(changes)) == (None, [])


@pytest.mark.parametrize("text", ["a" * TEXT_LIMIT, "é" * (TEXT_LIMIT // 2), "😀" * (TEXT_LIMIT // 4)])
def test_a_text_of_2048_bytes_goes(text: str) -> None:
    changes = decide(wrote(text, "T"), anas(talk()))
    assert sends(changes) == ["m1"]
    assert changes.messages[0].text == text


@pytest.mark.parametrize(
    ("text", "excess"),
    [
        *(("a" * 2049, 1), ("é" * 1024 + "a", 1), ("中" * 683, 1), ("😀" * 513, 4), ("a" * 5000, 2952)),
        ("<a " + "x" * 2045, 3),  # what keeps it from becoming a link is sent with it
    ],
)
def test_a_longer_text_is_refused_with_the_bytes_it_has_too_many(text: str, excess: int) -> None:
    changes = decide(wrote(text, "T"), anas(talk()))
    row = card(changes, "too_long")
    assert (row.values["excess"], row.values["max_bytes"], row.ref) == (excess, 2048, "m1")
    assert (row.thread_id, row.post) == ("T", "out.m1")
    assert [(m.thread_id, m.text, m.state, m.why) for m in changes.messages] == [("T", text, State.REFUSED, "too_long")]
    assert (changes.thread, sends(changes)) == (None, [])


def test_beside_colleagues_a_text_leaves_room_for_the_name() -> None:
    several = talk(replace(thread(), others=("U",)))
    assert sends(decide(wrote("a" * 2016, "T"), anas(several))) == ["m1"]
    changes = decide(wrote("a" * 2017, "T"), anas(several))
    assert (card(changes, "too_long").values["excess"], card(changes, "too_long").values["max_bytes"]) == (1, 2016)
    assert sends(changes) == []
    queued = talk(inactive(Why.LIMIT, queue=waiting("m1"), others=("U",)))
    assert cards(decide(replace(edited("m1"), text="a" * 2017), anas(queued))) == ["too_long"]


def test_held_words_without_room_for_the_name_come_back_when_a_client_of_several_is_chosen() -> None:
    several = talk(replace(thread(), others=("U",)))
    held = message("held", thread_id="", text="a" * 2048)
    changes = decide(UserChose(*WHO, "T", "held"), anas(several, message=held))
    assert (sends(changes), changes.messages, changes.assigned) == ([], (), (("held", "T"),))
    assert changes.marks == (("held", State.REFUSED, "too_long"),)
    row = card(changes, "too_long")
    assert (row.ref, row.post, row.thread_id, row.values["excess"]) == ("held", "out.held", "T", 32)


def test_words_are_sent_as_they_were_written() -> None:
    assert decide(wrote("  two\n\nlines 👩‍👧 "), anas(None, talk())).messages[0].text == "  two\n\nlines 👩‍👧 "
