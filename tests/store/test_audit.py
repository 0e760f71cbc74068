"""The record that cannot be changed unnoticed: every way to falsify it is found, and the database refuses most."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.store import SqlStore, audit, codec, open_store
from bot.store.audit import Broken, Entry
from tests.store.build import NOW, greet, wrote


def chain(length: int = 20, start: int = 1, prev: str = audit.GENESIS, mark: str = "") -> list[Entry]:
    entries = []
    for seq in range(start, start + length):
        body = codec.canonical({"n": seq, "text": f"你好{mark}"})
        at = NOW + timedelta(microseconds=seq)
        entry = Entry(seq, at, "default", f"t-{seq}", "ContactWrote", f"k-{seq}", body, prev)
        entries.append(replace(entry, hash=audit.digest(entry)))
        prev = entries[-1].hash
    return entries


def falsified(entry: Entry, name: str, value: str) -> Entry:
    change: dict[str, Any] = {name: value}
    return replace(entry, **change)


def faults(entries: Iterable[Entry], published: dict[int, str] | None = None) -> list[Broken]:
    return list(audit.verify(entries, published))


def test_an_untouched_chain_is_intact() -> None:
    entries = chain()
    assert faults(entries, {7: entries[6].hash, 20: entries[19].hash}) == []
    assert faults([]) == []


def test_every_flipped_byte_is_found() -> None:
    entries = chain()
    victim = entries[9]
    for name in ("account", "thread_id", "event", "key", "body", "prev", "hash"):
        value = getattr(victim, name).encode()
        for place in range(len(value)):
            flipped = bytes([*value[:place], value[place] ^ 1, *value[place + 1 :]]).decode("utf-8", "replace")
            forged = [*entries[:9], falsified(victim, name, flipped), *entries[10:]]
            [broken] = faults(forged)
            assert broken.seq in (10, 11)


def test_another_time_is_found() -> None:
    entries = chain()
    entries[9] = replace(entries[9], at=entries[9].at + timedelta(microseconds=1))
    assert faults(entries) == [Broken(10, "was changed")]


def test_a_deletion_is_found() -> None:
    entries = chain()
    assert faults(entries[:9] + entries[10:]) == [Broken(11, "10 is missing")]
    assert faults(entries[1:]) == [Broken(2, "1 is missing")]


def test_a_deletion_with_new_numbers_is_found() -> None:
    entries = chain()
    renumbered = [replace(entry, seq=entry.seq - 1) for entry in entries[10:]]
    assert [broken.seq for broken in faults(entries[:9] + renumbered)] == [10]


def test_an_insertion_is_found() -> None:
    entries = chain()
    inserted = chain(1, 10, entries[8].hash, mark="!")
    assert [broken.seq for broken in faults(entries[:9] + inserted + entries[9:])] == [10]


def test_a_swap_is_found() -> None:
    entries = chain()
    entries[9], entries[10] = entries[10], entries[9]
    assert faults(entries)
    entries[9], entries[10] = replace(entries[9], seq=10), replace(entries[10], seq=11)
    assert faults(entries)


def test_a_cut_tail_is_found_with_a_published_head() -> None:
    entries = chain()
    assert faults(entries[:15]) == []
    assert [broken.seq for broken in faults(entries[:15], {20: entries[19].hash})] == [16]


def test_a_rewritten_tail_is_found_with_a_published_head() -> None:
    entries = chain()
    rewritten = entries[:9] + chain(11, 10, entries[8].hash, mark="!")
    assert faults(rewritten) == []
    assert faults(rewritten, {20: entries[19].hash}) == [Broken(20, "is not what was published")]


def execute(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


async def test_the_stored_chain_is_intact_and_refuses_to_be_changed(sql: SqlStore) -> None:
    for number in range(5):
        await sql.handle(wrote(f"o-{number}"), greet)
    entries = [entry async for entry in sql.audit()]
    assert faults(entries, dict([await sql.run(audit.head)])) == []
    assert [entry.event for entry in entries] == ["UserAdded", "UserAdded", "DefaultUser", *["ContactWrote"] * 5]
    assert entries[-1].at == NOW
    assert entries[-1].account == "default"
    for statement in ("UPDATE audit SET body = '{}' WHERE seq = 3", "DELETE FROM audit WHERE seq = 8"):
        with pytest.raises(DBAPIError, match="append-only"):
            await sql.run(execute, statement)
    assert [entry async for entry in sql.audit()] == entries


async def test_a_long_record_is_read_in_pages(sql: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        await sql.handle(wrote(f"o-{number}"), greet)
    monkeypatch.setattr(audit, "_AFTER", audit._AFTER.limit(3))
    assert [entry.seq async for entry in sql.audit()] == list(range(1, 9))


async def test_an_empty_record_has_a_head_too(url: str) -> None:
    store = await open_store(url)
    assert await store.run(audit.head) == (0, audit.GENESIS)
    await store.close()
