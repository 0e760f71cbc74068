"""How fast one may send, as a function of when it was sent: sliding windows; and how long one is asked to wait. Pure.

Times of windows are seconds of any one clock.

Teams takes 7 in 1 s, 8 in 2 s, 60 in 30 s and 1,800 in an hour of one bot in one conversation, and 30 requests a
second of one app in one tenant (msteams-docs, "Rate limiting"). It counts a send when it arrives, so a conversation's
windows here are such that sends which are late by up to a second still fit: of two bursts that meet, 4 + 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Window:
    """At most `most` sends in any `seconds`."""

    most: int
    seconds: float


TENANT = Window(30, 1)
CONVERSATION = (Window(4, 2), Window(50, 30), Window(1500, 3600))


def free_at(went: Sequence[float], windows: Sequence[Window], now: float) -> float:
    """The first time from `now` on at which one more send stays within all windows. `went` is in order."""
    full = [went[-each.most] + each.seconds for each in windows if len(went) >= each.most]
    return max(now, *full) if full else now


def shared(windows: Sequence[Window], part: float) -> tuple[Window, ...]:
    """The windows of one of several processes, which may use `part` of them; each keeps at least one send."""
    return tuple(Window(max(1, int(each.most * min(part, 1))), each.seconds) for each in windows)


def retry_after(value: str, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for, seconds or a date (RFC 9110), a day at most; None when it is neither."""
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), 86_400))
    try:
        return min(max(parsedate_to_datetime(value) - now, timedelta(0)), timedelta(days=1))
    except (ValueError, TypeError):
        return None
