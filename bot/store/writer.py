"""The one writer of a SQLite database: a thread that commits many transactions at once.

A commit costs an fsync, whatever is in it; so what queued up meanwhile shares the next one. Each piece of work has a
savepoint of its own, so that one that fails harms no other, and is answered only when the commit has returned. It is a
thread with a plain sqlite3 connection, and not aiosqlite, because that hops to a thread and back for each statement: a
quarter of the speed. And it is one, because several writers of one SQLite file only wait for each other.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from bot.store.dialect import StoreError, raw

T = TypeVar("T")
Work = Callable[[Connection], Any]
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

    async def do(self, work: Callable[[Connection], T]) -> T:
        """What `work` returned or raised; by then it is committed, or has left nothing behind."""
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
        done: list[_Done] = []
        try:
            self._driver.execute("BEGIN IMMEDIATE")
            done.append(self._attempt(first))
            while (task := self._more(len(tasks))) is not None:
                tasks.append(task)
                done.append(self._attempt(task))
            self._driver.execute("COMMIT")
            self.commits += 1
        except Exception as error:
            with suppress(Exception):
                self._driver.execute("ROLLBACK")
            done = [_Done(task, error=error) for task in tasks]
        return done

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

    def _attempt(self, task: _Task) -> _Done:
        self._driver.execute("SAVEPOINT task")
        try:
            result = task.work(self._connection)
        except Exception as error:
            if not self._driver.in_transaction:
                raise  # a full disk or a failing one ends the transaction, and with it the whole group
            self._driver.execute("ROLLBACK TO task")
            self._driver.execute("RELEASE task")
            return _Done(task, error=error)
        self._driver.execute("RELEASE task")
        return _Done(task, result)


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
