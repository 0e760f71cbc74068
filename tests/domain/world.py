"""One random history: a contact, a user, the outbox and the clock take turns, and every step is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from bot.domain.effects import Recall, Resend, Send, SendTemplate
from bot.domain.events import ContactWrote, Event, Report, UserAsked
from bot.domain.policy import OnUncertain, PromptWay, Release, Terms
from bot.domain.state import Phase, Thread
from bot.domain.thread import start, step
from tests.domain import build
from tests.domain.build import HEARD, HOUR, SECOND, TEAMS
from tests.domain.invariants import Book
from tests.domain.platform import Outbox, WeChat


@dataclass(slots=True)
class World:
    """`calm` is a world without crashes, clock jumps, late news or surprises: there our prediction must be right."""

    seed: int
    calm: bool = field(init=False)
    terms: Terms = field(init=False)
    now: datetime = HEARD
    skew: timedelta = timedelta(0)
    order: int = 1
    inbound: list[ContactWrote] = field(default_factory=list)
    events: list[tuple[Event, Terms]] = field(default_factory=list)
    outbox: Outbox = field(init=False)
    thread: Thread = field(init=False)
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        random = Random(self.seed)
        self.calm = random.random() < 0.3
        self.terms = draw_terms(random)
        limit = self.terms.reply_limit
        wechat = WeChat(limit if self.calm else random.choice([limit, limit, limit - 1]), 48 * HOUR, HEARD)
        if not self.calm and random.random() < 0.1:
            wechat.window = 47 * HOUR
        self.outbox = Outbox(wechat)
        first = build.heard("T", HEARD, order=1)
        self.events.append((first, self.terms))
        self.thread, effects = start(first, self.terms)
        self.book = Book(self.outbox, self.calm)
        self.book.begin(self.thread, effects)

    @property
    def at(self) -> datetime:
        """Our own clock, which may be wrong."""
        return self.now + self.skew

    def move(self, choice: int) -> None:
        """Let something happen; `choice` decides what."""
        random = Random(choice)
        self.now += random.choice([0, 0.3, 1, 5, 40]) * SECOND if not self.calm else 2 * SECOND
        [happens] = random.choices(list(MOVES), list(MOVES.values()))
        happens(self, random)

    def happen(self, event: Event, terms: Terms | None = None) -> None:
        before = self.thread
        self.events.append((event, terms or self.terms))
        self.thread, effects = step(before, event, terms or self.terms)
        for effect in effects:
            if isinstance(effect, Send | SendTemplate | Recall | Resend):
                self.outbox.put(effect)
        self.book.check(before, event, self.thread, effects)

    def replay(self) -> Thread:
        """The same events once more from the start."""
        (first, terms), *rest = self.events
        assert isinstance(first, ContactWrote)
        thread, _ = start(first, terms)
        for event, terms in rest:
            thread, _ = step(thread, event, terms)
        return thread


def draw_terms(random: Random) -> Terms:
    release, age = random.choice([(Release.AUTO, None)] * 3 + [(Release.REVIEW, None), (Release.YOUNGER, 12 * HOUR)])
    return Terms(
        reply_limit=random.choice([2, 3, 5, 5]),
        queue_limit=random.choice([0, 1, 2, 5]),
        prompt=random.choice([PromptWay.RESERVE, PromptWay.RESERVE, PromptWay.TEMPLATE, PromptWay.OFF]),
        release=release,
        release_age=age,
        warn_before=random.choice([0, 4]) * HOUR,
        on_uncertain=random.choice([OnUncertain.HOLD, OnUncertain.HOLD, OnUncertain.RESEND]),
    )


# ---- what may happen


def contact_writes(world: World, random: Random) -> None:
    """The platform knows at once; we hear of it later, perhaps in another order."""
    world.outbox.wechat.wrote(world.now)
    world.order += 1
    name = f"c{world.order}"
    world.inbound.append(build.heard(name, world.now, world.now.replace(microsecond=0), world.order))
    if world.calm or random.random() < 0.7:
        we_hear(world, random)


def we_hear(world: World, random: Random) -> None:
    if world.inbound:
        event = world.inbound.pop(random.randrange(len(world.inbound)))
        created = min(event.created_at, world.at)
        terms = world.terms if world.calm or random.random() < 0.9 else draw_terms(random)
        world.happen(replace(event, at=world.at, created_at=created), terms)


def user_writes(world: World, random: Random) -> None:
    for _ in range(random.choice([1, 1, 2, 5])):
        world.order += 1
        world.happen(build.said(f"m{world.order}", world.at))


def worker_works(world: World, random: Random) -> None:
    for _ in range(random.choice([1, 2, 3, 12])):
        report = world.outbox.work(random, world.now, world.at)
        if report is not None:
            world.happen(report)
            if world.calm:
                world.now += 2 * SECOND


def worker_dies(world: World, random: Random) -> None:
    if not world.calm:
        world.outbox.crash()


def report_comes_twice(world: World, random: Random) -> None:
    """A report on a row that was settled: nothing moves, unless the same message is on its way once more."""
    if world.outbox.reports:
        report: Report = replace(random.choice(world.outbox.reports), at=world.at)
        if not world.thread.on_its_way(report.ref):
            world.happen(UserAsked("e", "e", world.at, "tenant", "ana", TEAMS, "status"))
            before = world.thread
            world.happen(report)
            world.book.check_late_report(report, before, world.thread)


def time_passes(world: World, random: Random) -> None:
    world.now += random.choice([1 / 60, 1, 12, 43.9, 48]) * HOUR
    if random.random() < 0.5:
        timer_fires(world, random)


def time_runs_up_to_the_deadline(world: World, random: Random) -> None:
    edge = world.thread.deadline - world.skew + random.choice([-1, 0, 1]) * SECOND
    world.now = max(world.now, edge)


def timer_fires(world: World, random: Random) -> None:
    world.happen(build.due(world.at))


def clock_jumps(world: World, random: Random) -> None:
    if not world.calm:
        world.skew = random.choice([-1, 0, 0, 1]) * HOUR


def contact_unfollows(world: World, random: Random) -> None:
    world.outbox.wechat.following = False
    if random.random() < 0.7:
        world.happen(build.unfollowed(world.at))


def user_edits_the_queue(world: World, random: Random) -> None:
    names = [*(queued.message_id for queued in world.thread.queue), "", "nothing"]
    name = random.choice(names)
    event = random.choice([build.cancelled(name, world.at), build.edited(name, world.at), build.released(world.at)])
    world.happen(event)


def user_sends_again(world: World, random: Random) -> None:
    world.happen(build.again(random.choice([*world.thread.uncertain, "nothing"]), world.at))


def user_leaves(world: World, random: Random) -> None:
    world.happen(build.leave(world.at))


def template_fails(world: World, random: Random) -> None:
    world.happen(build.reported(random.choice(["", "failed: user block"]), world.at))


MOVES = {
    contact_writes: 12,
    we_hear: 6,
    user_writes: 24,
    worker_works: 34,
    worker_dies: 3,
    report_comes_twice: 3,
    time_passes: 3,
    time_runs_up_to_the_deadline: 2,
    timer_fires: 2,
    clock_jumps: 2,
    contact_unfollows: 1,
    user_edits_the_queue: 5,
    user_sends_again: 3,
    user_leaves: 1,
    template_fails: 1,
}


def play(seed: int, choices: list[int]) -> World:
    """The history of these choices, every invariant checked after every step."""
    world = World(seed)
    for choice in choices:
        world.move(choice)
    assert world.replay() == world.thread
    if world.thread.phase is Phase.ACTIVE:
        world.book.check_what_is_left(world.thread, world.at)
    return world
