"""A contact book for tests that need none: nobody is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.ports import Found, Known, User


@dataclass(slots=True)
class FakeBook:
    """Answers every search with `found`, and keeps what was asked."""

    found: Sequence[Known] | None = ()
    people: Sequence[User] = ()
    asked: list[tuple[object, ...]] = field(default_factory=list)

    async def search(self, tenant: str, aad: str, text: str, skip: int, count: int) -> Found | None:
        self.asked.append((tenant, aad, text, skip, count))
        return None if self.found is None else Found(tuple(self.found))

    async def chosen(self, tenant: str, aad: str, entry_id: str, thread_id: str) -> Found | None:
        self.asked.append((tenant, aad, entry_id, thread_id))
        return None if self.found is None else Found(tuple(self.found[:1]))

    async def colleagues(self, tenant: str, aad: str, text: str) -> Sequence[User]:
        self.asked.append((tenant, aad, text))
        return self.people
