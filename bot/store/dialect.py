"""What differs between SQLite and PostgreSQL: types, engines, locks and upserts. Nothing else asks which one it is."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Dialect,
    Engine,
    Insert,
    Integer,
    String,
    Table,
    TypeDecorator,
    bindparam,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from bot.store import codec

OLDEST_SQLITE: Final = (3, 35)  # RETURNING and UPDATE … FROM
BUSY_SECONDS: Final = 5.0
POOL: Final = 8  # on two cores 8 connections were faster than 32
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_AGAIN: Final = ("40001", "40P01", "23505")


class StoreError(Exception):
    """The database cannot be used as asked; the message says who can mend it and how."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime: timestamptz on PostgreSQL, whole microseconds since 1970 on SQLite. Refuses naive values."""

    impl = postgresql.TIMESTAMP
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value if dialect.name == "postgresql" else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if isinstance(value, int):
            return _EPOCH + timedelta(microseconds=value)
        found: datetime | None = value  # asyncpg's are aware, UTC
        return found


Big = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER numbers itself on SQLite
Bytewise = String().with_variant(String(collation="C"), "postgresql")  # in the order of code points, as SQLite has it
JsonColumn = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def parse(url: str) -> URL:
    """The URL, checked; StoreError names what is accepted."""
    try:
        parsed = make_url(url)
    except ArgumentError:
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
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        json_serializer=codec.dumps,
        json_deserializer=codec.loads,
    )
    event.listen(engine, "connect", _prepare)
    return engine


def postgres_engine(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_pre_ping=False,
        json_serializer=codec.dumps,
        json_deserializer=codec.loads,
    )


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


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


_ADVISORY: Final = select(func.pg_advisory_xact_lock(bindparam("lock", type_=BigInteger)))


def advisory_lock(connection: Connection, lock: int) -> None:
    """Held until the end of the transaction. SQLite has one writer at a time anyway."""
    if is_postgres(connection):
        connection.execute(_ADVISORY, {"lock": lock})


def try_again(error: BaseException) -> bool:
    """Whether the transaction lost against another one (serialization, deadlock, same key) and would now do better."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _AGAIN


class Upsert:
    """INSERT … ON CONFLICT, compiled once for each database. `update` names columns taken from the new row."""

    def __init__(self, table: Table, keys: list[str], update: list[str], only_if: Any = None) -> None:
        self._sqlite = self._of(sqlite.insert(table), keys, update, only_if)
        self._postgres = self._of(postgresql.insert(table), keys, update, only_if)

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
