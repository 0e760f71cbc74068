"""Everything that stands in a database, to be compared with what stood there before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, MetaData, select

from bot.store import migrations

Rows = dict[str, list[dict[str, Any]]]


async def content(url: str) -> Rows:
    """Every row of every table in the order of their keys, but for the version."""
    found: Rows = {}

    def read(connection: Connection) -> str:
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                rows = connection.execute(select(table).order_by(*table.primary_key)).mappings()
                found[table.name] = [dict(row) for row in rows]
        return ""

    await migrations._run(url, read)
    return found
