"""A colleague asks for a conversation: offered, asked, answered, or overtaken by what happens meanwhile. Pure.

One request for each contact and asker. It speaks of one thread: whoever gets the contact next must be asked anew. A
request that nobody answers ends by itself; whoever was declined waits a while before they ask again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

LIFE = timedelta(days=3)
PAUSE = timedelta(days=1)


class Stage(StrEnum):
    OFFERED = "offered"  # they were told that somebody holds the contact, and may ask
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    FREED = "freed"  # the holder left: nobody holds the contact
    MOVED = "moved"  # somebody else holds the contact now
    SEAT_FREED = "seat_freed"  # the holder left, others still have the contact
    JOINED = "joined"  # there was a free seat: nobody needed to be asked
    UNABLE = "unable"  # agreed to, but the asker may not have it (any more)
    EXPIRED = "expired"  # asked, and nobody answered
    MISSED = "missed"  # offered, and they did not ask


@dataclass(frozen=True, slots=True)
class Request:
    """`asker` (a user's id) wants the contact of the thread; `at` is when it came to this stage, `by` who decided."""

    id: str
    contact_id: str
    asker: str
    thread_id: str
    stage: Stage
    at: datetime
    by: str = ""

    def stage_at(self, now: datetime) -> Stage:
        """The stage as it is now: what was open for too long is over."""
        if not self.waits or now < self.at + LIFE:
            return self.stage
        return Stage.MISSED if self.stage is Stage.OFFERED else Stage.EXPIRED

    @property
    def waits(self) -> bool:
        """Whether something may still come of it."""
        return self.stage in (Stage.OFFERED, Stage.ASKED)


def pending(known: Request | None, thread_id: str, now: datetime) -> bool:
    """Whether a new request for the thread would only repeat one that is open, or was declined a short while ago."""
    if known is None or known.thread_id != thread_id:
        return False
    declined = known.stage is Stage.DECLINED and now < known.at + PAUSE
    return declined or known.stage_at(now) in (Stage.OFFERED, Stage.ASKED)


def asked(known: Request | None, id: str, contact_id: str, asker: str, thread_id: str, now: datetime) -> Request:
    """The request after its asker asked for the thread: the very one that is known when that changes nothing."""
    if known is not None and pending(known, thread_id, now):
        return replace(known, stage=Stage.ASKED, at=now) if known.stage is Stage.OFFERED else known
    return Request(id, contact_id, asker, thread_id, Stage.ASKED, now)


def answerable(request: Request, thread_id: str, now: datetime) -> bool:
    """Whether an answer still counts."""
    return request.stage_at(now) is Stage.ASKED and request.thread_id == thread_id


def came_to(request: Request, stage: Stage, now: datetime, by: str = "") -> Request:
    return replace(request, stage=stage, at=now, by=by)
