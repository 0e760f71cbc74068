"""A user's own conversations, for events that name none: what free words, `connect` and short commands may be about.

A user may have thousands of open threads, so only those are read that a decision can turn on: the one quoted, the one
bound to the Teams conversation, the current one, and the newest few, unread words first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, String, bindparam, literal_column, or_, select, union_all

from bot.domain.attention import Desk
from bot.domain.events import FromUser, UserConnected, UserWrote
from bot.domain.state import Phase
from bot.ports import Conversation, Snapshot, User
from bot.store import search
from bot.store.dialect import is_postgres
from bot.store.prepared import Prepared
from bot.store.records import CARE, CONTACT, STATE, USER, Reader, conversation
from bot.store.tables import CONTACTS, MESSAGES, POSTS, THREADS, USERS

NEWEST: Final = 9
"""One more than a card offers, so that it can say that there are more."""

_OPEN: Final = THREADS.c.phase != literal_column("'left'")  # spelt as in the partial index
_HIS: Final = THREADS.c.user_id == bindparam("user")
_EMPTY: Final[ColumnElement[str]] = literal_column("''")
_NEWS: Final = (
    select(THREADS.c.id)
    .where(_HIS, _OPEN, THREADS.c.news_at.is_not(None))
    .order_by(THREADS.c.news_at.desc())
    .limit(NEWEST)
    .subquery()
)
_NEWEST: Final = select(THREADS.c.id).where(_HIS, _OPEN).order_by(THREADS.c.heard_at.desc()).limit(NEWEST).subquery()
_QUOTED: Final = Prepared(
    union_all(
        select(POSTS.c.thread_id).where(
            POSTS.c.user_id == bindparam("user"),
            POSTS.c.activity_id == bindparam("quoted"),
            POSTS.c.activity_id != _EMPTY,
            POSTS.c.post.notlike("%@%"),  # what was posted elsewhere may have the same number
            POSTS.c.post.notlike("handover.%"),  # an answer to a colleague's request is not for the client
        ),
        select(MESSAGES.c.thread_id).where(
            MESSAGES.c.user_id == bindparam("user"),
            MESSAGES.c.activity_key == bindparam("quoted_key"),
            MESSAGES.c.activity_key != _EMPTY,
        ),
    )
)
_PLACE: Final = (
    THREADS.c.place_id == bindparam("place", type_=String),
    THREADS.c.place_id != _EMPTY,
)
_CONVERSATION: Final = (
    select(STATE, *CONTACT, *USER, CARE)
    .join_from(THREADS, CONTACTS, CONTACTS.c.id == THREADS.c.contact_id)
    .join(USERS, USERS.c.id == THREADS.c.user_id)
)
_FREE: Final = Prepared(
    _CONVERSATION.where(
        _HIS,
        or_(
            THREADS.c.id == bindparam("current"),
            THREADS.c.id.in_(select(_NEWS.c.id)),
            THREADS.c.id.in_(select(_NEWEST.c.id)),
        ),
    )
)
_BOUND: Final = Prepared(_CONVERSATION.where(*_PLACE))
_BY_ID: Final = Prepared(_CONVERSATION.where(THREADS.c.id.in_(bindparam("ids", expanding=True))))
_PEOPLE: Final = Prepared(
    select(THREADS.c.id, CONTACTS.c.id, CONTACTS.c.name, CONTACTS.c.number)
    .join_from(THREADS, CONTACTS, CONTACTS.c.id == THREADS.c.contact_id)
    .where(_HIS, _OPEN)
    .order_by(THREADS.c.heard_at.desc())
)
_LOCK: Final = (
    select(CONTACTS.c.id)
    .join(THREADS, THREADS.c.contact_id == CONTACTS.c.id)
    .order_by(CONTACTS.c.id)
    .with_for_update(of=CONTACTS, key_share=True)
)
_LOCK_ID: Final = Prepared(_LOCK.where(THREADS.c.id.in_(bindparam("ids", expanding=True))))
_LOCK_PLACE: Final = Prepared(_LOCK.where(*_PLACE))
_DESK: Final = Prepared(select(USERS.c.desk).where(USERS.c.id == bindparam("user")))


def lock(connection: Connection, event: FromUser, user_id: str) -> None:
    """Wait until we are alone with the threads that `event` may change; the person is locked already."""
    if event.reference.kind != "personal":
        _LOCK_PLACE.rows(connection, {"place": event.reference.conversation_id})
    ids = _ids(connection, event, user_id) if user_id else []
    if ids:
        _LOCK_ID.rows(connection, {"ids": ids})


def _ids(connection: Connection, event: FromUser, user_id: str) -> Sequence[str]:
    if isinstance(event, UserConnected):
        meant = _meant(connection, event, user_id)
        return meant if len(meant) == 1 else []
    if not isinstance(event, UserWrote) or event.reference.kind != "personal":
        return []
    desk: Desk | None = _DESK.value(connection, {"user": user_id})
    return sorted({*_quoted(connection, event, user_id), desk.current if desk else ""} - {""})


def found(connection: Connection, event: FromUser, at: Snapshot) -> Snapshot:
    """`at` with the conversation that is quoted or bound, and with those that are open."""
    about: Conversation | None = None
    if event.reference.kind != "personal":
        place = {"place": event.reference.conversation_id}
        about = next(iter(_read(connection, _BOUND, place)), None)
    if at.user is None:
        return replace(at, conversation=about)
    if isinstance(event, UserConnected):
        mine = _by_id(connection, _meant(connection, event, at.user.id))
        entry = None if mine else search.only(connection, at.user, event.query)
        return replace(at, conversation=about, open=mine, entry=entry)
    if isinstance(event, UserWrote) and event.reference.kind == "personal":
        quoted = _by_id(connection, _quoted(connection, event, at.user.id))
        about = quoted[0] if len(quoted) == 1 else None
        return replace(at, conversation=about, open=_open_alone(connection, at.user))
    return replace(at, conversation=about, open=_open(connection, at.user))


def _open_alone(connection: Connection, user: User) -> tuple[Conversation, ...]:
    """The only one gets the words, and is not known before it is read: so it is locked, and read once more."""
    found = _open(connection, user)
    if len(found) != 1 or not is_postgres(connection):
        return found
    _LOCK_ID.rows(connection, {"ids": [found[0].thread.id]})
    return _open(connection, user)


def _open(connection: Connection, user: User) -> tuple[Conversation, ...]:
    rows = _read(connection, _FREE, {"user": user.id, "current": user.desk.current})
    live = [each for each in rows if each.thread.phase is not Phase.LEFT]
    live.sort(key=lambda each: each.thread.heard_at, reverse=True)
    live.sort(key=lambda each: (each.thread.id != user.desk.current, not each.care.unread))
    return tuple(live)


def _quoted(connection: Connection, event: UserWrote, user_id: str) -> list[str]:
    asked = {"user": user_id, "quoted": event.quoted, "quoted_key": event.quoted_key}
    if not event.quoted:
        return []
    return sorted({*_QUOTED.column(connection, asked)} - {""})


def _meant(connection: Connection, event: UserConnected, user_id: str) -> list[str]:
    """Threads whose contact the words of `connect` mean: the very name, number or tag, else all that contain them."""
    people = _PEOPLE.rows(connection, {"user": user_id})
    asked = event.query.strip().casefold()
    names = [
        (ident, (name.casefold(), number, f"#{contact[-4:]}".casefold())) for ident, contact, name, number in people
    ]
    exact = [ident for ident, known in names if asked and asked in known]
    return (exact or [ident for ident, known in names if any(asked in each for each in known)])[:NEWEST]


def _by_id(connection: Connection, ids: Sequence[str]) -> tuple[Conversation, ...]:
    return tuple(_read(connection, _BY_ID, {"ids": list(ids)})) if ids else ()


def _read(connection: Connection, statement: Prepared, asked: dict[str, Any]) -> list[Conversation]:
    rows = (Reader(row) for row in statement.rows(connection, asked))
    each = (conversation(read.thread(), read.contact(), read.user(), read.care()) for read in rows)
    return [found for found in each if found is not None]
