"""Whom a user may hand a conversation over to, for the card that offers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from bot.book import words
from bot.domain.colleagues import permitted
from bot.domain.policy import Policy
from bot.ports import User
from bot.store import policies as named
from bot.store.records import USER, Reader
from bot.store.tables import USERS

MOST: Final = 9
"""One more than a card offers, so that it can say that there are more."""

_THERE: Final = select(USERS.c.id, USERS.c.name, USERS.c.number, USERS.c.policy).where(
    USERS.c.tenant == bindparam("tenant"),
    USERS.c.id != bindparam("user"),
    USERS.c.enabled,
    USERS.c.reference.is_not(None),
)
_NAMED: Final = select(*USER).where(USERS.c.id.in_(bindparam("ids", expanding=True)))


def found(connection: Connection, user: User, known: Mapping[str, Policy], text: str) -> tuple[User, ...]:
    """Colleagues whose name or number contains `text`, by name, at most MOST; all begin the list without a text."""
    own = named.of(known, user.policy)
    allowed = {name for name, policy in known.items() if permitted(own, policy)}
    there = connection.execute(_THERE, {"tenant": user.tenant, "user": user.id})
    sought, digits = words.fold(text).strip(), "".join(filter(str.isdigit, words.fold(text))).lstrip("0")
    close = [
        (name, ident)
        for ident, name, number, policy in there
        if named.of(known, policy).name in allowed and (sought in words.fold(name) or (digits and digits in number))
    ]
    return by_id(connection, [ident for _, ident in sorted(close)[:MOST]])


def by_id(connection: Connection, ids: Sequence[str]) -> tuple[User, ...]:
    """These users, in this order, as far as there are any."""
    rows: Any = connection.execute(_NAMED, {"ids": list(ids)}).all() if ids else ()
    there = {user.id: user for row in rows if (user := Reader(row).user())}
    return tuple(there[ident] for ident in ids if ident in there)
