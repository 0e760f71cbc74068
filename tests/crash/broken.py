"""Two services that break a promise on purpose: what counts the lost must find what they lose.

Each function is called at the beginning of a life, in its process, and changes what `bot.app` puts together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from bot import app
from bot.domain.events import Event, FromContact, FromUser
from bot.metrics import Counted, Timed
from bot.ports import Accepted, Job, Outcome

LATER = 0.2
"""Seconds between what is said and what is done; what is killed at a point does not live that long."""

_under_way: set[asyncio.Task[Any]] = set()


def acknowledge_before_commit() -> None:
    """Whoever tells us something is answered before it is kept."""
    vars(app)["Timed"] = _Hasty


def mark_before_send() -> None:
    """What is sent is reported as sent before it is."""
    vars(app)["Counted"] = _Optimistic


class _Hasty(Timed):
    async def handle(self, event: Event) -> Mapping[str, Any]:
        if not isinstance(event, FromContact | FromUser):
            return await super().handle(event)
        _later(super().handle(event))
        return {}


class _Optimistic(Counted):
    async def deliver(self, job: Job) -> Outcome:
        _later(super().deliver(job))
        return Accepted()


def _later(work: Any) -> None:
    async def done() -> None:
        await asyncio.sleep(LATER)
        await work

    task = asyncio.create_task(done())
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
