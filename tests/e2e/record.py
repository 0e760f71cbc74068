"""What every test ends with: the record is intact, and replaying it through the thread machine gives what is stored."""

from __future__ import annotations

from dataclasses import asdict

import orjson

from bot.domain.colleagues import UserTransferred, succeeded
from bot.domain.events import ContactWrote
from bot.domain.seats import SeatTaken, seated
from bot.domain.state import Phase, Thread
from bot.domain.thread import start, step
from bot.engine.record import replay
from bot.store import SqlStore, admin, audit, proof


async def proved(store: SqlStore) -> None:
    """AssertionError where the chain is broken, or messages are not those that it tells of."""
    assert (await proof.verify(store)).faults == ()


async def holds(store: SqlStore) -> None:
    """AssertionError where the record is not proved, or where fold(step, audit) is not the stored threads."""
    await proved(store)
    entries = [entry async for entry in store.audit()]
    stored = {each.thread.id: each.thread for each in await store.run(admin.threads, 1_000, left=True)}
    replayed = _folded(entries)
    assert replayed.keys() == stored.keys()
    for ident, thread in stored.items():
        assert asdict(replayed[ident]) == asdict(thread)


def _folded(entries: list[audit.Entry]) -> dict[str, Thread]:
    threads: dict[str, Thread] = {}
    for kept in map(orjson.loads, (entry.body for entry in entries)):
        if not kept.get("thread"):
            continue
        event, terms = replay(kept)
        if isinstance(event, SeatTaken):
            threads[event.id] = seated(threads[event.beside], event)
            continue
        known = threads.get(kept["thread"])
        if known is None:
            assert isinstance(event, ContactWrote), "a thread begins with the contact's words"
            threads[kept["thread"]] = start(event, terms)[0]
        else:
            after = threads[kept["thread"]] = step(known, event, terms)[0]
            if isinstance(event, UserTransferred) and known.phase is not Phase.LEFT:
                threads[event.id] = succeeded(known, after, event.id, event.at)
    return threads
