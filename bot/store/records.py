"""Rows of the database as the records of `bot.ports`, and back.

Columns stand in the order of the record's fields, so a joined row is read by slices: cheaper than by name, and every
event reads one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column

from bot.domain.attention import Care
from bot.domain.effects import State
from bot.domain.events import Kind
from bot.domain.state import Thread
from bot.ports import Account, Contact, Conversation, Entry, Message, User
from bot.store.tables import ACCOUNTS, BOOK, CONTACTS, MESSAGES, THREADS, USERS

Values = Sequence[Any]
Columns = tuple[Column[Any], ...]

USER_FIELDS: Final = (
    "id",
    "tenant",
    "aad",
    "name",
    "number",
    "policy",
    "enabled",
    "upn",
    "reference",
    "settings",
    "desk",
)
CONTACT_FIELDS: Final = ("id", "account", "openid", "name", "language", "number", "following", "owed", "validated_at")
MESSAGE_FIELDS: Final = (
    *("id", "thread_id", "author", "kind", "text", "at", "contact_id", "user_id"),
    *("state", "why", "notice", "media", "activity_key"),
)
ENTRY_FIELDS: Final = ("id", "user_id", "name", "company", "numbers", "notes", "contact_id", "source", "revision")

ACCOUNT: Final[Columns] = (ACCOUNTS.c.name, ACCOUNTS.c.default_user)
USER: Final[Columns] = tuple(USERS.c[name] for name in USER_FIELDS)
CONTACT: Final[Columns] = tuple(CONTACTS.c[name] for name in CONTACT_FIELDS)
MESSAGE: Final[Columns] = tuple(MESSAGES.c[name] for name in MESSAGE_FIELDS)
ENTRY: Final[Columns] = tuple(BOOK.c[name] for name in ENTRY_FIELDS)
STATE: Final = THREADS.c.state
CARE: Final = THREADS.c.care


class Reader:
    """Takes one record after the other off a joined row; a record that the outer join did not find is None."""

    __slots__ = ("_at", "_row")

    def __init__(self, row: Values) -> None:
        self._row = row
        self._at = 0

    def value(self) -> Any:
        self._at += 1
        return self._row[self._at - 1]

    def _take(self, columns: Columns) -> Values:
        start, self._at = self._at, self._at + len(columns)
        return self._row[start : self._at]

    def account(self) -> Account | None:
        values = self._take(ACCOUNT)
        return None if values[0] is None else Account(*values)

    def user(self, same: User | None = None) -> User | None:
        """`same` is somebody who was read from this very row: mostly it is the same person."""
        values = self._take(USER)
        if values[0] is None:
            return None
        if same and values[0] == same.id:
            return same
        return User(*values)

    def contact(self) -> Contact | None:
        values = self._take(CONTACT)
        return None if values[0] is None else Contact(*(*values[:-2], tuple(values[-2]), values[-1]))

    def message(self) -> Message | None:
        values = self._take(MESSAGE)
        return None if values[0] is None else message(values)

    def entry(self) -> Entry | None:
        values = self._take(ENTRY)
        return None if values[0] is None else entry(values)

    def thread(self) -> Thread | None:
        found: Thread | None = self.value()
        return found

    def care(self) -> Care:
        return self.value() or Care()


def message(values: Values) -> Message:
    ident, thread_id, author, kind, text, at, contact_id, user_id, state, *rest = values
    marked = State(state) if state else None
    return Message(ident, thread_id, author, Kind(kind), text, at, contact_id, user_id, marked, *rest)


def entry(values: Values) -> Entry:
    ident, user_id, name, company, numbers, *rest = values
    return Entry(ident, user_id, name, company, tuple(numbers), *rest)


def conversation(
    thread: Thread | None, contact: Contact | None, user: User | None, care: Care | None = None
) -> Conversation | None:
    return Conversation(thread, contact, user, care or Care()) if thread and contact and user else None


def user_values(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in USER_FIELDS}


def contact_values(contact: Contact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in CONTACT_FIELDS}


def entry_values(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in ENTRY_FIELDS}


def message_values(message: Message) -> dict[str, Any]:
    values = {name: getattr(message, name) for name in MESSAGE_FIELDS}
    return {**values, "kind": message.kind.value, "state": message.state and message.state.value}


def thread_values(thread: Thread) -> dict[str, Any]:
    """What changes of a thread's row; `ident` is its id, for the WHERE."""
    return {
        "ident": thread.id,
        "phase": thread.phase.value,
        "heard_at": thread.heard_at,
        "due_at": thread.due,
        "state": thread,
        "queued": len(thread.queue),
    }


def care_values(thread_id: str, care: Care) -> dict[str, Any]:
    """What is written of a thread's care; `ident` is the thread's id, for the WHERE."""
    searched = {"unread": care.unread, "news_at": care.news_at, "place_id": care.place_id}
    return {"ident": thread_id, "care": care, **searched}
