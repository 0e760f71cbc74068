"""What reading costs, counted, so that a busy machine changes nothing.

On SQLite the steps of its virtual machine, on PostgreSQL the rows that its plan touched, over every statement. Both are
the same numbers whenever the data are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection, event


def analysed(connection: Connection) -> None:
    """What the database plans by is true now."""
    connection.exec_driver_sql("ANALYZE")


def counted(connection: Connection) -> AbstractContextManager[list[int]]:
    """A list whose sum, at the end, is what was read."""
    return _steps(connection) if connection.dialect.name == "sqlite" else _rows(connection)


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
