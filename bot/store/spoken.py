"""What was said, read for an export: each message with who it was between, and what became of every send of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, func, select, tuple_

from bot.ports import Contact, Message, User
from bot.store.admin import Sending
from bot.store.records import CONTACT, MESSAGE, USER, Reader, message
from bot.store.tables import CONTACTS, MESSAGES, OUTBOX, THREADS, USERS

PAGE: Final = 500
_MORE: Final = tuple(MESSAGES.c[name] for name in ("original", "salt", "original_salt", "purged_at"))
_ALL: Final = select(*MESSAGE, *CONTACT, *USER, *_MORE).select_from(
    MESSAGES.outerjoin(THREADS, THREADS.c.id == MESSAGES.c.thread_id)
    .outerjoin(CONTACTS, CONTACTS.c.id == func.coalesce(THREADS.c.contact_id, MESSAGES.c.contact_id))
    .outerjoin(USERS, USERS.c.id == func.coalesce(func.nullif(MESSAGES.c.user_id, ""), THREADS.c.user_id))
)
_ORDER: Final = (MESSAGES.c.thread_id, MESSAGES.c.at, MESSAGES.c.id)
_SENDS: Final = select(
    OUTBOX.c.ref, OUTBOX.c["values"], *(OUTBOX.c["id" if name == "row" else name] for name in Sending.__slots__)
).where(
    OUTBOX.c.thread_id.in_(bindparam("threads", expanding=True)),
    OUTBOX.c.ref.in_(bindparam("refs", expanding=True)),
    OUTBOX.c.kind != "card",
)


_Send = tuple[Mapping[str, Any], Sending]
"""With the values of its row."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which thread (empty: of all), and from when until before when (None: open)."""

    thread_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def within(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as it stands (`message.text` are its last words), its first words if it was edited, and its sends.

    `named`: who writes, as it stood in front of the words where several users wrote to the contact.
    """

    message: Message
    contact: Contact | None
    user: User | None
    original: str | None
    salt: str
    original_salt: str
    purged_at: datetime | None
    sends: tuple[Sending, ...] = ()
    named: str = ""


def page(connection: Connection, wanted: Wanted, after: Spoken | None) -> list[Spoken]:
    """The next messages after this one, thread by thread, each in the order of time, at most PAGE."""
    rows = connection.execute(_wanted(wanted, after)).all()
    sends = _sends(connection, rows)
    return [_spoken(row, sends[row[0]]) for row in rows]


def _spoken(row: Sequence[Any], sends: Sequence[_Send]) -> Spoken:
    read = Reader(row[len(MESSAGE) :])
    contact, user = read.contact(), read.user()
    original, salt, original_salt, purged_at = (read.value() for _ in _MORE)
    named = str(sends[-1][0].get("from", "")) if sends else ""
    rows = tuple(sending for _, sending in sends)
    said = message(row[: len(MESSAGE)])
    return Spoken(said, contact, user, original, salt, original_salt, purged_at, rows, named)


def _wanted(wanted: Wanted, after: Spoken | None) -> Select[Any]:
    found = _ALL.order_by(*_ORDER).limit(PAGE)
    if after is not None:
        found = found.where(tuple_(*_ORDER) > (after.message.thread_id, after.message.at, after.message.id))
    if wanted.thread_id:
        found = found.where(MESSAGES.c.thread_id == wanted.thread_id)
    if wanted.since is not None:
        found = found.where(MESSAGES.c.at >= wanted.since)
    return found if wanted.until is None else found.where(MESSAGES.c.at < wanted.until)


def _sends(connection: Connection, rows: Sequence[Any]) -> dict[str, list[_Send]]:
    asked = {"threads": sorted({row[1] for row in rows} - {""}), "refs": [row[0] for row in rows]}
    found: dict[str, list[_Send]] = defaultdict(list)
    for ref, values, *sending in connection.execute(_SENDS.order_by(OUTBOX.c.id), asked):
        found[ref].append((values, Sending(*sending)))
    return found
