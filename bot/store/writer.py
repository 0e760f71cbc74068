"""The one writer of a SQLite database: a thread that commits many transactions at once.

A commit costs an fsync, whatever is in it; so what queued up meanwhile shares the next one, and is answered only when
the commit has returned. One that fails harms no other: nothing of its group stays, and all of it is carried out again,
now with a savepoint for each, which costs too much to be there always. It is a thread with a plain sqlite3 connection,
and not aiosqlite, because that hops to a thread and back for each statement: a quarter of the speed. And it is one,
because several writers of one SQLite file only wait for each other.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from bot.store.dialect import StoreError, raw
from bot.store.write import Pending

T = TypeVar("T")
Work = Callable[[Connection, Pending], Any]
MOST: Final = 128  # in one commit: bounds how long the first of a group waits for the last


@dataclass(frozen=True, slots=True)
class _Task:
    work: Work
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Done:
    task: _Task
    result: Any = None
    error: Exception | None = None


class Writer:
    """Runs work on the connection, in the order it came. `commits` counts what was fsynced."""

    def __init__(self, connection: Connection, turn: Callable[[], AbstractContextManager[None]]) -> None:
        self.commits = 0
        self._turn = turn
        self._connection = connection
        self._driver = raw(connection)
        self._queue: SimpleQueue[_Task | None] = SimpleQueue()
        self._closed = False
        self._thread = Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def do(self, work: Callable[[Connection, Pending], T]) -> T:
        """What `work` returned or raised; by then it is committed, or has left nothing behind. It may be called again.

        Work that is no event reads what the events before it are about to insert: it is to `write` that first.
        """
        if self._closed:
            raise StoreError("the database was closed: this process is stopping")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Task(work, loop, future))
        return await future

    async def close(self) -> None:
        """Finish what is queued, then stop."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while (task := self._queue.get()) is not None:
            with self._turn():
                done = self._group(task)
            _answer(done)
        self._connection.close()
        self._connection.engine.dispose()

    def _group(self, first: _Task) -> list[_Done]:
        tasks = [first]
        try:
            return self._transaction(tasks, self._plainly)
        except Exception as error:
            if len(tasks) == 1:
                return [_Done(first, error=error)]
        try:
            return self._transaction(tasks, self._carefully)
        except Exception as error:
            return [_Done(task, error=error) for task in tasks]

    def _transaction(self, tasks: list[_Task], attempt: Callable[[_Task, Pending], _Done]) -> list[_Done]:
        """Of these and of what comes meanwhile, which are added to them; whatever is raised, nothing was done."""
        pending = Pending()
        try:
            self._driver.execute("BEGIN IMMEDIATE")
            done = [attempt(task, pending) for task in self._coming(tasks)]
            pending.write(self._connection)
            self._driver.execute("COMMIT")
        except Exception:
            with suppress(Exception):
                self._driver.execute("ROLLBACK")
            raise
        self.commits += 1
        return done

    def _coming(self, tasks: list[_Task]) -> Iterator[_Task]:
        yield from tasks
        while (task := self._more(len(tasks))) is not None:
            tasks.append(task)
            yield task

    def _more(self, taken: int) -> _Task | None:
        """The next task, when there is one and the group has room."""
        if taken >= MOST:
            return None
        try:
            task = self._queue.get_nowait()
        except Empty:
            return None
        if task is None:
            self._queue.put(None)  # the end of all groups, not of this one
        return task

    def _plainly(self, task: _Task, pending: Pending) -> _Done:
        return _Done(task, task.work(self._connection, pending))

    def _carefully(self, task: _Task, pending: Pending) -> _Done:
        self._driver.execute("SAVEPOINT task")
        try:
            done = self._plainly(task, pending)
            pending.write(self._connection)
        except Exception as error:
            if not self._driver.in_transaction:
                raise  # a full disk or a failing one ends the transaction, and with it the whole group
            self._driver.execute("ROLLBACK TO task")
            self._driver.execute("RELEASE task")
            pending.forget()
            return _Done(task, error=error)
        self._driver.execute("RELEASE task")
        return done


def _answer(group: list[_Done]) -> None:
    """All callers of one loop in one call: a wake-up of the loop costs a system call."""
    loops: dict[asyncio.AbstractEventLoop, list[_Done]] = defaultdict(list)
    for done in group:
        loops[done.task.loop].append(done)
    for loop, its in loops.items():
        with suppress(RuntimeError):  # that loop has ended, and nobody waits there any more
            loop.call_soon_threadsafe(_resolve, its)


def _resolve(group: list[_Done]) -> None:
    for done in group:
        if done.task.future.cancelled():
            continue
        if done.error is not None:
            done.task.future.set_exception(done.error)
        else:
            done.task.future.set_result(done.result)
