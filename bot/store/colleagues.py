"""What cards show of colleagues: whom a conversation may be handed to, and who holds a contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, literal_column, select

from bot.domain.colleagues import permitted
from bot.domain.policy import Policy, Reveal
from bot.ports import Known, User
from bot.store import book, directory
from bot.store import policies as named
from bot.store.records import CONTACT, USER, Reader
from bot.store.tables import CONTACTS, THREADS, USERS

MOST: Final = 9
"""One more than a card offers, so that it can say that there are more."""

_NAMED: Final = select(*USER).where(USERS.c.id.in_(bindparam("ids", expanding=True)))

_CONTACT: Final = select(*CONTACT).where(CONTACTS.c.id == bindparam("contact"))
_HOLDER: Final = (
    select(USERS.c.name, USERS.c.policy)
    .join(THREADS, THREADS.c.user_id == USERS.c.id)
    .where(THREADS.c.contact_id == bindparam("contact"), THREADS.c.phase != literal_column("'left'"))
    .order_by(THREADS.c.seat)
)


def found(connection: Connection, user: User, known: Mapping[str, Policy], text: str) -> tuple[User, ...]:
    """Colleagues of whose name and number each word of `text` begins a part, at most MOST; without a text by name."""
    own = named.of(known, user.policy)
    allowed = [name for name, policy in known.items() if permitted(own, policy)]
    return by_id(connection, directory.search(connection, user.tenant, allowed, text, user.id, MOST))


def by_id(connection: Connection, ids: Sequence[str]) -> tuple[User, ...]:
    """These users, in this order, as far as there are any."""
    rows: Any = connection.execute(_NAMED, {"ids": list(ids)}).all() if ids else ()
    there = {user.id: user for row in rows if (user := Reader(row).user())}
    return tuple(there[ident] for ident in ids if ident in there)


def held(connection: Connection, about: Known, known: Mapping[str, Policy]) -> Known:
    """With who else holds the contact, as far as their policy tells it."""
    if about.contact is None or about.conversation is not None:
        return about
    row = connection.execute(_HOLDER, {"contact": about.contact.id}).first()
    reveal = named.of(known, row.policy).reveal if row else Reveal.NOTHING
    if row is None or reveal is Reveal.NOTHING:
        return about
    return replace(about, holder=row.name if reveal is Reveal.NAME else "")


def stranger(connection: Connection, user: User, contact_id: str) -> Known | None:
    """A contact whom the user does not hold: what their own book says, and nothing that others know."""
    row = connection.execute(_CONTACT, {"contact": contact_id}).one_or_none()
    contact = Reader(row).contact() if row else None
    if contact is None:
        return None
    return Known(book.of_contact(connection, user.id, contact), replace(contact, name="", number=""))
