"""The record that cannot be changed unnoticed: every entry carries the hash of the one before it.

There is one chain for each company, which is one for each database: a service has one bot registration, one Official
Account and its tenants, and users, numbers and policies are shared by everything in it, so nothing smaller could be
handed over or proved by itself. It also puts what the admin did among the messages, in one order.

`hash = SHA-256(prev ‖ entry)`, where the entry is its own canonical JSON and `prev` the 64 hex digits of the entry
before (of `GENESIS` for the first). `seq` counts without gaps. A chain alone does not show that its end was cut off or
that all of it was written anew: for that, `verify` takes heads that were published elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import orjson
from sqlalchemy import Connection, bindparam, insert, select

from bot.store import codec
from bot.store.prepared import Advisory, Prepared, advisory_lock
from bot.store.tables import AUDIT

GENESIS: Final = "0" * 64
PAGE: Final = 1_000

_LAST: Final = Prepared(select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1))
_APPEND: Final = Prepared(insert(AUDIT))
_AFTER: Final = select(AUDIT).where(AUDIT.c.seq > bindparam("seq")).order_by(AUDIT.c.seq).limit(PAGE)


@dataclass(frozen=True, slots=True)
class Occurred:
    """What an entry is about: the event's type, its key (empty for none) and when it reached us."""

    name: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record. `event` is the event's type, `key` its identity, `body` canonical JSON."""

    seq: int
    at: datetime
    account: str
    thread_id: str
    event: str
    key: str
    body: str
    prev: str
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Unchained:
    """What an entry will say; its place in the chain is not known yet."""

    occurred: Occurred
    account: str
    thread_id: str
    body: Mapping[str, Any]

    def entry(self, seq: int, prev: str) -> Entry:
        """In its place, without its hash."""
        about = self.occurred
        body = codec.canonical(self.body)
        return Entry(seq, about.at, self.account, self.thread_id, about.name, about.key, body, prev)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that does not fit, and why; everything before it is as it was written."""

    seq: int
    why: str


def digest(entry: Entry) -> str:
    """What `hash` must be, from everything else in the entry."""
    said = {
        "account": entry.account,
        "at": entry.at.astimezone(UTC),
        "body": orjson.Fragment(entry.body),
        "event": entry.event,
        "key": entry.key,
        "seq": entry.seq,
        "thread_id": entry.thread_id,
    }
    return sha256(entry.prev.encode() + orjson.dumps(said)).hexdigest()


def verify(entries: Iterable[Entry], published: Mapping[int, str] | None = None) -> Iterator[Broken]:
    """What is wrong with a whole chain, given in order of `seq`: nothing, when it is intact.

    `published` are heads (`seq` to hash) that were noted outside the database.
    """
    chain = Chain(dict(published or {}))
    for entry in entries:
        if broken := chain.take(entry):
            yield broken
            return
    if broken := chain.end():
        yield broken


@dataclass(slots=True)
class Chain:
    """A chain that is being verified; `published` is what is still to be met."""

    published: dict[int, str] = field(default_factory=dict)
    seq: int = 0
    hash: str = GENESIS

    def take(self, entry: Entry) -> Broken | None:
        """The next entry, and what is wrong with it."""
        if why := self._fault(entry, self.published.pop(entry.seq, entry.hash)):
            return Broken(entry.seq, why)
        self.seq, self.hash = entry.seq, entry.hash
        return None

    def end(self) -> Broken | None:
        """There are no more entries."""
        if not self.published:
            return None
        return Broken(self.seq + 1, f"the chain ends before {min(self.published)}, which was published")

    def _fault(self, entry: Entry, published: str) -> str:
        expected = self.seq + 1
        if entry.seq != expected:
            return f"{expected} is missing" if entry.seq > expected else "out of order"
        if entry.prev != self.hash:
            return "does not follow from the entry before"
        if digest(entry) != entry.hash:
            return "was changed"
        return "" if entry.hash == published else "is not what was published"


def append(connection: Connection, occurred: Occurred, account: str, thread_id: str, body: Mapping[str, Any]) -> None:
    """One more entry. The chain has one end, so this waits for whoever is writing there: call it last."""
    append_all(connection, [Unchained(occurred, account, thread_id, body)])


def append_all(connection: Connection, told: Sequence[Unchained]) -> None:
    """More entries, in this order; see `append`."""
    if not told:
        return
    advisory_lock(connection, Advisory.AUDIT)
    last, prev = head(connection)
    rows = []
    for seq, each in enumerate(told, last + 1):
        entry = each.entry(seq, prev)
        prev = digest(entry)
        rows.append({**_values(entry), "hash": prev})
    _APPEND.run_all(connection, rows)


def _values(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__slots__}


def page(connection: Connection, after: int) -> list[Entry]:
    """The next entries after `after` in order, at most PAGE."""
    return [Entry(*row) for row in connection.execute(_AFTER, {"seq": after})]


def head(connection: Connection) -> tuple[int, str]:
    """`seq` and hash of the last entry: what is to be published outside."""
    seq, hash = _LAST.row(connection) or (0, GENESIS)
    return seq, hash
