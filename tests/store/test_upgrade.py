"""A database of the first release, with what was said in it, brought up to date from whatever version it stopped at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection

from bot.store import StoreError, admin, migrations, open_store, proof
from tests.store.build import HOUR, greet, wrote
from tests.store.content import Rows, content

DATA = Path(__file__).parent.parent / "data"
VERSIONS = [script.revision for script in reversed(list(migrations._script().walk_revisions()))]


async def first_release(url: str) -> None:
    """The database as the first release left it: one conversation at its limit, one message queued."""
    address = urlsplit(url)
    if address.scheme.startswith("sqlite"):
        with closing(sqlite3.connect(address.path.removeprefix("/"))) as connection:
            connection.executescript((DATA / "v01-sqlite.sql").read_text("utf-8"))
        return
    [socket] = parse_qs(address.query)["host"]
    postgres = await asyncpg.connect(user="postgres", host=socket, database=address.path.removeprefix("/"))
    try:
        await postgres.execute((DATA / "v01-postgres.sql").read_text("utf-8"))
    finally:
        await postgres.close()


async def stop_at(url: str, version: str) -> None:
    def upgrade(connection: Connection) -> str:
        config = migrations._config()
        config.attributes["connection"] = connection
        migrations.version(connection)  # begins the transaction, which Alembic would else begin and end itself
        command.upgrade(config, version)
        return version

    await migrations._run(url, upgrade)


def kept(before: Rows, after: Rows) -> Rows:
    """Of what is there `after`, the columns that were there `before`."""
    columns = {name: list(rows[0]) for name, rows in before.items() if rows}
    return {name: [{key: row[key] for key in keys} for row in after[name]] for name, keys in columns.items()}


@pytest.mark.parametrize("version", VERSIONS)
async def test_it_comes_with_all_it_holds_wherever_it_stopped(version: str, empty_url: str) -> None:
    await first_release(empty_url)
    before = await content(empty_url)
    assert {name: len(rows) for name, rows in before.items() if name in ("messages", "outbox", "audit")} == {
        "messages": 10, "outbox": 30, "audit": 16,
    }  # fmt: skip
    await stop_at(empty_url, version)
    if version != migrations.newest():
        with pytest.raises(StoreError, match=rf"has version {version} and must .*: python -m bot admin migrate"):
            await open_store(empty_url)
    assert await migrations.upgrade(empty_url) == migrations.newest()
    after = await content(empty_url)
    assert kept(before, after) == {name: rows for name, rows in before.items() if rows}
    assert {"anna", "schmidt"} <= {row["word"] for row in after["user_words"]}
    await works(empty_url)


async def works(url: str) -> None:
    """What was said is found, the record is whole, and the conversation goes on."""
    store = await open_store(url)
    try:
        [conversation] = await store.run(admin.threads)
        history = await store.run(admin.thread, conversation.thread.id)
        assert (conversation.user.name, len(conversation.thread.queue)) == ("Anna Schmidt", 1)
        assert [said.message.text for said in history.messages if said.message.author == "contact"] == ["你好 hello"]
        later = conversation.thread.heard_at + HOUR
        await store.handle(wrote(conversation.contact.openid, at=later), greet)
        entries = [entry async for entry in store.audit()]
        assert len(entries) > 16 and (await proof.verify(store)).faults == ()
    finally:
        await store.close()
