"""What a user has in mind: which client is current, what of a thread they have not read, how they want to be told.

None of it is the thread machine's: it moves no slot and no deadline. It decides where free words go (`routing`) and how
a message is announced.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.events import Reference

BURST = timedelta(seconds=20)
BURST_MOST = 5
LANGUAGES = ("en", "zh")
TIMEZONES = (
    *("UTC", "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Zurich", "Europe/Moscow", "Asia/Dubai"),
    *("Asia/Kolkata", "Asia/Bangkok", "Asia/Singapore", "Asia/Hong_Kong", "Asia/Shanghai", "Asia/Taipei"),
    *("Asia/Tokyo", "Australia/Sydney", "America/New_York", "America/Chicago", "America/Denver"),
    *("America/Los_Angeles", "America/Sao_Paulo"),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """The client that a user's free words go to. `chosen_at` is the last explicit choice, `spoke_at` the last act.

    `before` is the thread that was current before, until `before_at`: see `routing.opened`.
    """

    current: str = ""
    chosen_at: datetime | None = None
    spoke_at: datetime | None = None
    before: str = ""
    before_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """A user's own settings; empty means what Teams says of them."""

    language: str = ""
    timezone: str = ""
    notifications: bool = True


@dataclass(frozen=True, slots=True)
class Care:
    """What a thread's user knows of it.

    `unread` counts the contact's messages since the user last opened or answered. `news_at` is when the newest arrived,
    or was shown if that was later; `hidden` is the newest as long as it was not shown. `place` is the Teams
    conversation that is bound to the thread. `card` names the newest card with the contact's words, `burst` are the
    messages on it, the first of them from `burst_at`.
    """

    unread: int = 0
    news_at: datetime | None = None
    hidden: str = ""
    muted: bool = False
    place: Reference | None = None
    card: str = ""
    burst: tuple[str, ...] = ()
    burst_at: datetime | None = None

    @property
    def place_id(self) -> str:
        return self.place.conversation_id if self.place else ""


def heard(care: Care, message_id: str, at: datetime) -> Care:
    """The contact wrote. Quick messages share a card, and so one alert; those of a muted thread always do."""
    burst, begun = care.burst, care.burst_at
    quick = care.unread > 0 and begun is not None and at - begun < BURST and len(burst) < BURST_MOST
    if care.card and (care.muted or quick):
        card, burst = care.card, (*burst, message_id)[-BURST_MOST:]
    else:
        card, burst, begun = message_id, (message_id,), at
    unread = care.unread + 1
    return replace(care, unread=unread, news_at=at, hidden=message_id, card=card, burst=burst, burst_at=begun)


def shown(care: Care, message_id: str, at: datetime) -> Care:
    """A card with the contact's words reached Teams: only from now on can the user have read them."""
    if not care.hidden:
        return care
    return replace(care, news_at=at, hidden="" if message_id == care.hidden else care.hidden)


def minded(care: Care) -> Care:
    """The user opened or answered the thread."""
    return replace(care, unread=0)


def moved(care: Care, place: Reference | None) -> Care:
    """The thread's Teams conversation is another one (None: the user's own chat): its newest card is not there."""
    return replace(care, place=place, card="", burst=(), burst_at=None)


def chosen_settings(language: str, timezone: str, notifications: bool) -> Settings:
    """The settings that were asked for; what we do not know is left to Teams."""
    return Settings(language if language in LANGUAGES else "", timezone if timezone in TIMEZONES else "", notifications)
