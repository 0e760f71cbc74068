"""A copy of an SQLite database while it is in use, and the way back. PostgreSQL brings its own, which this names."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from bot.store import audit, migrations
from bot.store.admin import Act
from bot.store.dialect import StoreError, is_sqlite, parse
from bot.store.store import open_store

ASIDE: Final = ".replaced"
"""What is added to a database's name when a restored one takes its place."""


async def backup(url: str, file: Path) -> int:
    """Copy the database to `file`, whole as of one moment, and prove that the copy is sound; its bytes.

    `file` appears when it is complete and must not be there before. StoreError for PostgreSQL, with what to type.
    """
    parsed = parse(url)
    if not is_sqlite(parsed):
        raise StoreError("A PostgreSQL database is copied by its own program: pg_dump --format=custom --file=FILE NAME")
    return await asyncio.to_thread(_copy_out, Path(str(parsed.database)), file)


async def restore(url: str, file: Path, act: Act) -> Path | None:
    """Put the copy in `file`, brought up to date, in the database's place; where the one that was there is kept now.

    Nothing is changed unless the copy is sound and this program's. StoreError for that, while a service still uses the
    database, and for PostgreSQL.
    """
    parsed = parse(url)
    if not is_sqlite(parsed):
        raise StoreError(
            "A PostgreSQL database is restored by its own programs: dropdb NAME, createdb NAME,"
            " pg_restore --single-transaction --no-owner --dbname=NAME FILE"
        )
    place = Path(str(parsed.database))
    aside = place.with_name(f"{place.name}{ASIDE}")
    await asyncio.to_thread(_make_way, place, aside)
    with _growing(place) as partial:
        await asyncio.to_thread(_copy, file, partial)
        await _take_over(parsed.set(database=str(partial)).render_as_string(), file, act)
        return await asyncio.to_thread(_replace, place, aside, partial)


def _make_way(place: Path, aside: Path) -> None:
    """End the write-ahead log, which takes having the database for oneself. A damaged one has to go as it is."""
    if aside.exists():
        raise StoreError(f"{aside} is there from an earlier restore: move it away first")
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        return
    try:
        with closing(sqlite3.connect(place, timeout=1)) as live:
            live.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise StoreError(f"{place} is in use: stop the service first") from None


def _replace(place: Path, aside: Path, partial: Path) -> Path | None:
    for suffix in ("-wal", "-shm", ""):  # the first two are there only beside a damaged one
        if (old := Path(f"{place}{suffix}")).exists():
            old.rename(f"{aside}{suffix}")
    partial.rename(place)
    return aside if aside.exists() else None


async def _take_over(url: str, file: Path, act: Act) -> None:
    try:
        if not await migrations.current(url):
            raise StoreError(f"{file} holds no database of this program")
        await migrations.upgrade(url)
    except StoreError as refused:
        raise StoreError(f"{file} is not restored. {refused}") from None
    store = await open_store(url)
    try:
        await store.run(_note, act)
    finally:
        await store.close()


def _note(connection: Connection, act: Act) -> None:
    audit.append(connection, audit.Occurred("Restored", "", act.at), "", "", {"event": "Restored", "by": act.by})


def _copy_out(source: Path, file: Path) -> int:
    if file.exists():
        raise StoreError(f"{file} is there already: a backup overwrites nothing")
    with _growing(file) as partial:
        _copy(source, partial)
        # Unlike a rename, this never takes the place of a file that came meanwhile.
        os.link(partial, file)
    return file.stat().st_size


@contextmanager
def _growing(file: Path) -> Iterator[Path]:
    """A file beside `file` for what is to become it, which only its owner may read; gone in the end."""
    partial = file.with_name(f".{file.name}.partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _copy(source: Path, file: Path) -> None:
    if not source.is_file():
        raise StoreError(f"There is no file {source} to copy")
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(file)) as copy:
            # In one step: a write-ahead log lets others write meanwhile, and a copy in steps begins anew at each write.
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{source} cannot be copied: {error}. Use an earlier backup.") from None
    if verdict != "ok":
        raise StoreError(f"The copy of {source} is not sound: {verdict}. Use an earlier backup.")
