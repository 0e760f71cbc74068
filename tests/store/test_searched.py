"""What a search costs does not grow with others' books; counted, so that a busy machine changes nothing."""

from __future__ import annotations

from random import Random

from sqlalchemy import Connection

from bot.ports import Entry
from bot.store import SqlStore, book, search
from tests.store.build import ANN, BOB, NOW
from tests.store.effort import analysed, counted

OWN, FEW, MANY = 200, 1000, 8000
QUERIES = ("zhang", "zw", "王伟", "1380000", "weber", "smith anna", "an co", "z", "")
NAMES = ("张伟", "王伟", "李敏", "Anna Smith", "Bob Weber", "Carl Rossi")


async def fill(sql: SqlStore, user_id: str, count: int) -> None:
    random = Random(user_id)
    entries = [
        Entry(f"{random.getrandbits(64):016x}", user_id, random.choice(NAMES), f"Company {at}", (f"+86138{at:08}",))
        for at in range(count)
    ]
    for start in range(0, count, 500):
        await sql.run(book.save, entries[start : start + 500], NOW)


async def costs(sql: SqlStore) -> dict[str, int]:
    """By query, what Ann's search for it takes."""
    await sql.run(analysed)
    return {query: await sql.run(_cost, query) for query in QUERIES}


def _cost(connection: Connection, query: str) -> int:
    with counted(connection) as count:
        found = search.search(connection, ANN.tenant, ANN.aad, query, 0, 25)
    assert found and found.known
    return sum(count)


async def test_a_search_costs_the_same_whatever_others_have(sql: SqlStore) -> None:
    await fill(sql, ANN.id, OWN)
    await fill(sql, BOB.id, FEW)
    few = await costs(sql)
    await fill(sql, BOB.id, MANY)
    many = await costs(sql)
    assert min(few.values()) > 0
    assert {query: (few[query], many[query]) for query in QUERIES if many[query] > few[query]} == {}
