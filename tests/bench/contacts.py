"""How fast 100,000 contacts are searched, and that others' books slow it little.

The same searches of the same book, in a database that holds nothing else and in one that holds as much of others';
the ratio is 1 when others' books cost nothing. Every search must find as much in both.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random

from bot.ports import Entry, User
from bot.store import SqlStore, admin, book, migrations, open_store
from bot.store.search import Books
from tests.bench.group import Bench, Group, Subject
from tests.bench.measure import Failed
from tests.bench.table import Comparison, Figure

CONTACTS, SHORT_CONTACTS = 100_000, 10_000
OTHERS = 4
"""Other users, who share as many contacts again."""

TIMES = 5
COMPARISON = Comparison(
    "search / alone",
    "search among others",
    "search alone",
    "searches of one user's contacts, with as many of other users' in the database; against the same without them",
    0.9,
)
QUERIES = ("zhang", "zw", "王伟", "+86 138 0000 2345", "1380000", "weber", "smith anna", "an co", "z", "")
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
_LATIN = (("Anna", "Bob", "Carl", "Dora", "Émile"), ("Smith", "Weber", "Dubois", "Rossi", "O’Neil"))
_AT = datetime(2026, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def _open(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    contacts = SHORT_CONTACTS if bench.short else CONTACTS
    alone = await _filled(bench.folder / "alone.db", contacts, 0)
    among = await _filled(bench.folder / "among.db", contacts, contacts)
    try:
        yield [
            Subject(COMPARISON.subject, partial(_searched, among)),
            Subject(COMPARISON.against, partial(_searched, alone)),
        ]
    finally:
        await alone.close()
        await among.close()


async def _searched(store: SqlStore, fewer: int) -> Figure:
    began = time.perf_counter()
    for _ in range(max(1, TIMES // fewer)):
        for query in QUERIES:
            found = await Books(store).search("tenant", "aad-0", query, 0, 25)
            if not found or not found.known:
                raise Failed(f"{query!r} finds nobody")
    return Figure(max(1, TIMES // fewer) * len(QUERIES) / (time.perf_counter() - began))


GROUP = Group("search", (COMPARISON,), _open)


async def _filled(file: Path, own: int, others: int) -> SqlStore:
    url = f"sqlite+aiosqlite:///{file}"
    await migrations.upgrade(url)
    store = await open_store(url)
    for number in range(OTHERS + 1):
        user = User(f"u{number}", "tenant", f"aad-{number}", f"User {number}", f"+49151000000{number:02}")
        await store.run(admin.add_user, admin.Act("bench", _AT), user)
        for portion in _portions(f"u{number}", others // OTHERS if number else own):
            await store.run(book.save, portion, _AT)
    return store


def _portions(user_id: str, count: int) -> Iterator[Sequence[Entry]]:
    random = Random(user_id)
    for start in range(0, count, 2000):
        yield [_entry(random, user_id, at) for at in range(start, min(start + 2000, count))]


def _entry(random: Random, user_id: str, at: int) -> Entry:
    name = random.choice(_FAMILY) + random.choice(_GIVEN) + random.choice(("", random.choice(_GIVEN)))
    if at % 2:
        name = " ".join(random.choice(part) for part in _LATIN)
    ident = f"{random.getrandbits(64):016x}"
    return Entry(ident, user_id, name, f"Company {at % 5000}", (f"+86138{at:08}",), source="file")
