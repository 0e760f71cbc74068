"""The table of the thread machine, line by line: what WeChat refuses to carry now. See `table`."""

from typing import Any

import pytest

from bot.domain.effects import Effect, Mark, Notice, Owe, Recall, SendTemplate, State
from bot.domain.events import Cause, Event
from bot.domain.policy import OnUncertain, PromptWay, Release, Terms
from bot.domain.state import Phase, Prompt, Thread, Why
from tests.domain.build import (
    DEADLINE,
    HEARD,
    LEFT,
    PROMPT,
    going,
    gone,
    inactive,
    left,
    refused,
    thread,
    waiting,
)
from tests.domain.table import STATUS, becomes, check, goes, line, queued, told

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


REFUSED = [
    line(
        "what WeChat refuses for its number waits, and so does all that came after it",
        thread(slots=(*gone("m1"), *going("m2", "m3"))),
        refused("m2", Cause.COUNT),
        [Recall(("m3",)), *queued("m2", "m3"), told(Why.REFUSED, Cause.COUNT), STATUS, STATUS],
        **becomes(Why.REFUSED, Cause.COUNT),
        slots=gone("m1"),
        queue=back("m2", "m3"),
        prompt=Prompt.FAILED,
        prompt_why="count",
    ),
    line(
        "what WeChat refuses goes before what waited already",
        inactive(Why.LIMIT, slots=going("m1", "m2"), queue=waiting("q1"), **ASKED),
        refused("m1", Cause.TIME),
        [Recall(("m2",)), *queued("m1", "m2"), told(Why.REFUSED, Cause.TIME), STATUS, STATUS],
        **becomes(Why.REFUSED, Cause.TIME),
        slots=(),
        queue=(*back("m1", "m2"), *waiting("q1")),
    ),
    line(
        "a prompt behind a refused message is left to its own fate",
        inactive(Why.LIMIT, slots=going("m1", PROMPT), **ASKING),
        refused("m1", Cause.TIME),
        [*queued("m1"), told(Why.REFUSED, Cause.TIME), STATUS, STATUS],
        **becomes(Why.REFUSED, Cause.TIME),
        slots=going(PROMPT),
        queue=(*back("m1"), *waiting("q1")),
    ),
    line(
        "a refused message may still be asked for by template",
        thread(terms=TEMPLATE, slots=going("m1")),
        refused("m1", Cause.COUNT),
        [*queued("m1"), told(Why.REFUSED, Cause.COUNT), SendTemplate(PROMPT), STATUS, STATUS],
        **becomes(Why.REFUSED, Cause.COUNT),
        slots=(),
        queue=back("m1"),
        prompt=Prompt.SENDING,
    ),
    line(
        "who blocked us gets nothing",
        thread(slots=going("m1")),
        refused("m1", Cause.BLOCKED),
        [*queued("m1"), told(Why.REFUSED, Cause.BLOCKED), STATUS, STATUS],
        **becomes(Why.REFUSED, Cause.BLOCKED),
        slots=(),
        queue=back("m1"),
        prompt=Prompt.FAILED,
        prompt_why="blocked",
    ),
    line(
        "a refusal may be the first we hear of an unfollow",
        thread(slots=going("m1")),
        refused("m1", Cause.UNFOLLOWED),
        [*queued("m1"), told(Why.UNFOLLOWED, Cause.UNFOLLOWED), STATUS, STATUS],
        **becomes(Why.UNFOLLOWED, Cause.UNFOLLOWED),
        slots=(),
        queue=back("m1"),
        prompt=Prompt.FAILED,
        prompt_why="unfollowed",
    ),
    line(
        "an unfollow that is known is not told again",
        inactive(Why.UNFOLLOWED, Cause.UNFOLLOWED, slots=going("m1")),
        refused("m1", Cause.UNFOLLOWED),
        [*queued("m1"), STATUS],
        slots=(),
        queue=back("m1"),
        prompt=Prompt.FAILED,
        prompt_why="unfollowed",
    ),
    line(
        "a deadline that is known is not told again",
        inactive(Why.NO_REPLY, slots=going("m1")),
        refused("m1", Cause.TIME, DEADLINE),
        [*queued("m1"), STATUS],
        slots=(),
        queue=back("m1"),
        prompt=Prompt.FAILED,
        prompt_why="time",
    ),
    line(
        "our own deadline passed before it could be sent, and is told once",
        thread(slots=going("m1")),
        refused("m1", Cause.TIME, DEADLINE),
        [told(Why.NO_REPLY), STATUS, *queued("m1"), STATUS],
        **becomes(Why.NO_REPLY),
        slots=(),
        queue=back("m1"),
        prompt=Prompt.FAILED,
        prompt_why="time",
    ),
    line(
        "after the deadline WeChat may have another reason",
        inactive(Why.NO_REPLY, slots=going("m1")),
        refused("m1", Cause.BLOCKED, DEADLINE),
        [*queued("m1"), told(Why.REFUSED, Cause.BLOCKED), STATUS, STATUS],
        **becomes(Why.REFUSED, Cause.BLOCKED),
        slots=(),
        queue=back("m1"),
        prompt=Prompt.FAILED,
        prompt_why="blocked",
    ),
    line("a refusal of what was settled changes nothing", thread(slots=gone("m1")), refused("m1", Cause.COUNT), []),
    line(
        "a refusal of what waits already changes nothing",
        inactive(Why.REFUSED, Cause.COUNT, queue=back("m1")),
        refused("m1", Cause.COUNT),
        [],
    ),
    line(
        "a second try that is refused leaves the first in the ledger",
        thread(slots=(*gone("m1"), *going("m1"))),
        refused("m1", Cause.COUNT),
        [*queued("m1"), told(Why.REFUSED, Cause.COUNT), STATUS, STATUS],
        **becomes(Why.REFUSED, Cause.COUNT),
        slots=gone("m1"),
        queue=back("m1"),
        prompt=Prompt.FAILED,
        prompt_why="count",
    ),
    line(
        "a prompt that WeChat refuses was not asked, and its slot is free",
        ASKED_LAST,
        refused(PROMPT, Cause.COUNT),
        [STATUS],
        **NOT_ASKED,
        prompt_why="count",
        slots=gone("m1"),
    ),
    line(
        "a template that WeChat refuses was not asked",
        ASKED_BY_TEMPLATE,
        refused(PROMPT, Cause.BLOCKED),
        [STATUS],
        **NOT_ASKED,
        prompt_why="blocked",
    ),
    line(
        "a prompt of an earlier spell that is refused says nothing of this one",
        thread(spell=2),
        refused(PROMPT, Cause.TIME),
        [],
    ),
    line(
        "after leave a refused message is cancelled",
        left(slots=going("m1", LEFT)),
        refused("m1", Cause.TIME),
        [Mark("m1", State.CANCELLED, "left")],
        slots=going(LEFT),
    ),
    line(
        "a farewell that is refused is owed",
        left(slots=(*gone("m1"), *going(LEFT))),
        refused(LEFT, Cause.TIME),
        [Owe(Notice.LEFT)],
        slots=gone("m1"),
    ),
    line("a farewell that is refused twice is owed once", left(), refused(LEFT, Cause.TIME), []),
]
OLD = (*going("m1"), *going("m2", spell=2))
OVER = [
    line(
        "a refusal of an earlier spell sends the same messages again in this one",
        thread(spell=2, slots=OLD),
        refused("m1", Cause.TIME),
        [Recall(("m2",)), *queued("m1", "m2"), *goes("m1", 1), *goes("m2", 2), STATUS],
        slots=going("m1", "m2", spell=2),
    ),
    line(
        "a refusal of an earlier spell releases nothing that waits for review",
        thread(spell=2, slots=going("m1"), terms=REVIEW, queue=waiting("q1")),
        refused("m1", Cause.TIME),
        [*queued("m1"), *goes("m1", 1), STATUS],
        slots=going("m1", spell=2),
    ),
    line(
        "what fits again after a refusal of an earlier spell spends the allowance again",
        inactive(Why.LIMIT, spell=2, slots=(*gone(*THREE, spell=2), *going("m0")), queue=waiting("q1"), **ASKED),
        refused("m0", Cause.COUNT),
        [*queued("m0"), *goes("m0", 4), told(Why.LIMIT), STATUS, STATUS],
        slots=(*gone(*THREE, spell=2), *going("m0", spell=2)),
    ),
    line(
        "a refusal of an earlier spell finds the next one over too",
        inactive(Why.NO_REPLY, spell=2, slots=going("m1")),
        refused("m1", Cause.TIME, DEADLINE),
        [*queued("m1"), STATUS],
        slots=(),
        queue=back("m1"),
        prompt=Prompt.FAILED,
        prompt_why="time",
    ),
    line(
        "a refusal of an earlier spell finds the allowance spent and no time left",
        inactive(Why.LIMIT, spell=2, slots=going("m1")),
        refused("m1", Cause.TIME, DEADLINE),
        [*queued("m1"), STATUS],
        slots=(),
        queue=back("m1"),
        prompt=Prompt.FAILED,
        prompt_why="time",
    ),
]


@pytest.mark.parametrize(("before", "event", "effects", "changes"), [*REFUSED, *OVER])
def test_the_table_of_refusals(before: Thread, event: Event, effects: list[Effect], changes: dict[str, Any]) -> None:
    check(before, event, effects, changes)
