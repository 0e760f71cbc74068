"""The Store that `bot.ports` asks for, on SQLite or PostgreSQL: one synchronous core, two ways to run it."""

from __future__ import annotations

import asyncio
import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.events import Event, Report
from bot.points import point
from bot.ports import Decide, Job
from bot.store import audit, migrations, outbox
from bot.store.bell import Bell
from bot.store.claim import claim, claimable, due, lapsed
from bot.store.dialect import begun, connected, is_sqlite, open_postgres, open_sqlite, parse, try_again
from bot.store.groups import KINDS, Groups, whose
from bot.store.listener import Listener
from bot.store.peers import Peers
from bot.store.policies import Policies
from bot.store.reader import Reader
from bot.store.tokens import Shelf, Token
from bot.store.write import Done, Pending, transact
from bot.store.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")
RETRIES: Final = 3
_Opened = Callable[[AsyncEngine], AbstractAsyncContextManager[AsyncConnection]]
_ONE: Final = select(1)


def _untold(_: str) -> None:
    """Nobody wants to know."""


class Others(Protocol):
    """Processes beside this one on the same database."""

    def tell(self) -> None:
        """Something was committed that they may claim."""


class SqlStore(ABC):
    """A `Store`. Beyond that Protocol there are `read` and `run`: `await store.read(admin.users)`."""

    others: Others

    def __init__(self) -> None:
        self.bell = Bell()
        self._policies = Policies()

    @abstractmethod
    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`work(connection, …)` in one transaction, committed when this returns. It may be called again."""

    @abstractmethod
    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`work(connection, …)`, which only reads, beside whatever is being written, as it was committed last."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what was begun and let go of the database."""

    async def handle(self, event: Event, decide: Decide) -> Mapping[str, Any]:
        """See `Store.handle`. `decide` runs wherever the database is (SQLite: another thread), perhaps repeatedly."""
        done = await self._handle(event, decide)
        point("commit")
        if done.claimable:
            self.bell.ring()
            if not isinstance(event, Report):  # what comes next in a lane is for the worker here, if there is room
                self.others.tell()
        return done.answer

    async def _handle(self, event: Event, decide: Decide) -> Done:
        return await self._alone(event, decide)

    async def _alone(self, event: Event, decide: Decide) -> Done:
        return await self.run(transact, event, decide, self._policies)

    async def claimable(self, now: datetime, ways: Sequence[str]) -> Collection[str]:
        """See `Store.claimable`; most often there is nothing, so it must cost little."""
        self.bell.note()
        return await self.read(claimable, now, ways)

    async def claim(self, now: datetime, lease: timedelta, limit: int, way: str) -> Sequence[Job]:
        return await self.run(claim, now, now + lease, limit, way, secrets.token_hex(8), self._policies)

    async def put_off(self, held: Sequence[tuple[Job, datetime]]) -> None:
        await self.run(outbox.put_off, held)

    async def hasten(self, way: str, latest: datetime, until: datetime) -> None:
        await self.run(outbox.hasten, way, latest, until)

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        return await self.read(due, now, limit)

    async def lapsed(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        return await self.read(lapsed, now, limit)

    async def wait(self, seconds: float) -> None:
        await self.bell.wait(seconds)

    def wake(self) -> None:
        self.bell.ring()
        self.others.tell()

    async def ping(self) -> None:
        """Raises when the database does not answer."""
        await self.run(_ping)

    def shelf(self, make: Callable[[str, datetime], Token]) -> Shelf[Token]:
        """Where all processes share access tokens of the type that `make` makes."""
        return Shelf(self.run, make)

    async def audit(self, after: int = 0) -> AsyncIterator[audit.Entry]:
        """The record after an entry's `seq`, in order and page by page, so that it may be long and work goes on."""
        while entries := await self.read(audit.page, after):
            for entry in entries:
                yield entry
            after = entries[-1].seq


class SqliteStore(SqlStore):
    """One file, one writer in each process; workers of all processes are woken by FIFOs."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.others = self._peers = Peers(Path(str(connection.engine.url.database)), self.bell.ring)
        self.writer = Writer(connection, self._peers.turn)
        self._reader = Reader(connection.engine)

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def alone(connection: Connection, pending: Pending) -> T:
            pending.write(connection)
            return work(connection, *args, **kwargs)

        return await self.writer.do(alone)

    async def _alone(self, event: Event, decide: Decide) -> Done:
        return await self.writer.do(lambda connection, on: on.carry_out(connection, event, decide, self._policies))

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._reader.do(lambda connection: work(connection, *args, **kwargs))

    async def claimable(self, now: datetime, ways: Sequence[str]) -> Collection[str]:
        self._peers.listen()
        return await super().claimable(now, ways)

    async def close(self) -> None:
        await self._reader.close()
        await self.writer.close()
        self._peers.close()


class PostgresStore(SqlStore):
    """A pool of connections; workers of all processes are woken by NOTIFY."""

    def __init__(self, engine: AsyncEngine, group_failed: Callable[[str], None] = _untold) -> None:
        super().__init__()
        self._engine = engine
        self.others = self._listener = Listener(engine.url, self.bell)
        self._groups: dict[type[Event], Groups] = {
            kind: Groups(engine, self._policies, self._alone, partial(group_failed, kind.__name__)) for kind in KINDS
        }

    async def _handle(self, event: Event, decide: Decide) -> Done:
        groups = self._groups.get(type(event))
        return await (groups.do(event, decide) if groups and whose(event) else self._alone(event, decide))

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._on(begun, lambda connection: work(connection, *args, **kwargs))

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._on(connected, lambda connection: work(connection, *args, **kwargs))

    async def _on(self, opened: _Opened, work: Callable[[Connection], T]) -> T:
        for left in reversed(range(RETRIES + 1)):
            try:
                async with opened(self._engine) as connection:
                    return await connection.run_sync(work)
            except Exception as error:
                if not left or not try_again(error):
                    raise
        raise AssertionError("the last try returns or raises")

    async def close(self) -> None:
        for groups in self._groups.values():
            await groups.close()
        await self._listener.close()
        await self._engine.dispose()


async def open_store(url: str, group_failed: Callable[[str], None] = _untold) -> SqlStore:
    """The store at `url` (as in DATABASE_URL); StoreError when it was not migrated to this very version.

    `group_failed` is told the type of events that could not be committed together (see `Groups`).
    """
    parsed = parse(url)
    return await (
        asyncio.to_thread(_open_sqlite, parsed) if is_sqlite(parsed) else _open_postgres(parsed, group_failed)
    )


def _open_sqlite(url: URL) -> SqlStore:
    connection = open_sqlite(url)
    try:
        migrations.check(connection)
    except BaseException:
        connection.close()
        raise
    return SqliteStore(connection)


async def _open_postgres(url: URL, group_failed: Callable[[str], None]) -> SqlStore:
    engine = await open_postgres(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrations.check)
    except BaseException:
        await engine.dispose()
        raise
    return PostgresStore(engine, group_failed)


def _ping(connection: Connection) -> None:
    connection.execute(_ONE)
