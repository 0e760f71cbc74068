"""What cards show of a user's threads: a page of the list, the recent history of one. Every query ends at its LIMIT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, literal_column, select

from bot.ports import Listing, Message
from bot.store.records import CARE, CONTACT, MESSAGE, STATE, USER, Reader, conversation, message
from bot.store.tables import CONTACTS, MESSAGES, THREADS, USERS

_OPEN: Final = THREADS.c.phase != literal_column("'left'")  # spelt as in the partial index
_FILTERS: Final[Mapping[str, Any]] = {
    "unread": THREADS.c.unread > literal_column("0"),
    "active": THREADS.c.phase == literal_column("'active'"),
    "inactive": THREADS.c.phase == literal_column("'inactive'"),
    "queued": THREADS.c.queued > literal_column("0"),
}
_PAGE: Final = (
    select(STATE, *CONTACT, *USER, CARE)
    .join_from(THREADS, CONTACTS, CONTACTS.c.id == THREADS.c.contact_id)
    .join(USERS, USERS.c.id == THREADS.c.user_id)
    .where(THREADS.c.user_id == bindparam("user"), _OPEN)
    .order_by(THREADS.c.heard_at.desc(), THREADS.c.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_TOTAL: Final = select(func.count()).select_from(THREADS).where(THREADS.c.user_id == bindparam("user"), _OPEN)
_SPOKEN: Final = MESSAGES.c.author != literal_column("'system'")
_LAST: Final = (
    select(MESSAGES.c.id)
    .where(MESSAGES.c.thread_id == THREADS.c.id, _SPOKEN, MESSAGES.c.author != literal_column("'colleague'"))
    .order_by(MESSAGES.c.at.desc(), MESSAGES.c.id.desc())
    .limit(1)
    .correlate(THREADS)
    .scalar_subquery()
)
_LASTS: Final = (
    select(*MESSAGE)
    .join_from(THREADS, MESSAGES, MESSAGES.c.id == _LAST)
    .where(THREADS.c.id.in_(bindparam("ids", expanding=True)))
)
_HISTORY: Final = (
    select(*MESSAGE)
    .where(MESSAGES.c.thread_id == bindparam("thread"), _SPOKEN)
    .order_by(MESSAGES.c.at.desc(), MESSAGES.c.id.desc())
    .limit(bindparam("most"))
)


def listing(connection: Connection, user_id: str, wish: Mapping[str, Any]) -> Listing:
    """The page that `wish` (`show`, `skip`, `limit`) asks for; one beyond the end is the last."""
    filters = [_FILTERS[wish["show"]]] if wish.get("show") in _FILTERS else []
    total = connection.execute(_TOTAL.where(*filters), {"user": user_id}).scalar_one()
    most = int(wish["limit"])
    skip = min(int(wish["skip"]), max(0, total - 1) // most * most)
    rows = connection.execute(_PAGE.where(*filters), {"user": user_id, "most": most, "skip": skip})
    reads = (Reader(row) for row in rows)
    each = (conversation(read.thread(), read.contact(), read.user(), read.care()) for read in reads)
    page = [found for found in each if found is not None]
    lasts = _lasts(connection, [found.thread.id for found in page])
    return Listing(tuple((found, lasts.get(found.thread.id)) for found in page), total, skip)


def _lasts(connection: Connection, ids: Sequence[str]) -> Mapping[str, Message]:
    found = (message(row) for row in connection.execute(_LASTS, {"ids": list(ids)})) if ids else ()
    return {each.thread_id: each for each in found}


def history(connection: Connection, thread_id: str, most: int) -> tuple[Message, ...]:
    """The newest words of a thread, the oldest of them first."""
    rows = connection.execute(_HISTORY, {"thread": thread_id, "most": most}).all()
    return tuple(message(row) for row in reversed(rows))
