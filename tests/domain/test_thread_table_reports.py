"""The table of the thread machine, line by line: what became of what was sent. See `table`."""

from typing import Any

import pytest

from bot.domain.effects import Effect, Mark, Notice, Owe, Recall, Resend, State, Tell
from bot.domain.events import Cause, Event
from bot.domain.policy import OnUncertain, PromptWay, Release, Terms
from bot.domain.state import Phase, Prompt, Thread, Why
from tests.domain.build import (
    DEADLINE,
    HEARD,
    LEFT,
    NOW,
    PROMPT,
    SECOND,
    delayed,
    delivered,
    going,
    gone,
    inactive,
    left,
    rejected,
    reported,
    thread,
    uncertain,
    waiting,
)
from tests.domain.table import STATUS, check, goes, line, told, went

RESEND = Terms(on_uncertain=OnUncertain.RESEND)
TEMPLATE = Terms(prompt=PromptWay.TEMPLATE)
REVIEW = Terms(release=Release.REVIEW)
THREE = ("m1", "m2", "m3")
ASKING: dict[str, Any] = {"prompt": Prompt.SENDING, "queue": waiting("q1")}
ASKED: dict[str, Any] = {"prompt": Prompt.ASKED, "prompt_at": HEARD}
NOT_ASKED: dict[str, Any] = {"prompt": Prompt.FAILED, "prompt_at": None}
OPEN: dict[str, Any] = {"phase": Phase.ACTIVE, "why": None}
ASKED_LAST = inactive(Why.LIMIT, slots=(*gone("m1"), *going(PROMPT)), **ASKING)
ASKED_BY_TEMPLATE = inactive(Why.LIMIT, terms=TEMPLATE, **ASKING)


def back(*refs: str) -> Any:
    """In the queue once more; what was sent at once has the age of the spell."""
    return waiting(*refs, at=HEARD)


def failed(code: str = "45002") -> Mark:
    return Mark("m2", State.REFUSED, code)


DELIVERED = [
    line(
        "what arrived is sent",
        thread(slots=going("m1", "m2")),
        delivered("m1"),
        [Mark("m1", State.SENT)],
        slots=(*gone("m1"), *going("m2")),
    ),
    line(
        "what is reported twice keeps its first time",
        thread(slots=gone("m1", at=HEARD)),
        delivered("m1"),
        [Mark("m1", State.SENT)],
    ),
    line(
        "what arrived after all does not go a second time from the queue",
        inactive(Why.LIMIT, queue=waiting("m1", "m2")),
        delivered("m1"),
        [Mark("m1", State.SENT)],
        queue=waiting("m2"),
    ),
    line(
        "what arrived after all is not uncertain any more",
        thread(slots=gone("m1"), uncertain=("m0", "m1")),
        delivered("m1"),
        [Mark("m1", State.SENT)],
        uncertain=("m0",),
    ),
    line(
        "what was on its way when the user left still arrives",
        left(slots=going("m1", LEFT)),
        delivered("m1"),
        [Mark("m1", State.SENT)],
        slots=(*gone("m1"), *going(LEFT)),
    ),
    line(
        "the contact was asked",
        ASKED_LAST,
        delivered(PROMPT),
        [STATUS],
        slots=gone("m1", PROMPT),
        prompt=Prompt.ASKED,
        prompt_at=NOW,
    ),
    line(
        "the contact was asked by template",
        ASKED_BY_TEMPLATE,
        delivered(PROMPT),
        [STATUS],
        prompt=Prompt.ASKED,
        prompt_at=NOW,
    ),
    line("the contact was asked once though it is reported twice", inactive(Why.LIMIT, **ASKED), delivered(PROMPT), []),
    line("a prompt of an earlier spell says nothing of this one", thread(spell=2), delivered(PROMPT), []),
    line("the farewell arrived", left(slots=going(LEFT)), delivered(LEFT), [], slots=gone(LEFT)),
]

REJECTED = [
    line(
        "what can never be accepted is refused, and its slot is free",
        thread(slots=going("m1", "m2", "m3")),
        rejected("m2"),
        [failed(), STATUS],
        slots=going("m1", "m3"),
    ),
    line(
        "a slot that came back makes the thread active",
        inactive(Why.LIMIT, slots=(*gone("m1"), *going("m2", "m3", "m4"))),
        rejected("m2"),
        [failed(), STATUS],
        **OPEN,
        slots=(*gone("m1"), *going("m3", "m4")),
    ),
    line(
        "a slot that came back carries what waits, and is spent again",
        inactive(Why.LIMIT, slots=(*gone("m1"), *going("m2", "m3", "m4")), queue=waiting("q1", "q2"), **ASKED),
        rejected("m2"),
        [failed(), went(1, 1), *goes("q1", 4), told(Why.LIMIT), STATUS, STATUS],
        slots=(*gone("m1"), *going("m3", "m4", "q1")),
        queue=waiting("q2"),
    ),
    line(
        "with review a slot that came back carries nothing by itself",
        inactive(Why.LIMIT, terms=REVIEW, slots=going("m2"), queue=waiting("q1"), **ASKED),
        rejected("m2"),
        [failed(), Tell(Notice.REVIEW, {"waiting": 1}), STATUS],
        **OPEN,
        slots=(),
    ),
    line(
        "a slot that came back too late opens nothing",
        inactive(Why.LIMIT, slots=going("m2")),
        rejected("m2", DEADLINE),
        [failed(), STATUS],
        slots=(),
    ),
    line(
        "a slot that came back is of no use where WeChat refuses",
        inactive(Why.REFUSED, Cause.BLOCKED, slots=going("m2")),
        rejected("m2"),
        [failed(), STATUS],
        slots=(),
    ),
    line(
        "a slot that came back is of no use with none to spare",
        inactive(Why.LIMIT, terms=Terms(reply_limit=2), slots=(*gone("m1"), *going("m2"))),
        rejected("m2"),
        [failed(), STATUS],
        slots=gone("m1"),
    ),
    line(
        "after leave a message may still be rejected",
        left(slots=going("m2")),
        rejected("m2"),
        [failed(), STATUS],
        slots=(),
    ),
    line(
        "a second try that is rejected leaves the first in the ledger",
        thread(slots=(*gone("m2"), *going("m2"))),
        rejected("m2"),
        [failed(), STATUS],
        slots=gone("m2"),
    ),
    line("a rejection of what was settled changes nothing", thread(slots=gone("m2")), rejected("m2"), []),
    line(
        "a prompt that can never be accepted was not asked",
        ASKED_LAST,
        rejected(PROMPT),
        [STATUS],
        **NOT_ASKED,
        prompt_why="45002",
        slots=gone("m1"),
    ),
    line(
        "a farewell that can never be accepted is owed",
        left(slots=going(LEFT)),
        rejected(LEFT),
        [Owe(Notice.LEFT)],
        slots=(),
    ),
]

UNCERTAIN = [
    line(
        "what may not have arrived is shown so, and its slot is taken for used",
        thread(slots=going("m1", "m2"), uncertain=("m0",)),
        uncertain("m1"),
        [Mark("m1", State.UNCERTAIN), STATUS],
        slots=(*gone("m1"), *going("m2")),
        uncertain=("m0", "m1"),
    ),
    line(
        "what may not have arrived is sent once more if the policy says so",
        thread(terms=RESEND, slots=going("m1")),
        uncertain("m1"),
        [Resend("m1")],
    ),
    line(
        "after the deadline nothing is sent once more",
        inactive(Why.NO_REPLY, terms=RESEND, slots=going("m1")),
        uncertain("m1", DEADLINE),
        [Mark("m1", State.UNCERTAIN), STATUS],
        slots=gone("m1", at=DEADLINE),
        uncertain=("m1",),
    ),
    line(
        "a second before the deadline there is still time",
        thread(terms=RESEND, slots=going("m1")),
        uncertain("m1", DEADLINE - SECOND),
        [Resend("m1")],
    ),
    line("what is settled cannot be uncertain", thread(slots=gone("m1")), uncertain("m1"), []),
    line(
        "what is uncertain is not so twice",
        thread(terms=RESEND, slots=gone("m1"), uncertain=("m1",)),
        uncertain("m1"),
        [],
    ),
    line(
        "a prompt that may not have arrived is not shown as asked",
        ASKED_LAST,
        uncertain(PROMPT),
        [STATUS],
        **NOT_ASKED,
        prompt_why="uncertain",
        slots=gone("m1", PROMPT),
    ),
    line(
        "a farewell that may have arrived is not owed", left(slots=going(LEFT)), uncertain(LEFT), [], slots=gone(LEFT)
    ),
]

LATER = [
    line(
        "what must wait for its next try is shown so",
        thread(slots=going("m1")),
        delayed("m1"),
        [Mark("m1", State.WAITING, "-1")],
    ),
    line("a prompt may wait for its next try", ASKED_LAST, delayed(PROMPT), []),
    line("what is settled does not wait", thread(slots=gone("m1")), delayed("m1"), []),
    line(
        "the result may come before the answer to the send",
        inactive(Why.LIMIT, terms=TEMPLATE, prompt=Prompt.SENDING),
        reported("failed: user block"),
        [Recall((PROMPT,)), STATUS],
        **NOT_ASKED,
        prompt_why="failed: user block",
    ),
    line(
        "and the answer that comes late does not undo it",
        inactive(Why.LIMIT, terms=TEMPLATE, prompt=Prompt.FAILED, prompt_why="failed: user block"),
        delivered(PROMPT),
        [],
    ),
    line(
        "WeChat could not show the template after all",
        inactive(Why.LIMIT, terms=TEMPLATE, **ASKED),
        reported("failed: user block"),
        [STATUS],
        **NOT_ASKED,
        prompt_why="failed: user block",
    ),
    line("WeChat showed the template", inactive(Why.LIMIT, terms=TEMPLATE, **ASKED), reported(""), []),
    line(
        "a report on a template that nobody sent changes nothing",
        inactive(Why.LIMIT, terms=TEMPLATE),
        reported("failed: user block"),
        [],
    ),
    line(
        "after leave it does not matter who was asked",
        left(terms=TEMPLATE, **ASKED),
        reported("failed: user block"),
        [],
    ),
]


@pytest.mark.parametrize(("before", "event", "effects", "changes"), [*DELIVERED, *REJECTED, *UNCERTAIN, *LATER])
def test_the_table_of_reports(before: Thread, event: Event, effects: list[Effect], changes: dict[str, Any]) -> None:
    check(before, event, effects, changes)
