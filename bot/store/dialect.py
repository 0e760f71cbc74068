"""What differs between SQLite and PostgreSQL: types, engines, locks and upserts. Nothing else asks which one it is."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Connection,
    Dialect,
    Engine,
    Insert,
    Integer,
    Select,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from bot.store.kept import Plain

OLDEST_SQLITE: Final = (3, 35)  # RETURNING and UPDATE … FROM
BUSY_SECONDS: Final = 5.0
CHECKPOINT: Final = 4_000  # pages (16 MB): what is written again and again goes to the database file once
POOL: Final = 8  # on two cores 8 connections were faster than 32
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_AGAIN: Final = ("40001", "40P01", "23505")


class StoreError(Exception):
    """The database cannot be used as asked; the message says who can mend it and how."""


class LostConnection(Exception):
    """The database was there and is gone; what was not committed is undone."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime: timestamptz on PostgreSQL, whole microseconds since 1970 on SQLite. Refuses naive values."""

    impl = postgresql.TIMESTAMP
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        return _aware if dialect.name == "postgresql" else _microseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        return None if dialect.name == "postgresql" else _moment  # asyncpg's are aware, UTC


def _aware(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value


def _microseconds(value: datetime | None) -> int | None:
    return None if (aware := _aware(value)) is None else (aware - _EPOCH) // _MICROSECOND


def _moment(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)


Big = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER numbers itself on SQLite
Bytewise = String().with_variant(String(collation="C"), "postgresql")  # in the order of code points, as SQLite has it
JsonColumn = Plain()


def parse(url: str) -> URL:
    """The URL, checked; StoreError names what is accepted."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the second: a port that is no number
        parsed = make_url("unknown://")
    if parsed.drivername == "postgresql+asyncpg":
        return parsed
    if parsed.drivername != "sqlite+aiosqlite" or parsed.database in (None, "", ":memory:"):
        raise StoreError(
            "DATABASE_URL must be sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
        )
    return parsed


def is_sqlite(url: URL) -> bool:
    return url.drivername == "sqlite+aiosqlite"


def sqlite_engine(url: URL) -> Engine:
    """Plain sqlite3 under SQLAlchemy, which begins and commits nothing by itself: `begin` below is the only way."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old: install Python with SQLite 3.35 or newer")
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url.set(drivername="sqlite"),
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare)
    return engine


def postgres_engine(url: URL) -> AsyncEngine:
    """Begins and commits nothing by itself: `begun` below is the only way, for the driver's statements as well."""
    engine = create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        hide_parameters=True,
        pool_pre_ping=False,
        isolation_level="AUTOCOMMIT",
    )
    event.listen(engine.sync_engine, "connect", _leave_json)
    return engine


def _leave_json(connection: Any, _record: object) -> None:
    """What is in jsonb comes as text: the columns' own type reads it."""
    codec = {"encoder": lambda text: b"\x01" + text.encode(), "decoder": lambda sent: sent[1:].decode()}
    connection.run_async(lambda driver: driver.set_type_codec("jsonb", schema="pg_catalog", format="binary", **codec))


@asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection on which each statement stands by itself.

    LostConnection when the server is gone: it may be tried again.
    """
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        try:
            yield connection
        except Exception as error:
            if not driver.is_closed():
                raise
            await connection.invalidate()
            raise LostConnection from error


@asynccontextmanager
async def begun(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """`connected`, in a transaction: committed at the end, rolled back by whatever is raised."""
    async with connected(engine) as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        async with driver.transaction():
            yield connection


def open_sqlite(url: URL) -> Connection:
    """The file, made if it is not there. StoreError when it is no database."""
    with _opening():
        return sqlite_engine(url).connect()


async def open_postgres(url: URL) -> AsyncEngine:
    """With one connection made already. StoreError when the server does not let us in, OSError when there is none."""
    engine = postgres_engine(url)
    try:
        with _opening():
            async with engine.connect():
                return engine
    except BaseException:
        await engine.dispose()
        raise


@contextmanager
def _opening() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        why = getattr(error.orig, "__cause__", None) or error.orig
        cure = "look whether DATABASE_URL names it, its user and its password"
        raise StoreError(f"The database cannot be opened ({why}): {cure}") from None


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")  # what a savepoint could take back is not written to a file
    connection.create_function("lower", 1, _lower, deterministic=True)  # its own knows A to Z alone


def _lower(text: str | None) -> str | None:
    return text if text is None else text.lower()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """The switch to WAL answers `locked` at once when two processes make it together, whatever the timeout says."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def raw(connection: Connection) -> sqlite3.Connection:
    """The sqlite3 connection, for BEGIN, SAVEPOINT and COMMIT."""
    driver: Any = connection.connection.dbapi_connection
    return driver  # type: ignore[no-any-return]


def is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def try_again(error: BaseException) -> bool:
    """Whether it failed by no fault of its own: lost connection, or against another (serialization, deadlock, key)."""
    return (
        isinstance(error, LostConnection)
        or getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None) in _AGAIN
    )


class Upsert:
    """INSERT … ON CONFLICT, compiled once for each database. `update` names columns taken from the new row.

    `given` selects the new rows, in the order of `keys` and `update`.
    """

    def __init__(
        self, table: Table, keys: list[str], update: list[str], only_if: Any = None, given: Select[Any] | None = None
    ) -> None:
        new: list[Any] = [sqlite.insert(table), postgresql.insert(table)]
        if given is not None:
            new = [insert.from_select([*keys, *update], given) for insert in new]
        self._sqlite, self._postgres = (self._of(insert, keys, update, only_if) for insert in new)

    @staticmethod
    def _of(insert: Any, keys: list[str], update: list[str], only_if: Any) -> Insert:
        statement: Insert
        if update:
            new = {name: insert.excluded[name] for name in update}
            statement = insert.on_conflict_do_update(index_elements=keys, set_=new, where=only_if)
        else:
            statement = insert.on_conflict_do_nothing(index_elements=keys)
        return statement

    def on(self, connection: Connection) -> Insert:
        return self._postgres if is_postgres(connection) else self._sqlite
