"""The tables, as SQLModel classes: the columns are the record of what is kept; statements use the Core tables below.

`lanes` is where delivery is decided: `head` is the first unsettled row of the lane and `due_at` when it may be claimed
(NULL: nothing to do). A lease is nothing but a `due_at` in the future with a `token`, so a worker that died is
recovered by the very query that finds work. No foreign keys on messages and outbox: they are records, written once per
event and often before or without a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Index, String, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store import codec
from bot.store.dialect import Big, Bytewise, JsonColumn, Moment
from bot.store.kept import Kept

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


UNANSWERED: Final = "stage IN ('offered', 'asked')"
"""Requests of which something may still come, spelt as in the partial index."""

REPLIED: Final = "CAST(answer AS TEXT) LIKE '%\"reply\"%'"
"""Events whose answer was said to a contact, spelt as in the partial index."""


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


def _moment(*, null: bool = False) -> Any:
    return Field(sa_column=Column(Moment, nullable=null))


def _json() -> Any:
    return Field(sa_column=Column(JsonColumn, nullable=False))


def _kept(read: Callable[[codec.Json], Any], *, null: bool = False) -> Any:
    return Field(sa_column=Column(Kept(read), nullable=null))


def _later(kind: Any, default: str) -> Any:
    """A column that a migration added: rows from before it have the default."""
    return Field(sa_column=Column(kind, nullable=False, server_default=text(default)))


def _number(*, key: bool = False, null: bool = False) -> Any:
    return Field(sa_column=Column(Big, primary_key=key, autoincrement=key, nullable=null))


def _text() -> Any:
    return Field(sa_column=Column(Text, nullable=False))


class AccountRow(SQLModel, table=True):
    """`default_user` is a user's id, empty for none."""

    __tablename__ = "accounts"
    name: str = Field(primary_key=True)
    default_user: str


class PolicyRow(SQLModel, table=True):
    """`revision` counts changes over all policies, so that the highest says whether anything is new."""

    __tablename__ = "policies"
    name: str = Field(primary_key=True)
    parent: str
    values: dict[str, Any] = _json()
    revision: int = _number()


class UserRow(SQLModel, table=True):
    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("tenant", "aad"),
        _partial("uq_users_number", "number", where="number <> ''", unique=True),
    )
    id: str = Field(primary_key=True)
    tenant: str
    aad: str
    name: str
    number: str
    policy: str
    enabled: bool
    upn: str
    reference: dict[str, Any] | None = _kept(codec.reference, null=True)
    settings: dict[str, Any] = _later(Kept(codec.settings), "'{}'")
    desk: dict[str, Any] = _later(Kept(codec.desk), "'{}'")


class ContactRow(SQLModel, table=True):
    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("account", "openid"),)
    id: str = Field(primary_key=True)
    account: str
    openid: str
    name: str
    language: str
    number: str
    following: bool
    owed: list[str] = _json()
    validated_at: datetime | None = _moment(null=True)


class ThreadRow(SQLModel, table=True):
    """`state` is the whole `Thread`, `care` the whole `Care`; the other columns are what is searched by."""

    __tablename__ = "threads"
    __table_args__ = (
        _partial("uq_threads_open", "contact_id", "user_id", where="phase <> 'left'", unique=True),
        _partial("uq_threads_seat", "contact_id", "seat", where="phase <> 'left'", unique=True),
        _partial("ix_threads_due_at", "due_at", where="due_at IS NOT NULL"),
        Index("ix_threads_user_id", "user_id"),
        _partial("ix_threads_listed", "user_id", "heard_at", where="phase <> 'left'"),
        _partial("ix_threads_news", "user_id", "news_at", where="phase <> 'left' AND news_at IS NOT NULL"),
        _partial("uq_threads_place_id", "place_id", where="place_id <> ''", unique=True),
    )
    id: str = Field(primary_key=True)
    contact_id: str = Field(foreign_key="contacts.id")
    user_id: str = Field(foreign_key="users.id")
    account: str
    phase: str
    opened_at: datetime = _moment()
    heard_at: datetime = _moment()
    due_at: datetime | None = _moment(null=True)
    state: dict[str, Any] = _kept(codec.thread)
    care: dict[str, Any] = _later(Kept(codec.care), "'{}'")
    unread: int = _later(Big, "0")
    queued: int = _later(Big, "0")
    place_id: str = _later(String, "''")
    news_at: datetime | None = _moment(null=True)
    seat: int = _later(Big, "0")


class MessageRow(SQLModel, table=True):
    """`original` is what the words were before they were edited, NULL while they were not; each has its salt.

    A message that was purged keeps its row, without words, salts and media.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_said", "thread_id", "at", "id"),
        _partial("ix_messages_activity_key", "activity_key", where="activity_key <> ''"),
        _partial("ix_messages_contact_id", "contact_id", "at", where="thread_id = '' AND contact_id <> ''"),
        _partial("ix_messages_at", "at", where="purged_at IS NULL"),
    )
    id: str = Field(primary_key=True)
    thread_id: str
    author: str
    kind: str
    text: str = _text()
    original: str | None = Field(sa_column=Column(Text))
    at: datetime = _moment()
    contact_id: str
    user_id: str
    state: str | None
    why: str
    notice: str
    media: str
    activity_key: str
    salt: str = _later(String, "''")
    original_salt: str = _later(String, "''")
    purged_at: datetime | None = _moment(null=True)


class InboxRow(SQLModel, table=True):
    """Every event that ever was, by its key, with the answer it got."""

    __tablename__ = "inbox"
    __table_args__ = (_partial("ix_inbox_replied", "at", where=REPLIED),)
    key: str = Field(primary_key=True)
    answer: dict[str, Any] = _json()
    at: datetime = _moment()


class OutboxRow(SQLModel, table=True):
    """`state` is pending, sent, refused, rejected, uncertain or recalled."""

    __tablename__ = "outbox"
    __table_args__ = (
        _partial("ix_outbox_pending", "lane", "id", where="state = 'pending'"),
        _partial("ix_outbox_waiting", "lane", "post", where="state = 'pending' AND post <> ''"),
        Index("ix_outbox_thread_id", "thread_id"),
        _partial("ix_outbox_dead", "id", where="state = 'rejected' AND kind <> 'text'"),
        _partial("ix_outbox_remote_id", "remote_id", where="kind = 'template'"),
        _partial("ix_outbox_pins", "lane", where="kind = 'pin'"),
        {"sqlite_autoincrement": True},
    )
    id: int = _number(key=True)
    lane: str
    kind: str
    thread_id: str
    ref: str
    user_id: str
    post: str
    slot: int
    use: str
    before: datetime | None = _moment(null=True)
    values: dict[str, Any] = _json()
    state: str
    tries: int
    remote_id: str
    code: str
    created_at: datetime = _moment()
    settled_at: datetime | None = _moment(null=True)


class LaneRow(SQLModel, table=True):
    """`way` is the name up to its first slash; `user_id` whose cards go here, to wake them."""

    __tablename__ = "lanes"
    __table_args__ = (
        _partial("ix_lanes_way_due_at", "way", "due_at", where="due_at IS NOT NULL"),
        _partial("ix_lanes_user_id", "user_id", where="user_id <> ''"),
    )
    name: str = Field(primary_key=True)
    way: str
    user_id: str
    head: int | None = _number(null=True)
    due_at: datetime | None = _moment(null=True)
    token: str


class PostRow(SQLModel, table=True):
    """Which Teams activity a card was posted as, so that it can be updated in place, and what thread it is of."""

    __tablename__ = "posts"
    __table_args__ = (Index("ix_posts_activity_id", "user_id", "activity_id"),)
    user_id: str = Field(primary_key=True)
    post: str = Field(primary_key=True)
    activity_id: str
    thread_id: str = _later(String, "''")


class EntryRow(SQLModel, table=True):
    """Somebody in a user's contact book."""

    __tablename__ = "book"
    __table_args__ = (
        _partial("uq_book_contact", "user_id", "contact_id", where="contact_id <> ''", unique=True),
        Index("ix_book_changed", "user_id", "changed_at", "id"),
    )
    id: str = Field(primary_key=True)
    user_id: str
    name: str = _text()
    company: str = _text()
    numbers: list[str] = _json()
    notes: str = _text()
    contact_id: str
    source: str
    revision: int
    changed_at: datetime = _moment()


class EntryWordRow(SQLModel, table=True):
    """What an entry is found by. The index begins with the user, so that others' books cost nothing."""

    __tablename__ = "book_words"
    __table_args__ = (Index("ix_book_words_found", "user_id", "word", "entry_id"),)
    entry_id: str = Field(primary_key=True)
    word: str = Field(sa_column=Column(Bytewise, primary_key=True))
    user_id: str


class TokenRow(SQLModel, table=True):
    """Access tokens that all processes share."""

    __tablename__ = "tokens"
    name: str = Field(primary_key=True)
    value: str = _text()
    expires_at: datetime = _moment()


class AuditRow(SQLModel, table=True):
    """Append-only (triggers see to it). `body` is text, because it is its bytes that are hashed."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_thread_id", "thread_id"),)
    seq: int = Field(sa_column=Column(Big, primary_key=True, autoincrement=False))
    at: datetime = _moment()
    account: str
    thread_id: str
    event: str
    key: str
    body: str = _text()
    prev: str
    hash: str


class HoldRow(SQLModel, table=True):
    """What must not be purged, whatever a policy says: everything about a contact, a thread or a user."""

    __tablename__ = "holds"
    __table_args__ = (UniqueConstraint("kind", "subject"),)
    id: str = Field(primary_key=True)
    kind: str
    subject: str
    reason: str = _text()
    by: str
    at: datetime = _moment()


class OnboardingRow(SQLModel, table=True):
    """A contact on the way to being connected; the row goes when they are."""

    __tablename__ = "onboardings"
    contact_id: str = Field(primary_key=True, foreign_key="contacts.id")
    state: dict[str, Any] = _json()


class InvitationRow(SQLModel, table=True):
    """`expires_at` is NULL for one that lasts; `contact_id` is who used one that does not."""

    __tablename__ = "invitations"
    scene: str = Field(primary_key=True)
    account: str
    user_id: str = Field(foreign_key="users.id")
    made_at: datetime = _moment()
    expires_at: datetime | None = _moment(null=True)
    contact_id: str
    entry_id: str = _later(String, "''")


class PinRow(SQLModel, table=True):
    """PINs that were sent, without the PIN: what the limits on sending count."""

    __tablename__ = "pins"
    __table_args__ = (
        Index("ix_pins_contact_id", "contact_id", "at"),
        Index("ix_pins_number", "number", "at"),
        Index("ix_pins_account", "account", "at"),
    )
    id: str = Field(primary_key=True)
    account: str
    contact_id: str
    number: str
    at: datetime = _moment()


class HandOverRow(SQLModel, table=True):
    """Who asks for a contact whom a colleague holds: the newest request of each asker."""

    __tablename__ = "handovers"
    __table_args__ = (UniqueConstraint("id"), _partial("ix_handovers_waiting", "at", where=UNANSWERED))
    contact_id: str = Field(primary_key=True, foreign_key="contacts.id")
    asker: str = Field(primary_key=True, foreign_key="users.id")
    id: str
    thread_id: str
    stage: str
    at: datetime = _moment()
    by: str


class UserCodeRow(SQLModel, table=True):
    """What a contact may type to reach a user, in lower case."""

    __tablename__ = "user_codes"
    code: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.id")


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


ACCOUNTS: Final = _table(AccountRow)
POLICIES: Final = _table(PolicyRow)
USERS: Final = _table(UserRow)
CONTACTS: Final = _table(ContactRow)
THREADS: Final = _table(ThreadRow)
MESSAGES: Final = _table(MessageRow)
INBOX: Final = _table(InboxRow)
OUTBOX: Final = _table(OutboxRow)
LANES: Final = _table(LaneRow)
POSTS: Final = _table(PostRow)
TOKENS: Final = _table(TokenRow)
BOOK: Final = _table(EntryRow)
BOOK_WORDS: Final = _table(EntryWordRow)
AUDIT: Final = _table(AuditRow)
HOLDS: Final = _table(HoldRow)
ONBOARDINGS: Final = _table(OnboardingRow)
INVITATIONS: Final = _table(InvitationRow)
PINS: Final = _table(PinRow)
HANDOVERS: Final = _table(HandOverRow)
USER_CODES: Final = _table(UserCodeRow)
