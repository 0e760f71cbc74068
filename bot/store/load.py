"""What a decision may look at: one Snapshot per event, in one statement (on PostgreSQL after one that locks).

The lock is the contact's row: every thread belongs to one contact, and a contact has at most one open thread, so
whoever holds it is alone with the conversation and with what is owed to the contact. It is taken in a statement of its
own, because a statement sees the database as it was when the statement began, before it waited. A contact that does not
exist yet has no row to lock; their first messages wait for each other by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, func, literal_column, or_, select

from bot.domain.colleagues import HandOverAnswered, HandOverAsked, UserTransferred
from bot.domain.events import (
    ContactSaved,
    Delivered,
    DetailsAsked,
    Due,
    Event,
    FromContact,
    FromOthers,
    FromUser,
    PromptReported,
    Report,
    RequestLapsed,
    UserAsked,
    UserConnected,
    UserDisconnected,
    UserEdited,
    UserInstalled,
    UserListed,
    UserRemoved,
    UserSettled,
    UserWrote,
)
from bot.domain.policy import Policy
from bot.domain.state import Prompt
from bot.ports import Account, Contact, Conversation, Entry, Message, Snapshot, User
from bot.store import book, mine, search, siblings
from bot.store import policies as named
from bot.store.desk import SqlDesk
from bot.store.dialect import is_postgres
from bot.store.policies import Policies
from bot.store.prepared import Lock, Prepared, advisory_lock
from bot.store.records import ACCOUNT, CARE, CONTACT, MESSAGE, STATE, USER, Reader, conversation
from bot.store.tables import ACCOUNTS, BOOK, CONTACTS, HANDOVERS, MESSAGES, OUTBOX, POLICIES, THREADS, USERS

# One row always: what is looked for is joined to it, found or not.
_NEWEST: Final = select(func.max(POLICIES.c.revision).label("revision")).subquery("newest")
_OWNERS: Final = USERS.alias("owners")
_OWNER: Final = tuple(_OWNERS.c[column.name] for column in USER)
_OPEN: Final = THREADS.c.phase != literal_column("'left'")  # spelt as in the partial index, or it is not used
_TEMPLATE: Final = OUTBOX.c.kind == literal_column("'template'")
_PERSON: Final = and_(USERS.c.tenant == bindparam("tenant"), USERS.c.aad == bindparam("aad"))
_ITS_CONTACT: Final = CONTACTS.c.id == THREADS.c.contact_id
_CONTACT: Final = and_(CONTACTS.c.account == bindparam("account"), CONTACTS.c.openid == bindparam("openid"))


def _by_contact(which: Any) -> Prepared:
    found = (
        _NEWEST.outerjoin(ACCOUNTS, ACCOUNTS.c.name == bindparam("account"))
        .outerjoin(CONTACTS, _CONTACT)
        .outerjoin(THREADS, and_(_ITS_CONTACT, which))
        .outerjoin(USERS, USERS.c.id == func.coalesce(THREADS.c.user_id, ACCOUNTS.c.default_user))
    )
    return Prepared(select(_NEWEST.c.revision, *ACCOUNT, *CONTACT, STATE, *USER, CARE).select_from(found))


_BY_CONTACT: Final = _by_contact(_OPEN)
_BY_PROMPT: Final = _by_contact(
    THREADS.c.id
    == select(OUTBOX.c.thread_id)
    .where(OUTBOX.c.remote_id == bindparam("remote_id"), _TEMPLATE)
    .order_by(OUTBOX.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_PROMPT: Final = Prepared(
    select(*MESSAGE)
    .join(OUTBOX, OUTBOX.c.ref == MESSAGES.c.id)
    .where(OUTBOX.c.remote_id == bindparam("remote_id"), _TEMPLATE)
    .order_by(OUTBOX.c.id.desc())
    .limit(1)
)
_BY_PERSON: Final = Prepared(select(_NEWEST.c.revision, *USER).select_from(_NEWEST.outerjoin(USERS, _PERSON)))
_NAMED: Final = (_NEWEST.c.revision, *USER, STATE, *CONTACT, *_OWNER, *MESSAGE, CARE)
_BY_PERSON_THREAD: Final = Prepared(
    select(*_NAMED).select_from(
        _NEWEST.outerjoin(USERS, _PERSON)
        .outerjoin(THREADS, THREADS.c.id == bindparam("thread_id"))
        .outerjoin(CONTACTS, _ITS_CONTACT)
        .outerjoin(_OWNERS, _OWNERS.c.id == THREADS.c.user_id)
        .outerjoin(MESSAGES, MESSAGES.c.id == bindparam("message_id"))
    )
)
_BY_PERSON_MESSAGE: Final = Prepared(
    select(*_NAMED).select_from(
        _NEWEST.outerjoin(USERS, _PERSON)
        .outerjoin(
            MESSAGES,
            and_(MESSAGES.c.activity_key == bindparam("activity_key"), MESSAGES.c.activity_key != literal_column("''")),
        )
        .outerjoin(THREADS, THREADS.c.id == MESSAGES.c.thread_id)
        .outerjoin(CONTACTS, _ITS_CONTACT)
        .outerjoin(_OWNERS, _OWNERS.c.id == THREADS.c.user_id)
    )
)
# Somebody's contact, with the open thread of whoever holds them.
_BY_PERSON_CONTACT: Final = Prepared(
    select(*_NAMED).select_from(
        _NEWEST.outerjoin(USERS, _PERSON)
        .outerjoin(CONTACTS, CONTACTS.c.id == bindparam("contact_id"))
        .outerjoin(THREADS, and_(_ITS_CONTACT, _OPEN))
        .outerjoin(_OWNERS, _OWNERS.c.id == THREADS.c.user_id)
        .outerjoin(MESSAGES, MESSAGES.c.id == literal_column("''"))
    )
)
_LINKED: Final = select(BOOK.c.contact_id).where(BOOK.c.id == bindparam("entry"))
_REQUESTED: Final = select(HANDOVERS.c.contact_id).where(HANDOVERS.c.id == bindparam("request"))
# What goes to WeChat for a user and no thread (a QR code) is reported to that user.
_ASKER: Final = select(OUTBOX.c.user_id).where(OUTBOX.c.id == bindparam("row")).scalar_subquery()
_BY_THREAD: Final = Prepared(
    select(_NEWEST.c.revision, STATE, *CONTACT, *USER, *MESSAGE, CARE).select_from(
        _NEWEST.outerjoin(THREADS, THREADS.c.id == bindparam("thread_id"))
        .outerjoin(CONTACTS, _ITS_CONTACT)
        .outerjoin(USERS, USERS.c.id == func.coalesce(THREADS.c.user_id, _ASKER))
        .outerjoin(MESSAGES, MESSAGES.c.id == bindparam("ref"))
    )
)

_MUTEX: Final = select(CONTACTS.c.id).order_by(CONTACTS.c.id)
# Words that were written before it is known for whom: two clicks at once must not give them to two contacts.
_LOCK_PERSON: Final = Lock(select(USERS.c.id).where(_PERSON), USERS, key_share=True)
_LOCK_PAIR: Final = Prepared(
    select(USERS.c.id)
    .where(or_(_PERSON, USERS.c.id == bindparam("colleague")))
    .order_by(USERS.c.id)
    .with_for_update(key_share=True)
)
_LOCK_REQUEST_PEOPLE: Final = Prepared(
    select(USERS.c.id)
    .where(
        or_(
            _PERSON,
            USERS.c.id.in_(select(HANDOVERS.c.asker).where(HANDOVERS.c.id == bindparam("request"))),
            USERS.c.id.in_(select(THREADS.c.user_id).where(_OPEN, THREADS.c.contact_id.in_(_REQUESTED))),
        )
    )
    .order_by(USERS.c.id)
    .with_for_update(key_share=True)
)
_LOCK_REQUEST: Final = Lock(_MUTEX.where(CONTACTS.c.id.in_(_REQUESTED)), CONTACTS, key_share=True)
_LOCK_CONTACT: Final = Lock(_MUTEX.where(_CONTACT), CONTACTS, key_share=True)
_LOCK_SMS: Final = Lock(_MUTEX.where(CONTACTS.c.id == bindparam("contact_id")), CONTACTS, key_share=True)
_LOCK_THREAD: Final = Lock(
    _MUTEX.join(THREADS, _ITS_CONTACT).where(THREADS.c.id == bindparam("thread_id")), CONTACTS, key_share=True
)
_LOCK_MESSAGE: Final = Lock(
    _MUTEX.join(THREADS, _ITS_CONTACT)
    .join(MESSAGES, MESSAGES.c.thread_id == THREADS.c.id)
    .where(MESSAGES.c.activity_key == bindparam("activity_key")),
    CONTACTS,
    key_share=True,
)
_LOCK_ENTRY: Final = Lock(
    _MUTEX.where(
        CONTACTS.c.id == select(BOOK.c.contact_id).where(BOOK.c.id == bindparam("entry_id")).scalar_subquery()
    ),
    CONTACTS,
    key_share=True,
)


def lock(connection: Connection, event: Event) -> None:
    """Wait until we are alone with the conversation that `event` may change."""
    if not is_postgres(connection):
        return
    user_id = _lock_people(connection, event) if isinstance(event, FromUser) else ""
    if isinstance(event, Report):
        _lock_reported(connection, event)
        return
    match event:
        case FromContact():
            _lock_contact(connection, event)
        case UserEdited():
            _LOCK_MESSAGE.rows(connection, {"activity_key": event.activity_key})
        case UserInstalled() | UserAsked() | UserListed():
            pass
        case UserRemoved() | UserConnected() | UserDisconnected() | UserWrote(thread_id=""):
            mine.lock(connection, event, user_id)
        case _ if thread_id := getattr(event, "thread_id", ""):
            _LOCK_THREAD.rows(connection, {"thread_id": thread_id})
        case HandOverAnswered() | HandOverAsked(entry_id=""):
            _LOCK_REQUEST.rows(connection, {"request": event.request_id})
        case ContactSaved() | HandOverAsked():
            _LOCK_ENTRY.rows(connection, {"entry_id": event.entry_id})


def _lock_people(connection: Connection, event: FromUser) -> str:
    """Whoever does it, whose id this is, and whoever gets the contact, so that they cannot be disabled meanwhile."""
    who = {"tenant": event.tenant, "aad": event.aad}
    if isinstance(event, UserInstalled | UserRemoved | UserAsked | UserListed):
        return ""
    if isinstance(event, UserTransferred):
        _LOCK_PAIR.rows(connection, {**who, "colleague": event.colleague})
        return ""
    if isinstance(event, HandOverAnswered):
        _LOCK_REQUEST_PEOPLE.rows(connection, {**who, "request": event.request_id})
        return ""
    return str(_LOCK_PERSON.value(connection, who) or "")


def _lock_reported(connection: Connection, event: Report) -> None:
    if event.lane.startswith("sms/"):
        _LOCK_SMS.rows(connection, {"contact_id": event.lane.removeprefix("sms/")})
    elif event.thread_id and _changes_a_thread(event):
        _LOCK_THREAD.rows(connection, {"thread_id": event.thread_id})


def _changes_a_thread(event: Report) -> bool:
    """What became of a card concerns no conversation, but for words that came into the user's sight."""
    return not event.lane.startswith("teams/") or (isinstance(event, Delivered) and bool(event.ref))


def _lock_contact(connection: Connection, event: FromContact) -> None:
    """A contact's row; one who is new has none, and their first messages wait for each other by name instead.

    The second look is needed: while we waited, the first of them has made the row, and by now others may hold it.
    """
    asked = {"account": event.account, "openid": event.openid}
    if _LOCK_CONTACT.row(connection, asked) is None:
        name = sha256(f"{event.account}\n{event.openid}".encode()).digest()
        advisory_lock(connection, int.from_bytes(name[:8], signed=True))
        _LOCK_CONTACT.rows(connection, asked)


def load(connection: Connection, event: Event, policies: Policies) -> Snapshot:
    """What concerns `event`."""
    return siblings.joined(connection, _load(connection, event, policies))


def _load(connection: Connection, event: Event, policies: Policies) -> Snapshot:
    if isinstance(event, DetailsAsked | ContactSaved) or (isinstance(event, UserAsked) and event.entry_id):
        return _of_book(connection, event, policies)
    match event:
        case FromContact():
            return _of_contact(connection, event, policies)
        case UserRemoved() if event.reference.kind != "personal":
            return mine.found(connection, event, _of_person(connection, event, policies))
        case UserInstalled() | UserRemoved() | UserListed() | UserSettled():
            return _of_person(connection, event, policies)
        case UserAsked(argument="") | UserWrote(thread_id="") | UserConnected() | UserDisconnected():
            at = _of_person(connection, event, policies)
            return mine.found(connection, event, at)
        case UserEdited():
            return _of_named(connection, _BY_PERSON_MESSAGE, event, {"activity_key": event.activity_key}, policies)
        case Report() if not _changes_a_thread(event):
            return Snapshot(Policy())
        case HandOverAsked() | HandOverAnswered():
            return _of_request(connection, event, policies)
        case Due() | RequestLapsed() | Report() | FromOthers():
            return _of_thread(connection, event, policies)
    wanted = {name: getattr(event, name, "") for name in ("thread_id", "message_id")}
    return _of_named(connection, _BY_PERSON_THREAD, event, wanted, policies)


def _of_contact(connection: Connection, event: FromContact, policies: Policies) -> Snapshot:
    asked = {"account": event.account, "openid": event.openid}
    if not isinstance(event, PromptReported):
        return _with_account(event, _BY_CONTACT.rows(connection, asked)[0], connection, policies)
    row = _BY_PROMPT.rows(connection, {**asked, "remote_id": event.remote_id})[0]
    named = _with_account(event, row, connection, policies)
    if named.conversation is not None:
        prompts = _PROMPT.rows(connection, {"remote_id": event.remote_id})
        return replace(named, message=Reader(prompts[0]).message() if prompts else None)
    # WeChat may tell the result before its answer to the send has reached us.
    found = _with_account(event, _BY_CONTACT.rows(connection, asked)[0], connection, policies)
    under_way = found.conversation is not None and found.conversation.thread.prompt is Prompt.SENDING
    return found if under_way else named


def _with_account(event: FromContact, row: Any, connection: Connection, policies: Policies) -> Snapshot:
    read = Reader(row)
    known = policies.at(connection, read.value())
    account, contact, thread, user = read.account(), read.contact(), read.thread(), read.user()
    return Snapshot(
        _policy(known, user),
        account=account or Account(event.account),
        user=user,
        contact=contact,
        conversation=conversation(thread, contact, user, read.care()),
        policies=known,
        entry=book.of_contact(connection, user.id, contact) if contact and user and not thread else None,
        desk=SqlDesk(connection),
    )


def _of_person(connection: Connection, event: FromUser, policies: Policies) -> Snapshot:
    read = Reader(_BY_PERSON.rows(connection, {"tenant": event.tenant, "aad": event.aad})[0])
    known = policies.at(connection, read.value())
    user = read.user()
    return Snapshot(_policy(known, user), user=user, policies=known)


def _of_named(
    connection: Connection, by: Prepared, event: FromUser, wanted: dict[str, str], policies: Policies
) -> Snapshot:
    read = Reader(by.rows(connection, {"tenant": event.tenant, "aad": event.aad, **wanted})[0])
    known = policies.at(connection, read.value())
    user, thread, contact, owner, message = read.user(), read.thread(), read.contact(), read.user(), read.message()
    return _seen(connection, known, user, message, contact, conversation(thread, contact, owner, read.care()))


def _of_book(connection: Connection, event: DetailsAsked | ContactSaved | UserAsked, policies: Policies) -> Snapshot:
    """A thread's contact with the user's entry for them, or an entry with the open conversation with them."""
    at = _of_named(connection, _BY_PERSON_THREAD, event, {"thread_id": event.thread_id, "message_id": ""}, policies)
    if at.user is None:
        return at
    entry = _entry(connection, at.user, event.entry_id)
    if not event.thread_id:
        linked = search.with_contact(connection, at.user, entry.contact_id) if entry and entry.contact_id else None
        return replace(at, entry=entry, conversation=linked)
    saved = book.of_contact(connection, at.user.id, at.contact) if at.contact else None
    if entry and saved and saved.contact_id and saved.id != entry.id:
        return replace(at, conversation=None)  # the contact was saved as somebody else since the card was drawn
    return replace(at, entry=entry or saved)


def _of_request(connection: Connection, event: HandOverAsked | HandOverAnswered, policies: Policies) -> Snapshot:
    """The contact that is asked for, with the conversation of whoever holds them."""
    by_entry = event.entry_id if isinstance(event, HandOverAsked) else ""
    asked, found = (_LINKED, {"entry": by_entry}) if by_entry else (_REQUESTED, {"request": event.request_id})
    contact_id = connection.execute(asked, found).scalar_one_or_none() or ""
    at = _of_named(connection, _BY_PERSON_CONTACT, event, {"contact_id": contact_id}, policies)
    return replace(at, entry=_entry(connection, at.user, by_entry))


def _entry(connection: Connection, user: User | None, entry_id: str) -> Entry | None:
    """An entry of the user's own book."""
    return next(iter(book.by_id(connection, user.id, [entry_id])), None) if user and entry_id else None


def _of_thread(
    connection: Connection, event: Due | RequestLapsed | Report | FromOthers, policies: Policies
) -> Snapshot:
    asked = {"thread_id": event.thread_id, "ref": getattr(event, "ref", ""), "row": getattr(event, "row", 0)}
    read = Reader(_BY_THREAD.rows(connection, asked)[0])
    known = policies.at(connection, read.value())
    thread, contact, user, message = read.thread(), read.contact(), read.user(), read.message()
    return _seen(connection, known, user, message, contact, conversation(thread, contact, user, read.care()))


def _seen(
    connection: Connection,
    known: Mapping[str, Policy],
    user: User | None,
    message: Message | None,
    contact: Contact | None,
    found: Conversation | None,
) -> Snapshot:
    return Snapshot(
        _policy(known, user),
        user=user,
        contact=contact,
        conversation=found,
        message=message,
        policies=known,
        desk=SqlDesk(connection),
    )


def _policy(known: Mapping[str, Policy], user: User | None) -> Policy:
    return named.of(known, user.policy if user else named.DEFAULT)
