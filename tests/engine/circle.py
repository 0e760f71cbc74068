"""One random history of a contact and several users: they write, come and leave, and WeChat answers as it likes.

Decisions are the engine's, on snapshots as a store would give them. What they come to is carried out here, by an outbox
for each thread and a WeChat that is one for all; after each step everything is looked at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any

import orjson

from bot.domain.effects import Recall, Resend, State
from bot.domain.events import (
    Cause,
    ContactFollowed,
    ContactUnfollowed,
    ContactWrote,
    Due,
    Event,
    QueueCancelled,
    QueueReleased,
    Refused,
    SentAgain,
    UserLeft,
    UserWrote,
)
from bot.domain.policy import OnUncertain, Policy, PromptWay, Release
from bot.domain.seats import SeatTaken, seated
from bot.domain.state import Phase, Prompt, Thread
from bot.domain.thread import step
from bot.engine import record
from bot.ports import Changes, Conversation, Invitation, Message, Snapshot
from tests.domain.build import HEARD, HOUR, NOW, SECOND, TEAMS
from tests.domain.platform import Outbox, Row, WeChat
from tests.engine.build import ANA, BO, CONTACT, decide, known, unknown
from tests.engine.test_handovers import SUE, Desk

USERS = (ANA, BO, SUE)
TEMPLATES = frozenset({"default"})
ASKING = (Prompt.SENDING, Prompt.ASKED)


class Codes(Desk):
    """An office where everybody has a lasting code: their id."""

    def invitation(self, scene: str) -> Invitation | None:
        return Invitation(scene, "default", scene, NOW)


def drawn(random: Random) -> Policy:
    release, age = random.choice([(Release.AUTO, None)] * 3 + [(Release.REVIEW, None), (Release.YOUNGER, 12 * HOUR)])
    return Policy(
        reply_limit=random.choice([2, 3, 5, 5]),
        queue_limit=random.choice([1, 2, 5]),
        prompt=random.choice([PromptWay.RESERVE, PromptWay.RESERVE, PromptWay.TEMPLATE, PromptWay.OFF]),
        release=release,
        release_age=age,
        warn_before=random.choice([0, 4]) * HOUR,
        on_uncertain=random.choice([OnUncertain.HOLD, OnUncertain.RESEND]),
        seats=random.choice([2, 2, 3]),
    )


@dataclass(slots=True)
class Circle:
    """`talks` are the open conversations, `left` those that their users left; a `calm` one has no crashes or surprises:
    there WeChat must never refuse what we thought was allowed.
    """

    seed: int
    calm: bool = field(init=False)
    policies: dict[str, Policy] = field(init=False)
    wechat: WeChat = field(init=False)
    now: datetime = HEARD
    number: int = 1
    talks: dict[str, Conversation] = field(default_factory=dict)
    left: dict[str, Conversation] = field(default_factory=dict)
    lanes: dict[str, Outbox] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    replayed: dict[str, Thread] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        random = Random(self.seed)
        self.calm = random.random() < 0.4
        self.policies = {user.policy: drawn(random) for user in USERS}
        limit = max(policy.reply_limit for policy in self.policies.values())
        self.wechat = WeChat(limit if self.calm else random.choice([limit, limit, limit - 1]), 48 * HOUR, HEARD)
        first = ContactWrote("T", "T", HEARD, "default", "openid", HEARD, 1, "hello")
        self.happen(first, unknown(ANA, contact=CONTACT, policy=self.policies[ANA.policy], policies=self.policies))

    # ---- what happens

    def move(self, choice: int) -> None:
        """Let something happen; `choice` decides what."""
        random = Random(choice)
        self.now += 2 * SECOND if self.calm else random.choice([0, 0.3, 1, 5, 40]) * SECOND
        [happens] = random.choices(list(MOVES), list(MOVES.values()))
        happens(self, random)

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def about(self, ident: str, **more: Any) -> Snapshot:
        """What an event about this thread finds."""
        talk = {**self.left, **self.talks}[ident]
        policy = self.policies[talk.user.policy]
        given = {"policies": self.policies, "siblings": tuple(self.talks.values()), "desk": Codes(people=USERS)}
        return known(talk, **{"policy": policy, **given, **more})

    def happen(self, event: Event, at: Snapshot) -> None:
        changes = decide(event, at, TEMPLATES)
        self.seen[type(event).__name__] += 1
        for each in (changes, *changes.shared):
            self._take(each, event)
        self.check(event)

    def _take(self, changes: Changes, event: Event) -> None:
        for message in changes.messages:
            self.messages.setdefault(message.id, message)
        for ident, state, _ in changes.marks:
            self.messages[ident] = replace(self.messages[ident], state=state)
        self._keep(changes)
        for row in changes.rows:
            if row.kind in ("text", "template"):
                self._send(Row(row.ref, row.kind == "template", row.before), row.lane, event)
        self._replay(changes)

    def _keep(self, changes: Changes) -> None:
        if opened := changes.opened:
            self.talks[opened.thread.id] = opened
            self.lanes[opened.thread.id] = Outbox(self.wechat)
        if thread := changes.thread:
            place = self.talks if thread.id in self.talks else self.left
            talk = replace(place.pop(thread.id), thread=thread)
            (self.left if thread.phase is Phase.LEFT else self.talks)[thread.id] = talk
            if changes.recalled:
                self.lanes[thread.id].put(Recall(changes.recalled))
        if contact := changes.contact:
            self.talks = {ident: replace(talk, contact=contact) for ident, talk in self.talks.items()}
        settled = changes.settled
        if settled is not None and settled.state == "uncertain" and settled.until is not None:
            lane = self.lanes[settled.lane.partition("/")[2]]
            assert lane.settled is not None
            lane.put(Resend(lane.settled.ref))

    def _replay(self, changes: Changes) -> None:
        """The record is all that a thread is made of."""
        if not (changes.audit and changes.audit["thread"]):
            return
        entry = orjson.loads(orjson.dumps(changes.audit))
        event, terms = record.replay(entry)
        if isinstance(event, SeatTaken):
            self.replayed[event.id] = seated(self.replayed[event.beside], event)
        elif (before := self.replayed.get(entry["thread"])) is not None:
            self.replayed[entry["thread"]] = step(before, event, terms)[0]
        else:
            self.replayed[entry["thread"]] = self.talks[entry["thread"]].thread

    # ---- what must hold

    def _send(self, row: Row, lane: str, event: Event) -> None:
        ident = lane.partition("/")[2]
        thread = {**self.left, **self.talks}[ident].thread
        if not row.template:
            assert row.before == thread.deadline, "not before the deadline of the contact's last words"
            assert event.at < thread.deadline, "decided at or after the deadline"
        self.lanes[ident].rows.append(row)
        self.seen["sends"] += 1

    def check(self, event: Event) -> None:
        threads = [talk.thread for talk in self.talks.values()]
        most = min(policy.seats for policy in self.policies.values())
        assert len(threads) <= most, "more than there are seats"
        assert sorted(each.seat for each in threads) == sorted({each.seat for each in threads})
        assert len({talk.user.id for talk in self.talks.values()}) == len(threads)
        for thread in threads:
            self._stands(thread, threads)
        asked = [each for each in threads if each.prompt in ASKING and not each.asker]
        assert len(asked) <= 1, "the contact is asked by two"
        for ident, thread in self.replayed.items():
            assert asdict(thread) == asdict({**self.left, **self.talks}[ident].thread), "its record tells another story"
        if self.calm and isinstance(event, Refused) and event.cause is Cause.COUNT:
            missed = [ref for lane in self.lanes.values() for ref in (*lane.missed, *lane.twice)]
            assert missed, "WeChat refused what we thought was allowed"

    def _stands(self, thread: Thread, threads: list[Thread]) -> None:
        ids = {each.id for each in threads}
        assert {*thread.others} == ids - {thread.id}, "who sits there is not known"
        assert len(thread.slots) <= max(each.terms.reply_limit for each in threads), "more than WeChat allows"
        first = threads[0]
        assert (thread.heard_at, thread.heard_id.partition("~")[0]) == (
            first.heard_at,
            first.heard_id.partition("~")[0],
        )
        assert ledger(thread) == ledger(first), "one knows of a slot that another does not know of"
        assert len(thread.queue) <= len(self.waiting(thread.id))
        assert sorted(each.message_id for each in thread.queue) == sorted(self.waiting(thread.id))
        assert thread.phase is not Phase.ACTIVE or thread.left, "active without a slot"
        if thread.phase is Phase.INACTIVE and thread.queue:
            assert thread.prompt is not Prompt.NONE, "something waits and nobody asks"

    def waiting(self, ident: str) -> list[str]:
        """The messages of a thread that are marked as queued."""
        return [each.id for each in self.messages.values() if (each.thread_id, each.state) == (ident, State.QUEUED)]


def ledger(thread: Thread) -> list[tuple[str, datetime | None]]:
    return sorted(((slot.ref, slot.sent_at) for slot in thread.slots), key=str)


# ---- what may happen


def contact_writes(circle: Circle, random: Random) -> None:
    if circle.talks:
        circle.wechat.wrote(circle.now)
        name = circle.name("c")
        created = circle.now.replace(microsecond=0)
        event = ContactWrote(name, name, circle.now, "default", "openid", created, circle.number, "hello")
        circle.happen(event, circle.about(random.choice([*circle.talks])))


def user_writes(circle: Circle, random: Random) -> None:
    if circle.talks:
        ident = random.choice([*circle.talks])
        for _ in range(random.choice([1, 1, 2, 5])):
            user = circle.talks[ident].user
            name = circle.name("m")
            event = UserWrote(name, name, circle.now, "tenant", user.aad, TEAMS, "hello", ident)
            circle.happen(event, circle.about(ident))


def worker_works(circle: Circle, random: Random) -> None:
    ident = random.choice([*circle.lanes])
    for _ in range(random.choice([1, 2, 3, 12])):
        report = circle.lanes[ident].work(random, circle.now, circle.now)
        if report is not None:
            report = replace(report, thread_id=ident, lane=f"wechat/{ident}")
            circle.happen(report, circle.about(ident, message=circle.messages.get(report.ref)))
            circle.now += 2 * SECOND if circle.calm else 0 * SECOND


def worker_dies(circle: Circle, random: Random) -> None:
    if not circle.calm:
        circle.lanes[random.choice([*circle.lanes])].crash()


def somebody_comes(circle: Circle, random: Random) -> None:
    user = random.choice(USERS)
    if circle.talks and user.id not in {talk.user.id for talk in circle.talks.values()}:
        name = circle.name("s")
        event = ContactFollowed(name, name, circle.now, "default", "openid", user.id)
        circle.happen(event, circle.about(random.choice([*circle.talks])))


def somebody_leaves(circle: Circle, random: Random) -> None:
    if len(circle.talks) > 1 or (circle.talks and random.random() < 0.1):
        ident = random.choice([*circle.talks])
        event = UserLeft("e", "e", circle.now, "tenant", circle.talks[ident].user.aad, TEAMS, ident)
        circle.happen(event, circle.about(ident))


def time_passes(circle: Circle, random: Random) -> None:
    circle.now += random.choice([1 / 60, 1, 12, 43.9, 48]) * HOUR
    if random.random() < 0.5:
        timer_fires(circle, random)


def timer_fires(circle: Circle, random: Random) -> None:
    for ident in [*circle.talks]:
        circle.happen(Due("e", "", circle.now, ident), circle.about(ident))


def time_runs_up_to_the_deadline(circle: Circle, random: Random) -> None:
    for talk in circle.talks.values():
        circle.now = max(circle.now, talk.thread.deadline + random.choice([-1, 0, 1]) * SECOND)


def contact_unfollows(circle: Circle, random: Random) -> None:
    circle.wechat.following = False
    if circle.talks:
        event = ContactUnfollowed("e", "e", circle.now, "default", "openid")
        circle.happen(event, circle.about(random.choice([*circle.talks])))


def user_edits_the_queue(circle: Circle, random: Random) -> None:
    if circle.talks:
        ident = random.choice([*circle.talks])
        who = ("e", "e", circle.now, "tenant", circle.talks[ident].user.aad, TEAMS, ident)
        name = random.choice([*circle.waiting(ident), ""])
        event = random.choice([QueueCancelled(*who, name), QueueReleased(*who)])
        circle.happen(event, circle.about(ident, message=circle.messages.get(name)))


def user_sends_again(circle: Circle, random: Random) -> None:
    for ident, talk in [*circle.talks.items()]:
        for name in talk.thread.uncertain[:1]:
            event = SentAgain("e", "e", circle.now, "tenant", talk.user.aad, TEAMS, ident, name)
            circle.happen(event, circle.about(ident, message=circle.messages.get(name)))


MOVES = {
    contact_writes: 12,
    user_writes: 26,
    worker_works: 34,
    worker_dies: 2,
    somebody_comes: 8,
    somebody_leaves: 3,
    time_passes: 3,
    time_runs_up_to_the_deadline: 2,
    timer_fires: 2,
    contact_unfollows: 1,
    user_edits_the_queue: 4,
    user_sends_again: 3,
}


def play(seed: int, choices: list[int]) -> Circle:
    """The history of these choices, every invariant checked after every step."""
    circle = Circle(seed)
    for choice in choices:
        circle.move(choice)
    return circle
