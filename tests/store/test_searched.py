"""What a search costs does not grow with others' books; counted, so that a busy machine changes nothing.

On SQLite the steps of its virtual machine, on PostgreSQL the rows that its plan touched, over every statement of the
search. Both are the same numbers whenever the data are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from sqlalchemy import Connection, event

from bot.ports import Entry
from bot.store import SqlStore, book, search
from tests.store.build import ANN, BOB, NOW

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
    await sql.run(_analysed)
    return {query: await sql.run(_cost, query) for query in QUERIES}


def _analysed(connection: Connection) -> None:
    connection.exec_driver_sql("ANALYZE")


def _cost(connection: Connection, query: str) -> int:
    counting = _steps if connection.dialect.name == "sqlite" else _rows
    with counting(connection) as count:
        assert search.search(connection, ANN.tenant, ANN.aad, query, 0, 25)
    return sum(count)


@contextmanager
def _steps(connection: Connection) -> Iterator[list[int]]:
    """Each step of SQLite's virtual machine."""
    count: list[int] = []
    raw: Any = connection.connection.driver_connection
    raw.set_progress_handler(lambda: count.append(1), 1)
    try:
        yield count
    finally:
        raw.set_progress_handler(None, 1)


@contextmanager
def _rows(connection: Connection) -> Iterator[list[int]]:
    """The rows that every node of each statement's plan gave or looked at in vain."""
    count: list[int] = []
    asked: list[tuple[str, Any]] = []

    def listen(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", listen)
    try:
        yield count
    finally:
        event.remove(connection, "before_cursor_execute", listen)
    for statement, parameters in asked:
        explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
        [plan] = connection.exec_driver_sql(explain, parameters).scalar_one()
        count.append(_touched(plan["Plan"]))


def _touched(node: dict[str, Any]) -> int:
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int(rows * node["Actual Loops"]) + sum(map(_touched, node.get("Plans", ())))


async def test_a_search_costs_the_same_whatever_others_have(sql: SqlStore) -> None:
    await fill(sql, ANN.id, OWN)
    await fill(sql, BOB.id, FEW)
    few = await costs(sql)
    await fill(sql, BOB.id, MANY)
    many = await costs(sql)
    assert min(few.values()) > 0
    assert {query: (few[query], many[query]) for query in QUERIES if many[query] > few[query]} == {}
