"""Whatever Ana does and whatever her clicks claim: nothing of Bo's moves, and nothing of his is shown to her."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.events import FromUser, UserEdited, UserInstalled, UserRemoved, UserWrote
from bot.domain.policy import Policy
from bot.domain.state import Phase, Thread
from bot.ports import Changes, Conversation, Message, Snapshot, User
from tests.engine import histories
from tests.engine.build import ANA, BO, CONTACT, OTHER_CONTACT, decide, message

HERS, HIS = {"", "T"}, {"b1", "b2", "b3"}
messages = st.builds(message, st.sampled_from(["m1", "m2", "m3"]), histories.states, st.sampled_from(["", "T"]))
his_messages = st.builds(
    message, st.sampled_from(["b1", "b2", "b3"]), histories.states, st.sampled_from(["", "U"]), st.just(BO)
)
users = st.sampled_from([ANA, replace(ANA, reference=None), replace(ANA, enabled=False), None])


@st.composite
def cases(draw: st.DrawFn) -> tuple[FromUser, Snapshot]:
    """An event of Ana's with what a store would find for it: T is hers, U is Bo's, V is nobody's."""
    event = draw(histories.doings)
    hers = Conversation(draw(histories.threads("T")), CONTACT, ANA)
    his = Conversation(_his(draw(histories.threads("U"))), OTHER_CONTACT, BO)
    found = draw(messages | his_messages | st.none())
    return event, _found(event, {"T": hers, "U": his}, found, draw(users))


def _his(thread: Thread) -> Thread:
    queue = tuple(replace(queued, message_id=queued.message_id.replace("m", "b")) for queued in thread.queue)
    return replace(thread, queue=queue, slots=(), uncertain=())


def _found(event: FromUser, there: dict[str, Conversation], found: Message | None, user: User | None) -> Snapshot:
    own = [each for each in there.values() if each.user.id == "ana" and each.thread.phase is not Phase.LEFT]
    about = "" if isinstance(event, UserInstalled | UserRemoved) else getattr(event, "thread_id", "")
    if isinstance(event, UserEdited):
        about = found.thread_id if found else ""
    names_none = isinstance(event, UserWrote) and not event.thread_id
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
    assert changes.user is None or changes.user.id == "ana"
    assert changes.contact in (None, replace(CONTACT, owed=changes.contact.owed if changes.contact else ()))


@given(cases())
def test_whoever_is_not_enabled_touches_nothing_at_all(case: tuple[FromUser, Snapshot]) -> None:
    event, at = case
    changes = decide(event, replace(at, user=replace(ANA, enabled=False)))
    assert changes == Changes(answer=changes.answer, rows=changes.rows)
    assert {row.values["card"] for row in changes.rows} <= {"not_enabled"}
