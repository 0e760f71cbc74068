"""A copy while the service writes and the way back, on both databases; for PostgreSQL as the README says it."""

import asyncio
import os
import re
import shlex
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.sim.service import Service, free_port
from bot.store import SqlStore, StoreError, admin, audit, migrations, open_store
from bot.store.backup import backup, restore
from tests.postgres import Server
from tests.store.build import ACT, begin, greet, wrote
from tests.store.conftest import opened
from tests.store.content import content
from tests.store.test_upgrade import first_release, works

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Sqlite:
    """`file` is where the copy is."""

    url: str
    file: Path

    async def save(self) -> None:
        await backup(self.url, self.file)

    async def put_back(self) -> None:
        await restore(self.url, self.file, ACT)


@dataclass(frozen=True, slots=True)
class Postgres:
    """What the README says, word for word, run by the server's own programs."""

    url: str
    file: Path
    server: Server

    async def save(self) -> None:
        await self._run([line for line in self._commands() if line.startswith("pg_dump")])

    async def put_back(self) -> None:
        await self._run([line for line in self._commands() if not line.startswith(("pg_dump", ".venv"))])
        await migrations.upgrade(self.url)

    def _commands(self) -> Sequence[str]:
        block = re.search(r"^pg_dump .*?(?=^```)", README, re.MULTILINE | re.DOTALL)
        assert block is not None and block[0].rstrip().endswith("admin migrate")
        words = {"FILE": str(self.file), "NAME": urlsplit(self.url).path.removeprefix("/")}
        return [re.sub(r"\b(FILE|NAME)\b", lambda m: words[m[1]], line) for line in block[0].splitlines() if line]

    async def _run(self, commands: Sequence[str]) -> None:
        environ = {"PATH": f"{self.server.programs}:{os.environ['PATH']}"}
        environ |= {"PGHOST": self.server.socket, "PGUSER": "postgres"}
        for command in commands:
            await asyncio.to_thread(subprocess.run, shlex.split(command), env=environ, check=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Sqlite | Postgres:
    """An empty database and how it is copied."""
    if request.param == "sqlite":
        return Sqlite(f"sqlite+aiosqlite:///{tmp_path}/data/store.db", tmp_path / "copy")
    server: Server = request.getfixturevalue("postgres_server")
    return Postgres(request.getfixturevalue("empty_postgres"), tmp_path / "copy", server)


async def test_what_was_said_until_the_copy_comes_back_and_the_service_goes_on(
    way: Sqlite | Postgres, tmp_path: Path
) -> None:
    await migrations.upgrade(way.url)
    await speaks(way.url, "o-1")
    saved = await content(way.url)
    await way.save()
    await speaks(way.url, "o-2")
    assert await content(way.url) != saved
    await way.put_back()
    restored = await content(way.url)
    noted = [entry["event"] for entry in restored["audit"][len(saved["audit"]) :]]
    assert noted == (["Restored"] if isinstance(way, Sqlite) else [])
    assert restored | {"audit": restored["audit"][: len(saved["audit"])]} == saved
    await is_whole(way.url)
    await serves(way.url, tmp_path)


async def test_a_copy_of_an_older_version_comes_back_up_to_date(way: Sqlite | Postgres) -> None:
    """As after an upgrade that one wants to undo: the newer tables are there and must not stand in the way."""
    if isinstance(way, Sqlite):
        (way.file.parent / "data").mkdir()
    await first_release(way.url)
    await way.save()
    await migrations.upgrade(way.url)
    await way.put_back()
    await works(way.url)


async def speaks(url: str, openid: str) -> None:
    store = await (open_store(url) if openid != "o-1" else opened(url))
    await begin(store, openid)
    await store.close()


async def is_whole(url: str) -> None:
    store = await open_store(url)
    entries = [entry async for entry in store.audit()]
    await store.close()
    assert entries and not list(audit.verify(entries))


async def serves(url: str, folder: Path) -> None:
    """The real service starts on it, in a process of its own, and is ready."""
    account = {"WECHAT_APP_ID": "wx0", "WECHAT_TOKEN": "abc", "WECHAT_ENCODING_AES_KEY": "a" * 43}
    running = Service({"DEV_MODE": "1", "DATABASE_URL": url, "PORT": str(free_port()), **account}, folder)
    try:
        await running.start()
    finally:
        await running.stop()


# ---- SQLite: what `admin backup` and `admin restore` refuse


async def test_a_copy_made_while_the_service_writes_is_whole_and_can_be_used(sqlite_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    store = await opened(sqlite_url)
    begun = await begin(store)
    writing = asyncio.create_task(_write(100, store))
    size = await backup(sqlite_url, copy)
    await writing
    await store.close()
    assert size == copy.stat().st_size
    assert copy.stat().st_mode & 0o077 == 0
    assert copies(tmp_path) == ["copy.db"]
    restored = await open_store(f"sqlite+aiosqlite:///{copy}")
    assert begun.thread.id in [each.thread.id for each in await restored.run(admin.threads)]
    assert not list(audit.verify([entry async for entry in restored.audit()]))
    await restored.handle(wrote("o-9"), greet)
    await restored.close()


async def _write(times: int, store: SqlStore) -> None:
    for number in range(times):
        await store.handle(wrote(f"o-{number}"), greet)


def copies(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if "copy" in path.name)


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096 * 5 : 4096 * 20] = b"\xff" * (4096 * 15)
    file.write_bytes(content)


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite+aiosqlite:///"))


async def test_a_backup_overwrites_nothing_and_needs_something_to_copy(sqlite_url: str, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine")
    with pytest.raises(StoreError, match="overwrites nothing"):
        await backup(sqlite_url, there)
    assert there.read_text() == "mine"
    with pytest.raises(StoreError, match="There is no file"):
        await backup(f"sqlite+aiosqlite:///{tmp_path}/gone.db", tmp_path / "x.db")
    with pytest.raises(StoreError, match="pg_dump --format=custom"):
        await backup("postgresql+asyncpg://u@h/n", tmp_path / "x.db")


async def test_a_damaged_database_gives_no_backup(sqlite_url: str, tmp_path: Path) -> None:
    await (await opened(sqlite_url)).close()
    damage(file_of(sqlite_url))
    with pytest.raises(StoreError, match=r"cannot be copied|not sound"):
        await backup(sqlite_url, tmp_path / "copy.db")
    assert copies(tmp_path) == []


async def test_what_a_restore_replaces_is_kept_and_nobody_else_may_read_either(sqlite_url: str, tmp_path: Path) -> None:
    await backup(sqlite_url, tmp_path / "copy.db")
    await speaks(sqlite_url, "o-1")
    before = await content(sqlite_url)
    aside = await restore(sqlite_url, tmp_path / "copy.db", ACT)
    assert aside == file_of(sqlite_url).with_name("store.db.replaced")
    assert await content(f"sqlite+aiosqlite:///{aside}") == before
    assert file_of(sqlite_url).stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in aside.parent.iterdir()) == ["store.db", "store.db.replaced"]
    with pytest.raises(StoreError, match="from an earlier restore: move it away first"):
        await restore(sqlite_url, tmp_path / "copy.db", ACT)


async def test_a_damaged_database_gives_way(sqlite_url: str, tmp_path: Path) -> None:
    await speaks(sqlite_url, "o-1")
    await backup(sqlite_url, tmp_path / "copy.db")
    file_of(sqlite_url).write_bytes(b"what the disk made of it" * 1000)
    assert await restore(sqlite_url, tmp_path / "copy.db", ACT) is not None
    await is_whole(sqlite_url)


async def test_where_there_was_none_a_restore_makes_the_database(sqlite_url: str, tmp_path: Path) -> None:
    await backup(sqlite_url, tmp_path / "copy.db")
    new = f"sqlite+aiosqlite:///{tmp_path}/new/machine.db"
    assert await restore(new, tmp_path / "copy.db", ACT) is None
    await is_whole(new)


async def test_a_database_in_use_is_not_replaced(sqlite_url: str, tmp_path: Path) -> None:
    await backup(sqlite_url, tmp_path / "copy.db")
    store = await opened(sqlite_url)
    with pytest.raises(StoreError, match="is in use: stop the service first"):
        await restore(sqlite_url, tmp_path / "copy.db", ACT)
    await store.handle(wrote(), greet)
    await store.close()


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("UPDATE alembic_version SET version_num = 'v99'", "is not restored.*v99, which this program does not know"),
        ("DROP TABLE alembic_version", "holds no database of this program"),
        ("", "cannot be copied: file is not a database"),
    ],
    ids=["newer", "foreign", "none"],
)
async def test_a_copy_that_is_none_of_ours_changes_nothing(
    sql: str, complaint: str, sqlite_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    await backup(sqlite_url, copy)
    if sql:
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute(sql)
    else:
        copy.write_text("no database, but long enough to be looked at" * 10)
    before = await content(sqlite_url)
    with pytest.raises(StoreError, match=complaint):
        await restore(sqlite_url, copy, ACT)
    assert await content(sqlite_url) == before
    assert [path.name for path in file_of(sqlite_url).parent.iterdir()] == ["store.db"]


async def test_what_restores_postgres_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        await restore("postgresql+asyncpg://u@h/n", tmp_path / "copy", ACT)
    named = re.findall(r"dropdb NAME|createdb NAME|pg_restore .*FILE", str(refused.value))
    assert len(named) == 3 and all(f"\n{command}\n" in README for command in named)
