"""Somebody with every right in the database changes the record, in every way there is: each is found, on both."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import Connection, Executable, delete, insert, literal, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.domain.events import Due
from bot.ports import Changes
from bot.store import SqlStore, audit, codec, open_store, proof
from bot.store.audit import Broken, Entry
from bot.store.dialect import is_postgres
from bot.store.tables import AUDIT, MESSAGES
from tests.store.build import NOW, SECOND, begin, doing, greet, message, new_id, wrote
from tests.store.conftest import opened
from tests.store.test_audit import chain

SHORT = 4
WORDS = ("account", "thread_id", "event", "key", "body", "prev", "hash")
SQLITE_TRIGGERS = ("audit_no_update", "audit_no_delete", "audit_no_replace")
Attack = Callable[[Connection, list[Entry]], Iterator[tuple[str, list[Broken]]]]


def disarm(connection: Connection) -> None:
    """What whoever owns the tables can do."""
    if is_postgres(connection):
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        return
    for name in SQLITE_TRIGGERS:
        connection.execute(text(f"DROP TRIGGER {name}"))


def values(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__slots__}


def put(connection: Connection, *entries: Entry) -> None:
    connection.execute(delete(AUDIT))
    if entries:
        connection.execute(insert(AUDIT), [values(entry) for entry in entries])


def found(connection: Connection, published: dict[int, str] | None = None) -> list[Broken]:
    return list(audit.verify(audit.page(connection, 0), published))


@contextmanager
def changed(connection: Connection, entry: Entry, **fields: Any) -> Iterator[None]:
    row = update(AUDIT).where(AUDIT.c.seq == entry.seq)
    connection.execute(row.values(fields))
    yield
    connection.execute(row.values({name: getattr(entry, name) for name in fields}))


def flips(connection: Connection, entries: list[Entry]) -> Iterator[tuple[str, list[Broken]]]:
    """Every byte of every column of every entry."""
    for entry in entries:
        with changed(connection, entry, at=entry.at + SECOND / 1_000_000):
            yield f"time of {entry.seq}", found(connection)
        for name in WORDS:
            whole = getattr(entry, name)
            for place, letter in enumerate(whole):
                with changed(connection, entry, **{name: whole[:place] + chr(ord(letter) ^ 1) + whole[place + 1 :]}):
                    yield f"byte {place} of {name} of {entry.seq}", found(connection)


def deletions(connection: Connection, entries: list[Entry]) -> Iterator[tuple[str, list[Broken]]]:
    """Every entry but the last, whose absence only a published head shows; as it is, and with new numbers."""
    for gone in range(len(entries) - 1):
        left = entries[:gone] + entries[gone + 1 :]
        put(connection, *left)
        yield f"{gone + 1} deleted", found(connection)
        put(connection, *(replace(entry, seq=number) for number, entry in enumerate(left, 1)))
        yield f"{gone + 1} deleted, the rest renumbered", found(connection)


def insertions(connection: Connection, entries: list[Entry]) -> Iterator[tuple[str, list[Broken]]]:
    """A well-made entry before each."""
    for place in range(len(entries)):
        [more] = chain(1, place + 1, entries[place - 1].hash if place else audit.GENESIS, mark="!")
        moved = [replace(entry, seq=entry.seq + 1) for entry in entries[place:]]
        put(connection, *entries[:place], more, *moved)
        yield f"one more before {place + 1}", found(connection)


def swaps(connection: Connection, entries: list[Entry]) -> Iterator[tuple[str, list[Broken]]]:
    """Every pair: with all but the numbers, and only what was said."""
    for one, other in combinations(range(len(entries)), 2):
        order = [*entries]
        order[one] = replace(entries[other], seq=one + 1)
        order[other] = replace(entries[one], seq=other + 1)
        put(connection, *order)
        yield f"{one + 1} and {other + 1}", found(connection)
        order[one] = replace(entries[one], body=entries[other].body)
        order[other] = replace(entries[other], body=entries[one].body)
        put(connection, *order)
        yield f"what {one + 1} and {other + 1} say", found(connection)


def truncations(connection: Connection, entries: list[Entry]) -> Iterator[tuple[str, list[Broken]]]:
    """Cut off anywhere, or written anew from anywhere on, with the head noted elsewhere."""
    head = {len(entries): entries[-1].hash}
    for length in range(len(entries)):
        put(connection, *entries[:length])
        yield f"cut after {length}", found(connection, head)
        rest = chain(len(entries) - length, length + 1, entries[length - 1].hash if length else audit.GENESIS, mark="!")
        put(connection, *entries[:length], *rest)
        yield f"written anew after {length}", found(connection, head)


@pytest.mark.parametrize(
    ("attack", "times"), [(flips, 692), (deletions, 6), (insertions, 4), (swaps, 12), (truncations, 8)]
)
async def test_every_change_of_the_chain_is_found(url: str, attack: Attack, times: int) -> None:
    store = await open_store(url)

    def everything(connection: Connection) -> tuple[int, list[str]]:
        disarm(connection)
        entries = chain(SHORT)
        put(connection, *entries)
        assert found(connection, {SHORT: entries[-1].hash}) == []
        told = [(name, bool(broken)) for name, broken in attack(connection, entries)]
        return len(told), [name for name, noticed in told if not noticed]

    found_out = await store.run(everything)
    await store.close()
    assert found_out == (times, [])


async def test_a_cut_tail_alone_looks_whole(url: str) -> None:
    """Why heads are published: without one nobody can know that there was more."""
    store = await open_store(url)

    def cut(connection: Connection) -> list[Broken]:
        disarm(connection)
        put(connection, *chain(SHORT)[:-1])
        return found(connection)

    assert await store.run(cut) == []
    await store.close()


# ---- the database refuses what is not an insertion


UPSERT = (
    "INSERT INTO audit (seq, at, account, thread_id, event, key, body, prev, hash)"
    " SELECT seq, at, account, thread_id, event, key, '{}', prev, hash FROM audit WHERE seq = 1"
    " ON CONFLICT (seq) DO UPDATE SET body = excluded.body"
)
REFUSED = {
    "update": "UPDATE audit SET body = '{}' WHERE seq = 1",
    "update of everything": "UPDATE audit SET body = '{}'",
    "delete": "DELETE FROM audit WHERE seq = 1",
    "delete of everything": "DELETE FROM audit",
    "upsert": UPSERT.replace("FROM audit WHERE seq = 1", "FROM audit WHERE seq = 1 AND 1 = 1"),
}
ONLY_POSTGRES = {"truncate": "TRUNCATE audit"}
ONLY_SQLITE = {
    "replace": "REPLACE INTO audit SELECT seq, at, account, thread_id, event, key, '{}', prev, hash FROM audit",
}


async def test_the_database_refuses_every_way_to_change_the_record(sql: SqlStore) -> None:
    await sql.handle(wrote(), greet)
    own = ONLY_POSTGRES if await sql.run(is_postgres) else ONLY_SQLITE
    for statement in (REFUSED | own).values():
        with pytest.raises(DBAPIError, match="append-only"):
            await sql.run(Connection.execute, text(statement))


# ---- words


async def two_messages(url: str) -> SqlStore:
    """A contact's message, and one of a user's that was edited."""
    store = await opened(url)
    begun = await begin(store)
    words = replace(message(begun.thread.id, "before", id="m-edited"), at=NOW + SECOND)
    await store.handle(Due(new_id(), "", NOW, begun.thread.id), doing(messages=(words,)))
    for better in ("better", "best"):
        await store.handle(Due(new_id(), "", NOW, begun.thread.id), doing(rewords=((words.id, better),)))
    return store


EDITED = MESSAGES.c.id == "m-edited"
FORGED: dict[str, Executable] = {
    "text": update(MESSAGES).where(EDITED).values(text="Best"),
    "an earlier text": update(MESSAGES).where(EDITED).values(text="better"),
    "original": update(MESSAGES).where(EDITED).values(original="Before"),
    "no original": update(MESSAGES).where(EDITED).values(original=None),
    "who said it": update(MESSAGES).where(EDITED).values(author="contact"),
    "what it was": update(MESSAGES).where(EDITED).values(kind="image"),
    "its picture": update(MESSAGES).where(EDITED).values(media="x"),
    "when": update(MESSAGES).where(EDITED).values(at=NOW),
    "salt": update(MESSAGES).where(EDITED).values(salt=""),
    "original's salt": update(MESSAGES).where(EDITED).values(original_salt=""),
    "gone": delete(MESSAGES).where(EDITED),
    "another name": update(MESSAGES).where(EDITED).values(id="m-other"),
    "an edit nobody made": update(MESSAGES).where(~EDITED).values(original=MESSAGES.c.text),
    "purged by nobody": update(MESSAGES).where(EDITED).values(purged_at=NOW, text=""),
    "invented": insert(MESSAGES).from_select(
        [column.name for column in MESSAGES.columns],
        select(*(literal("more") if column.name == "id" else column for column in MESSAGES.columns)).where(EDITED),
    ),
}


async def test_every_change_of_words_is_found(url: str) -> None:
    store = await two_messages(url)
    rows = await store.run(lambda connection: [dict(row) for row in connection.execute(select(MESSAGES)).mappings()])

    def restored(connection: Connection) -> None:
        connection.execute(delete(MESSAGES))
        connection.execute(insert(MESSAGES), rows)

    missed = []
    for name, forgery in FORGED.items():
        await store.run(Connection.execute, forgery)
        faults = (await proof.verify(store)).faults
        missed += [] if faults and all(fault.startswith("message ") for fault in faults) else [name]
        await store.run(restored)
        assert (await proof.verify(store)).faults == ()
    await store.close()
    assert missed == []


async def test_the_same_words_have_another_digest_each_time(sql: SqlStore) -> None:
    """Whoever knows the record and tries all short words learns nothing, once the salts are gone."""
    for number in range(3):
        await sql.handle(wrote(f"o-{number}", "yes"), greet)
    bodies = [entry.body async for entry in sql.audit() if entry.event == "ContactWrote"]
    told = [digest for body in bodies for digest in codec.loads(body)["said"].values()]
    assert len(set(told)) == 3
    assert "yes" not in "".join(bodies)


async def test_words_are_in_the_record_even_of_what_was_decided_without_one(sql: SqlStore) -> None:
    def nothing(event: object, at: object) -> Changes:
        return Changes(messages=(message("", "words"),))

    await sql.handle(wrote(), nothing)
    assert '"said":{"' in [entry.body async for entry in sql.audit()][-1]
