"""A record comes out of its column as it is there, however often it was read before."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.dialects import sqlite

from bot.domain.attention import Care
from bot.store import SqlStore, codec, kept, open_store
from bot.store.kept import Kept
from bot.store.tables import THREADS
from tests.store.build import begin, look, wrote


async def test_what_somebody_else_has_changed_is_seen(sql: SqlStore, url: str) -> None:
    begun = await begin(sql)
    other = await open_store(url)
    try:
        change = update(THREADS).where(THREADS.c.id == begun.thread.id).values(care=Care(unread=7))
        await other.run(lambda connection: connection.execute(change).close())
    finally:
        await other.close()
    seen = (await look(sql, wrote())).conversation
    assert seen is not None
    assert (seen.care.unread, seen.thread) == (7, begun.thread)


async def test_what_was_undone_is_not_seen(sql: SqlStore) -> None:
    begun = await begin(sql)
    change = update(THREADS).where(THREADS.c.id == begun.thread.id).values(care=Care(unread=7))

    def fail(connection: Any) -> None:
        connection.execute(change)
        raise LookupError("on purpose")

    with pytest.raises(LookupError):
        await sql.run(fail)
    assert (await look(sql, wrote())).conversation == begun


def reading() -> tuple[list[codec.Json], Callable[[str | None], Any], Callable[[Any], str | None]]:
    """What was read, how values come out of a column on SQLite, and how they go in."""
    seen: list[codec.Json] = []

    def read(json: codec.Json) -> Care:
        seen.append(json)
        return codec.care(json)

    column = Kept(read)
    return seen, column.result_processor(sqlite.dialect(), None), column.bind_processor(sqlite.dialect())


def test_the_same_text_is_read_once() -> None:
    seen, out, _ = reading()
    assert [out('{"unread":1}'), out('{"unread":2}'), out('{"unread":1}')] == [Care(1), Care(2), Care(1)]
    assert seen == [{"unread": 1}, {"unread": 2}]


def test_what_was_written_need_not_be_read() -> None:
    seen, out, into = reading()
    assert out(into(Care(unread=3))) == Care(unread=3)
    assert not seen
    assert out(into({"unread": 4})) == Care(unread=4)
    assert len(seen) == 1


def test_nothing_is_null() -> None:
    seen, out, into = reading()
    assert (out(None), into(None), seen) == (None, None, [])


def test_no_more_is_remembered_than_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    seen, out, _ = reading()
    for unread in (1, 2, 3, 3, 4, 1):
        assert out(f'{{"unread":{unread}}}') == Care(unread)
    assert [json["unread"] for json in seen] == [1, 2, 3, 4, 1]
