"""A copy while the service writes, and the way back; a database of the first release brought up to date."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import SqlStore, StoreError, admin, audit, migrations, open_store
from bot.store.backup import backup
from tests.store.build import begin, greet, wrote
from tests.store.conftest import opened

FIRST = Path(__file__).parent.parent / "data/v01.sql"


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


async def test_a_backup_overwrites_nothing_and_needs_something_to_copy(sqlite_url: str, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine")
    with pytest.raises(StoreError, match="overwrites nothing"):
        await backup(sqlite_url, there)
    assert there.read_text() == "mine"
    with pytest.raises(StoreError, match="There is no database"):
        await backup(f"sqlite+aiosqlite:///{tmp_path}/gone.db", tmp_path / "x.db")
    with pytest.raises(StoreError, match="pg_dump --format=custom"):
        await backup("postgresql+asyncpg://u@h/n", tmp_path / "x.db")


async def test_a_damaged_database_gives_no_backup(sqlite_url: str, tmp_path: Path) -> None:
    await (await opened(sqlite_url)).close()
    damage(Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")))
    with pytest.raises(StoreError, match=r"cannot be copied|not sound"):
        await backup(sqlite_url, tmp_path / "copy.db")
    assert copies(tmp_path) == []


async def test_a_database_of_the_first_release_comes_with_all_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    url = f"sqlite+aiosqlite:///{file}"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(FIRST.read_text("utf-8"))
    assert await migrations.current(url) == "v01"
    assert await migrations.upgrade(url) == migrations.newest() != "v01"
    store = await open_store(url)
    try:
        [conversation] = await store.run(admin.threads)
        history = await store.run(admin.thread, conversation.thread.id)
        assert (conversation.user.name, len(conversation.thread.queue)) == ("Anna Schmidt", 1)
        assert [said.message.text for said in history.messages if said.message.author == "contact"] == ["你好 hello"]
        entries = [entry async for entry in store.audit()]
        assert len(entries) > 5 and not list(audit.verify(entries))
    finally:
        await store.close()
