"""The database: reads and writes one event in one transaction, and decides nothing.

The only importer of sqlmodel, sqlalchemy, alembic and asyncpg. May import `bot.domain` and `bot.ports`.
"""

from bot.store.dialect import StoreError
from bot.store.store import SqlStore, open_store

__all__ = ["SqlStore", "StoreError", "open_store"]
