"""A transfer: what it makes of the thread that ends and of the one that begins, line by line and for any thread."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.colleagues import UserTransferred, permitted, succeeded
from bot.domain.effects import Mark, Notice, Owe, Recall, Send, State, Status, Tell, Use
from bot.domain.events import Cause
from bot.domain.policy import Policy, PromptWay, Terms, Transfer
from bot.domain.state import Phase, Prompt, Slot, Step, Thread, Why
from bot.domain.thread import step
from tests.domain.build import DEADLINE, LEFT, NOW, PROMPT, TEAMS, going, gone, inactive, left, thread, waiting
from tests.engine import histories

TRANSFER = UserTransferred("N", "k", NOW, "tenant", "aad", TEAMS, "T", "bo")
RESERVE = Terms(prompt=PromptWay.RESERVE)


def transferred(of: Thread, event: UserTransferred = TRANSFER) -> Step:
    return step(of, event, Terms())


def heir(of: Thread, event: UserTransferred = TRANSFER) -> Thread:
    return succeeded(of, transferred(of, event)[0], event.id, event.at)


def told(cancelled: int, told: int) -> Tell:
    return Tell(Notice.TRANSFERRED, {"cancelled": cancelled, "told": told})


def test_the_contact_is_told_with_one_of_the_slots() -> None:
    after, effects = transferred(thread(slots=gone("m1")))
    assert effects == (Send(LEFT, Use.TRANSFERRED, 2, DEADLINE), told(0, 1), Status())
    assert (after.phase, after.slots) == (Phase.LEFT, (*gone("m1"), Slot(LEFT, Use.TRANSFERRED, 1)))


def test_the_slot_that_is_kept_for_the_prompt_is_left_to_the_colleague() -> None:
    spent = inactive(Why.LIMIT, terms=RESERVE, slots=gone("m1", "m2", "m3", "m4"))
    assert transferred(spent)[1] == (Owe(Notice.TRANSFERRED), told(0, 0), Status())


def test_what_waits_is_cancelled_and_a_prompt_under_way_is_recalled() -> None:
    asking = inactive(
        Why.LIMIT,
        terms=RESERVE,
        slots=(*gone("m1", "m2", "m3", "m4"), Slot(PROMPT, Use.PROMPT, 1)),
        queue=waiting("m5", "m6"),
        prompt=Prompt.SENDING,
    )
    cancelled = [Mark(ref, State.CANCELLED, "transferred") for ref in ("m5", "m6")]
    assert transferred(asking)[1] == (*cancelled, Recall((PROMPT,)), Owe(Notice.TRANSFERRED), told(2, 0), Status())
    assert heir(asking).prompt is Prompt.NONE


@pytest.mark.parametrize(
    "closed",
    [
        inactive(Why.REFUSED, Cause.COUNT),
        inactive(Why.UNFOLLOWED, Cause.UNFOLLOWED),
        inactive(Why.NO_REPLY),
    ],
)
def test_where_nothing_can_be_sent_the_notice_is_owed(closed: Thread) -> None:
    event = replace(TRANSFER, at=DEADLINE) if closed.why is Why.NO_REPLY else TRANSFER
    assert transferred(closed, event)[1][0] == Owe(Notice.TRANSFERRED)
    assert (heir(closed, event).why, heir(closed, event).cause) == (closed.why, closed.cause)


def test_who_has_left_hands_nothing_over() -> None:
    assert transferred(left()) == (left(), (Tell(Notice.LEFT_ALREADY),))


def test_the_colleague_goes_on_where_it_stood() -> None:
    after = heir(thread(slots=(*gone("m1"), *going("m2")), uncertain=("m0",), warned=True))
    assert (after.id, after.line, after.lane) == ("N", "T", "wechat/T")
    assert [slot.sent_at for slot in after.slots] == [NOW, NOW, NOW]
    assert (after.phase, after.left, after.deadline, after.warned) == (Phase.ACTIVE, 1, DEADLINE, True)
    assert after.uncertain == ()
    assert heir(replace(after, id="N")).line == "T"


def test_the_last_slot_goes_to_the_notice() -> None:
    after = heir(thread(slots=gone("m1", "m2", "m3")))
    assert (after.phase, after.why) == (Phase.INACTIVE, Why.LIMIT)


def test_a_deadline_that_passed_unnoticed_is_noticed() -> None:
    late = heir(thread(), replace(TRANSFER, at=DEADLINE))
    assert (late.phase, late.why) == (Phase.INACTIVE, Why.NO_REPLY)


def test_a_contact_who_was_asked_is_not_asked_twice() -> None:
    asked = inactive(
        Why.LIMIT,
        terms=RESERVE,
        slots=(*gone("m1", "m2", "m3", "m4"), Slot(PROMPT, Use.PROMPT, 1, NOW)),
        prompt=Prompt.ASKED,
        prompt_at=NOW,
    )
    after = heir(asked)
    assert (after.prompt, after.prompt_at, after.left) == (Prompt.ASKED, NOW, 0)
    assert after.slots[-1].ref == after.prompt_ref


@given(histories.threads(), st.integers(-1, 50 * 60))
def test_never_more_is_sent_because_of_a_transfer(of: Thread, minutes: int) -> None:
    event = replace(TRANSFER, at=of.heard_at + minutes * (DEADLINE - of.heard_at) / (48 * 60))
    after, _ = transferred(of, event)
    if of.phase is Phase.LEFT:
        return
    next_one = heir(of, event)
    assert next_one.left <= after.left
    assert len(next_one.slots) == len(after.slots)
    assert next_one.queue == ()
    assert next_one.phase is not Phase.ACTIVE or (next_one.left > 0 and event.at < next_one.deadline)


@pytest.mark.parametrize(
    ("way", "same", "other"),
    [(Transfer.ANYBODY, True, True), (Transfer.PEERS, True, False), (Transfer.NOBODY, False, False)],
)
def test_who_may_hand_over_to_whom(way: Transfer, same: bool, other: bool) -> None:
    mine = Policy("sales", transfer=way)
    assert permitted(mine, Policy("sales", transfer=Transfer.NOBODY)) is same
    assert permitted(mine, Policy("research")) is other
