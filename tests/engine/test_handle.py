"""Decisions carried out: engine, worker and a store in memory, and the audit trail folded back to the threads."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.effects import State
from bot.domain.events import Cause, ContactUnfollowed, ContactWrote, Event, UserChose, UserEdited, UserLeft, UserWrote
from bot.domain.state import Phase, Thread
from bot.domain.thread import start, step
from bot.engine import Engine
from bot.engine.record import replay
from bot.ports import Accepted, Account, Closed, Invalid, Job, Outcome, TryLater, Unknown
from bot.worker import Worker
from tests.domain.build import HEARD, TEAMS
from tests.engine.build import ANA, words
from tests.fakes import FakeStore

OUTCOMES = [Accepted("9"), Closed(Cause.COUNT), Closed(Cause.BLOCKED), Invalid("1"), TryLater("-1"), Unknown("?")]


class Stage:
    """Ana, an account that gives her everybody, and a gateway that answers as `outcomes` say, then accepts."""

    def __init__(self, outcomes: Sequence[Outcome] = ()) -> None:
        self.store = FakeStore(users={"ana": ANA}, accounts={"default": Account("default", "ana")})
        self.engine = Engine(self.store, words)
        self.time = HEARD
        self.outcomes = list(outcomes)
        self.sent: list[str] = []
        self.ids = count(1)
        gateways = {"wechat": self, "teams": self}
        self.worker = Worker(self.store, self.engine, gateways, self, self.new_id, random=Random(7))

    def now(self) -> datetime:
        return self.time

    def new_id(self) -> str:
        return f"e{next(self.ids)}"

    async def deliver(self, job: Job) -> Outcome:
        if job.kind == "card":
            return Accepted("card")
        outcome = self.outcomes.pop(0) if self.outcomes else Accepted("9")
        if job.message and isinstance(outcome, Accepted):
            self.sent.append(job.message.text)
        return outcome

    def host(self, job: Job) -> str:
        return ""

    async def play(self, *events: Event | int) -> None:
        """Each event and all that comes of it; a number is so many minutes that pass."""
        for event in events:
            if isinstance(event, int):
                self.time += timedelta(minutes=event)
            else:
                await self.engine.handle(event)
            await self.worker.drain()


def contact(name: str, text: str = "hello", openid: str = "o1", at: datetime = HEARD) -> ContactWrote:
    return ContactWrote(name, name, at, "default", openid, at, int(name[1:]), text)


def ana(name: str, text: str, thread_id: str = "") -> UserWrote:
    return UserWrote(name, name, HEARD, "tenant", "aad-ana", TEAMS, text, thread_id, f"activity-{name}")


def played(stage: Stage, *events: Event | int) -> Stage:
    scene: Coroutine[Any, Any, None] = stage.play(*events)
    asyncio.run(scene)
    return stage


def folded(stage: Stage) -> dict[str, Thread]:
    """The threads as the audit trail alone tells them."""
    threads: dict[str, Thread] = {}
    for entry in stage.store.audit:
        event, terms = replay(entry)
        ident = entry["thread"]
        if ident in threads:
            threads[ident], _ = step(threads[ident], event, terms)
        elif ident and isinstance(event, ContactWrote):
            threads[ident], _ = start(event, terms)
    return threads


def test_a_message_is_answered_and_the_answer_arrives() -> None:
    stage = played(Stage(), contact("c1"), ana("m1", "good morning"))
    assert stage.sent == ["good morning"]
    assert stage.store.messages["m1"].state is State.SENT


def test_a_repeated_event_gets_the_same_answer_and_changes_nothing() -> None:
    stage = Stage()
    answers = [asyncio.run(_answer(stage, contact("c1"))) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2] != {}
    assert len(stage.store.audit) == len(stage.store.threads) == 1


async def _answer(stage: Stage, event: Event) -> object:
    return await stage.engine.handle(event)


def test_held_words_are_sent_once_and_as_they_were_last_written() -> None:
    who = (HEARD, "tenant", "aad-ana", TEAMS)
    stage = played(
        Stage(),
        *(contact("c1"), contact("c2", openid="o2"), ana("m1", "at five")),
        UserEdited("x1", "x1", *who, "activity-m1", False, "at six"),
        UserChose("x2", "x2", *who, "c2", "m1"),
        UserChose("x3", "x3", *who, "c1", "m1"),
    )
    assert stage.sent == ["at six"]
    assert stage.store.messages["m1"].thread_id == "c2"


def test_held_words_that_were_deleted_are_not_sent() -> None:
    who = (HEARD, "tenant", "aad-ana", TEAMS)
    stage = played(
        Stage(),
        *(contact("c1"), contact("c2", openid="o2"), ana("m1", "at five")),
        UserEdited("x1", "x1", *who, "activity-m1", True),
        UserChose("x2", "x2", *who, "c2", "m1"),
    )
    assert stage.sent == []


def test_a_refused_leave_notice_reaches_the_contact_at_their_next_message() -> None:
    leaves = UserLeft("x1", "x1", HEARD, "tenant", "aad-ana", TEAMS, "c1")
    stage = played(Stage([Closed(Cause.BLOCKED)]), contact("c1"), leaves)
    answer = asyncio.run(_answer(stage, contact("c2", at=HEARD + timedelta(minutes=1))))
    assert answer == {"reply": "to_contact.left en\n\nto_contact.who en\n\nto_contact.welcome en"}
    assert [each.owed for each in stage.store.contacts.values()] == [()]


# ---- fold(step, audit) = stored threads

ACTS = ["contact", "other contact", "ana", "ana", "leave", "unfollow", "hours", "days"]


def _scripted(acts: Sequence[str], stage: Stage) -> None:
    for number, act in enumerate(acts, 1):
        open_now = [ident for ident, place in stage.store.threads.items() if place.thread.phase is not Phase.LEFT]
        thread_id = open_now[0] if open_now else ""
        who = (f"x{number}", f"x{number}", stage.time)
        events: dict[str, Event | int] = {
            "contact": ContactWrote(*who, "default", "o1", stage.time, number, "hello"),
            "other contact": ContactWrote(*who, "default", "o2", stage.time, number, "hello"),
            "ana": UserWrote(*who, "tenant", "aad-ana", TEAMS, "good morning", thread_id),
            "leave": UserLeft(*who, "tenant", "aad-ana", TEAMS, thread_id),
            "unfollow": ContactUnfollowed(*who, "default", "o1"),
            "hours": 17 * 60,
            "days": 50 * 60,
        }
        asyncio.run(stage.play(events[act]))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(ACTS), max_size=25), st.lists(st.sampled_from(OUTCOMES), max_size=12))
def test_the_audit_trail_folds_to_the_threads_that_are_stored(acts: list[str], outcomes: list[Outcome]) -> None:
    stage = Stage(outcomes)
    _scripted(["contact", *acts], stage)
    assert folded(stage) == {ident: place.thread for ident, place in stage.store.threads.items()}
