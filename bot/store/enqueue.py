"""Rows into the outbox. A card that still waits is not asked for twice: it will show what is true when it goes.

What such a card was asked for last is what it becomes, in the place in line that it has already. A row with a `hold`
that comes into an empty lane waits for a moment, because what will change it is under way; whatever else comes to the
lane ends the wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, literal_column, or_, select, update

from bot.ports import Row
from bot.store.dialect import Moment, Upsert
from bot.store.prepared import Numbering, Prepared
from bot.store.tables import LANES, OUTBOX, POSTS

_PENDING: Final = OUTBOX.c.state == literal_column("'pending'")  # spelt as in the partial index, like the next two
_NAMED: Final = OUTBOX.c.post != literal_column("''")
_FREE: Final = LANES.c.token == literal_column("''")
_NOW: Final = bindparam("now", type_=Moment)

_INSERT: Final = Numbering(OUTBOX)
_ENTER: Final = Prepared(Upsert(LANES, ["name"], ["head", "due_at", "token", "user_id"], LANES.c.head.is_(None)))
_TRIED: Final = select(OUTBOX.c.tries).where(OUTBOX.c.id == LANES.c.head).scalar_subquery()
_HASTEN: Final = Prepared(
    update(LANES)
    .where(LANES.c.name == bindparam("lane"), _FREE, LANES.c.due_at > _NOW, _TRIED == literal_column("0"))
    .values(due_at=_NOW)
)
_WAITING: Final = Prepared(
    select(
        *(OUTBOX.c.lane, OUTBOX.c.user_id, OUTBOX.c.post, OUTBOX.c.id, OUTBOX.c["values"]),
        or_(LANES.c.head != OUTBOX.c.id, _FREE),
        and_(_FREE, LANES.c.due_at > _NOW),
    )
    .join(LANES, LANES.c.name == OUTBOX.c.lane)
    .where(
        OUTBOX.c.lane.in_(bindparam("lanes", expanding=True)),
        OUTBOX.c.post.in_(bindparam("names", expanding=True)),
        and_(_PENDING, _NAMED),
    )
    .with_for_update(of=LANES)  # nobody claims them meanwhile
)
_BECOME: Final = Prepared(
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("row"), _PENDING)
    .values(ref=bindparam("about"), values=bindparam("kept"))
)
_POSTED: Final = Prepared(
    select(POSTS.c.user_id, POSTS.c.post).where(
        POSTS.c.user_id.in_(bindparam("users", expanding=True)), POSTS.c.post.in_(bindparam("names", expanding=True))
    )
)
_KEPT: Final = ("event", "alert")
"""Of the values of a card that waits: what brought it about first, and that its user is to be alerted."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A card that was asked for and has not gone; `free`: no worker has it in hand; `late`: nor would take it now."""

    row: int
    values: dict[str, Any]
    free: bool
    late: bool


def enqueue(connection: Connection, wanted: Sequence[Row], now: datetime, event_id: str = "") -> bool:
    """Whether something may be claimable by it now. The event's id follows what it brought about into the log lines of
    whoever delivers it.
    """
    named = [row for row in wanted if row.post]
    waiting = _waiting(connection, named, now)
    posted = _posted(connection, [row for row in named if row.again and _place(row) not in waiting])
    new: list[Row] = []
    hastened: set[str] = set()
    for row in wanted:
        found = waiting.get(_place(row))
        if found and _become(connection, row, found):
            hastened |= {row.lane} if found.late and not row.hold else set()
        elif not row.again or found or (row.user_id, row.post) in posted:
            new.append(row)
    inserted = _INSERT.numbers(connection, [_values(row, now, event_id) for row in new])
    first: dict[str, tuple[int, Row]] = {}
    for ident, row in zip(inserted, new, strict=True):
        first.setdefault(row.lane, (ident, row))
    # In one order everywhere, so that two transactions cannot wait for each other.
    moved = [_moves(connection, lane, first.get(lane), lane in hastened, now) for lane in sorted({*first, *hastened})]
    return any(moved)


def _moves(connection: Connection, lane: str, first: tuple[int, Row] | None, hastened: bool, now: datetime) -> bool:
    """Whether the lane's head may be claimable now, by what came into the lane or changed there."""
    if first is not None:
        if _enter(connection, *first, now):
            return not first[1].hold
        hastened = hastened or not first[1].hold
    if hastened:
        _HASTEN.run(connection, {"lane": lane, "now": now})
    return hastened


def way(lane: str) -> str:
    """The part of a lane's name that says which world it leads to: `wechat` of `wechat/17`."""
    return lane.partition("/")[0]


def _place(row: Row) -> tuple[str, str, str]:
    return row.lane, row.user_id, row.post


def _waiting(connection: Connection, rows: Sequence[Row], now: datetime) -> dict[tuple[str, str, str], _Waiting]:
    if not rows:
        return {}
    asked = {"lanes": {row.lane for row in rows}, "names": {row.post for row in rows}, "now": now}
    # Sorted here: asked to sort, SQLite reads all that waits in the lane by the index that is sorted.
    found = sorted(_WAITING.rows(connection, asked), key=itemgetter(3))
    return {(lane, user_id, post): _Waiting(*rest) for lane, user_id, post, *rest in found}


def _posted(connection: Connection, rows: Sequence[Row]) -> set[tuple[str, str]]:
    """User and name of those cards that were posted."""
    if not rows:
        return set()
    asked = {"users": {row.user_id for row in rows}, "names": {row.post for row in rows}}
    return {(user_id, post) for user_id, post in _POSTED.rows(connection, asked)}


def _become(connection: Connection, row: Row, waiting: _Waiting) -> bool:
    """Whether the waiting card became this one. One that moves is to stand below everything, so it never does."""
    if not waiting.free or row.values.get("moves") or waiting.values.get("moves"):
        return False
    kept = {name: waiting.values[name] for name in _KEPT if name in waiting.values}
    return _BECOME.run(connection, {"row": waiting.row, "about": row.ref, "kept": dict(row.values) | kept}) == 1


def _enter(connection: Connection, ident: int, row: Row, now: datetime) -> bool:
    """Whether the lane was empty, and begins with this row now."""
    entry = {"name": row.lane, "way": way(row.lane), "user_id": row.user_id, "head": ident, "token": ""}
    return _ENTER.run(connection, {**entry, "due_at": now + row.hold}) == 1


def _values(row: Row, now: datetime, event_id: str) -> dict[str, Any]:
    return {
        "lane": row.lane,
        "kind": row.kind,
        "thread_id": row.thread_id,
        "ref": row.ref,
        "user_id": row.user_id,
        "post": row.post,
        "slot": row.slot,
        "use": row.use,
        "before": row.before,
        "values": {**row.values, "event": event_id} if event_id else row.values,
        "state": "pending",
        "tries": 0,
        "remote_id": "",
        "code": "",
        "created_at": now,
        "settled_at": None,
    }
