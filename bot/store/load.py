"""What a decision may look at: one Snapshot per event, in one statement (on PostgreSQL after one that locks).

The lock is the contact's row: every thread belongs to one contact, and a contact has at most one open thread, so
whoever holds it is alone with the conversation and with what is owed to the contact. It is taken in a statement of its
own, because a statement sees the database as it was when the statement began, before it waited. A contact that does not
exist yet cannot be locked; two first messages meet at the unique index instead, and the second tries again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, bindparam, func, literal_column, select

from bot.domain.events import (
    Due,
    Event,
    FromContact,
    FromUser,
    PromptReported,
    Report,
    UserAsked,
    UserChose,
    UserEdited,
    UserInstalled,
    UserRemoved,
    UserWrote,
)
from bot.domain.policy import Policy
from bot.ports import Account, Conversation, Snapshot, User
from bot.store import policies as named
from bot.store.desk import SqlDesk
from bot.store.dialect import is_postgres
from bot.store.policies import Policies
from bot.store.records import ACCOUNT, CONTACT, MESSAGE, STATE, USER, Reader, conversation
from bot.store.tables import ACCOUNTS, CONTACTS, MESSAGES, OUTBOX, POLICIES, THREADS, USERS

# One row always: what is looked for is joined to it, found or not.
_NEWEST: Final = select(func.max(POLICIES.c.revision).label("revision")).subquery("newest")
_OWNERS: Final = USERS.alias("owners")
_OWNER: Final = tuple(_OWNERS.c[column.name] for column in USER)
_OPEN: Final = THREADS.c.phase != literal_column("'left'")  # spelt as in the partial index, or it is not used
_TEMPLATE: Final = OUTBOX.c.kind == literal_column("'template'")
_PERSON: Final = and_(USERS.c.tenant == bindparam("tenant"), USERS.c.aad == bindparam("aad"))
_ITS_CONTACT: Final = CONTACTS.c.id == THREADS.c.contact_id
_CONTACT: Final = and_(CONTACTS.c.account == bindparam("account"), CONTACTS.c.openid == bindparam("openid"))


def _by_contact(which: Any) -> Select[Any]:
    found = (
        _NEWEST.outerjoin(ACCOUNTS, ACCOUNTS.c.name == bindparam("account"))
        .outerjoin(CONTACTS, _CONTACT)
        .outerjoin(THREADS, and_(_ITS_CONTACT, which))
        .outerjoin(USERS, USERS.c.id == func.coalesce(THREADS.c.user_id, ACCOUNTS.c.default_user))
    )
    return select(_NEWEST.c.revision, *ACCOUNT, *CONTACT, STATE, *USER).select_from(found)


_BY_CONTACT: Final = _by_contact(_OPEN)
_BY_PROMPT: Final = _by_contact(
    THREADS.c.id
    == select(OUTBOX.c.thread_id)
    .where(OUTBOX.c.remote_id == bindparam("remote_id"), _TEMPLATE)
    .order_by(OUTBOX.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_BY_PERSON: Final = select(_NEWEST.c.revision, *USER).select_from(_NEWEST.outerjoin(USERS, _PERSON))
_BY_PERSON_OPEN: Final = (
    select(_NEWEST.c.revision, *USER, STATE, *CONTACT)
    .select_from(
        _NEWEST.outerjoin(USERS, _PERSON)
        .outerjoin(THREADS, and_(THREADS.c.user_id == USERS.c.id, _OPEN))
        .outerjoin(CONTACTS, _ITS_CONTACT)
    )
    .order_by(THREADS.c.heard_at.desc())
)
_NAMED: Final = (_NEWEST.c.revision, *USER, STATE, *CONTACT, *_OWNER, *MESSAGE)
_BY_PERSON_THREAD: Final = select(*_NAMED).select_from(
    _NEWEST.outerjoin(USERS, _PERSON)
    .outerjoin(THREADS, THREADS.c.id == bindparam("thread_id"))
    .outerjoin(CONTACTS, _ITS_CONTACT)
    .outerjoin(_OWNERS, _OWNERS.c.id == THREADS.c.user_id)
    .outerjoin(MESSAGES, MESSAGES.c.id == bindparam("message_id"))
)
_BY_PERSON_MESSAGE: Final = select(*_NAMED).select_from(
    _NEWEST.outerjoin(USERS, _PERSON)
    .outerjoin(
        MESSAGES,
        and_(MESSAGES.c.activity_key == bindparam("activity_key"), MESSAGES.c.activity_key != literal_column("''")),
    )
    .outerjoin(THREADS, THREADS.c.id == MESSAGES.c.thread_id)
    .outerjoin(CONTACTS, _ITS_CONTACT)
    .outerjoin(_OWNERS, _OWNERS.c.id == THREADS.c.user_id)
)
_BY_THREAD: Final = select(_NEWEST.c.revision, STATE, *CONTACT, *USER, *MESSAGE).select_from(
    _NEWEST.outerjoin(THREADS, THREADS.c.id == bindparam("thread_id"))
    .outerjoin(CONTACTS, _ITS_CONTACT)
    .outerjoin(USERS, USERS.c.id == func.coalesce(THREADS.c.user_id, bindparam("user_id")))
    .outerjoin(MESSAGES, MESSAGES.c.id == bindparam("ref"))
)

_MUTEX: Final = select(CONTACTS.c.id).order_by(CONTACTS.c.id).with_for_update(of=CONTACTS, key_share=True)
# Words that were written before it is known for whom: two clicks at once must not give them to two contacts.
_LOCK_PERSON: Final = select(USERS.c.id).where(_PERSON).with_for_update(key_share=True)
_LOCK_CONTACT: Final = _MUTEX.where(_CONTACT)
_LOCK_SMS: Final = _MUTEX.where(CONTACTS.c.id == bindparam("contact_id"))
_LOCK_THREAD: Final = _MUTEX.join(THREADS, _ITS_CONTACT).where(THREADS.c.id == bindparam("thread_id"))
_LOCK_OPEN: Final = (
    _MUTEX.join(THREADS, _ITS_CONTACT).join(USERS, USERS.c.id == THREADS.c.user_id).where(_PERSON, _OPEN)
)
_LOCK_MESSAGE: Final = (
    _MUTEX.join(THREADS, _ITS_CONTACT)
    .join(MESSAGES, MESSAGES.c.thread_id == THREADS.c.id)
    .where(MESSAGES.c.activity_key == bindparam("activity_key"))
)


def lock(connection: Connection, event: Event) -> None:
    """Wait until we are alone with the conversation that `event` may change."""
    if not is_postgres(connection):
        return
    if isinstance(event, UserChose | UserEdited):
        connection.execute(_LOCK_PERSON, {"tenant": event.tenant, "aad": event.aad})
    match event:
        case FromContact():
            connection.execute(_LOCK_CONTACT, {"account": event.account, "openid": event.openid})
        case Report() if event.lane.startswith("sms/"):
            connection.execute(_LOCK_SMS, {"contact_id": event.lane.removeprefix("sms/")})
        case UserEdited():
            connection.execute(_LOCK_MESSAGE, {"activity_key": event.activity_key})
        case UserInstalled() | UserRemoved() | UserAsked():
            pass
        case UserWrote(thread_id=""):
            connection.execute(_LOCK_OPEN, {"tenant": event.tenant, "aad": event.aad})
        case _ if thread_id := getattr(event, "thread_id", ""):
            connection.execute(_LOCK_THREAD, {"thread_id": thread_id})


def load(connection: Connection, event: Event, policies: Policies, user_id: str = "") -> Snapshot:
    """What concerns `event`. `user_id` is whose card a report speaks of, when it belongs to no thread."""
    match event:
        case FromContact():
            return _of_contact(connection, event, policies)
        case UserInstalled() | UserRemoved():
            return _of_person(connection, event, policies)
        case UserAsked(argument="") | UserWrote(thread_id=""):
            return _of_person_open(connection, event, policies)
        case UserEdited():
            return _of_named(connection, _BY_PERSON_MESSAGE, event, {"activity_key": event.activity_key}, policies)
        case Due() | Report():
            return _of_thread(connection, event, user_id, policies)
    wanted = {name: getattr(event, name, "") for name in ("thread_id", "message_id")}
    return _of_named(connection, _BY_PERSON_THREAD, event, wanted, policies)


def _of_contact(connection: Connection, event: FromContact, policies: Policies) -> Snapshot:
    asked = {"account": event.account, "openid": event.openid}
    if isinstance(event, PromptReported):
        row = connection.execute(_BY_PROMPT, {**asked, "remote_id": event.remote_id}).one()
    else:
        row = connection.execute(_BY_CONTACT, asked).one()
    read = Reader(row)
    known = policies.at(connection, read.value())
    account, contact, thread, user = read.account(), read.contact(), read.thread(), read.user()
    return Snapshot(
        _policy(known, user),
        account=account or Account(event.account),
        user=user,
        contact=contact,
        conversation=conversation(thread, contact, user),
        policies=known,
        desk=SqlDesk(connection),
    )


def _of_person(connection: Connection, event: FromUser, policies: Policies) -> Snapshot:
    read = Reader(connection.execute(_BY_PERSON, {"tenant": event.tenant, "aad": event.aad}).one())
    known = policies.at(connection, read.value())
    user = read.user()
    return Snapshot(_policy(known, user), user=user, policies=known)


def _of_person_open(connection: Connection, event: FromUser, policies: Policies) -> Snapshot:
    rows = connection.execute(_BY_PERSON_OPEN, {"tenant": event.tenant, "aad": event.aad}).all()
    known = policies.at(connection, rows[0][0])
    found: list[Conversation] = []
    user: User | None = None
    for row in rows:
        read = Reader(row)
        read.value()
        user, thread, contact = read.user(), read.thread(), read.contact()
        found += filter(None, [conversation(thread, contact, user)])
    return Snapshot(_policy(known, user), user=user, open=tuple(found), policies=known)


def _of_named(
    connection: Connection, by: Select[Any], event: FromUser, wanted: dict[str, str], policies: Policies
) -> Snapshot:
    read = Reader(connection.execute(by, {"tenant": event.tenant, "aad": event.aad, **wanted}).fetchall()[0])
    known = policies.at(connection, read.value())
    user, thread, contact, owner, message = read.user(), read.thread(), read.contact(), read.user(), read.message()
    found = conversation(thread, contact, owner)
    return Snapshot(
        _policy(known, user), user=user, contact=contact, conversation=found, message=message, policies=known
    )


def _of_thread(connection: Connection, event: Due | Report, user_id: str, policies: Policies) -> Snapshot:
    asked = {"thread_id": event.thread_id, "ref": getattr(event, "ref", ""), "user_id": user_id}
    read = Reader(connection.execute(_BY_THREAD, asked).one())
    known = policies.at(connection, read.value())
    thread, contact, user, message = read.thread(), read.contact(), read.user(), read.message()
    found = conversation(thread, contact, user)
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
