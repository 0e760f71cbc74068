"""Proves a whole record: its chain, and that the messages there are the ones it tells of; while the service runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.store import words
from bot.store.audit import Chain
from bot.store.store import SqlStore
from bot.store.words import Told

MOST = 20
"""Faults that are named; one is enough to know."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was proved: nothing is wrong when `faults` is empty. `purged` messages have no words any more."""

    entries: int
    head: str
    messages: int
    purged: int
    faults: tuple[str, ...]


async def verify(store: SqlStore, published: Mapping[int, str] | None = None) -> Verdict:
    """`published` are heads (`seq` to hash) that were noted outside the database."""
    proof = _Proof(store, Chain(dict(published or {})), Told())
    await proof.entries()
    if not proof.faults and (broken := proof.chain.end()):
        proof.faults.append(f"entry {broken.seq}: {broken.why}")
    if not proof.faults:
        await proof.messages()
    return proof.verdict()


@dataclass(slots=True)
class _Proof:
    store: SqlStore
    chain: Chain
    told: Told
    faults: list[str] = field(default_factory=list)
    seen: int = 0

    async def entries(self) -> None:
        """Those that were not taken yet; the first that does not fit ends it."""
        async for entry in self.store.audit(self.chain.seq):
            if broken := self.chain.take(entry):
                self.faults.append(f"entry {broken.seq}: {broken.why}")
                return
            self.told.take(entry.event, entry.at, entry.body)

    async def messages(self) -> None:
        missing, suspects, after = set(self.told.said), [], ""
        while found := await self.store.read(words.page, after):
            missing.difference_update(each.id for each in found)
            suspects += [each.id for each in found if self.told.fault(each)]
            after, self.seen = found[-1].id, self.seen + len(found)
        # What came while we read has its entry by now.
        await self.entries()
        for start in range(0, len(suspects), words.PAGE):
            again = await self.store.read(words.by_id, suspects[start : start + words.PAGE])
            self.faults += [f"message {each.id}: {why}" for each in again if (why := self.told.fault(each))]
        self.faults += [f"message {ident}: is missing" for ident in sorted(missing)]

    def verdict(self) -> Verdict:
        purged = len(self.told.purged)
        return Verdict(self.chain.seq, self.chain.hash, self.seen, purged, tuple(self.faults[:MOST]))
