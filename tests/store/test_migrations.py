"""The database's versions: from nothing to the models, by two at once, and never by a program that is too old."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from bot.store import StoreError, migrations, open_store
from bot.store.dialect import is_postgres, is_sqlite, parse, raw, sqlite_engine

HEAD = migrations.newest()
POSTGRES_SHAPE = """
SELECT table_name || '.' || column_name, concat_ws(' ', data_type, is_nullable, column_default, ordinal_position)
FROM information_schema.columns WHERE table_schema = 'public'
UNION SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
ORDER BY 1, 2
"""
SQLITE_SHAPE = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"


def shape(connection: Connection) -> dict[str, str]:
    """What the database says its tables, indexes and constraints are, in its own words."""
    rows = connection.execute(text(POSTGRES_SHAPE if is_postgres(connection) else SQLITE_SHAPE))
    found = {name: re.sub(r"\s+", " ", sql) for name, sql in rows if "alembic" not in name and "sqlite_" not in name}
    return {name: "".join(sorted(re.split(r"[,()]", sql))) for name, sql in found.items()}


async def in_database(url: str, work: Any) -> Any:
    return await migrations._run(url, work)


async def test_from_zero_is_what_the_models_say(empty_url: str) -> None:
    models = await in_database(empty_url, _from_models)
    assert await migrations.current(empty_url) == ""
    assert await migrations.upgrade(empty_url) == HEAD
    assert await in_database(empty_url, shape) == models
    assert len(models) > 12


def _from_models(connection: Connection) -> dict[str, str]:
    SQLModel.metadata.create_all(connection)
    found = shape(connection)
    SQLModel.metadata.drop_all(connection)
    return found


async def test_a_second_time_changes_nothing(empty_url: str) -> None:
    assert await migrations.upgrade(empty_url) == await migrations.upgrade(empty_url) == HEAD
    await (await open_store(empty_url)).close()


async def test_two_processes_may_migrate_at_once(empty_url: str) -> None:
    code = f"import asyncio; from bot.store import migrations; print(asyncio.run(migrations.upgrade({empty_url!r})))"
    both = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = [await process.communicate() for process in both]
    assert [out for out, _ in said] == [f"{HEAD}\n".encode()] * 2, said


async def test_a_newer_database_is_refused_and_left_alone(url: str) -> None:
    def age(connection: Connection) -> str:
        connection.execute(text("UPDATE alembic_version SET version_num = 'v99'"))
        return ""

    await in_database(url, age)
    for work in (migrations.upgrade, open_store):
        with pytest.raises(StoreError, match=rf"v99.*knows up to {HEAD}.*install the newer program"):
            await work(url)
    assert await migrations.current(url) == "v99"


async def test_an_empty_database_is_refused_with_what_to_do(empty_url: str) -> None:
    with pytest.raises(StoreError, match=r"is empty .* python -m bot admin migrate"):
        await open_store(empty_url)


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "mysql://x/y", "nonsense", ""])
async def test_an_address_that_is_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL must be"):
        await open_store(url)


@pytest.mark.parametrize("work", [migrations.upgrade, open_store])
async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, work: Any) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no database" * 100)
    with pytest.raises(StoreError, match=r"cannot be opened \(file is not a database\): look whether DATABASE_URL"):
        await work(f"sqlite+aiosqlite:///{file}")
    assert file.read_text() == "no database" * 100


@pytest.mark.postgres
@pytest.mark.parametrize("work", [migrations.upgrade, open_store])
@pytest.mark.parametrize(
    ("right", "wrong", "why"), [("@/", "@/not_", "does not exist"), ("postgres@", "nobody@", 'role "nobody"')]
)
async def test_a_server_that_does_not_let_us_in_is_told_in_its_words(
    postgres_url: str, work: Any, right: str, wrong: str, why: str
) -> None:
    with pytest.raises(StoreError, match=rf"cannot be opened \(.*{why}.*\): look whether DATABASE_URL"):
        await work(postgres_url.replace(right, wrong))


async def test_sqlite_is_set_to_lose_nothing(sqlite_url: str) -> None:
    parsed = parse(sqlite_url)
    assert is_sqlite(parsed)
    with sqlite_engine(parsed).connect() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [raw(connection).execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    assert found == ["wal", 2, 1, 5000]
