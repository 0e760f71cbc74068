"""Keeps the record: publishes its head, so that a cut end shows, and deletes what no policy keeps any longer.

A worker does both beside its work; with several workers each does, which changes nothing: a head may be published
twice, and a purge finds nothing left to do.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.points import point
from bot.ports import Clock
from bot.store import SqlStore, audit, retention
from bot.store.admin import Act
from bot.store.retention import Purged

LOOK: Final = 30.0
"""Seconds between two looks at how far the record has come."""

ENTRIES: Final = 1_000
EVERY: Final = timedelta(hours=1)
PORTION: Final = 500
PAUSE: Final = 0.1
"""Seconds between portions: whoever else writes waits for no more than one."""

log = logging.getLogger(__name__)


class Keeper:
    """Publishes a head every 1,000 entries or every hour that brought any; purges every hour."""

    def __init__(self, store: SqlStore, clock: Clock, heads: Path | None) -> None:
        self._store, self._clock, self._heads = store, clock, heads
        self._seq = 0
        self._published_at: datetime | None = None
        self._purged_at: datetime | None = None

    async def run(self) -> None:
        """Until cancelled; what fails is logged and tried again."""
        while True:
            for work in (self.publish, self.purge):
                try:
                    await work()
                except Exception as error:
                    told = {"action": "keeping_failed", "work": work.__name__, "error": type(error).__name__}
                    log.error("the record could not be kept as it should; it is tried again", extra=told)
            await asyncio.sleep(LOOK)

    async def publish(self) -> None:
        """A line in the log, and in the file of the administrator's choice, when it is time for one."""
        now = self._clock.now()
        seq, found = await self._store.read(audit.head)
        point("head-read")
        late = self._published_at is None or now - self._published_at >= EVERY
        if seq == self._seq or not (late or seq - self._seq >= ENTRIES):
            return
        if self._heads is not None:
            line = json.dumps({"at": now.isoformat(), "seq": seq, "hash": found})
            await asyncio.to_thread(_append, self._heads, line.encode())
            point("head-published")
        log.info("the head of the record", extra={"action": "audit_head", "seq": seq, "hash": found})
        self._seq, self._published_at = seq, now

    async def purge(self) -> None:
        """What the policies say, once an hour."""
        now = self._clock.now()
        if self._purged_at is not None and now - self._purged_at < EVERY:
            return
        done = await purge(self._store, Act("retention", now))
        if done != Purged():
            told = {"messages": done.messages, "contacts": done.contacts, "answers": done.answers}
            log.info("purged", extra={"action": "purged", **told})
        self._purged_at = now


async def purge(store: SqlStore, act: Act) -> Purged:
    """Everything that is due at `act.at`, in portions."""
    total = Purged()
    while found := await store.read(retention.due, act.at, PORTION):
        done = await store.run(retention.purge, act, found)
        point("purged")
        total = Purged(total.messages + done.messages, total.contacts + done.contacts)
        await asyncio.sleep(PAUSE)
    answers = 0
    while keys := await store.read(retention.answers, act.at, PORTION):
        answers += await store.run(retention.forget_answers, keys)
        await asyncio.sleep(PAUSE)
    return Purged(total.messages, total.contacts, answers)


def _append(file: Path, line: bytes) -> None:
    """On a line of its own, also behind one that a power cut left torn, and on the disk when this returns."""
    with file.open("a+b") as out:
        out.seek(max(0, out.tell() - 1))
        torn = out.read() not in (b"", b"\n")
        out.write(b"\n" * torn + line + b"\n")
        out.flush()
        os.fsync(out.fileno())
