"""How the service stands, in numbers: what /metrics, /readyz and `admin stats` tell. Nobody's name, nobody's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal_column, select

from bot.store.dialect import is_postgres
from bot.store.tables import LANES, OUTBOX, THREADS, TOKENS, USERS

OVERDUE: Final = 60.0
"""Seconds that a row may be due for before the outbox is called late: no worker runs, or none gets through."""

_PENDING: Final = OUTBOX.c.state == literal_column("'pending'")
DEAD: Final = and_(OUTBOX.c.state == literal_column("'rejected'"), OUTBOX.c.kind != literal_column("'text'"))
"""Dead letters, spelt as in the partial index, or it is not used."""

_OPEN: Final = THREADS.c.phase != literal_column("'left'")


@dataclass(frozen=True, slots=True)
class Figures:
    """At one moment. Ages are seconds.

    `windows` counts open conversations by (phase, why); `queued` and `slots` are sums over them; `waiting` counts
    pending rows by way, `age` is how long the longest overdue lane of a way has been due; `late` counts passed
    deadlines that no event was made of yet, `latest` is how long the oldest of them has passed; `tokens` says for each
    shared token how long it is still fresh (negative: it is not); `dead` are dead letters by kind.
    """

    windows: Mapping[tuple[str, str], int]
    queued: int
    longest_queue: int
    slots: int
    waiting: Mapping[str, int]
    age: Mapping[str, float]
    dead: Mapping[str, int]
    late: int
    latest: float
    tokens: Mapping[str, float]
    users: int
    enabled: int


def figures(connection: Connection, now: datetime) -> Figures:
    """The figures at `now` (aware)."""
    queue, slots = (_length(connection, name) for name in ("queue", "slots"))
    sums = select(func.sum(queue), func.max(queue), func.sum(slots)).where(_OPEN)
    queued, longest, taken = connection.execute(sums).one()
    late, oldest = connection.execute(
        select(func.count(), func.min(THREADS.c.due_at)).where(THREADS.c.due_at <= now)
    ).one()
    users, enabled = connection.execute(select(func.count(), func.sum(case((USERS.c.enabled, 1), else_=0)))).one()
    return Figures(
        windows=_windows(connection),
        queued=int(queued or 0),
        longest_queue=int(longest or 0),
        slots=int(taken or 0),
        waiting=_waiting(connection),
        age=_ages(connection, now),
        dead=_dead(connection),
        late=late,
        latest=_seconds(oldest, now),
        tokens={name: -_seconds(until, now) for name, until in connection.execute(select(TOKENS.c.name, _UNTIL))},
        users=users,
        enabled=int(enabled or 0),
    )


_UNTIL: Final = TOKENS.c.expires_at


def _windows(connection: Connection) -> dict[tuple[str, str], int]:
    why = _text(connection, "why")
    found = connection.execute(select(THREADS.c.phase, why, func.count()).where(_OPEN).group_by(THREADS.c.phase, why))
    return {(phase, reason or ""): count for phase, reason, count in found}


def _waiting(connection: Connection) -> dict[str, int]:
    way = LANES.c.way
    rows = select(way, func.count()).select_from(OUTBOX.join(LANES, LANES.c.name == OUTBOX.c.lane)).where(_PENDING)
    return {name: count for name, count in connection.execute(rows.group_by(way))}


def _ages(connection: Connection, now: datetime) -> dict[str, float]:
    """Of those that are due and in nobody's hands: what waits for its next try is not late."""
    due = and_(LANES.c.due_at <= now, LANES.c.head.is_not(None))
    found = connection.execute(select(LANES.c.way, func.min(LANES.c.due_at)).where(due).group_by(LANES.c.way))
    return {way: _seconds(oldest, now) for way, oldest in found}


def _dead(connection: Connection) -> dict[str, int]:
    return {
        kind: count
        for kind, count in connection.execute(select(OUTBOX.c.kind, func.count()).where(DEAD).group_by(OUTBOX.c.kind))
    }


def _seconds(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0.0


def _length(connection: Connection, name: str) -> ColumnElement[Any]:
    if is_postgres(connection):
        return func.jsonb_array_length(THREADS.c.state[name])
    return func.json_array_length(THREADS.c.state, f"$.{name}")


def _text(connection: Connection, name: str) -> ColumnElement[Any]:
    if is_postgres(connection):
        return func.jsonb_extract_path_text(THREADS.c.state, name)
    return func.json_extract(THREADS.c.state, f"$.{name}")
