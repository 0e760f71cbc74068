"""The table of the thread machine, line by line: what the user does. See `table`."""

from typing import Any

import pytest

from bot.domain.effects import (
    Effect,
    Mark,
    Notice,
    Recall,
    Reword,
    SendTemplate,
    State,
    Tell,
)
from bot.domain.events import Cause, Event
from bot.domain.policy import PromptWay, Release, Terms
from bot.domain.state import Phase, Prompt, Thread, Why
from tests.domain.build import (
    DEADLINE,
    HEARD,
    HOUR,
    NOW,
    PROMPT,
    again,
    cancelled,
    edited,
    going,
    gone,
    inactive,
    left,
    released,
    said,
    thread,
    waiting,
)
from tests.domain.table import NOTHING, STATUS, asks, becomes, check, goes, line, queued, told, went

FOUR = ("m1", "m2", "m3", "m4")
TEMPLATE = Terms(prompt=PromptWay.TEMPLATE)
OFF = Terms(prompt=PromptWay.OFF)
REVIEW = Terms(release=Release.REVIEW)
YOUNGER = Terms(release=Release.YOUNGER, release_age=12 * HOUR)
AGELESS = Terms(release=Release.YOUNGER)
ASKING: dict[str, Any] = {"prompt": Prompt.SENDING}
ASKED: dict[str, Any] = {"prompt": Prompt.ASKED, "prompt_at": HEARD}
NEW: dict[str, Any] = {"heard_at": NOW, "heard_order": 2, "heard_id": "c2", "spell": 2}
RESUMED: dict[str, Any] = {"phase": Phase.ACTIVE, "why": None, "cause": None}
LATER = NOW + 48 * HOUR
SPENT = inactive(Why.LIMIT, slots=gone(*FOUR))
REVIEWED = Tell(Notice.REVIEW, {"waiting": 1})

USER = [
    line(
        "while slots and time are left a message is sent",
        thread(),
        said("m1"),
        [*goes("m1", 1), STATUS],
        slots=going("m1"),
    ),
    line(
        "the next message takes the next slot",
        thread(slots=gone("m1")),
        said("m2"),
        [*goes("m2", 2), STATUS],
        slots=(*gone("m1"), *going("m2")),
    ),
    line(
        "the last slot but the prompt's makes the thread inactive",
        thread(slots=gone("m1", "m2", "m3")),
        said("m4"),
        [*goes("m4", 4), told(Why.LIMIT), STATUS, STATUS],
        slots=(*gone("m1", "m2", "m3"), *going("m4")),
        **becomes(Why.LIMIT),
    ),
    line(
        "with a template the user has all five",
        thread(terms=TEMPLATE, slots=gone("m1", "m2", "m3")),
        said("m4"),
        [*goes("m4", 4), STATUS],
        slots=(*gone("m1", "m2", "m3"), *going("m4")),
    ),
    line(
        "with a template the fifth is the last",
        thread(terms=TEMPLATE, slots=gone(*FOUR)),
        said("m5"),
        [*goes("m5", 5), told(Why.LIMIT), STATUS, STATUS],
        slots=(*gone(*FOUR), *going("m5")),
        **becomes(Why.LIMIT),
    ),
    line(
        "the first message that waits asks the contact",
        SPENT,
        said("m5"),
        [*queued("m5"), asks(5), STATUS],
        queue=waiting("m5"),
        slots=(*gone(*FOUR), *going(PROMPT)),
        **ASKING,
    ),
    line(
        "the second message that waits asks no more",
        inactive(Why.LIMIT, queue=waiting("q1"), **ASKED),
        said("q2"),
        [*queued("q2"), STATUS],
        queue=waiting("q1", "q2"),
    ),
    line(
        "the contact is asked by template",
        inactive(Why.LIMIT, terms=TEMPLATE),
        said("q1"),
        [*queued("q1"), SendTemplate(PROMPT), STATUS],
        queue=waiting("q1"),
        **ASKING,
    ),
    line(
        "the template asks after the deadline too",
        inactive(Why.NO_REPLY, terms=TEMPLATE),
        said("q1", DEADLINE),
        [*queued("q1"), SendTemplate(PROMPT), STATUS],
        queue=waiting("q1", at=DEADLINE),
        **ASKING,
    ),
    line(
        "a policy may never ask",
        inactive(Why.LIMIT, terms=OFF),
        said("q1"),
        [*queued("q1"), STATUS],
        queue=waiting("q1"),
        prompt=Prompt.FAILED,
        prompt_why="off",
    ),
    line(
        "after the deadline nobody can be asked",
        inactive(Why.NO_REPLY),
        said("q1", DEADLINE),
        [*queued("q1"), STATUS],
        queue=waiting("q1", at=DEADLINE),
        prompt=Prompt.FAILED,
        prompt_why="time",
    ),
    line(
        "with no slot left nobody can be asked",
        inactive(Why.LIMIT, slots=gone(*FOUR, "m5")),
        said("q1"),
        [*queued("q1"), STATUS],
        queue=waiting("q1"),
        prompt=Prompt.FAILED,
        prompt_why="count",
    ),
    line(
        "when WeChat says it is too late nobody can be asked",
        inactive(Why.REFUSED, Cause.TIME),
        said("q1"),
        [*queued("q1"), STATUS],
        queue=waiting("q1"),
        prompt=Prompt.FAILED,
        prompt_why="time",
    ),
    line(
        "when WeChat says it is too much nobody can be asked",
        inactive(Why.REFUSED, Cause.COUNT),
        said("q1"),
        [*queued("q1"), STATUS],
        queue=waiting("q1"),
        prompt=Prompt.FAILED,
        prompt_why="count",
    ),
    line(
        "who blocked us cannot be asked",
        inactive(Why.REFUSED, Cause.BLOCKED),
        said("q1"),
        [*queued("q1"), STATUS],
        queue=waiting("q1"),
        prompt=Prompt.FAILED,
        prompt_why="blocked",
    ),
    line(
        "who unfollowed cannot be asked by template either",
        inactive(Why.UNFOLLOWED, Cause.UNFOLLOWED, terms=TEMPLATE),
        said("q1"),
        [*queued("q1"), STATUS],
        queue=waiting("q1"),
        prompt=Prompt.FAILED,
        prompt_why="unfollowed",
    ),
    line(
        "an inactive thread with a full queue refuses and keeps the text for the user",
        inactive(Why.LIMIT, queue=waiting(*FOUR, "m5")),
        said("m6"),
        [Mark("m6", State.REFUSED, "queue_full"), Tell(Notice.QUEUE_FULL, {"message": "m6"})],
    ),
    line(
        "the last place of the queue is taken",
        inactive(Why.LIMIT, queue=waiting(*FOUR), **ASKED),
        said("m5"),
        [*queued("m5"), STATUS],
        queue=waiting(*FOUR, "m5"),
    ),
    line(
        "a queue that holds nothing refuses at once",
        inactive(Why.LIMIT, terms=Terms(queue_limit=0)),
        said("m1"),
        [Mark("m1", State.REFUSED, "queue_full"), Tell(Notice.QUEUE_FULL, {"message": "m1"})],
    ),
    line(
        "a queue that holds nothing does not matter while active",
        thread(terms=Terms(queue_limit=0)),
        said("m1"),
        [*goes("m1", 1), STATUS],
        slots=going("m1"),
    ),
    line(
        "while something waits for review new words go behind it",
        thread(queue=waiting("q1")),
        said("q2"),
        [*queued("q2"), STATUS],
        queue=waiting("q1", "q2"),
    ),
    line(
        "while something waits for review the queue may be full",
        thread(queue=waiting(*FOUR, "m5")),
        said("m6"),
        [Mark("m6", State.REFUSED, "queue_full"), Tell(Notice.QUEUE_FULL, {"message": "m6"})],
    ),
    line(
        "after leave a message is refused",
        left(),
        said("m1"),
        [Mark("m1", State.REFUSED, "left"), Tell(Notice.LEFT_ALREADY, {"message": "m1"})],
    ),
    line(
        "a message after the deadline is queued though the timer was late",
        thread(),
        said("m1", DEADLINE),
        [told(Why.NO_REPLY), STATUS, *queued("m1"), STATUS],
        **becomes(Why.NO_REPLY),
        queue=waiting("m1", at=DEADLINE),
        prompt=Prompt.FAILED,
        prompt_why="time",
    ),
]

QUEUE = [
    line(
        "a message that waits gets new words",
        inactive(Why.LIMIT, queue=waiting("q1", "q2")),
        edited("q2"),
        [Reword("q2", "better"), *queued("q2"), STATUS],
    ),
    line(
        "a message that waits no more keeps its words",
        inactive(Why.LIMIT, queue=waiting("q1")),
        edited("m1"),
        [NOTHING],
    ),
    line(
        "one message that waits is withdrawn",
        inactive(Why.LIMIT, queue=waiting("q1", "q2"), **ASKING),
        cancelled("q1"),
        [Mark("q1", State.CANCELLED, "user"), STATUS],
        queue=waiting("q2"),
    ),
    line(
        "when all that waits is withdrawn the prompt is not needed",
        inactive(Why.LIMIT, queue=waiting("q1", "q2"), slots=(*gone(*FOUR), *going(PROMPT)), **ASKING),
        cancelled(""),
        [Mark("q1", State.CANCELLED, "user"), Mark("q2", State.CANCELLED, "user"), Recall((PROMPT,)), STATUS],
        queue=(),
        slots=gone(*FOUR),
        prompt=Prompt.NONE,
    ),
    line(
        "a prompt that has gone stays gone when all is withdrawn",
        inactive(Why.LIMIT, queue=waiting("q1"), **ASKED),
        cancelled("q1"),
        [Mark("q1", State.CANCELLED, "user"), STATUS],
        queue=(),
    ),
    line(
        "what does not wait cannot be withdrawn", inactive(Why.LIMIT, queue=waiting("q1")), cancelled("m1"), [NOTHING]
    ),
    line("of an empty queue nothing can be withdrawn", inactive(Why.LIMIT), cancelled(""), [NOTHING]),
    line(
        "what waits for review goes on the user's word",
        thread(queue=waiting("q1", "q2")),
        released(),
        [went(2, 0), *goes("q1", 1), *goes("q2", 2), STATUS],
        queue=(),
        slots=going("q1", "q2"),
    ),
    line("an empty queue cannot be released", thread(), released(), [NOTHING]),
    line(
        "the queue of an inactive thread cannot be released",
        inactive(Why.LIMIT, queue=waiting("q1")),
        released(),
        [NOTHING],
    ),
    line(
        "what may not have arrived is sent again",
        thread(slots=gone("m1"), uncertain=("m0", "m1")),
        again("m1"),
        [*goes("m1", 2), STATUS],
        slots=(*gone("m1"), *going("m1")),
        uncertain=("m0",),
    ),
    line(
        "what may not have arrived waits like any other",
        inactive(Why.LIMIT, uncertain=("m1",), **ASKED),
        again("m1"),
        [*queued("m1"), STATUS],
        queue=waiting("m1"),
        uncertain=(),
    ),
    line(
        "a full queue has no room for what may not have arrived",
        inactive(Why.LIMIT, terms=Terms(queue_limit=0), uncertain=("m1",)),
        again("m1"),
        [Tell(Notice.QUEUE_FULL, {"message": "m1"})],
    ),
    line("what arrived is not sent again", thread(slots=gone("m1")), again("m1"), [NOTHING]),
    line("after leave nothing is sent again", left(uncertain=("m1",)), again("m1"), [NOTHING]),
]


@pytest.mark.parametrize(("before", "event", "effects", "changes"), [*USER, *QUEUE])
def test_the_table_of_the_user(before: Thread, event: Event, effects: list[Effect], changes: dict[str, Any]) -> None:
    check(before, event, effects, changes)
