"""A copy of an SQLite database while it is in use. PostgreSQL brings its own way (pg_dump), which this names."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.store.dialect import StoreError, is_sqlite, parse


async def backup(url: str, file: Path) -> int:
    """Copy the database to `file`, whole as of one moment, and prove that the copy is sound; its bytes.

    `file` appears when it is complete and must not be there before. StoreError for PostgreSQL, with what to type.
    """
    parsed = parse(url)
    if not is_sqlite(parsed):
        raise StoreError("A PostgreSQL database is copied by its own program: pg_dump --format=custom --file=FILE NAME")
    return await asyncio.to_thread(_copy, Path(str(parsed.database)), file)


def _copy(source: Path, file: Path) -> int:
    if not source.is_file():
        raise StoreError(f"There is no database {source}")
    if file.exists():
        raise StoreError(f"{file} is there already: a backup overwrites nothing")
    partial = file.with_name(f".{file.name}.partial")
    partial.unlink(missing_ok=True)
    # Only its owner may read what people wrote.
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(partial)) as copy:
            # In one step: a write-ahead log lets others write meanwhile, and a copy in steps begins anew at each write.
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise StoreError(f"The copy is not sound: {verdict}. The database itself is probably damaged too.")
        # Unlike a rename, this never takes the place of a file that came meanwhile.
        os.link(partial, file)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"The database cannot be copied: {error}. Restore an earlier backup.") from None
    finally:
        partial.unlink(missing_ok=True)
    return file.stat().st_size
