"""Carries out what was decided: claims outbox rows, sends them, reports what came of it as events; and ticks.

Any number of workers may run. A row is ours for the length of a lease that stands in its lane; whoever dies leaves the
lease to run out, so recovery is nothing but the next claim. Rows of one lane (one thread, one direction) go strictly
one after the other; lanes know nothing of each other, so one that hangs delays nobody else. What leads to a host that
does not answer waits (`bot.circuit`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol

from bot.circuit import Circuits
from bot.domain.events import Cause, Delayed, Delivered, Due, Event, Refused, Rejected, RequestLapsed, Uncertain
from bot.points import point
from bot.ports import Accepted, Clock, Closed, Gateway, Invalid, Job, Outcome, Store, TryLater, Unknown

LEASE = timedelta(seconds=30)
PATIENCE = 20.0
"""Seconds that a gateway may take, above its own time-outs and well below the lease."""

POLL = 1.0
TICK = 0.25
"""Seconds from one look at the deadlines to the next; every event looks at its own thread's anyway."""

SCHEDULE = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 7200))
JITTER = 0.2
LATEST = timedelta(minutes=1)
"""By how much at most a wait that the platform asked for is prolonged."""

LONGEST = timedelta(days=1, hours=1)
"""More than any platform's wish: what is put off for longer was put off by a clock that has been set back since."""

LOOK_AHEAD = 60.0
"""Seconds from one look for such rows to the next."""

DEAD_AFTER = 12
"""Tries, in about fourteen hours, after which a card or template is laid aside as a dead letter."""

_WAITS = ("401", "403", "404", "no token", "paced")
"""What says nothing about the card: our own sign-in is refused, the person has no app, others' turn. It waits."""

DUE_AT_ONCE = 200

log = logging.getLogger(__name__)


class Handles(Protocol):
    async def handle(self, event: Event) -> Mapping[str, Any]: ...


class Worker:
    """Delivers through `gateways` (by the way a lane's name begins with), at most `concurrency` rows at once each."""

    def __init__(
        self,
        store: Store,
        engine: Handles,
        gateways: Mapping[str, Gateway],
        clock: Clock,
        new_id: Callable[[], str],
        *,
        concurrency: int = 64,
        random: Random | None = None,
        circuits: Circuits | None = None,
    ) -> None:
        self._store = store
        self._engine = engine
        self._gateways = gateways
        self._clock = clock
        self._new_id = new_id
        self._random = random or Random()  # noqa: S311 - spreads retries, guards nothing
        self._circuits = circuits or Circuits()
        self._free = {way: concurrency for way in gateways}
        self._stopping = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._claiming = self._claimed = 0
        self._draining = asyncio.Lock()
        self._looked_ahead = -LOOK_AHEAD

    async def run(self) -> None:
        """Work until `stop`; what is under way then is finished first."""
        ticked = -TICK
        while not self._stopping.is_set():
            try:
                now = asyncio.get_running_loop().time()
                due = now - ticked >= TICK
                ticked = now if due else ticked
                if not (await self.tick() if due else 0) + await self._claims():
                    await self._store.wait(POLL)
            except Exception:
                log.exception("the worker could not reach its work; it tries again", extra={"action": "claim_failed"})
                await asyncio.sleep(POLL)
        await asyncio.gather(*self._under_way)

    def stop(self) -> None:
        self._stopping.set()

    async def tick(self) -> int:
        """Turn the deadlines that have passed into events; how many of them were taken."""
        now = self._clock.now()
        await self._look_ahead(now)
        threads = await self._store.due(now, DUE_AT_ONCE)
        requests = await self._store.lapsed(now, DUE_AT_ONCE)
        point("tick-selected")
        overdue: list[Due | RequestLapsed] = [
            *(Due(self._new_id(), "", now, thread_id) for thread_id in threads),
            *(RequestLapsed(self._new_id(), "", now, *each) for each in requests),
        ]
        return sum(await asyncio.gather(*map(self._fell_due, overdue)))

    async def _look_ahead(self, now: datetime) -> None:
        """When the clock is set back, what was put off by the old one would wait as long as it was set back."""
        passed = asyncio.get_running_loop().time()
        if passed - self._looked_ahead >= LOOK_AHEAD:
            self._looked_ahead = passed
            for way in self._gateways:
                await self._store.hasten(way, now + LONGEST, now + LEASE)

    async def _fell_due(self, event: Due | RequestLapsed) -> bool:
        try:
            await self._engine.handle(event)
        except Exception:
            # One thread that cannot be moved must not keep the others, nor the outbox, from moving.
            of = {"action": "due_failed", "thread_id": event.thread_id}
            log.exception("a due time could not be handled", extra=of)
            return False
        return True

    async def drain(self) -> None:
        """Deliver what is due now, and what that causes, until nothing is left: for tests and the scripted demo.

        `run` may be at work beside it, so only a round in which nobody had or got anything to do is the last; one
        who drains at a time, or each would take the other's looking for work and never end.
        """
        async with self._draining:
            while not await self._idle():
                continue

    async def _idle(self) -> bool:
        """Whether a round came to nothing: ours and everybody's meanwhile."""
        before = self._claimed
        await asyncio.gather(*self._under_way)
        found = await self.tick() + await self._claims()
        return not (found or self._under_way or self._claiming) and before == self._claimed

    async def _claims(self) -> int:
        self._claiming += 1
        try:
            ways = [way for way, free in self._free.items() if free]
            found = await self._store.claimable(self._clock.now(), ways) if ways else ()
            return sum([await self._claim(way) for way in ways if way in found])
        finally:
            self._claiming -= 1

    async def _claim(self, way: str) -> int:
        if not self._free[way]:
            return 0
        now = self._clock.now()
        jobs = await self._store.claim(now, LEASE, self._free[way], way)
        going = await self._admitted(way, jobs)
        self._claimed += len(jobs)
        if jobs:
            point("claimed")
        for job in going:
            self._free[way] -= 1
            task = asyncio.create_task(self._carry_out(way, job, now + LEASE))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(jobs)

    async def _admitted(self, way: str, jobs: Sequence[Job]) -> Sequence[Job]:
        """Those that may go. The others wait in their places until the host that they lead to is asked again."""
        now = self._clock.now()
        waits = [None if self._late(job) else self._circuits.wait(self._gateways[way].host(job), now) for job in jobs]
        if held := [(job, until) for job, until in zip(jobs, waits, strict=True) if until is not None]:
            await self._store.put_off(held)
        return [job for job, until in zip(jobs, waits, strict=True) if until is None]

    async def _carry_out(self, way: str, job: Job, until: datetime) -> None:
        try:
            if self._clock.now() >= until:  # we stood still, and it may be in other hands
                return
            point("before-send")
            outcome = await self._deliver(way, job)
            point("after-send")
            told = report(job, outcome, self._clock.now(), self._new_id(), self._random.random())
            _note(job, told, outcome)
            await self._engine.handle(told)
            point("marked")
        except Exception:
            # The lease runs out and the row is claimed again: nothing is lost, at worst it is sent a second time.
            log.exception("a delivery could not be reported", extra={"action": "report_failed", "row": job.id})
        finally:
            self._free[way] += 1
            if self._free[way] == 1:  # there may be more than there was room for, for us or for another worker
                self._store.wake()

    async def _deliver(self, way: str, job: Job) -> Outcome:
        if self._late(job):
            return Closed(Cause.TIME, "deadline")
        answered: bool | None = None
        try:
            async with asyncio.timeout(PATIENCE):
                outcome = await self._gateways[way].deliver(job)
            answered = _answered(outcome)
        except TimeoutError:
            outcome, answered = Unknown("timeout"), False
        except Exception:
            log.exception("a gateway failed", extra={"action": "deliver_failed", "row": job.id})
            outcome = Unknown("error")
        self._tell(self._gateways[way].host(job), answered)
        return outcome

    def _tell(self, host: str, answered: bool | None) -> None:
        if self._circuits.told(host, answered, self._clock.now()):
            words = "a host outside answers again" if answered else "a host outside does not answer and is left alone"
            log.warning(words, extra={"action": "circuit_closed" if answered else "circuit_opened", "host": host})

    def _late(self, job: Job) -> bool:
        return job.before is not None and self._clock.now() >= job.before


def _answered(outcome: Outcome) -> bool | None:
    """Whether the host answered, however it did; None: it was not asked."""
    match outcome:
        case Unknown():
            return False
        case TryLater(down=down):
            return None if down is None else not down
        case _:
            return True


def report(job: Job, outcome: Outcome, now: datetime, new_id: str, chance: float) -> Event:
    """What came of a job, as an event. `chance` in [0, 1) spreads the next try by ± 20 %."""
    who = (new_id, "", now, job.id, job.lane, job.token, job.thread_id, job.ref)
    match outcome:
        case Accepted(remote_id):
            ref, known = job.ref if _brings_news(job) else "", remote_id == job.posted
            return Delivered(*who[:-1], ref, "" if known else remote_id)
        case Closed(cause, code):
            return Refused(*who, cause, code)
        case Invalid(code):
            return Rejected(*who, code)
        case Unknown(code) if job.kind == "text":
            return Uncertain(*who, code)
        case TryLater(code, None) | Unknown(code) if _dead(job, code):
            return Rejected(*who, code)
        case TryLater(code, after) | Unknown(code, after):
            return Delayed(*who, now + _wait(job.tries, after, chance), code)


def _brings_news(job: Job) -> bool:
    """Whether anything hangs on the message that went: of a card only when the user has not seen the contact's words.

    What concerns no conversation is settled without looking at one.
    """
    if job.kind != "card" or job.message is None or job.conversation is None:
        return True
    return job.message.author == "contact" and bool(job.conversation.care.hidden)


def _dead(job: Job, code: str) -> bool:
    """Whether it was tried often enough; a message of somebody's is never laid aside, its deadline ends it."""
    return job.kind != "text" and job.tries >= DEAD_AFTER and not code.startswith(_WAITS)


def _note(job: Job, told: Event, outcome: Outcome) -> None:
    """One line from which the way of an event can be followed: `event_id` brought the row about."""
    extra = {"action": "delivered", "event_id": job.values.get("event", ""), "row": job.id, "kind": job.kind}
    extra |= {"outcome": type(told).__name__, "code": getattr(outcome, "code", ""), "report_id": told.id}
    if isinstance(told, Rejected) and job.kind != "text":
        log.error("a dead letter", extra=extra | {"tries": job.tries})
    else:
        log.info("delivered", extra=extra)


def _wait(tries: int, after: timedelta | None, chance: float) -> timedelta:
    """The platform's own wish if it has one, else the schedule; never two thundering at the same moment."""
    wait = after or SCHEDULE[min(tries, len(SCHEDULE) - 1)]
    return wait * (1 - JITTER + 2 * JITTER * chance) if after is None else wait + min(wait * JITTER, LATEST) * chance
