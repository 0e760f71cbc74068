"""The shape of the database, version by version, and the way from each to the next. Run by `admin migrate`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from bot.store import directory
from bot.store.dialect import StoreError, begun, is_sqlite, open_postgres, open_sqlite, parse, raw
from bot.store.prepared import Advisory, advisory_lock


async def upgrade(url: str) -> str:
    """Bring the database to this program's version and return that; StoreError when it is newer already.

    All in one transaction that nobody shares, so two processes may do it at once and a crash leaves what was before.
    Versions know nothing of the program: what only its code can work out is filled in when the last one is reached.
    """
    return await _run(url, _upgrade)


async def current(url: str) -> str:
    """The database's version, empty for a database that was never migrated."""
    return await _run(url, version)


def newest() -> str:
    """This program's version."""
    return str(_script().get_current_head())


def version(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def check(connection: Connection) -> None:
    """StoreError unless the database has exactly this program's version."""
    found = version(connection)
    _refuse_newer(found)
    if found != newest():
        state = f"has version {found}" if found else "is empty"
        raise StoreError(f"The database {state} and must be brought up to date: python -m bot admin migrate")


def _upgrade(connection: Connection) -> str:
    advisory_lock(connection, Advisory.MIGRATION)
    _refuse_newer(version(connection))
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    directory.fill(connection)
    return version(connection)


def _refuse_newer(found: str) -> None:
    if found and found not in {script.revision for script in _script().walk_revisions()}:
        raise StoreError(
            f"The database has version {found}, which this program does not know (it knows up to"
            f" {newest()}): whoever runs the service must install the newer program"
            " again, or restore the backup from before it."
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


@cache
def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


async def _run(url: str, work: Callable[[Connection], str]) -> str:
    parsed = parse(url)
    if is_sqlite(parsed):
        return await asyncio.to_thread(_run_sqlite, parsed, work)
    engine = await open_postgres(parsed)
    try:
        async with begun(engine) as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _run_sqlite(url: URL, work: Callable[[Connection], str]) -> str:
    with open_sqlite(url) as connection:
        raw(connection).execute("BEGIN EXCLUSIVE")
        try:
            result = work(connection)
            raw(connection).execute("COMMIT")
        finally:
            if raw(connection).in_transaction:
                raw(connection).execute("ROLLBACK")
    return result
