"""Events of one kind on PostgreSQL, as many in a transaction as came while the one before was at work.

As on SQLite, each is answered when the commit has returned, and stands or falls alone: when something fails in a group,
nothing of it was done, and each of its events has a transaction of its own. So has what would have to wait in a group.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.events import ContactWrote, Delivered, Event
from bot.ports import Changes, Decide, Snapshot
from bot.store import step
from bot.store.dialect import begun
from bot.store.policies import Policies
from bot.store.step import Alone
from bot.store.write import Done, carry_out, record

MOST: Final = 64
"""Events in one transaction: bounds how long the first waits for the last."""

KINDS: Final = (ContactWrote, Delivered)
"""What comes in numbers, and asks the database the same questions every time. Not what users write: it takes the user's
row, so that of one user's there is one at a time anyway, and in a queue for it their cards are merged less.
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """An event to be handled, and who waits for it."""

    event: Event
    decide: Decide
    done: asyncio.Future[Done]


def whose(event: Event) -> tuple[str, ...]:
    """What an event locks first: two of the same would wait for each other. Empty: it is done alone."""
    match event:
        case ContactWrote():
            return event.account, event.openid
        case Delivered():
            return event.lane, event.token
    return ()


class Groups:
    """Of events of one of KINDS. `alone` gives one a transaction of its own; `failed` is told when a group fails."""

    def __init__(
        self,
        engine: AsyncEngine,
        policies: Policies,
        alone: Callable[[Event, Decide], Awaitable[Done]],
        failed: Callable[[], None],
    ) -> None:
        self._engine, self._policies, self._alone, self._failed = engine, policies, alone, failed
        self._waiting: list[Task] = []
        self._at_work: asyncio.Task[None] | None = None
        self._singly: dict[tuple[str, ...], asyncio.Task[None]] = {}

    async def do(self, event: Event, decide: Decide) -> Done:
        """What came of it, once it is committed."""
        task = Task(event, decide, asyncio.get_running_loop().create_future())
        self._waiting.append(task)
        self._begin()
        return await task.done

    async def close(self) -> None:
        """Finish what was begun."""
        while going := [*self._singly.values(), *([self._at_work] if self._at_work else [])]:
            await asyncio.wait(going)

    def _begin(self) -> None:
        if self._at_work is None:
            self._at_work = asyncio.create_task(self._work())

    async def _work(self) -> None:
        try:
            while group := self._next():
                await self._do_all(group)
        finally:
            self._at_work = None

    def _next(self) -> Sequence[Task]:
        """Of each contact and lane the first; what comes after it waits for the next group, or until it is done."""
        first: dict[tuple[str, ...], Task] = {}
        later = []
        for task in self._waiting:
            its = whose(task.event)
            if its in self._singly or len(first) >= MOST or task is not first.setdefault(its, task):
                later.append(task)
        self._waiting = later
        return list(first.values())

    async def _do_all(self, group: Sequence[Task]) -> None:
        try:
            done = await self._together(group)
        except Exception as error:  # of one, or of the database: each finds out for itself
            told = {"action": "group_failed", "events": len(group), "error": type(error).__name__}
            log.info("a group of events is done one by one", extra=told)
            self._failed()
            done = [Alone()] * len(group)
        for task, its in zip(group, done, strict=True):
            if isinstance(its, Done):
                _resolve(task, its)
            else:
                self._singly[whose(task.event)] = asyncio.create_task(self._do_alone(task))

    async def _together(self, group: Sequence[Task]) -> Sequence[Done | Alone]:
        async with begun(self._engine) as connection:
            on: Any = connection.sync_connection
            driver = (await connection.get_raw_connection()).driver_connection
            works = [partial(carry_out, on, task.event, _usual(task.decide), self._policies) for task in group]
            done = await step.together(driver, works)
            await connection.run_sync(record, [its for its in done if isinstance(its, Done)])
        return done

    async def _do_alone(self, task: Task) -> None:
        try:
            done = await self._alone(task.event, task.decide)
        except Exception as error:
            if not task.done.done():
                task.done.set_exception(error)
        else:
            _resolve(task, done)
        finally:
            del self._singly[whose(task.event)]
            self._begin()


def _resolve(task: Task, done: Done) -> None:
    if not task.done.done():  # whoever asked may have gone away
        task.done.set_result(done)


def _usual(decide: Decide) -> Decide:
    """Getting connected takes locks of its own: such an event is done alone."""

    def usual(event: Event, at: Snapshot) -> Changes:
        if isinstance(event, ContactWrote) and at.conversation is None:
            raise Alone
        return decide(event, at)

    return usual
