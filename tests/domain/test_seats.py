"""Several users for one contact: what one thread changes for the others, and what they make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.effects import Mark, Notice, Send, State, Status, Tell, Use
from bot.domain.events import Cause, QueueCancelled
from bot.domain.policy import PromptWay, Release, Terms
from bot.domain.seats import (
    Asked,
    Change,
    ContactWroteToSeveral,
    SeatShared,
    SeatTaken,
    difference,
    free,
    seated,
    shares,
)
from bot.domain.state import Phase, Prompt, Queued, Slot, Step, Thread, Why
from bot.domain.thread import step
from tests.domain.build import DEADLINE, HEARD, NOW, PROMPT, SECOND, TEAMS, going, gone, inactive, left, thread

RESERVE, TEMPLATE = Terms(prompt=PromptWay.RESERVE), Terms(prompt=PromptWay.TEMPLATE)
FOUR = gone("m1", "m2", "m3", "m4")
ASKED = Asked("U", Prompt.SENDING)


def beside(of: Thread) -> Thread:
    return replace(of, others=("U",))


def hears(of: Thread, *changes: Change, others: tuple[str, ...] = ("U",)) -> Step:
    return step(of, SeatShared("s", "", NOW, "T", others, changes), Terms())


def theirs(*refs: str, sent: bool = False) -> tuple[Slot, ...]:
    return tuple(Slot(ref, Use.COLLEAGUE, 1, NOW if sent else None) for ref in refs)


def queue(*refs: str, after: int = 0) -> tuple[Queued, ...]:
    return tuple(Queued(ref, HEARD + SECOND * (number + after)) for number, ref in enumerate(refs))


@pytest.mark.parametrize(
    ("taken", "seats", "number"),
    [((), 1, 0), ((0,), 1, None), ((0,), 2, 1), ((1,), 2, 0), ((0, 2), 3, 1), ((0, 1, 2), 2, None), ((2,), 2, 0)],
)
def test_the_lowest_free_seat(taken: tuple[int, ...], seats: int, number: int | None) -> None:
    assert free(taken, seats) == number


def test_the_newcomer_has_the_window_and_what_is_spent_but_nothing_of_the_queue() -> None:
    host = inactive(Why.LIMIT, slots=(*gone("m1"), *going("m2")), queue=queue("q"), prompt=Prompt.ASKED, warned=True)
    new = seated(host, SeatTaken("N", "", NOW, "N", "T", 1, ("T",)))
    assert (new.id, new.seat, new.others, new.asker, new.queue, new.warned) == ("N", 1, ("T",), "T", (), False)
    assert new.slots == (*theirs("m1", sent=True), *theirs("m2"))
    assert (new.phase, new.why, new.prompt, new.heard_at) == (Phase.INACTIVE, Why.LIMIT, Prompt.ASKED, HEARD)
    assert not new.on_its_way(new.prompt_ref)
    assert seated(replace(host, prompt=Prompt.NONE), SeatTaken("N", "", NOW, "N", "T", 1, ("T",))).asker == ""
    assert seated(replace(host, asker="U"), SeatTaken("N", "", NOW, "N", "T", 1, ("T", "U"))).asker == "U"


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (thread(), thread(), Change()),
        (thread(), thread(slots=going("m")), Change(taken=going("m"))),
        (thread(slots=going("m")), thread(slots=gone("m")), Change(settled=gone("m"))),
        (thread(slots=going("m")), thread(), Change(returned=("m",))),
        (thread(slots=gone("m")), thread(), Change()),
        (thread(), thread(slots=theirs("m")), Change()),
        (thread(), inactive(Why.REFUSED, Cause.COUNT), Change(cause=Cause.COUNT)),
        (thread(), inactive(Why.UNFOLLOWED, Cause.UNFOLLOWED), Change(cause=Cause.UNFOLLOWED)),
        (inactive(Why.REFUSED, Cause.COUNT), inactive(Why.REFUSED, Cause.COUNT), Change()),
        (thread(), inactive(Why.NO_REPLY), Change()),
        (thread(), thread(prompt=Prompt.SENDING), Change(asked=Asked("T", Prompt.SENDING))),
        (thread(prompt=Prompt.SENDING), thread(), Change(asked=Asked("T", Prompt.NONE))),
        (
            thread(prompt=Prompt.SENDING),
            thread(prompt=Prompt.ASKED, prompt_at=NOW),
            Change(asked=Asked("T", Prompt.ASKED, NOW)),
        ),
        (
            thread(prompt=Prompt.SENDING),
            thread(prompt=Prompt.FAILED, prompt_why="x"),
            Change(asked=Asked("T", Prompt.FAILED, None, "x")),
        ),
        (thread(), thread(prompt=Prompt.FAILED, prompt_why="off"), Change()),
        (thread(prompt=Prompt.SENDING, asker="U"), thread(prompt=Prompt.FAILED), Change()),
        (thread(), thread(prompt=Prompt.SENDING, asker="U"), Change()),
        (
            thread(prompt=Prompt.SENDING),
            thread(spell=2, prompt=Prompt.SENDING),
            Change(asked=Asked("T", Prompt.SENDING)),
        ),
        (thread(prompt=Prompt.ASKED), thread(spell=2), Change()),
    ],
)
def test_what_the_others_must_hear_of(before: Thread, after: Thread, change: Change) -> None:
    assert difference(before, after) == change


def test_a_colleagues_slot_is_counted_settled_and_given_back() -> None:
    taken, effects = hears(beside(thread(terms=TEMPLATE)), Change(taken=going("x")))
    assert (taken.slots, taken.left, effects) == (theirs("x"), 4, (Status(),))
    settled, effects = hears(taken, Change(settled=gone("x")))
    assert (settled.slots, effects) == (theirs("x", sent=True), ())
    back, effects = hears(taken, Change(returned=("x",)))
    assert (back.slots, back.left, effects) == ((), 5, (Status(),))


def test_a_colleagues_slot_is_never_ours_to_report_or_take_back() -> None:
    mixed = beside(thread(slots=(*theirs("x"), *going("m"))))
    given_back, _ = hears(mixed, Change(returned=("m",)))
    assert given_back.slots == mixed.slots
    assert hears(mixed, Change(settled=gone("m")))[0].slots == mixed.slots


def test_the_last_slot_that_a_colleague_takes_is_the_last() -> None:
    after, effects = hears(beside(thread(slots=FOUR)), Change(taken=going("x")))
    assert (after.phase, after.why) == (Phase.INACTIVE, Why.LIMIT)
    assert effects == (Tell(Notice.INACTIVE, {"why": "limit", "cause": None}), Status())


def test_a_slot_that_comes_back_lets_what_waits_here_go() -> None:
    spent = (*FOUR, *theirs("x"))
    full = beside(inactive(Why.LIMIT, terms=TEMPLATE, slots=spent, queue=queue("q"), prompt=Prompt.FAILED))
    after, effects = hears(full, Change(returned=("x",)))
    assert Send("q", Use.MESSAGE, 5, DEADLINE) in effects
    assert (after.why, after.queue) == (Why.LIMIT, ())


def test_what_waits_by_itself_goes_when_the_others_left_room() -> None:
    waiting = beside(thread(slots=gone("m1"), queue=queue("q")))
    after, effects = hears(waiting, Change(settled=gone("x")))
    assert (after.queue, Mark("q", State.SENDING) in effects) == ((), True)
    review = replace(waiting, terms=Terms(release=Release.REVIEW))
    assert hears(review, Change(settled=gone("x")))[0].queue == review.queue


def test_the_client_is_asked_by_one_for_all() -> None:
    waits = beside(inactive(Why.LIMIT, terms=RESERVE, slots=FOUR, queue=queue("q")))
    after, effects = hears(waits, Change(taken=(Slot("U.prompt.1", Use.PROMPT, 1),), asked=ASKED))
    assert (after.prompt, after.asker, effects) == (Prompt.SENDING, "U", (Status(),))
    assert not after.on_its_way(PROMPT)
    asked, _ = hears(after, Change(asked=Asked("U", Prompt.ASKED, NOW)))
    assert (asked.prompt, asked.prompt_at, asked.asker) == (Prompt.ASKED, NOW, "U")
    failed, _ = hears(after, Change(asked=Asked("U", Prompt.FAILED, None, "count")))
    assert (failed.prompt, failed.prompt_why, failed.asker) == (Prompt.FAILED, "count", "")


def test_who_still_waits_asks_when_the_asker_does_not_any_more() -> None:
    spent = (*FOUR, *theirs("x"))
    waits = inactive(Why.LIMIT, terms=TEMPLATE, slots=spent, queue=queue("q"), prompt=Prompt.SENDING, asker="U")
    after, effects = hears(beside(waits), Change(asked=Asked("U", Prompt.NONE)))
    assert (after.prompt, after.asker) == (Prompt.SENDING, "")
    assert len(effects) == 1


def test_ones_own_request_and_that_of_another_asker_are_not_overwritten() -> None:
    own = beside(inactive(Why.LIMIT, queue=queue("q"), prompt=Prompt.SENDING))
    assert hears(own, Change(asked=Asked("U", Prompt.FAILED)))[0].prompt is Prompt.SENDING
    others = replace(own, asker="V")
    assert hears(others, Change(asked=Asked("U", Prompt.FAILED)))[0].asker == "V"


def test_a_colleagues_request_is_not_recalled_here() -> None:
    waits = beside(inactive(Why.LIMIT, slots=FOUR, queue=queue("q"), prompt=Prompt.SENDING, asker="U"))
    after, _ = hears(waits)
    assert (after.prompt, after.asker) == (Prompt.SENDING, "U")
    heard = ContactWroteToSeveral("w", "w", NOW, "a", "o", NOW, 2, "hi", thread_id="T", share=1)
    assert (step(waits, heard, Terms())[0].prompt, step(waits, heard, Terms())[0].asker) == (Prompt.NONE, "")


def test_who_takes_back_what_waits_does_not_take_back_a_colleagues_request() -> None:
    waits = beside(inactive(Why.LIMIT, slots=FOUR, queue=queue("q"), prompt=Prompt.SENDING, asker="U"))
    cancel = QueueCancelled("c", "c", NOW, "tenant", "aad", TEAMS, "T", "")
    after, effects = step(waits, cancel, Terms())
    assert (after.prompt, after.asker) == (Prompt.SENDING, "U")
    assert effects == (Mark("q", State.CANCELLED, "user"), Status())


def test_a_colleagues_request_has_used_the_slot_that_is_kept_for_it() -> None:
    spent = (*gone("m1", "m2", "m3"), *theirs("U.prompt.1", sent=True))
    assert (thread(terms=RESERVE, slots=spent, asker="U").left, thread(terms=RESERVE, slots=spent).left) == (1, 0)


@pytest.mark.parametrize("cause", [Cause.COUNT, Cause.TIME, Cause.UNFOLLOWED])
def test_wechat_closes_the_way_for_all(cause: Cause) -> None:
    after, effects = hears(beside(thread()), Change(cause=cause))
    assert (after.why, after.cause) == (Why.UNFOLLOWED if cause is Cause.UNFOLLOWED else Why.REFUSED, cause)
    assert effects[0] == Tell(Notice.INACTIVE, {"why": after.why, "cause": cause.value})


@pytest.mark.parametrize(
    ("known", "cause"),
    [
        (inactive(Why.REFUSED, Cause.COUNT), Cause.TIME),
        (inactive(Why.UNFOLLOWED, Cause.UNFOLLOWED), Cause.COUNT),
        (inactive(Why.NO_REPLY), Cause.TIME),
    ],
)
def test_who_knows_that_the_way_is_closed_is_not_told_again(known: Thread, cause: Cause) -> None:
    after, effects = hears(beside(known), Change(cause=cause))
    assert (after, effects) == (beside(known), ())


def test_whoever_left_hears_of_nobody_but_who_is_there() -> None:
    gone_from = replace(left(), others=("U",))
    assert hears(gone_from, Change(taken=going("x")), others=("V",)) == (replace(gone_from, others=("V",)), ())


def test_who_comes_and_goes_is_known() -> None:
    after, effects = hears(thread(), others=("U", "V"))
    assert (after.others, effects) == (("U", "V"), (Status(),))
    assert hears(after, others=("U", "V")) == (after, ())


def test_shares_are_fair() -> None:
    mine = inactive(Why.LIMIT, queue=queue("a1", "a2", "a3"))
    other = replace(inactive(Why.LIMIT, queue=queue("b1", "b2", after=1)), id="U")
    terms = {"T": Terms(reply_limit=5, prompt=PromptWay.TEMPLATE), "U": Terms(reply_limit=4, prompt=PromptWay.RESERVE)}
    assert shares([mine, other], terms, 0) == {"T": 2, "U": 1}
    assert shares([mine, other], terms, 2) == {"T": 1, "U": 0}
    assert shares([mine, other], terms, 9) == {"T": 0, "U": 0}
    looked_at = {**terms, "T": replace(terms["T"], release=Release.REVIEW)}
    assert shares([mine, other], looked_at, 0) == {"T": 0, "U": 2}


def test_of_several_each_sends_its_share() -> None:
    waits = beside(inactive(Why.LIMIT, slots=FOUR, queue=queue("q1", "q2", "q3")))
    later = NOW + timedelta(minutes=1)
    heard = ContactWroteToSeveral("w", "w", later, "a", "o", later, 2, "hi", thread_id="T", share=2)
    after, effects = step(waits, heard, Terms())
    assert [each.message_id for each in after.queue] == ["q3"]
    assert Tell(Notice.RELEASED, {"sent": 2, "waiting": 1}) in effects


def test_a_message_that_is_sent_again_has_a_slot_for_each_time() -> None:
    once, again = thread(slots=gone("m")), thread(slots=(*gone("m"), *going("m")))
    assert difference(once, again) == Change(taken=going("m"))
    assert difference(again, thread(slots=(*gone("m"), *gone("m", at=DEADLINE)))) == Change(
        settled=gone("m", at=DEADLINE)
    )
    assert difference(again, once) == Change(returned=("m",))
    assert difference(again, thread(slots=going("m"))) == Change()
    told = beside(thread(slots=(*theirs("m", sent=True), *theirs("m"))))
    assert hears(told, Change(returned=("m",)))[0].slots == theirs("m", sent=True)
    settled, _ = hears(told, Change(settled=gone("m", at=DEADLINE)))
    assert [slot.sent_at for slot in settled.slots] == [NOW, DEADLINE]


@pytest.mark.parametrize("terms", [RESERVE, TEMPLATE])
def test_of_several_who_still_wait_one_asks(terms: Terms) -> None:
    waits = beside(inactive(Why.LIMIT, terms=terms, slots=going("m1", "m2", "m3", "m4"), queue=queue("q1", "q2")))
    heard = ContactWroteToSeveral("w", "w", NOW, "a", "o", NOW, 2, "hi", thread_id="T", share=1, asker="U")
    alone, asks = step(waits, replace(heard, asker=""), replace(terms, reply_limit=4 + (terms == RESERVE)))
    after, effects = step(waits, heard, replace(terms, reply_limit=4 + (terms == RESERVE)))
    assert (alone.prompt, alone.asker, after.prompt, after.asker) == (Prompt.SENDING, "", Prompt.SENDING, "U")
    assert [each for each in asks if getattr(each, "ref", "") == alone.prompt_ref] != []
    assert [each for each in effects if getattr(each, "ref", "") == after.prompt_ref] == []
    assert [slot.ref for slot in after.slots] == ["m1", "m2", "m3", "m4"]


def test_who_need_not_ask_has_no_asker_either() -> None:
    heard = ContactWroteToSeveral("w", "w", NOW, "a", "o", NOW, 2, "hi", thread_id="T", asker="U")
    assert step(beside(thread()), heard, Terms())[0].asker == ""


def test_the_deadline_passes_for_all_and_one_asks() -> None:
    review = replace(TEMPLATE, release=Release.REVIEW)
    waits = beside(thread(terms=review, queue=queue("q")))
    over = SeatShared("s", "", DEADLINE, "T", ("U",), (Change(asked=ASKED),))
    after, effects = step(waits, over, review)
    assert (after.phase, after.why, after.prompt, after.asker) == (Phase.INACTIVE, Why.NO_REPLY, Prompt.SENDING, "U")
    assert effects == (Tell(Notice.INACTIVE, {"why": "no_reply", "cause": None}), Status())
