"""Carry out the Changes of one event, and keep its key, its answer and its audit entry: all in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from bot.domain.events import Event, FromContact, Report
from bot.points import point
from bot.ports import Changes, Conversation, Decide, Snapshot
from bot.store import audit, book, desk, directory, outbox, words
from bot.store.dialect import StoreError, Upsert
from bot.store.enqueue import enqueue
from bot.store.load import load, lock
from bot.store.policies import Policies
from bot.store.prepared import Prepared
from bot.store.records import (
    CONTACT_FIELDS,
    MESSAGE_FIELDS,
    care_values,
    contact_values,
    message_values,
    thread_values,
    user_values,
)
from bot.store.tables import CONTACTS, INBOX, MESSAGES, THREADS, USERS
from bot.store.words import Salts

_KEPT: Final = Prepared(select(INBOX.c.answer).where(INBOX.c.key == bindparam("key")))
_KEEP: Final = Prepared(insert(INBOX))
_CONTACT: Final = Prepared(Upsert(CONTACTS, ["id"], list(CONTACT_FIELDS[1:])))
# Number, policy and whether a user is enabled are the admin's: an event that read them earlier must not undo a change.
_USER: Final = Prepared(Upsert(USERS, ["id"], ["name", "upn", "reference"]))
_CHANGING: Final = ("phase", "heard_at", "due_at", "state", "queued")
_OPEN: Final = Prepared(insert(THREADS), ("id", "contact_id", "user_id", "account", "opened_at", "seat", *_CHANGING))
_THREAD: Final = Prepared(
    update(THREADS).where(THREADS.c.id == bindparam("ident")).values({name: bindparam(name) for name in _CHANGING})
)
_MINDED: Final = ("care", "unread", "news_at", "place_id")
_CARE: Final = Prepared(
    update(THREADS).where(THREADS.c.id == bindparam("ident")).values({name: bindparam(name) for name in _MINDED})
)
_BOTH: Final = Prepared(
    update(THREADS)
    .where(THREADS.c.id == bindparam("ident"))
    .values({name: bindparam(name) for name in (*_CHANGING, *_MINDED)})
)
_DESK: Final = Prepared(update(USERS).where(USERS.c.id == bindparam("ident")).values(desk=bindparam("desk")))
_SETTINGS: Final = Prepared(
    update(USERS).where(USERS.c.id == bindparam("ident")).values(settings=bindparam("settings"))
)
# The same automatic message may be decided again (a prompt after a refusal): its words stay as first recorded.
_MESSAGE: Final = Prepared(Upsert(MESSAGES, ["id"], []), (*MESSAGE_FIELDS, "salt"))
_ASSIGN: Final = Prepared(
    update(MESSAGES).where(MESSAGES.c.id == bindparam("ident")).values(thread_id=bindparam("thread"))
)
_MARK: Final = Prepared(
    update(MESSAGES)
    .where(MESSAGES.c.id == bindparam("ident"))
    .values(state=bindparam("became"), why=bindparam("because"))
)
_REWORD: Final = Prepared(
    update(MESSAGES)
    .where(MESSAGES.c.id == bindparam("ident"))
    .values(
        original=func.coalesce(MESSAGES.c.original, MESSAGES.c.text),
        original_salt=case((MESSAGES.c.original.is_(None), MESSAGES.c.salt), else_=MESSAGES.c.original_salt),
        text=bindparam("words"),
        salt=bindparam("new_salt"),
    )
)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an event. `claimable`: a worker may find something. Still to be put on record: `kept`, which is the
    event's key with its answer, and `entries`.
    """

    answer: Mapping[str, Any]
    claimable: bool = False
    kept: Mapping[str, Any] | None = None
    entries: tuple[audit.Unchained, ...] = ()


class Pending:
    """Events of one transaction, whose keys and entries, which no other of them reads, are inserted all at once."""

    def __init__(self) -> None:
        self._done: list[Done] = []
        self._answers: dict[str, Mapping[str, Any]] = {}

    def carry_out(self, connection: Connection, event: Event, decide: Decide, policies: Policies) -> Done:
        """All of an event but what `write` does."""
        if event.key in self._answers:
            return Done(self._answers[event.key])
        done = carry_out(connection, event, decide, policies)
        self._done.append(done)
        if done.kept:
            self._answers[event.key] = done.answer
        return done

    def write(self, connection: Connection) -> None:
        """Put on record what was carried out since the last time."""
        if self._done:
            record(connection, self._done)
            self.forget()

    def forget(self) -> None:
        """What was carried out since the last time was taken back."""
        self._done.clear()
        self._answers.clear()


def transact(connection: Connection, event: Event, decide: Decide, policies: Policies) -> Done:
    """All of an event but the commit."""
    done = carry_out(connection, event, decide, policies)
    record(connection, [done])
    return done


def record(connection: Connection, all_done: Sequence[Done]) -> None:
    """The last thing in a transaction: others wait for it from here on."""
    _KEEP.run_all(connection, [done.kept for done in all_done if done.kept])
    point("inbox")
    audit.append_all(connection, [entry for done in all_done for entry in done.entries])
    point("audit")


def carry_out(connection: Connection, event: Event, decide: Decide, policies: Policies) -> Done:
    """All of an event but what `record` does, and the commit."""
    point("begin")
    lock(connection, event)
    kept = _KEPT.value(connection, {"key": event.key}) if event.key else None
    if kept is not None:
        return Done(kept)
    if isinstance(event, Report) and not outbox.standing(connection, event):
        return Done({})
    snapshot = load(connection, event, policies)
    point("load")
    changes = decide(event, snapshot)
    salts = words.salts(changes)
    claimable = write(connection, changes, event, salts)
    entries = _entries(type(event).__name__, event, snapshot, changes, salts)
    for shared in changes.shared:
        salts = words.salts(shared)
        claimable = write(connection, shared, event, salts) or claimable
        entries += _entries(str((shared.audit or {})["event"]), event, snapshot, shared, salts)
    key = {"key": event.key, "answer": changes.answer, "at": event.at} if event.key else None
    return Done(changes.answer, claimable, key, entries)


def _entries(
    name: str, event: Event, snapshot: Snapshot, changes: Changes, salts: Salts
) -> tuple[audit.Unchained, ...]:
    if changes.audit is None and not salts:  # no words without an entry that proves them
        return ()
    account, thread_id = _account(event, snapshot, changes), _thread_id(event, changes)
    body = {**(changes.audit or {}), **words.told(changes, salts)}
    return (audit.Unchained(audit.Occurred(name, event.key, event.at), account, thread_id, body),)


def write(connection: Connection, changes: Changes, event: Event, salts: Salts) -> bool:
    """Everything but key and audit; True when a worker may find something to claim."""
    _write_people(connection, changes, event.at)
    _write_threads(connection, changes, event)
    _write_mind(connection, changes)
    desk.write(connection, changes)
    point("state")
    _write_messages(connection, changes, salts)
    point("message")
    claimable = _write_outbox(connection, changes, event)
    point("outbox")
    return claimable


def _write_people(connection: Connection, changes: Changes, at: datetime) -> None:
    contact = changes.contact or (changes.opened.contact if changes.opened else None)
    if contact:
        _CONTACT.run(connection, contact_values(contact))
    if changes.user:
        _USER.run(connection, user_values(changes.user))
        directory.note(connection, [changes.user.id])
    if changes.entry:
        book.save(connection, [changes.entry], at)


def _write_threads(connection: Connection, changes: Changes, event: Event) -> None:
    """Threads and what their users know of them, most often of the same row."""
    thread, cares = changes.thread, dict(changes.cares)
    if thread:
        statement, values = _THREAD, thread_values(thread)
        if care := cares.pop(thread.id, None):
            statement, values = _BOTH, {**values, **care_values(thread.id, care)}
        if statement.run(connection, values) != 1:
            raise StoreError(f"thread {thread.id} was changed but never opened")
    if changes.opened:  # after a transfer's old one has ended: a contact has one open thread
        _open(connection, changes.opened, event)
    _CARE.run_all(connection, [care_values(ident, care) for ident, care in cares.items()])


def _write_mind(connection: Connection, changes: Changes) -> None:
    """What users have in mind."""
    if changes.desk:
        _DESK.run(connection, {"ident": changes.desk[0], "desk": changes.desk[1]})
    if changes.settings:
        _SETTINGS.run(connection, {"ident": changes.settings[0], "settings": changes.settings[1]})


def _open(connection: Connection, opened: Conversation, event: Event) -> None:
    values = thread_values(opened.thread)
    values |= {
        "id": values.pop("ident"),
        "contact_id": opened.contact.id,
        "user_id": opened.user.id,
        "account": opened.contact.account,
        "opened_at": event.at,
        "seat": opened.thread.seat,
    }
    _OPEN.run(connection, values)


def _write_messages(connection: Connection, changes: Changes, salts: Salts) -> None:
    new = [{**message_values(message), "salt": salts[message.id]} for message in changes.messages]
    _MESSAGE.run_all(connection, new)
    _ASSIGN.run_all(connection, [{"ident": ident, "thread": thread} for ident, thread in changes.assigned])
    marks = [{"ident": ident, "became": state.value, "because": why} for ident, state, why in changes.marks]
    _MARK.run_all(connection, marks)
    reworded = [{"ident": ident, "words": text, "new_salt": salts[ident]} for ident, text in changes.rewords]
    _REWORD.run_all(connection, reworded)


def _write_outbox(connection: Connection, changes: Changes, event: Event) -> bool:
    """Whether anything is claimable now that was not."""
    claimable = False
    if changes.recalled:
        claimable |= outbox.recall(connection, _thread_id(event, changes), changes.recalled, event.at)
    if changes.settled:
        claimable |= outbox.settle(connection, changes.settled, event.at)
    if changes.rows:
        claimable |= enqueue(connection, changes.rows, event.at, event.id)
    if changes.wake_user:
        claimable |= outbox.wake(connection, changes.wake_user, event.at)
    return claimable


def _thread_id(event: Event, changes: Changes) -> str:
    thread = changes.thread or (changes.opened.thread if changes.opened else None)
    return thread.id if thread else str(getattr(event, "thread_id", ""))


def _account(event: Event, snapshot: Snapshot, changes: Changes) -> str:
    if isinstance(event, FromContact):
        return event.account
    about = snapshot.conversation or changes.opened
    return about.contact.account if about else ""
