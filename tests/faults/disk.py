"""A SQLite connection whose n-th statement fails, as in SQLite's own I/O error tests."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event


@dataclass(slots=True)
class Disk:
    """`at` is the number of the statement that fails (0: none); after it all of them when the fault is `lasting`.

    With `rolls_back` SQLite has undone the whole transaction by the time it reports the error, as it may.
    """

    lasting: bool = False
    rolls_back: bool = False
    at: int = 0
    seen: int = 0

    def breaks(self, at: int) -> None:
        self.at, self.seen = at, 0

    def mended(self) -> bool:
        """Whether the statement that was to fail came at all."""
        hit, self.at = self.seen >= self.at, 0
        return hit

    def passes(self, connection: sqlite3.Connection, sql: str) -> None:
        if not self.at or sql == "ROLLBACK":  # to give up needs no disk: the log's tail is just not used
            return
        self.seen += 1
        if self.seen == self.at or (self.lasting and self.seen > self.at):
            if self.rolls_back and connection.in_transaction:
                connection.rollback()
            raise sqlite3.OperationalError("disk I/O error")


@contextmanager
def plugged(disk: Disk) -> Iterator[None]:
    """Connections that are opened meanwhile are on this disk."""

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *given: Any) -> Any:
            disk.passes(self.connection, sql)
            return super().execute(sql, *given)

        def executemany(self, sql: str, *given: Any) -> Any:
            disk.passes(self.connection, sql)
            return super().executemany(sql, *given)

    class Connection(sqlite3.Connection):
        def cursor(self, *_: Any) -> Any:
            return super().cursor(Cursor)

        def execute(self, sql: str, *given: Any) -> Any:
            return self.cursor().execute(sql, *given)

    def on_it(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
        options["factory"] = Connection

    event.listen(Engine, "do_connect", on_it)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", on_it)
