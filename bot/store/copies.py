"""Copies of contacts that live elsewhere: all that came from there, exchanged portion by portion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.ports import Entry, User
from bot.store import admin, book
from bot.store.store import SqlStore

SOURCE: Final = "graph"
PORTION: Final = 500


class GraphCopies:
    """The `Copies` of `bot.teams.contacts`."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def owners(self) -> Sequence[User]:
        return [user for user in await self._store.read(admin.users) if user.enabled]

    async def replace(self, user_id: str, entries: Sequence[Entry], at: datetime) -> None:
        for start in range(0, len(entries), PORTION):
            await self._store.run(book.take, entries[start : start + PORTION], at)
        there = await self._store.read(book.ids_from, user_id, SOURCE)
        gone = sorted(there - {each.id for each in entries})
        for start in range(0, len(gone), PORTION):
            await self._store.run(book.forget, user_id, gone[start : start + PORTION])
