"""Whatever Ana does and whatever her clicks claim: nothing of Bo's moves, and nothing of his is shown to her."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.attention import Care
from bot.domain.events import (
    FromUser,
    UserConnected,
    UserDisconnected,
    UserEdited,
    UserInstalled,
    UserListed,
    UserMuted,
    UserOpened,
    UserRemoved,
    UserSettled,
    UserWrote,
)
from bot.domain.policy import Policy
from bot.domain.state import Phase, Thread
from bot.ports import Changes, Conversation, Message, Snapshot, User
from tests.domain.build import NOW, TEAMS
from tests.engine import histories
from tests.engine.build import ANA, BO, CONTACT, GROUP, OTHER_CONTACT, bos, cards, decide, message, talk

HERS, HIS = {"", "T"}, {"b1", "b2", "b3"}
messages = st.builds(message, st.sampled_from(["m1", "m2", "m3"]), histories.states, st.sampled_from(["", "T"]))
his_messages = st.builds(
    message, st.sampled_from(["b1", "b2", "b3"]), histories.states, st.sampled_from(["", "U"]), st.just(BO)
)
cares = st.sampled_from([Care(), Care(place=GROUP), Care(2, NOW, "m1", muted=True)])
users = st.sampled_from([ANA, replace(ANA, reference=None), replace(ANA, enabled=False), None])


@st.composite
def cases(draw: st.DrawFn) -> tuple[FromUser, Snapshot]:
    """An event of Ana's with what a store would find for it: T is hers, U is Bo's, V is nobody's."""
    event = draw(histories.doings)
    hers = Conversation(draw(histories.threads("T")), CONTACT, ANA, draw(cares))
    his = Conversation(_his(draw(histories.threads("U"))), OTHER_CONTACT, BO, draw(cares))
    found = draw(messages | his_messages | st.none())
    there = {"T": hers, "U": his}
    # Whatever a quotation or the Teams conversation leads to, the store may find his as well.
    return event, _found(event, there, found, draw(users), draw(st.sampled_from(["", "T", "U"])))


def _his(thread: Thread) -> Thread:
    queue = tuple(replace(queued, message_id=queued.message_id.replace("m", "b")) for queued in thread.queue)
    return replace(thread, queue=queue, slots=(), uncertain=())


def _found(
    event: FromUser, there: dict[str, Conversation], found: Message | None, user: User | None, led: str
) -> Snapshot:
    own = [each for each in there.values() if each.user.id == "ana" and each.thread.phase is not Phase.LEFT]
    about = "" if isinstance(event, UserInstalled | UserRemoved) else getattr(event, "thread_id", "")
    if isinstance(event, UserEdited):
        about = found.thread_id if found else ""
    names_none = not about and isinstance(event, UserWrote | UserConnected | UserDisconnected)
    about = led if names_none else about
    return Snapshot(
        Policy(),
        user=user,
        conversation=there.get(about),
        open=tuple(own) if names_none or not about else (),
        message=found,
    )


def touched(changes: Changes) -> set[str]:
    """Every thread that the changes write to, show or send to."""
    lanes = {row.lane.removeprefix("wechat/") for row in changes.rows if row.lane.startswith("wechat/")}
    shown = {row.thread_id for row in changes.rows}
    moved = {changes.thread.id} if changes.thread else set()
    moved |= {thread_id for thread_id, _ in changes.cares}
    return lanes | shown | moved | {thread_id for _, thread_id in changes.assigned} | _written(changes)


def _written(changes: Changes) -> set[str]:
    return {each.thread_id for each in changes.messages} | ({"opened"} if changes.opened else set())


def named(changes: Changes) -> set[str]:
    """Every message that the changes show, mark, reword, recall, assign or send."""
    refs = {row.ref for row in changes.rows} | {ref for ref, _, _ in changes.marks} | set(changes.recalled)
    return refs | {ref for ref, _ in (*changes.rewords, *changes.assigned)}


@given(cases())
def test_no_event_of_hers_touches_a_thread_of_his(case: tuple[FromUser, Snapshot]) -> None:
    assert touched(decide(*case)) <= HERS


@given(cases())
def test_no_event_of_hers_names_a_message_of_his(case: tuple[FromUser, Snapshot]) -> None:
    assert not named(decide(*case)) & HIS


@given(cases())
def test_every_card_that_comes_of_it_is_for_her(case: tuple[FromUser, Snapshot]) -> None:
    event, at = case
    changes = decide(event, at)
    assert {row.user_id for row in changes.rows if row.kind == "card"} <= {"ana" if at.user else ""}
    assert changes.wake_user in ("", "ana")
    assert {one[0] for one in (changes.desk, changes.settings) if one} <= {"ana"}
    assert changes.user is None or changes.user.id == "ana"
    assert changes.contact in (None, replace(CONTACT, owed=changes.contact.owed if changes.contact else ()))


WHO = ("e", "k", NOW, "tenant", "aad-ana")
CLAIMS = [
    UserOpened(*WHO, TEAMS, "U"),
    UserMuted(*WHO, TEAMS, "U", True),
    UserWrote(*WHO, TEAMS, "hello", "U"),
]


@pytest.mark.parametrize("event", CLAIMS, ids=lambda event: type(event).__name__)
def test_a_card_of_his_is_refused_to_her_and_it_is_recorded(event: FromUser) -> None:
    changes = decide(event, Snapshot(Policy(), user=ANA, conversation=bos()))
    assert cards(changes) == ["forbidden"]
    assert (changes.desk, changes.cares) == (None, ())
    assert changes.audit is not None and changes.audit["refused"] == "forbidden"


@pytest.mark.parametrize("user", [ANA, replace(ANA, enabled=False), None], ids=["enabled", "disabled", "unknown"])
def test_an_observer_is_told_and_sends_nothing(user: User | None) -> None:
    bound = replace(bos(), care=Care(place=GROUP))
    for event in (UserWrote(*WHO, GROUP, "hello"), UserDisconnected(*WHO, GROUP), UserWrote(*WHO, GROUP, "x", "U")):
        changes = decide(event, Snapshot(Policy(), user=user, conversation=bound, open=(talk(),)))
        assert cards(changes) == ["observer"]
        assert (changes.messages, changes.thread, changes.cares, changes.desk) == ((), None, (), None)


@pytest.mark.parametrize(
    "event", [UserListed(*WHO, GROUP), UserSettled(*WHO, GROUP, "", "", True), UserOpened(*WHO, GROUP, "T")]
)
def test_where_others_read_along_no_other_client_is_shown(event: FromUser) -> None:
    changes = decide(event, Snapshot(Policy(), user=ANA, conversation=talk()))
    assert cards(changes) == ["personal_only"]
    assert (changes.desk, changes.settings, changes.cares) == (None, None, ())


@given(cases())
def test_whoever_is_not_enabled_touches_nothing_at_all(case: tuple[FromUser, Snapshot]) -> None:
    event, at = case
    changes = decide(event, replace(at, user=replace(ANA, enabled=False)))
    assert changes == Changes(answer=changes.answer, rows=changes.rows)
    assert {row.values["card"] for row in changes.rows} <= {"not_enabled", "observer"}
