"""The table of the thread machine, line by line: what the contact and the clock do, and the end. See `table`."""

from typing import Any

import pytest

from bot.domain.effects import (
    Answer,
    Effect,
    Mark,
    Notice,
    Owe,
    Recall,
    SendTemplate,
    Show,
    State,
    Tell,
)
from bot.domain.events import Cause, Event, UserAsked
from bot.domain.policy import PromptWay, Release, Terms
from bot.domain.state import Phase, Prompt, Thread, Why
from bot.domain.thread import start
from tests.domain.build import (
    DEADLINE,
    HEARD,
    HOUR,
    LEFT,
    NOW,
    PROMPT,
    SECOND,
    TEAMS,
    TERMS,
    due,
    going,
    gone,
    heard,
    inactive,
    leave,
    left,
    thread,
    unfollowed,
    waiting,
)
from tests.domain.table import STATUS, becomes, check, goes, line, send, told, went

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

CONTACT = [
    line(
        "in an active thread the contact's message opens a new spell",
        thread(warned=True),
        heard(),
        [Show("c2"), STATUS],
        **NEW,
        warned=False,
    ),
    line(
        "what was sent before the contact wrote counts no more",
        thread(slots=gone("m1", at=HEARD)),
        heard(),
        [Show("c2"), STATUS],
        **NEW,
        slots=(),
    ),
    line(
        "in an inactive thread the contact's message resumes it",
        inactive(Why.NO_REPLY),
        heard(),
        [Show("c2", True), STATUS],
        **NEW,
        **RESUMED,
    ),
    line(
        "a thread refused by WeChat is resumed too",
        inactive(Why.REFUSED, Cause.COUNT),
        heard(),
        [Show("c2", True), STATUS],
        **NEW,
        **RESUMED,
    ),
    line(
        "a contact who unfollowed and writes again is resumed",
        inactive(Why.UNFOLLOWED, Cause.UNFOLLOWED),
        heard(),
        [Show("c2", True), STATUS],
        **NEW,
        **RESUMED,
    ),
    line(
        "a resumed thread sends what waited in order",
        inactive(Why.LIMIT, slots=gone(*FOUR, PROMPT, at=HEARD), queue=waiting("q1", "q2"), **ASKED),
        heard(),
        [Show("c2", True), went(2, 0), *goes("q1", 1, before=LATER), *goes("q2", 2, before=LATER), STATUS],
        **NEW,
        **RESUMED,
        slots=going("q1", "q2", spell=2),
        queue=(),
        prompt=Prompt.NONE,
        prompt_at=None,
    ),
    line(
        "what waited may spend the whole allowance, and the rest asks again",
        inactive(Why.NO_REPLY, queue=waiting(*FOUR, "m5"), prompt=Prompt.FAILED, prompt_why="time"),
        heard(),
        [
            Show("c2", True),
            went(4, 1),
            *(effect for n, ref in enumerate(FOUR, 1) for effect in goes(ref, n, before=LATER)),
            told(Why.LIMIT),
            send("T.prompt.2", 5, before=LATER),
            STATUS,
            STATUS,
        ],
        **NEW,
        **becomes(Why.LIMIT),
        slots=going(*FOUR, "T.prompt.2", spell=2),
        queue=waiting("m5"),
        prompt=Prompt.SENDING,
        prompt_why="",
    ),
    line(
        "a prompt that has not gone yet is recalled when the contact writes",
        inactive(Why.LIMIT, slots=(*gone(*FOUR, at=HEARD), *going(PROMPT)), queue=waiting("q1"), **ASKING),
        heard(),
        [Recall((PROMPT,)), Show("c2", True), went(1, 0), *goes("q1", 1, before=LATER), STATUS],
        **NEW,
        **RESUMED,
        slots=going("q1", spell=2),
        queue=(),
        prompt=Prompt.NONE,
    ),
    line(
        "a template prompt that has not gone yet is recalled when the contact writes",
        inactive(Why.LIMIT, terms=TEMPLATE, **ASKING),
        heard(),
        [Recall((PROMPT,)), Show("c2", True), STATUS],
        **NEW,
        **RESUMED,
        prompt=Prompt.NONE,
    ),
    line(
        "an older message that comes late is shown and resets nothing",
        thread(slots=gone("m1")),
        heard("c0", created=HEARD - SECOND, order=9),
        [Show("c0")],
    ),
    line("after leave the thread hears nothing", left(), heard(), []),
]

RELEASE = [
    line(
        "with review what waits is shown and does not go",
        inactive(Why.NO_REPLY, terms=REVIEW, queue=waiting("q1")),
        heard(),
        [Show("c2", True), REVIEWED, STATUS],
        **NEW,
        **RESUMED,
    ),
    line(
        "with review an empty queue needs none",
        inactive(Why.NO_REPLY, terms=REVIEW),
        heard(),
        [Show("c2", True), STATUS],
        **NEW,
        **RESUMED,
    ),
    line(
        "what is younger than the age goes by itself",
        inactive(Why.NO_REPLY, terms=YOUNGER, queue=waiting("q1", at=NOW - 12 * HOUR + SECOND)),
        heard(),
        [Show("c2", True), went(1, 0), *goes("q1", 1, before=LATER), STATUS],
        **NEW,
        **RESUMED,
        queue=(),
        slots=going("q1", spell=2),
    ),
    line(
        "what is just as old as the age is reviewed",
        inactive(Why.NO_REPLY, terms=YOUNGER, queue=waiting("q1", at=NOW - 12 * HOUR)),
        heard(),
        [Show("c2", True), REVIEWED, STATUS],
        **NEW,
        **RESUMED,
    ),
    line(
        "one old message holds the younger ones back",
        inactive(Why.NO_REPLY, terms=YOUNGER, queue=(*waiting("q1", at=HEARD - 12 * HOUR), *waiting("q2"))),
        heard(),
        [Show("c2", True), Tell(Notice.REVIEW, {"waiting": 2}), STATUS],
        **NEW,
        **RESUMED,
    ),
    line(
        "a rule of age without an age reviews",
        inactive(Why.NO_REPLY, terms=AGELESS, queue=waiting("q1")),
        heard(),
        [Show("c2", True), REVIEWED, STATUS],
        **NEW,
        **RESUMED,
    ),
    line(
        "a new spell is held to the terms of its beginning",
        inactive(Why.NO_REPLY, terms=REVIEW, queue=waiting("q1")),
        heard(),
        [Show("c2", True), went(1, 0), *goes("q1", 1, before=LATER), STATUS],
        **NEW,
        **RESUMED,
        terms=TERMS,
        queue=(),
        slots=going("q1", spell=2),
    ),
]

CLOCK = [
    line("before anything is due nothing happens", thread(), due(), []),
    line(
        "four hours before the deadline the user is warned",
        thread(),
        due(DEADLINE - 4 * HOUR),
        [Tell(Notice.WARNING), STATUS],
        warned=True,
    ),
    line("the user is warned once", thread(warned=True), due(DEADLINE - HOUR), []),
    line("a policy may do without the warning", thread(terms=Terms(warn_before=0 * HOUR)), due(DEADLINE - SECOND), []),
    line("an inactive thread is not warned", SPENT, due(DEADLINE - HOUR), []),
    line(
        "at the deadline an active thread is inactive",
        thread(),
        due(DEADLINE),
        [told(Why.NO_REPLY), STATUS],
        **becomes(Why.NO_REPLY),
    ),
    line("at the deadline an inactive thread stays as it is", SPENT, due(DEADLINE), []),
    line("at the deadline a thread that was left stays left", left(), due(DEADLINE), []),
    line(
        "what waits for review at the deadline cannot be asked for any more",
        thread(terms=REVIEW, queue=waiting("q1")),
        due(DEADLINE),
        [told(Why.NO_REPLY), STATUS],
        **becomes(Why.NO_REPLY),
        prompt=Prompt.FAILED,
        prompt_why="time",
    ),
    line(
        "what waits for review at the deadline is asked for by template",
        thread(terms=TEMPLATE, queue=waiting("q1")),
        due(DEADLINE),
        [told(Why.NO_REPLY), SendTemplate(PROMPT), STATUS],
        **becomes(Why.NO_REPLY),
        **ASKING,
    ),
    line(
        "an event of no concern changes nothing", thread(), UserAsked("e", "e", NOW, "tenant", "ana", TEAMS, "help"), []
    ),
    line(
        "an event of no concern finds the deadline passed",
        thread(),
        UserAsked("e", "e", DEADLINE, "tenant", "ana", TEAMS, "help"),
        [told(Why.NO_REPLY), STATUS],
        **becomes(Why.NO_REPLY),
    ),
]


def goodbye(cancelled: int = 0, told: int = 1) -> list[Effect]:
    return [Tell(Notice.LEFT, {"cancelled": cancelled, "told": told}), STATUS]


GONE: dict[str, Any] = {"phase": Phase.LEFT, "why": None, "cause": None}
UNTOLD = [Owe(Notice.LEFT), *goodbye(told=0)]
LEAVE = [
    line("who leaves tells the contact", thread(), leave(), [send(LEFT, 1), *goodbye()], **GONE, slots=going(LEFT)),
    line(
        "the prompt's slot may carry the farewell",
        SPENT,
        leave(),
        [send(LEFT, 5), *goodbye()],
        **GONE,
        slots=(*gone(*FOUR), *going(LEFT)),
    ),
    line(
        "what is on its way still goes, and the farewell after it",
        thread(slots=going("m1")),
        leave(),
        [send(LEFT, 2), *goodbye()],
        **GONE,
        slots=going("m1", LEFT),
    ),
    line(
        "with no slot left the farewell is owed",
        inactive(Why.LIMIT, slots=gone(*FOUR, PROMPT)),
        leave(),
        UNTOLD,
        **GONE,
    ),
    line("after the deadline the farewell is owed", thread(), leave(DEADLINE), UNTOLD, **GONE),
    line(
        "who leaves after the deadline asks for nothing that waited",
        thread(queue=waiting("q1")),
        leave(DEADLINE),
        [Mark("q1", State.CANCELLED, "left"), Owe(Notice.LEFT), *goodbye(1, told=0)],
        **GONE,
        queue=(),
    ),
    line("what WeChat refuses is owed", inactive(Why.REFUSED, Cause.COUNT), leave(), UNTOLD, **GONE),
    line("who unfollowed is owed the farewell", inactive(Why.UNFOLLOWED, Cause.UNFOLLOWED), leave(), UNTOLD, **GONE),
    line(
        "what waits is cancelled on record and counted, and the prompt gives its slot to the farewell",
        inactive(Why.LIMIT, slots=(*gone(*FOUR), *going(PROMPT)), queue=waiting("q1", "q2"), **ASKING),
        leave(),
        [
            Mark("q1", State.CANCELLED, "left"),
            Mark("q2", State.CANCELLED, "left"),
            Recall((PROMPT,)),
            send(LEFT, 5),
            *goodbye(2),
        ],
        **GONE,
        slots=(*gone(*FOUR), *going(LEFT)),
        queue=(),
        prompt=Prompt.NONE,
    ),
    line("who has left cannot leave again", left(), leave(), [Tell(Notice.LEFT_ALREADY)]),
    line(
        "a contact who unfollows makes the thread inactive",
        thread(),
        unfollowed(),
        [told(Why.UNFOLLOWED, Cause.UNFOLLOWED), STATUS],
        **becomes(Why.UNFOLLOWED, Cause.UNFOLLOWED),
    ),
    line(
        "a contact who unfollows is told of while inactive too",
        SPENT,
        unfollowed(),
        [told(Why.UNFOLLOWED, Cause.UNFOLLOWED), STATUS],
        **becomes(Why.UNFOLLOWED, Cause.UNFOLLOWED),
    ),
    line("unfollowing twice is told once", inactive(Why.UNFOLLOWED, Cause.UNFOLLOWED), unfollowed(), []),
    line("after leave it does not matter who follows", left(), unfollowed(), []),
]


@pytest.mark.parametrize(("before", "event", "effects", "changes"), [*CONTACT, *RELEASE, *CLOCK, *LEAVE])
def test_the_table(before: Thread, event: Event, effects: list[Effect], changes: dict[str, Any]) -> None:
    check(before, event, effects, changes)


def test_a_thread_begins_with_the_rules_for_both_and_the_message() -> None:
    begun, effects = start(heard("T", HEARD, order=1), Terms())
    assert effects == (Answer(Notice.WELCOME), Tell(Notice.POLICY), Show("T"), STATUS)
    assert begun == thread()


def test_a_thread_may_begin_too_late_to_answer() -> None:
    begun, effects = start(heard("T", DEADLINE, HEARD, order=1), Terms())
    assert effects == (Answer(Notice.WELCOME), Tell(Notice.POLICY), Show("T"), told(Why.NO_REPLY), STATUS, STATUS)
    assert begun == inactive(Why.NO_REPLY)


def test_a_question_about_a_thread_names_it() -> None:
    assert UserAsked("e", "e", NOW, "tenant", "ana", TEAMS, "leave", "T").thread_id == "T"
