"""The threads that others have with the same contacts. Nothing is read for a contact who has one user."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, bindparam, literal_column, select

from bot.ports import Snapshot
from bot.store import step
from bot.store.prepared import Prepared
from bot.store.records import CARE, CONTACT, STATE, USER, Reader, conversation
from bot.store.step import Alone
from bot.store.tables import CONTACTS, THREADS, USERS

_OF: Final = Prepared(
    select(STATE, *CONTACT, *USER, CARE)
    .join_from(THREADS, CONTACTS, CONTACTS.c.id == THREADS.c.contact_id)
    .join(USERS, USERS.c.id == THREADS.c.user_id)
    .where(
        THREADS.c.contact_id.in_(bindparam("contacts", expanding=True)),
        THREADS.c.phase != literal_column("'left'"),  # spelt as in the partial index
    )
    .order_by(THREADS.c.id)
)


def joined(connection: Connection, at: Snapshot) -> Snapshot:
    """`at` with everybody else's open threads with its contacts; the contacts are locked already."""
    known = (at.conversation, *at.open)
    shared = sorted({each.contact.id for each in known if each is not None and each.thread.others})
    if not shared:
        return at
    if step.current():  # the others are not held
        raise Alone
    reads = (Reader(row) for row in _OF.rows(connection, {"contacts": shared}))
    each = (conversation(read.thread(), read.contact(), read.user(), read.care()) for read in reads)
    return replace(at, siblings=tuple(found for found in each if found is not None))
