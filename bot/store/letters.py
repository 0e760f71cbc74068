"""The outbox as an administrator sees it: what waits, and the dead letters, which may be given another life.

Functions for `SqlStore.run`. A dead letter is a card or template that the other side will not take (`rejected`); a
person's message is none: whoever wrote it was told, and decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, bindparam, func, literal_column, select, update

from bot.store import audit
from bot.store.admin import Act
from bot.store.dialect import StoreError, is_postgres
from bot.store.figures import DEAD
from bot.store.tables import LANES, OUTBOX

_LETTER: Final = tuple(
    OUTBOX.c[name] for name in ("id", "lane", "kind", "use", "state", "tries", "code", "created_at", "settled_at")
)
_CARD: Final = OUTBOX.c["values"]
_LOCK: Final = select(LANES.c.name).where(LANES.c.name == bindparam("lane")).with_for_update()


@dataclass(frozen=True, slots=True)
class Letter:
    """One row: `what` is the card's name or the use of a message; `due_at` is set for the head of its lane."""

    row: int
    lane: str
    kind: str
    what: str
    state: str
    tries: int
    code: str
    created_at: datetime
    settled_at: datetime | None
    due_at: datetime | None


def waiting(connection: Connection, limit: int) -> list[Letter]:
    """The rows that are still to be sent, the oldest first."""
    return _letters(
        connection, _all().where(OUTBOX.c.state == literal_column("'pending'")).order_by(OUTBOX.c.id).limit(limit)
    )


def dead(connection: Connection, limit: int) -> list[Letter]:
    """The dead letters, the newest first."""
    return _letters(connection, _all().where(DEAD).order_by(OUTBOX.c.id.desc()).limit(limit))


def requeue(connection: Connection, act: Act, rows: Sequence[int]) -> list[Letter]:
    """Dead cards are to be sent again, ahead of what waits in their lanes; no rows given: all of them.

    StoreError, and nothing is done, when one of the rows is not dead, or is a template: the question that it asked
    belongs to a moment that is over, and the next spell asks anew.
    """
    found = _letters(connection, _all().where(DEAD, *([OUTBOX.c.id.in_(rows)] if rows else [OUTBOX.c.kind == "card"])))
    if missing := sorted(set(rows) - {letter.row for letter in found}):
        raise StoreError(f"Not dead letters: {', '.join(map(str, missing))} (admin outbox dead lists them)")
    if templates := [str(letter.row) for letter in found if letter.kind != "card"]:
        raise StoreError(f"Only cards can be sent again, not a template: {', '.join(templates)}")
    for letter in found:
        _revive(connection, letter, act.at)
    if found:
        body = {"event": "LettersRequeued", "by": act.by, "rows": [letter.row for letter in found]}
        audit.append(connection, audit.Occurred("LettersRequeued", "", act.at), "", "", body)
    return found


def _revive(connection: Connection, letter: Letter, now: datetime) -> None:
    if is_postgres(connection):
        connection.execute(_LOCK, {"lane": letter.lane})
    again = {"state": "pending", "tries": 0, "code": "", "settled_at": None}
    connection.execute(update(OUTBOX).where(OUTBOX.c.id == letter.row).values(**again))
    free = and_(LANES.c.name == letter.lane, LANES.c.token == "", func.coalesce(LANES.c.head, letter.row) >= letter.row)
    connection.execute(update(LANES).where(free).values(head=letter.row, due_at=now))


def _all() -> Select[Any]:
    return select(*_LETTER, _CARD, LANES.c.due_at).select_from(
        OUTBOX.outerjoin(LANES, and_(LANES.c.name == OUTBOX.c.lane, LANES.c.head == OUTBOX.c.id))
    )


def _letters(connection: Connection, wanted: Select[Any]) -> list[Letter]:
    return [_letter(row) for row in connection.execute(wanted)]


def _letter(row: Sequence[Any]) -> Letter:
    ident, lane, kind, use, *rest = row
    state, tries, code, created_at, settled_at, values, due_at = rest
    what = use or str(values.get("card", ""))
    return Letter(ident, lane, kind, what, state, tries, code, created_at, settled_at, due_at)
