"""The edges of the window and of the allowance: seconds, ties, late news, days of 23 and 25 hours, clocks that jump."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.effects import Mark, Notice, Owe, Recall, Send, Show, State, Tell, Use
from bot.domain.events import Cause, Event
from bot.domain.policy import PromptWay, Terms
from bot.domain.state import Phase, Prompt, Thread, Why
from bot.domain.thread import start, step
from tests.domain.build import (
    DEADLINE,
    HEARD,
    HOUR,
    LEFT,
    NOW,
    PROMPT,
    SECOND,
    TERMS,
    delivered,
    due,
    going,
    gone,
    heard,
    inactive,
    leave,
    refused,
    released,
    said,
    slot,
    thread,
    waiting,
)

BEFORE, AFTER = DEADLINE - SECOND, DEADLINE + SECOND
INSTANT = timedelta(microseconds=1)


def after(before: Thread, *events: Event, terms: Terms = TERMS) -> Thread:
    for event in events:
        before, _ = step(before, event, terms)
    return before


def sends(before: Thread, event: Event, terms: Terms = TERMS) -> list[Send]:
    return [effect for effect in step(before, event, terms)[1] if isinstance(effect, Send)]


# ---- 48 hours


@pytest.mark.parametrize(
    ("at", "goes"), [(BEFORE, True), (DEADLINE - INSTANT, True), (DEADLINE, False), (AFTER, False)], ids=str
)
def test_a_message_goes_until_the_deadline_and_not_at_it(at: datetime, goes: bool) -> None:
    message = Send("m1", Use.MESSAGE, 1, DEADLINE)
    assert sends(thread(), said("m1", at)) == ([message] if goes else [])
    assert after(thread(), said("m1", at)).phase is (Phase.ACTIVE if goes else Phase.INACTIVE)


@pytest.mark.parametrize(("at", "told"), [(BEFORE, True), (DEADLINE, False), (AFTER, False)], ids=str)
def test_the_farewell_goes_until_the_deadline_and_is_owed_from_then_on(at: datetime, told: bool) -> None:
    _, effects = step(thread(), leave(at), TERMS)
    assert (Send(LEFT, Use.LEFT, 1, DEADLINE) in effects) is told
    assert (Owe(Notice.LEFT) in effects) is not told


@pytest.mark.parametrize(("at", "asked"), [(BEFORE, True), (DEADLINE, False), (AFTER, False)], ids=str)
def test_the_prompt_goes_until_the_deadline(at: datetime, asked: bool) -> None:
    prompt = Send(PROMPT, Use.PROMPT, 5, DEADLINE)
    assert sends(inactive(Why.LIMIT, slots=gone("m1", "m2", "m3", "m4")), said("q1", at)) == ([prompt] if asked else [])


@pytest.mark.parametrize(("at", "goes"), [(BEFORE, True), (DEADLINE, False), (AFTER, False)], ids=str)
def test_what_waits_for_review_is_released_until_the_deadline(at: datetime, goes: bool) -> None:
    assert bool(sends(thread(queue=waiting("q1")), released(at))) is goes


@pytest.mark.parametrize(
    ("at", "warned", "phase"),
    [
        (DEADLINE - 4 * HOUR - SECOND, False, Phase.ACTIVE),
        (DEADLINE - 4 * HOUR, True, Phase.ACTIVE),
        (DEADLINE - 4 * HOUR + SECOND, True, Phase.ACTIVE),
        (BEFORE, True, Phase.ACTIVE),
        (DEADLINE, False, Phase.INACTIVE),
        (AFTER, False, Phase.INACTIVE),
    ],
    ids=str,
)
def test_the_warning_comes_four_hours_before_and_never_after_the_fact(at: datetime, warned: bool, phase: Phase) -> None:
    there, effects = step(thread(), due(at), TERMS)
    assert (Tell(Notice.WARNING) in effects, there.warned, there.phase) == (warned, warned, phase)


def test_the_timer_is_set_for_the_warning_then_for_the_deadline_then_for_nothing() -> None:
    assert thread().due == DEADLINE - 4 * HOUR
    assert after(thread(), due(DEADLINE - 4 * HOUR)).due == DEADLINE
    assert after(thread(), due(DEADLINE)).due is None
    assert thread(terms=Terms(warn_before=0 * HOUR)).due == DEADLINE


# ---- the contact's own time


def test_the_window_counts_from_the_contacts_message_not_from_when_we_got_it() -> None:
    begun, _ = start(heard("T", HEARD + 30 * HOUR, HEARD, order=1), TERMS)
    assert begun.deadline == DEADLINE
    assert after(thread(), heard(at=HEARD + 30 * HOUR, created=NOW)).deadline == NOW + 48 * HOUR


@pytest.mark.parametrize(
    ("created", "phase"), [(NOW - 48 * HOUR + SECOND, Phase.ACTIVE), (NOW - 48 * HOUR, Phase.INACTIVE)], ids=str
)
def test_a_message_that_took_48_hours_to_reach_us_resumes_nothing(created: datetime, phase: Phase) -> None:
    asleep = replace(inactive(Why.NO_REPLY, queue=waiting("q1")), heard_at=HEARD - 480 * HOUR)
    there, effects = step(asleep, heard(created=created), TERMS)
    assert there.phase is phase
    assert Show("c2", resumed=phase is Phase.ACTIVE) in effects
    assert (there.queue == ()) is (phase is Phase.ACTIVE)


def test_a_message_written_in_time_counts_though_we_hear_of_it_after_the_deadline() -> None:
    there, effects = step(thread(), heard(at=AFTER, created=BEFORE), TERMS)
    assert (there.phase, there.deadline) == (Phase.ACTIVE, BEFORE + 48 * HOUR)
    assert not [effect for effect in effects if isinstance(effect, Tell)]


def test_a_late_message_that_is_older_than_the_last_resets_nothing() -> None:
    spent = inactive(Why.LIMIT, slots=gone("m1"), queue=waiting("q1"), prompt=Prompt.ASKED)
    assert step(spent, heard("c0", created=HEARD - SECOND, order=99), TERMS) == (spent, (Show("c0"),))


def test_a_tap_on_a_menu_is_shown_and_opens_no_window() -> None:
    spent = inactive(Why.LIMIT, slots=gone("m1"), queue=waiting("q1"), prompt=Prompt.ASKED)
    assert step(spent, replace(heard(), tapped=True), TERMS) == (spent, (Show("c2"),))


@pytest.mark.parametrize(("order", "spell"), [(0, 1), (1, 1), (2, 2)])
def test_within_one_second_the_message_number_says_which_is_newer(order: int, spell: int) -> None:
    assert after(thread(), heard(created=HEARD, order=order)).spell == spell


@pytest.mark.parametrize(
    ("sent", "counts"),
    [(NOW - SECOND, 0), (NOW, 0), (NOW + SECOND - INSTANT, 0), (NOW + SECOND, 1), (NOW + 2 * SECOND, 1)],
    ids=str,
)
def test_what_was_sent_a_second_after_the_contact_wrote_counts_in_the_new_window(sent: datetime, counts: int) -> None:
    there = after(thread(slots=gone("m1", at=sent)), heard(at=NOW + HOUR, created=NOW))
    assert len(there.slots) == counts
    assert there.left == 4 - counts


# ---- in flight across spells


def test_what_is_on_its_way_when_the_contact_writes_keeps_a_slot_of_the_new_window() -> None:
    there = after(thread(slots=(*gone("m1", at=HEARD), *going("m2", "m3"))), heard())
    assert (there.slots, there.left) == (going("m2", "m3"), 2)
    assert sends(there, said("m4")) == [Send("m4", Use.MESSAGE, 3, NOW + 48 * HOUR)]


def test_an_allowance_that_is_all_on_its_way_leaves_nothing_of_the_new_window() -> None:
    there, effects = step(thread(slots=going("m1", "m2", "m3", "m4")), heard(), TERMS)
    assert (there.phase, there.why, there.spell) == (Phase.INACTIVE, Why.LIMIT, 2)
    assert effects[0] == Show("c2")
    assert effects[1] == Tell(Notice.INACTIVE, {"why": "limit", "cause": None})


def test_what_waits_behind_an_allowance_on_its_way_is_asked_for_in_the_new_window() -> None:
    full = inactive(Why.LIMIT, slots=going("m1", "m2", "m3", "m4", PROMPT), prompt=Prompt.SENDING, queue=waiting("q1"))
    there, effects = step(full, heard(), TERMS)
    assert effects[:2] == (Recall((PROMPT,)), Show("c2"))
    assert [effect.ref for effect in effects if isinstance(effect, Send)] == ["T.prompt.2"]
    assert there.queue == waiting("q1")


def test_a_prompt_of_the_last_spell_that_counts_in_this_one_does_not_stand_for_its_prompt() -> None:
    """The prompt went out after the contact wrote, before we heard of it: the new spell's prompt keeps its own slot."""
    asked = inactive(Why.LIMIT, slots=gone("m1", PROMPT, at=NOW + HOUR), prompt=Prompt.ASKED)
    there = after(asked, heard(at=NOW + 2 * HOUR, created=NOW))
    assert (len(there.slots), there.left) == (2, 2)
    there = after(there, said("m2", NOW + 2 * HOUR), said("m3", NOW + 2 * HOUR))
    assert sends(there, said("m4", NOW + 2 * HOUR)) == [Send("T.prompt.2", Use.PROMPT, 5, NOW + 48 * HOUR)]


def test_a_lower_limit_of_the_new_spell_is_kept_with_more_on_its_way() -> None:
    there = after(thread(slots=going("m1", "m2", "m3")), heard(), terms=Terms(reply_limit=2))
    assert (there.phase, there.why, there.left) == (Phase.INACTIVE, Why.LIMIT, 0)
    there = after(there, refused("m1", Cause.COUNT))
    assert (there.slots, [queued.message_id for queued in there.queue]) == (
        (slot("m1", 2), slot("T.prompt.2", 2)),
        ["m2", "m3"],
    )


def test_a_refusal_from_an_earlier_spell_sends_again_and_the_same_from_this_one_does_not() -> None:
    there = after(thread(slots=going("m1")), heard(), refused("m1", Cause.TIME))
    assert (there.phase, there.slots) == (Phase.ACTIVE, (slot("m1", 2),))
    there = after(there, refused("m1", Cause.TIME))
    assert (there.phase, there.why, there.cause) == (Phase.INACTIVE, Why.REFUSED, Cause.TIME)


def test_what_is_taken_back_goes_out_in_the_order_it_was_written() -> None:
    there = after(thread(), said("m1"), said("m2"), said("m3"), delivered("m1"), refused("m2", Cause.COUNT), said("m4"))
    assert [queued.message_id for queued in there.queue] == ["m2", "m3", "m4"]
    assert [send.ref for send in sends(there, heard(at=NOW + HOUR))] == ["m2", "m3", "m4"]


def test_the_prompt_may_be_put_off_and_asked_anew_when_all_was_withdrawn() -> None:
    there = after(inactive(Why.LIMIT, slots=gone("m1", "m2", "m3", "m4")), said("q1"))
    assert there.prompt is Prompt.SENDING
    there = after(there, leave())
    assert (there.prompt, there.slots[-1]) == (Prompt.NONE, slot(LEFT))


def test_terms_hold_as_they_were_announced_until_the_contact_writes() -> None:
    stricter = Terms(reply_limit=2, prompt=PromptWay.OFF)
    there = after(thread(), said("m1"), said("m2"), said("m3"), terms=stricter)
    assert (there.phase, there.terms) == (Phase.ACTIVE, TERMS)
    there = after(there, heard(), terms=stricter)
    assert there.terms == stricter


# ---- clocks


@pytest.mark.parametrize(
    ("written", "wall"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin")), 49),
        (datetime(2026, 10, 24, 12, tzinfo=ZoneInfo("Europe/Berlin")), 47),
        (datetime(2026, 3, 7, 12, tzinfo=ZoneInfo("America/New_York")), 49),
        (datetime(2026, 10, 31, 12, tzinfo=ZoneInfo("America/New_York")), 47),
        (datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Asia/Shanghai")), 48),
    ],
    ids=str,
)
def test_48_hours_are_48_hours_on_days_of_23_and_25(written: datetime, wall: int) -> None:
    at = written.astimezone(UTC)
    begun, _ = start(heard("T", at, order=1), TERMS)
    assert (begun.deadline - at) == 48 * HOUR
    assert begun.deadline.astimezone(written.tzinfo) - written == wall * HOUR  # one zone: Python subtracts wall clocks
    assert sends(begun, said("m1", begun.deadline - SECOND))
    assert not sends(begun, said("m1", begun.deadline))


def test_a_clock_that_jumps_back_does_not_make_an_inactive_thread_active() -> None:
    asleep = after(thread(), due(DEADLINE))
    assert after(asleep, due(BEFORE)) == asleep
    assert not [send for send in sends(asleep, said("m1", BEFORE)) if send.use is Use.MESSAGE]


def test_a_clock_that_jumps_back_warns_once() -> None:
    warned = after(thread(), due(DEADLINE - 4 * HOUR))
    assert step(warned, due(NOW), TERMS) == (warned, ())
    assert step(warned, due(DEADLINE - 4 * HOUR), TERMS) == (warned, ())


def test_a_clock_that_runs_behind_the_contact_still_sends() -> None:
    there, effects = step(thread(), said("m1", HEARD - HOUR), TERMS)
    assert (there.left, effects[1]) == (3, Mark("m1", State.SENDING))


def test_a_clock_that_jumped_forward_and_back_leaves_the_newest_message_the_newest() -> None:
    ahead = after(thread(), heard("c2", NOW + HOUR))
    assert step(ahead, heard("c3", NOW, order=3), TERMS) == (ahead, (Show("c3"),))
