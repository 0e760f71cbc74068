"""Claim the heads of due lanes for delivery: lock lanes, read their heads, lease them.

Locking and reading are two statements: in one, the heads would be read as they were before the lock was had, and
several workers would send the same row.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, exists, func, select, update
from sqlalchemy import text as sql

from bot.domain.handover import LIFE
from bot.ports import Conversation, Job, Known
from bot.store import book, colleagues, listing, search
from bot.store import policies as named
from bot.store.dialect import Moment
from bot.store.policies import Policies
from bot.store.prepared import Prepared
from bot.store.records import CARE, CONTACT, MESSAGE, STATE, USER, Reader, conversation, message
from bot.store.tables import CONTACTS, HANDOVERS, LANES, MESSAGES, OUTBOX, POLICIES, POSTS, THREADS, UNANSWERED, USERS

_DUE: Final = Prepared(
    select(THREADS.c.id).where(THREADS.c.due_at <= bindparam("now")).order_by(THREADS.c.due_at).limit(bindparam("most"))
)
_LAPSED: Final = Prepared(
    select(HANDOVERS.c.thread_id, HANDOVERS.c.id)
    .where(sql(UNANSWERED), HANDOVERS.c.at <= bindparam("before", type_=Moment))
    .order_by(HANDOVERS.c.at)
    .limit(bindparam("most"))
)
_IS_DUE: Final = and_(LANES.c.way == bindparam("way"), LANES.c.due_at <= bindparam("now"))
_LANES: Final = Prepared(
    select(LANES.c.name, LANES.c.head)
    .where(_IS_DUE)
    .order_by(LANES.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEASE: Final = Prepared(
    update(LANES)
    .where(LANES.c.name.in_(bindparam("names", expanding=True)))
    .values(due_at=bindparam("until", type_=Moment), token=bindparam("claim"))
)
_MESSAGES: Final = Prepared(select(*MESSAGE).where(MESSAGES.c.id.in_(bindparam("ids", expanding=True))))
_CONVERSATIONS: Final = Prepared(
    select(STATE, *CONTACT, *USER, CARE)
    .select_from(
        THREADS.join(CONTACTS, CONTACTS.c.id == THREADS.c.contact_id).join(USERS, USERS.c.id == THREADS.c.user_id)
    )
    .where(THREADS.c.id.in_(bindparam("ids", expanding=True)))
)
_OWNERS: Final = USERS.alias("owners")
_OWNER: Final = tuple(_OWNERS.c[column.name] for column in USER)
_JOB: Final = tuple(
    OUTBOX.c[name] for name in ("lane", "kind", "thread_id", "ref", "tries", "before", "values", "post")
)
_HEADS: Final = Prepared(
    select(
        OUTBOX.c.id,
        select(func.max(POLICIES.c.revision)).scalar_subquery(),
        *_JOB,
        POSTS.c.activity_id,
        STATE,
        *CONTACT,
        *_OWNER,
        *USER,
        *MESSAGE,
        CARE,
    )
    .select_from(
        OUTBOX.outerjoin(THREADS, THREADS.c.id == OUTBOX.c.thread_id)
        .outerjoin(CONTACTS, CONTACTS.c.id == THREADS.c.contact_id)
        .outerjoin(_OWNERS, _OWNERS.c.id == THREADS.c.user_id)
        .outerjoin(USERS, USERS.c.id == OUTBOX.c.user_id)
        .outerjoin(MESSAGES, MESSAGES.c.id == OUTBOX.c.ref)
        .outerjoin(POSTS, and_(POSTS.c.user_id == OUTBOX.c.user_id, POSTS.c.post == OUTBOX.c.post))
    )
    .where(OUTBOX.c.id.in_(bindparam("heads", expanding=True)))
)


def due(connection: Connection, now: datetime, limit: int) -> Sequence[str]:
    """Ids of threads whose timer has run out, the longest overdue first."""
    return _DUE.column(connection, {"now": now, "most": limit})


def lapsed(connection: Connection, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """Threads and ids of the requests that nobody answered in time, the oldest first."""
    rows = _LAPSED.rows(connection, {"before": now - LIFE, "most": limit})
    return [(thread_id, ident) for thread_id, ident in rows]


def claimable(connection: Connection, now: datetime, ways: Sequence[str]) -> Collection[str]:
    """See `Store.claimable`."""
    [there] = _any(tuple(ways)).rows(connection, {"now": now})
    return [way for way, due in zip(ways, there, strict=True) if due]


@cache
def _any(ways: Sequence[str]) -> Prepared:
    return Prepared(select(*(exists().where(LANES.c.way == way, LANES.c.due_at <= bindparam("now")) for way in ways)))


def claim(
    connection: Connection, now: datetime, until: datetime, limit: int, way: str, token: str, policies: Policies
) -> Sequence[Job]:
    """Heads of due lanes of this `way`, the longest due first, ours until `until`; `token` is the proof."""
    wanted = {"way": way.rstrip("/"), "now": now, "most": limit}
    lanes = _LANES.rows(connection, wanted)
    if not lanes:
        return ()
    rows = _HEADS.rows(connection, {"heads": [head for _, head in lanes]})
    _LEASE.run(connection, {"names": [name for name, _ in lanes], "until": until, "claim": token})
    jobs = {row[0]: _job(connection, row, token, policies) for row in rows}
    return _completed(connection, [jobs[head] for _, head in lanes], policies)


def _job(connection: Connection, row: Sequence[Any], token: str, policies: Policies) -> Job:
    read = Reader(row)
    ident, known = read.value(), policies.at(connection, read.value())
    lane, kind, thread_id, ref, tries, before, values, post = (read.value() for _ in _JOB)
    posted, thread, contact, owner = read.value() or "", read.thread(), read.contact(), read.user()
    user = read.user(owner) or owner
    policy = named.of(known, user.policy if user else named.DEFAULT)
    message = read.message()
    about = conversation(thread, contact, owner, read.care())
    row = (ident, lane, token, kind, thread_id, ref, tries, before, values, post, posted)
    return Job(*row, message=message, conversation=about, user=user, policy=policy)


def _completed(connection: Connection, jobs: Sequence[Job], policies: Policies) -> Sequence[Job]:
    """With what a card may list: the thread's queue, and the conversations to choose from."""
    queued = {ident for job in jobs for ident in (*_queue(job), *_burst(job))}
    listed = {ident for job in jobs for ident in (*_candidates(job), *_current(job))}
    messages = {row[0]: message(row) for row in _found(connection, _MESSAGES, queued)}
    conversations = {found.thread.id: found for found in map(_conversation, _found(connection, _CONVERSATIONS, listed))}
    completed = []
    for job in jobs:
        more = {
            "waiting": tuple(messages[ident] for ident in _queue(job) if ident in messages),
            "candidates": tuple(conversations[ident] for ident in _candidates(job) if ident in conversations),
            "known": _known(connection, job, policies),
            "burst": tuple(messages[ident] for ident in _burst(job) if ident in messages),
            "current": next((conversations[ident] for ident in _current(job) if ident in conversations), None),
            **_looked_up(connection, job, policies),
        }
        completed.append(replace(job, **more) if any(more.values()) else job)
    return completed


def _queue(job: Job) -> Sequence[str]:
    if job.kind != "card" or job.conversation is None:
        return ()
    return [queued.message_id for queued in job.conversation.thread.queue]


def _candidates(job: Job) -> Sequence[str]:
    return tuple(job.values.get("candidates", ()))


def _known(connection: Connection, job: Job, policies: Policies) -> Known | None:
    """Whom a card about a contact's details is about, as the user's book has them now."""
    entry_id, contact_id = job.values.get("entry"), job.values.get("about")
    if job.user and contact_id:
        return colleagues.stranger(connection, job.user, contact_id)
    if entry_id is None or job.user is None:
        return None
    if entry_id:
        found = search.known(connection, job.user, entry_id)
        return found and colleagues.held(connection, found, policies.known)
    about = job.conversation
    return Known(book.of_contact(connection, job.user.id, about.contact), about.contact, about) if about else None


def _burst(job: Job) -> Sequence[str]:
    return tuple(job.values.get("burst", ()))


def _current(job: Job) -> Sequence[str]:
    """The user's current thread, for cards that say which it is."""
    current = job.user.desk.current if job.user and job.kind == "card" else ""
    return (current,) if current else ()


def _looked_up(connection: Connection, job: Job, policies: Policies) -> dict[str, Any]:
    """What only a few cards show: a page of the user's threads, the history of one, colleagues."""
    wish, most = job.values.get("list"), job.values.get("history")
    sought, chosen = job.values.get("find"), job.values.get("colleague")
    found: dict[str, Any] = {}
    if wish and job.user:
        found["listing"] = listing.listing(connection, job.user.id, wish)
    if most and job.conversation:
        said = found["history"] = listing.history(connection, job.values.get("of", job.thread_id), most)
        others = {message.user_id for message in said if message.author == "colleague"}
        found["colleagues"] = colleagues.by_id(connection, sorted(others))
    if sought is not None and job.user:
        found["colleagues"] = colleagues.found(connection, job.user, policies.known, sought)
    elif chosen:
        found["colleagues"] = colleagues.by_id(connection, [chosen])
    return found


def _found(connection: Connection, statement: Prepared, ids: set[str]) -> Sequence[Sequence[Any]]:
    return statement.rows(connection, {"ids": sorted(ids)}) if ids else ()


def _conversation(row: Sequence[Any]) -> Conversation:
    read = Reader(row)
    found = conversation(read.thread(), read.contact(), read.user(), read.care())
    if found is None:
        raise LookupError("an inner join left something out")
    return found
