"""What deadlines and the reports of the worker come to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.effects import State, Use
from bot.domain.events import Cause, Due, Report
from bot.domain.policy import OnUncertain, Terms
from bot.domain.state import Prompt, Thread, Why
from bot.engine import RESEND_AFTER
from bot.ports import Changes, Settle, Snapshot
from tests.domain.build import (
    DEADLINE,
    HOUR,
    LEFT,
    NOW,
    PROMPT,
    delayed,
    delivered,
    due,
    going,
    heard,
    inactive,
    left,
    refused,
    rejected,
    said,
    thread,
    uncertain,
    waiting,
)
from tests.engine.build import CONTACT, card, cards, decide, known, message, talk, unknown

SENDING = thread(slots=going("m1", "m2"))
ASKING = inactive(Why.LIMIT, queue=waiting("m1"), prompt=Prompt.SENDING, slots=going(PROMPT))
LEAVING = left(slots=going(LEFT))
RESENDS = replace(SENDING, terms=Terms(on_uncertain=OnUncertain.RESEND))

REPORTS = {
    "sent": (replace(delivered("m1"), remote_id="9"), Settle(1, "wechat/T", "token", "sent", "9")),
    "refused": (refused("m1", Cause.COUNT), Settle(1, "wechat/T", "token", "refused", code="count")),
    "refused by code": (
        replace(refused("m1", Cause.COUNT), code="45047"),
        Settle(1, "wechat/T", "token", "refused", code="45047"),
    ),
    "rejected": (rejected("m1"), Settle(1, "wechat/T", "token", "rejected", code="45002")),
    "uncertain": (uncertain("m1"), Settle(1, "wechat/T", "token", "uncertain", code="timeout")),
    "delayed": (delayed("m1"), Settle(1, "wechat/T", "token", "pending", code="-1", until=NOW + HOUR)),
}


def after(event: Report, of: Thread = SENDING, **more: object) -> Changes:
    return decide(event, known(talk(of), **more))


# ---- deadlines


def test_a_deadline_makes_the_conversation_inactive_and_says_so() -> None:
    changes = decide(due(DEADLINE), known())
    assert changes.thread is not None
    assert changes.thread.why is Why.NO_REPLY
    assert cards(changes) == ["inactive", "incoming"]
    assert changes.audit is not None
    assert (changes.audit["event"], changes.audit["thread"], changes.audit["user"]) == ("Due", "T", "ana")


def test_a_deadline_that_comes_near_is_announced_on_a_card_of_its_own() -> None:
    changes = decide(due(DEADLINE - HOUR), known())
    assert cards(changes) == ["warning", "incoming"]
    assert [row.post for row in changes.rows if not row.again] == ["warning.T.1", "in.T"]


def test_a_warning_becomes_history_with_the_spell_it_spoke_of() -> None:
    for event, over in ((due(DEADLINE), True), (heard(), True), (said("m1"), False)):
        changes = decide(event, known(talk(thread(warned=True))))
        assert [row.values["over"] for row in changes.rows if row.post == "warning.T.1"] == [True] * over


def test_a_deadline_of_a_thread_that_is_gone_changes_nothing() -> None:
    assert decide(Due("e", "", NOW, "T"), unknown()) == Changes()


# ---- how the outbox row ends


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_settles_its_row(name: str) -> None:
    event, settled = REPORTS[name]
    assert after(event).settled == settled


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_on_a_card_does_nothing_but_settle_it(name: str) -> None:
    event, settled = REPORTS[name]
    changes = after(replace(event, lane="teams/T"))
    assert changes == Changes(settled=replace(settled, lane="teams/T"))


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_without_a_conversation_does_nothing_but_settle(name: str) -> None:
    event, settled = REPORTS[name]
    assert decide(event, unknown(None)) == Changes(settled=settled)


def test_a_report_of_a_kind_unheard_of_leaves_the_row_uncertain() -> None:
    assert after(Report("e", "", NOW, 1, "wechat/T", "token", "T", "m1")).settled == Settle(
        1, "wechat/T", "token", "uncertain"
    )


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_on_a_message_is_on_record(name: str) -> None:
    audit = after(REPORTS[name][0]).audit
    assert audit is not None
    assert (audit["ref"], audit["thread"]) == ("m1", "T")
    assert "token" not in audit


# ---- what it makes of the message


def test_a_sent_message_is_confirmed() -> None:
    changes = after(delivered("m1"))
    assert changes.marks == (("m1", State.SENT, ""),)
    assert [(row.post, row.ref) for row in changes.rows] == [("out.m1", "m1")]


def test_a_refused_message_and_those_behind_it_go_back_to_the_queue() -> None:
    changes = after(refused("m1", Cause.BLOCKED))
    assert changes.thread is not None
    assert [q.message_id for q in changes.thread.queue] == ["m1", "m2"]
    assert changes.recalled == ("m2",)
    assert changes.marks == (("m1", State.QUEUED, ""), ("m2", State.QUEUED, ""))
    assert cards(changes) == ["inactive", "incoming", "confirmation", "confirmation"]


def test_a_rejected_message_is_refused_with_the_reason() -> None:
    assert after(rejected("m1")).marks == (("m1", State.REFUSED, "45002"),)


def test_an_uncertain_message_is_marked_so() -> None:
    changes = after(uncertain("m1"))
    assert changes.marks == (("m1", State.UNCERTAIN, ""),)
    assert changes.settled is not None
    assert changes.settled.until is None


def test_an_uncertain_message_is_tried_again_where_the_policy_says_so() -> None:
    changes = after(uncertain("m1"), RESENDS)
    assert changes.settled == Settle(1, "wechat/T", "token", "uncertain", code="timeout", until=NOW + RESEND_AFTER)
    assert (changes.marks, changes.rows, changes.thread) == ((), (), RESENDS)


def test_a_delayed_message_waits_for_wechat() -> None:
    changes = after(delayed("m1"), message=message("m1", State.SENDING))
    assert changes.marks == (("m1", State.WAITING, "-1"),)
    assert cards(changes) == ["confirmation"]


def test_a_message_delayed_again_is_not_marked_again() -> None:
    event, settled = REPORTS["delayed"]
    assert after(event, message=message("m1", State.WAITING)) == Changes(settled=settled)


def test_a_waiting_message_that_went_is_marked_sent() -> None:
    assert after(delivered("m1"), message=message("m1", State.WAITING)).marks == (("m1", State.SENT, ""),)


def test_a_report_after_the_deadline_finds_the_conversation_inactive() -> None:
    changes = after(delivered("m1", DEADLINE + timedelta(seconds=1)))
    assert cards(changes) == ["inactive", "incoming", "confirmation"]


# ---- our own sends: prompt and leave notice


@pytest.mark.parametrize("of", [ASKING, LEAVING], ids=["prompt", "leave notice"])
@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("sent", State.SENT),
        ("refused", State.REFUSED),
        ("rejected", State.REFUSED),
        ("uncertain", State.UNCERTAIN),
        ("delayed", State.SENDING),
    ],
)
def test_what_became_of_our_own_send_is_noted_without_a_card_of_its_own(of: Thread, name: str, state: State) -> None:
    (slot,) = of.slots
    event, settled = REPORTS[name]
    changes = after(replace(event, ref=slot.ref), of)
    assert changes.marks == ((slot.ref, state, settled.code),)
    assert "confirmation" not in cards(changes)


def test_a_prompt_that_will_be_tried_again_is_not_noted() -> None:
    asks = replace(ASKING, terms=Terms(on_uncertain=OnUncertain.RESEND))
    changes = after(uncertain(PROMPT), asks)
    assert changes.marks == ()
    assert changes.settled is not None
    assert changes.settled.until is not None


def test_what_wechat_took_after_it_told_that_it_did_not_arrive_is_not_noted_as_sent() -> None:
    told = replace(ASKING, prompt=Prompt.FAILED, prompt_why="failed: user block")
    changes = after(delivered(PROMPT), told)
    assert (changes.marks, changes.thread and changes.thread.prompt) == ((), Prompt.FAILED)


def test_the_banner_follows_what_became_of_the_prompt() -> None:
    assert cards(after(delivered(PROMPT), ASKING)) == ["inactive", "incoming"]


@pytest.mark.parametrize("event", [refused(LEFT, Cause.TIME), rejected(LEFT)])
def test_a_leave_notice_that_cannot_be_sent_is_owed_behind_what_is_owed_already(event: Report) -> None:
    of = talk(LEAVING, contact=replace(CONTACT, owed=("earlier",), language="zh"))
    changes = decide(event, known(of))
    assert changes.contact == replace(of.contact, owed=("earlier", "to_contact.left zh"))


# ---- the rows of sends


def test_a_message_that_goes_once_more_carries_its_slot_its_use_and_its_deadline() -> None:
    changes = after(refused("m0", Cause.TIME), thread(slots=going("m0", spell=0)))
    rows = [row for row in changes.rows if row.lane == "wechat/T"]
    assert [(row.kind, row.ref, row.use, row.slot, row.before) for row in rows] == [
        ("text", "m0", Use.MESSAGE.value, 1, DEADLINE),
    ]


def test_a_snapshot_without_the_message_marks_a_delay_all_the_same() -> None:
    at: Snapshot = known(talk(SENDING))
    assert decide(delayed("m1"), at).marks == (("m1", State.WAITING, "-1"),)
    assert card(decide(delayed("m1"), at), "confirmation").ref == "m1"
