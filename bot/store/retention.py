"""How long words are kept: legal holds, and the deletion of what no policy and no hold keeps any longer.

Deleted are the words, their salts and media, the automatic answers that the inbox keeps, and the name, openid and
number (also where PINs were sent to it) of a contact of whom nothing is left. The rows stay, and the record names each
message that was purged, so its chain is whole and nothing is missing from it without a reason.

Somebody on the way to being connected who has said nothing for so long is not on the way any more. Whoever guessed at
PINs is kept: forgotten, they could guess anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    not_,
    or_,
    select,
    update,
)

from bot.domain.effects import State
from bot.domain.policy import Policy
from bot.points import point
from bot.store import admin, audit, policies
from bot.store.admin import Act
from bot.store.desk import onboarding
from bot.store.dialect import StoreError
from bot.store.prepared import Advisory, advisory_lock
from bot.store.tables import CONTACTS, HOLDS, INBOX, MESSAGES, ONBOARDINGS, OUTBOX, PINS, REPLIED, THREADS, USERS
from bot.store.words import PURGED

KINDS: Final = ("contact", "thread", "user")
_SUBJECTS: Final = {"contact": CONTACTS, "thread": THREADS, "user": USERS}
_UNDER_WAY: Final = (State.SENDING.value, State.WAITING.value, State.QUEUED.value, State.UNCERTAIN.value)
_THEIRS: Final = MESSAGES.outerjoin(THREADS, THREADS.c.id == MESSAGES.c.thread_id).outerjoin(
    USERS, USERS.c.id == func.coalesce(THREADS.c.user_id, MESSAGES.c.user_id)
)
_PIN: Final = OUTBOX.c.kind == literal_column("'pin'")  # spelt as in the partial index
_WORDS: Final = {"text": "", "original": None, "media": "", "salt": "", "original_salt": ""}


@dataclass(frozen=True, slots=True)
class Hold:
    """What is kept whatever a policy says: everything of the contact, thread or user `subject`."""

    id: str
    kind: str
    subject: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was deleted."""

    messages: int = 0
    contacts: int = 0
    answers: int = 0


# ---- holds


def holds(connection: Connection) -> list[Hold]:
    """All of them, the oldest first."""
    return [Hold(*row) for row in connection.execute(select(HOLDS).order_by(HOLDS.c.at, HOLDS.c.id))]


def hold(connection: Connection, act: Act, ident: str, kind: str, subject: str, reason: str) -> Hold:
    """From now on nothing about the subject is purged. A user may be named by number, UPN or Entra id."""
    advisory_lock(connection, Advisory.KEEPING)
    if kind == "user":
        subject = admin.user(connection, subject).id
    elif connection.execute(select(_SUBJECTS[kind].c.id).where(_SUBJECTS[kind].c.id == subject)).first() is None:
        raise StoreError(f"There is no {kind} {subject!r}: `admin {kind}s list` shows the newest")
    there = select(HOLDS.c.id).where(HOLDS.c.kind == kind, HOLDS.c.subject == subject)
    if (known := connection.execute(there).scalar_one_or_none()) is not None:
        raise StoreError(f"{kind} {subject} is held already, by hold {known}")
    new = Hold(ident, kind, subject, reason, act.by, act.at)
    connection.execute(insert(HOLDS).values({name: getattr(new, name) for name in Hold.__slots__}))
    _note(connection, act, "HoldAdded", hold=ident, kind=kind, subject=subject, reason=reason)
    return new


def release(connection: Connection, act: Act, ident: str) -> Hold:
    """The hold that is over now."""
    row = connection.execute(select(HOLDS).where(HOLDS.c.id == ident)).one_or_none()
    if row is None:
        raise StoreError(f"There is no hold {ident!r}: `admin hold list` shows them all")
    connection.execute(delete(HOLDS).where(HOLDS.c.id == ident))
    _note(connection, act, "HoldRemoved", hold=ident, kind=row.kind, subject=row.subject)
    return Hold(*row)


def _held(thread_id: Any, contact_id: Any, user_id: Any) -> ColumnElement[bool]:
    subjects = {"thread": thread_id, "contact": contact_id, "user": user_id}
    same = [and_(HOLDS.c.kind == kind, HOLDS.c.subject == subject) for kind, subject in subjects.items()]
    return exists(select(HOLDS.c.id).where(or_(*same)).correlate(MESSAGES, THREADS, CONTACTS))


# ---- purging


def due(connection: Connection, now: datetime, most: int, among: Sequence[str] | None = None) -> list[str]:
    """Ids of at most `most` messages (of `among`) whose time is over, and that nothing holds; this only reads.

    It reads whatever is older, also what other policies keep: look for it beside the writer.
    """
    found: list[str] = []
    known = policies.resolve(policies.stored(connection))
    for policy in known.values():
        if policy.retention is not None and len(found) < most:
            wanted = _due(policy, list(known), now - policy.retention)
            wanted = wanted if among is None else wanted.where(MESSAGES.c.id.in_(among))
            found += connection.execute(wanted.limit(most - len(found))).scalars()
    return found


def _due(policy: Policy, known: Sequence[str], before: datetime) -> Select[Any]:
    """Words that belong to no user are under the policy `default`, as are those of a user whose policy is gone."""
    under: ColumnElement[bool] = USERS.c.policy == policy.name
    if policy.name == policies.DEFAULT:
        under = or_(under, USERS.c.policy.is_(None), USERS.c.policy.not_in(known))
    under_way = and_(MESSAGES.c.state.in_(_UNDER_WAY), func.coalesce(THREADS.c.phase, "") != "left")
    contact_id = func.coalesce(THREADS.c.contact_id, MESSAGES.c.contact_id)
    user_id = func.coalesce(THREADS.c.user_id, MESSAGES.c.user_id)
    return (
        select(MESSAGES.c.id)
        .select_from(_THEIRS)
        .where(MESSAGES.c.purged_at.is_(None), MESSAGES.c.at < before, under)
        .where(or_(MESSAGES.c.state.is_(None), not_(under_way)), not_(_held(MESSAGES.c.thread_id, contact_id, user_id)))
        .order_by(MESSAGES.c.at)
    )


def purge(connection: Connection, act: Act, found: Sequence[str]) -> Purged:
    """Delete the words of those found `due` that still are, and who contacts were of whom nothing is left then."""
    advisory_lock(connection, Advisory.KEEPING)
    ids = due(connection, act.at, len(found), found)
    if not ids:
        return Purged()
    connection.execute(update(MESSAGES).where(MESSAGES.c.id.in_(ids)).values(**_WORDS, purged_at=act.at))
    point("purge-blanked")
    forgotten = _forget(connection, ids)
    _note(connection, act, PURGED, messages=ids, contacts=forgotten)
    return Purged(len(ids), len(forgotten))


def _forget(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Contacts of these messages who have no words left, nobody to talk to, and no hold."""
    theirs = func.coalesce(THREADS.c.contact_id, MESSAGES.c.contact_id)
    about = select(theirs).select_from(MESSAGES.outerjoin(THREADS, THREADS.c.id == MESSAGES.c.thread_id))
    people = select(CONTACTS.c.id).where(CONTACTS.c.id.in_(about.where(MESSAGES.c.id.in_(ids))))
    known = list(connection.execute(people.order_by(CONTACTS.c.id).with_for_update()).scalars())
    threads = select(THREADS.c.id).where(THREADS.c.contact_id == CONTACTS.c.id)
    open_ones = threads.where(THREADS.c.phase != "left")
    unconnected = and_(MESSAGES.c.thread_id == "", MESSAGES.c.contact_id == CONTACTS.c.id)
    connected = MESSAGES.c.thread_id.in_(threads.correlate(CONTACTS))
    kept = select(MESSAGES.c.id).where(MESSAGES.c.purged_at.is_(None), or_(unconnected, connected))
    alone = (not_(exists(each.correlate(CONTACTS))) for each in (open_ones, kept))
    wanted = select(CONTACTS.c.id).where(CONTACTS.c.id.in_(known), *alone, not_(_held("", CONTACTS.c.id, "")))
    found = list(connection.execute(wanted).scalars())
    if found:
        found = _without_guessers(connection, found)
    if found:
        _blank(connection, found)
    return found


def _without_guessers(connection: Connection, contacts: Sequence[str]) -> list[str]:
    states = connection.execute(select(ONBOARDINGS.c.state).where(ONBOARDINGS.c.contact_id.in_(contacts))).scalars()
    guessed = {state.contact_id for state in map(onboarding, states) if state.failed}
    return [ident for ident in contacts if ident not in guessed]


def _blank(connection: Connection, contacts: Sequence[str]) -> None:
    blank: dict[str, Any] = {"name": "", "number": "", "validated_at": None, "owed": []}
    gone = {"openid": literal("purged:") + CONTACTS.c.id, **blank}
    connection.execute(update(CONTACTS).where(CONTACTS.c.id.in_(contacts)).values(**gone))
    for table in (PINS, ONBOARDINGS):
        connection.execute(delete(table).where(table.c.contact_id.in_(contacts)))
    lanes = [f"sms/{ident}" for ident in contacts]
    connection.execute(update(OUTBOX).where(_PIN, OUTBOX.c.lane.in_(lanes)).values(values={}))  # to which number


def answers(connection: Connection, now: datetime, most: int) -> list[str]:
    """Keys of at most `most` events whose automatic answer is older than any policy keeps words; this only reads."""
    kept = [policy.retention for policy in policies.resolve(policies.stored(connection)).values()]
    if any(retention is None for retention in kept):
        return []
    before = now - max(retention for retention in kept if retention is not None)
    wanted = select(INBOX.c.key).where(INBOX.c.at < before, literal_column(REPLIED))
    return list(connection.execute(wanted.order_by(INBOX.c.at).limit(most)).scalars())


def forget_answers(connection: Connection, keys: Sequence[str]) -> int:
    """A repetition after all that time is answered with nothing."""
    return connection.execute(update(INBOX).where(INBOX.c.key.in_(keys)).values(answer={})).rowcount


def _note(connection: Connection, act: Act, name: str, **body: Any) -> None:
    audit.append(connection, audit.Occurred(name, "", act.at), "", "", {"event": name, "by": act.by, **body})
