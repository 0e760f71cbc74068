"""What an administrator does to people beyond one row: many at once, away for good, and the cards that tell them.

Functions for `SqlStore.run`, like those of `bot.store.admin`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.events import Reference
from bot.ports import Row, User
from bot.store import admin, audit, desk, directory, policies
from bot.store.admin import Act
from bot.store.dialect import StoreError
from bot.store.directory import USER_WORDS
from bot.store.enqueue import enqueue
from bot.store.records import user_values
from bot.store.tables import (
    ACCOUNTS,
    BOOK,
    BOOK_WORDS,
    HANDOVERS,
    HOLDS,
    INVITATIONS,
    LANES,
    MESSAGES,
    OUTBOX,
    POSTS,
    THREADS,
    USER_CODES,
    USERS,
)

NOTED_AT_ONCE: Final = 500
"""People that one entry of the record names, so that a long list stays readable entries."""


def take(connection: Connection, act: Act, new: Sequence[User], again: Sequence[User]) -> None:
    """Add the new ones and enable those there are `again`: all of them, or nobody and StoreError."""
    if new:
        try:
            connection.execute(insert(USERS), [user_values(user) for user in new])
        except IntegrityError:  # its own words would quote everybody's numbers
            raise StoreError("Nothing was changed: somebody of the list was added meanwhile; do it again") from None
    if again:
        for user in again:
            connection.execute(update(USERS).where(USERS.c.id == user.id).values(enabled=True))
            tell(connection, act, user, "welcome")
    directory.note(connection, [user.id for user in (*new, *again)])
    for name, people in (("UsersAdded", new), ("UsersEnabled", again)):
        for start in range(0, len(people), NOTED_AT_ONCE):
            named = [[user.id, user.policy, user.enabled] for user in people[start : start + NOTED_AT_ONCE]]
            body = {"event": name, "by": act.by, "users": named}
            audit.append(connection, audit.Occurred(name, "", act.at), "", "", body)


def switch(connection: Connection, act: Act, who: str, enabled: bool) -> User:
    """Enable or disable a person and tell them by a card, if that is new; the user before the change."""
    before = admin.enable_user(connection, act, who, enabled)
    if before.enabled != enabled:
        tell(connection, act, before, "welcome" if enabled else "not_enabled")
    return before


def tell(connection: Connection, act: Act, user: User, card: str) -> None:
    """A card about no conversation; nothing for somebody who has not installed the app."""
    if user.reference is None:
        return
    values = {"card": card, "reference": user.reference}
    enqueue(connection, [Row(f"teams/{user.id}", "card", "", user_id=user.id, values=values)], act.at)


def open_threads(connection: Connection, user_id: str) -> list[str]:
    """Ids of the conversations that the user has not left, the oldest first."""
    mine = select(THREADS.c.id).where(THREADS.c.user_id == user_id, THREADS.c.phase != "left")
    return list(connection.execute(mine.order_by(THREADS.c.opened_at, THREADS.c.id)).scalars())


def conversations(connection: Connection, user_id: str) -> tuple[int, int]:
    """How many conversations the user has open, and how many there ever were."""
    mine = select(func.count()).select_from(THREADS).where(THREADS.c.user_id == user_id)
    everything = connection.execute(mine).scalar_one()
    return connection.execute(mine.where(THREADS.c.phase != "left")).scalar_one(), everything


def remove(connection: Connection, act: Act, who: str) -> User:
    """Delete somebody who never wrote or was written to, with their book and the cards that still wait for them.

    Their codes lead to nobody from then on; a contact on the way to them is asked anew whom they want to reach.

    StoreError for anybody else: the record needs its people.
    """
    found = admin.user(connection, who)
    _, had = conversations(connection, found.id)
    said = connection.execute(select(func.count()).select_from(MESSAGES).where(MESSAGES.c.user_id == found.id))
    if had or said.scalar_one():
        raise StoreError(
            f"{found.name} is part of conversations on record, which must keep their people:"
            f" disable them instead (admin users disable {found.number or found.aad})"
        )
    if connection.execute(select(HOLDS.c.id).where(HOLDS.c.kind == "user", HOLDS.c.subject == found.id)).first():
        raise StoreError(f"{found.name} is under a legal hold: end that first (admin hold list, hold remove)")
    account = connection.execute(select(ACCOUNTS.c.name).where(ACCOUNTS.c.default_user == found.id)).scalars().first()
    if account is not None:
        raise StoreError(f"{found.name} gets the contacts that ask for nobody: name somebody else (admin account set)")
    led = [name for name, (_, values) in policies.stored(connection).items() if values.get("supervisor") == found.id]
    if led:
        raise StoreError(f"{found.name} is the supervisor of policy {led[0]}: name somebody else (admin policy set)")
    connection.execute(delete(HANDOVERS).where(HANDOVERS.c.asker == found.id))
    desk.forget(connection, found.id)
    for table in (OUTBOX, LANES, POSTS, USER_CODES, USER_WORDS, INVITATIONS, BOOK_WORDS, BOOK):
        connection.execute(delete(table).where(table.c.user_id == found.id))
    connection.execute(delete(USERS).where(USERS.c.id == found.id))
    body = {"event": "UserRemoved", "by": act.by, "user": found.id}
    audit.append(connection, audit.Occurred("UserRemoved", "", act.at), "", "", body)
    return found


def nowhere(user: User) -> Reference:
    """Where a person is who never installed the app: no place, so that nothing is taken for one."""
    return user.reference or Reference("", "", "", "", user.tenant, kind="")
