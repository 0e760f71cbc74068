"""A worker's surroundings, scripted, in a time that jumps to the next timer instead of waiting for it."""

import asyncio
import selectors
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar

from bot.circuit import Circuits
from bot.domain.events import Delayed, Due, Event, Report, RequestLapsed
from bot.ports import Accepted, Decide, Gateway, Job, Outcome
from bot.worker import Worker

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
FOREVER = 3600.0
Result = TypeVar("Result")


# ---- time


class _Skipping(selectors.DefaultSelector):
    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody waits for somebody else")
        self.skipped += max(0.0, timeout)
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._hours = _Skipping()
        super().__init__(self._hours)

    def time(self) -> float:
        return self._hours.skipped


def run(scene: Coroutine[Any, Any, Result]) -> Result:
    """What the scene comes to, however long it takes in its own time."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(scene)


class LoopClock:
    def now(self) -> datetime:
        return START + timedelta(seconds=asyncio.get_running_loop().time())


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


# ---- store, engine, gateway


def job(ref: str = "m1", lane: str = "wechat/T", **more: Any) -> Job:
    given = {"kind": "text", "tries": 0, "before": None, "values": {}, **more}
    return Job(int(ref[1:]), lane, "token", thread_id=lane.partition("/")[2], ref=ref, **given)


class Office:
    """Store and engine in one: rows are claimed, reports settle them. `broken` says what fails, and how often."""

    def __init__(
        self, *jobs: Job, overdue: Sequence[str] = (), unanswered: Sequence[tuple[str, str]] = (), **broken: int
    ) -> None:
        self.jobs = list(jobs)
        self.overdue = list(overdue)
        self.unanswered = list(unanswered)
        self.broken = Counter(broken)
        self.leases: dict[str, datetime] = {}
        self.events: list[Event] = []
        self.asked: list[tuple[datetime, int]] = []
        self.held: list[str] = []
        self.woken = asyncio.Event()

    async def handle(self, event: Event, decide: Decide | None = None) -> Mapping[str, Any]:
        self._break(type(event).__name__)
        self._break(str(getattr(event, "thread_id", "")))
        self.events.append(event)
        match event:
            case Due():
                self.overdue.remove(event.thread_id)
            case RequestLapsed():
                self.unanswered.remove((event.thread_id, event.request_id))
            case Delayed():
                self.jobs = [replace(j, tries=j.tries + 1) if j.id == event.row else j for j in self.jobs]
                self.leases[event.lane] = event.until
            case Report():
                self.jobs = [job for job in self.jobs if job.id != event.row]
                del self.leases[event.lane]
        return {}

    async def claimable(self, now: datetime, ways: Sequence[str]) -> Sequence[str]:
        self._break("claimable")
        due = {each.lane.partition("/")[0] for each in self.jobs if self.leases.get(each.lane, now) <= now}
        return [way for way in ways if way in due]

    async def claim(self, now: datetime, lease: timedelta, limit: int, way: str) -> Sequence[Job]:
        self._break("claim")
        heads: dict[str, Job] = {}
        for each in self.jobs:
            heads.setdefault(each.lane, each)
        free = [job for job in heads.values() if self.leases.get(job.lane, now) <= now and job.lane.startswith(way)]
        self.leases |= {each.lane: now + lease for each in free[:limit]}
        return free[:limit]

    async def put_off(self, held: Sequence[tuple[Job, datetime]]) -> None:
        self._break("put_off")
        self.held += [each.ref for each, _ in held]
        self.leases |= {each.lane: min(until, each.before or until) for each, until in held}

    async def hasten(self, way: str, latest: datetime, until: datetime) -> None:
        self.leases = {lane: until if lane.startswith(way) and at > latest else at for lane, at in self.leases.items()}

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        self._break("due")
        self.asked.append((now, limit))
        return self.overdue[:limit]

    async def lapsed(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        return self.unanswered[:limit]

    async def wait(self, seconds: float) -> None:
        self._break("wait")
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.woken.wait()
        self.woken.clear()

    def wake(self) -> None:
        self.woken.set()

    def _break(self, what: str) -> None:
        if self.broken[what]:
            self.broken[what] -= 1
            raise ConnectionError(what)


class Outside:
    """Answers every job as scripted by its ref: an outcome, an exception, or the seconds it takes to accept."""

    def __init__(self, **answers: Outcome | Exception | float) -> None:
        self.answers = answers
        self.delivered: list[tuple[str, datetime]] = []
        self.under_way = self.most = 0

    @property
    def refs(self) -> list[str]:
        return [ref for ref, _ in self.delivered]

    async def deliver(self, job: Job) -> Outcome:
        self.delivered.append((job.ref, LoopClock().now()))
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            return await self._answer(self.answers.get(job.ref, Accepted(f"remote-{job.ref}")))
        finally:
            self.under_way -= 1

    def host(self, job: Job) -> str:
        return str(job.values.get("host", "outside"))

    async def _answer(self, answer: Outcome | Exception | float) -> Outcome:
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return Accepted()
        await asyncio.sleep(0)
        return answer


def hired(
    office: Office,
    wechat: Gateway,
    teams: Gateway | None = None,
    concurrency: int = 64,
    circuits: Circuits | None = None,
) -> Worker:
    numbers = count(1)
    gateways = {"wechat": wechat, **({"teams": teams} if teams else {})}
    return Worker(
        *(office, office, gateways, LoopClock(), lambda: f"e{next(numbers)}"),
        concurrency=concurrency,
        random=Random(7),
        circuits=circuits,
    )


async def shift(worker: Worker, seconds: float) -> datetime:
    """Let the worker run for so long, then stop it; when it was really done."""
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(seconds)
    worker.stop()
    await running
    return LoopClock().now()
