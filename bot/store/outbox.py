"""The outbox and its lanes: one row at a time per lane comes out, and each comes to one end (`enqueue` puts them in).

Whoever changes a lane's head holds the lane's row lock first and looks for the next row in a statement of its own: a
row that was committed while we waited for the lock would otherwise be overlooked for ever.

A worker that stood still for longer than its lease may change a card back to what it was meant to be then, after
another one has made it what it is to be now. When it reports that, the card is asked for once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, String, and_, bindparam, case, func, literal_column, null, or_, select, update

from bot.domain.events import Delivered, Report
from bot.ports import Job, Row, Settle
from bot.store.dialect import Moment, Upsert, is_postgres
from bot.store.enqueue import enqueue
from bot.store.prepared import Lock, Prepared
from bot.store.tables import LANES, OUTBOX, POSTS

_PENDING: Final = OUTBOX.c.state == literal_column("'pending'")  # spelt as in the partial index
_NAMED: Final = OUTBOX.c.post != literal_column("''")
_NOW: Final = bindparam("now", type_=Moment)

_LOCK: Final = Prepared(select(LANES.c.name).where(LANES.c.name == bindparam("lane")).with_for_update())
_STANDING: Final = Lock(
    select(LANES.c.name, LANES.c.head, LANES.c.token).where(LANES.c.name == bindparam("lane")), LANES
)
_SETTLE: Final = Prepared(
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("row"), OUTBOX.c.state != literal_column("'sent'"))
    .values(state=bindparam("became"), remote_id=bindparam("remote"), code=bindparam("said"), settled_at=_NOW)
)
_LATE: Final = OUTBOX.alias("late")
_NEWEST: Final = Prepared(
    select(*(OUTBOX.c[name] for name in ("lane", "kind", "thread_id", "ref", "user_id", "post", "values")))
    .join(
        _LATE,
        and_(*(OUTBOX.c[name] == _LATE.c[name] for name in ("thread_id", "lane", "kind", "user_id", "post"))),
    )
    .where(_LATE.c.id == bindparam("row"), _LATE.c.kind == literal_column("'card'"), _NAMED)
    .where(OUTBOX.c.id > _LATE.c.id, or_(_PENDING, OUTBOX.c.state == literal_column("'sent'")))
    .order_by(OUTBOX.c.id.desc())
    .limit(1)
)
_CARD: Final = select(OUTBOX.c.user_id, OUTBOX.c.post, bindparam("remote", type_=String), OUTBOX.c.thread_id).where(
    OUTBOX.c.id == bindparam("row"), OUTBOX.c.kind == literal_column("'card'"), _NAMED
)
_POSTED: Final = Prepared(Upsert(POSTS, ["user_id", "post"], ["activity_id", "thread_id"], given=_CARD))
_NEXT: Final = select(func.min(OUTBOX.c.id)).where(OUTBOX.c.lane == bindparam("lane"), _PENDING).scalar_subquery()
_ADVANCE: Final = Prepared(
    update(LANES)
    .where(LANES.c.name == bindparam("lane"), LANES.c.head == bindparam("row"))
    .values(head=_NEXT, due_at=case((_NEXT.is_(None), null()), else_=_NOW), token="")
    .returning(LANES.c.head)
)
_TRY: Final = Prepared(
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("row"), _PENDING)
    .values(tries=OUTBOX.c.tries + 1, code=bindparam("said"))
    .returning(OUTBOX.c.before)
)
_POSTPONE: Final = Prepared(
    update(LANES)
    .where(LANES.c.name == bindparam("lane"), LANES.c.head == bindparam("row"))
    .values(due_at=bindparam("until", type_=Moment), token="")
)
_PUT_OFF: Final = Prepared(
    update(LANES)
    .where(LANES.c.name == bindparam("lane"), LANES.c.token == bindparam("claim"))
    .values(due_at=bindparam("until", type_=Moment), token="")
)
_HASTEN: Final = Prepared(
    update(LANES)
    .where(LANES.c.way == bindparam("led"), LANES.c.due_at > bindparam("latest", type_=Moment))
    .values(due_at=bindparam("until", type_=Moment))
)
_RECALL: Final = Prepared(
    update(OUTBOX)
    .where(
        OUTBOX.c.thread_id == bindparam("thread"),
        OUTBOX.c.ref.in_(bindparam("refs", expanding=True)),
        OUTBOX.c.kind != literal_column("'card'"),
        _PENDING,
    )
    .values(state="recalled", settled_at=_NOW)
    .returning(OUTBOX.c.id, OUTBOX.c.lane)
)
_WAKE: Final = Prepared(
    update(LANES)
    .where(LANES.c.user_id == bindparam("user"), LANES.c.user_id != literal_column("''"), LANES.c.due_at > _NOW)
    .where(LANES.c.token == literal_column("''"))
    .values(due_at=_NOW)
)


def standing(connection: Connection, report: Report) -> bool:
    """Whether the report counts: its row's claim is still held, or it was delivered anyway. The lane stays locked."""
    delivered = isinstance(report, Delivered)
    if delivered and not is_postgres(connection):
        return True
    claimed = [report.lane, report.row, report.token]
    return _STANDING.row(connection, {"lane": report.lane}) == claimed or delivered


def settle(connection: Connection, settle: Settle, now: datetime) -> bool:
    """The row's end or its next try; whether another is claimable for it."""
    if settle.until is not None:
        _postpone(connection, settle, settle.until)
        return False
    end = {"row": settle.row, "became": settle.state, "remote": settle.remote_id, "said": settle.code, "now": now}
    settled, shown = _SETTLE.run(connection, end), False
    if settled and settle.state == "sent" and settle.remote_id:
        _POSTED.run(connection, {"row": settle.row, "remote": settle.remote_id})
    if not settled and settle.state == "sent" and not settle.remote_id:
        shown = _show_newest(connection, settle.row, now)
    return _advance(connection, settle.lane, settle.row, now) or shown


def _show_newest(connection: Connection, row: int, now: datetime) -> bool:
    """Somebody else had sent this row already; what came after it on the same card was perhaps undone."""
    if newest := _NEWEST.row(connection, {"row": row}):
        lane, kind, thread_id, ref, user_id, post, values = newest
        if not values.get("moves"):
            again = Row(lane, kind, thread_id, ref, user_id, post, values=values, again=True)
            return enqueue(connection, [again], now, values.get("event", ""))
    return False


def _postpone(connection: Connection, settle: Settle, until: datetime) -> None:
    before: datetime | None = _TRY.value(connection, {"row": settle.row, "said": settle.code})
    until = min(until, before) if before else until
    _POSTPONE.run(connection, {"lane": settle.lane, "row": settle.row, "until": until})


def put_off(connection: Connection, held: Sequence[tuple[Job, datetime]]) -> None:
    """Their claims end; no try is counted."""
    for job, until in sorted(held, key=lambda each: each[0].lane):
        given = {"lane": job.lane, "claim": job.token, "until": min(until, job.before or until)}
        _PUT_OFF.run(connection, given)


def hasten(connection: Connection, way: str, latest: datetime, until: datetime) -> None:
    """See `Store.hasten`."""
    _HASTEN.run(connection, {"led": way, "latest": latest, "until": until})


def recall(connection: Connection, thread_id: str, refs: Sequence[str], now: datetime) -> bool:
    """Take pending sends (not cards) of these refs out of their lanes; whether others are claimable for them."""
    claimable = False
    for row, lane in _RECALL.rows(connection, {"thread": thread_id, "refs": refs, "now": now}):
        if is_postgres(connection):
            _LOCK.row(connection, {"lane": lane})
        claimable = _advance(connection, lane, row, now) or claimable
    return claimable


def _advance(connection: Connection, lane: str, row: int, now: datetime) -> bool:
    """Whether the lane has gone on to another row."""
    return _ADVANCE.value(connection, {"lane": lane, "row": row, "now": now}) is not None


def wake(connection: Connection, user_id: str, now: datetime) -> bool:
    """The user's cards need not wait any longer, if any did; those that a worker has in hand are left to it."""
    return _WAKE.run(connection, {"user": user_id, "now": now}) > 0
