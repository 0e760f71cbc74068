"""Where free words go: to one client when that is certain, else nowhere until the user was asked. Pure.

Certain means: one live thread only; a quotation of a message of a thread; or the current thread, chosen on purpose,
with nobody else's news in between and no long pause. Two things make time treacherous, and both are met by asking once
too often rather than once too little:

* A message arrives here before its card is read. `Care.news_at` is therefore moved on when the card was shown, and is
  held against the last explicit choice, never against the last words: words typed before the card came into sight
  acknowledge nothing.
* Teams repeats a click that was not answered in time. *Open A*, *Open B* and a late repetition of *Open A* would leave
  A current behind the user's back; going back to where one just came from leaves nothing current.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.attention import Desk

REPEATED = timedelta(seconds=60)


class Doubt(StrEnum):
    """Why the user is asked."""

    NOTHING_CURRENT = "nothing_current"
    NEWS = "news"
    PAUSE = "pause"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Live:
    """One of the user's open threads; `news_at` is when its newest words came into sight."""

    thread_id: str
    news_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """The message quoted is of `thread_id`; empty when we do not know it."""

    thread_id: str


@dataclass(frozen=True, slots=True)
class Route:
    """Send to `thread_id`; or ask, because of `doubt`; or, with neither, there is nobody."""

    thread_id: str = ""
    doubt: Doubt | None = None


def route(desk: Desk, live: Sequence[Live], quote: Quote | None, now: datetime, ask_after: timedelta) -> Route:
    """Where words go that name no thread.

    `live` are all open threads, or enough of them: the newest in sight, the current one, two when there are two.
    """
    if quote is not None and quote.thread_id:
        return Route(quote.thread_id)
    if not live:
        return Route()
    if quote is not None:
        return Route(doubt=Doubt.QUOTE)
    if len(live) == 1:
        return Route(live[0].thread_id)
    doubt = _doubt(desk, live, now, ask_after)
    return Route(doubt=doubt) if doubt else Route(desk.current)


def _doubt(desk: Desk, live: Sequence[Live], now: datetime, ask_after: timedelta) -> Doubt | None:
    chosen, spoke = desk.chosen_at, desk.spoke_at
    if chosen is None or spoke is None or all(each.thread_id != desk.current for each in live):
        return Doubt.NOTHING_CURRENT
    others = (each.news_at for each in live if each.thread_id != desk.current)
    if any(news is not None and news >= chosen for news in others):
        return Doubt.NEWS
    return Doubt.PAUSE if now - spoke >= ask_after else None


def opened(desk: Desk, thread_id: str, at: datetime) -> Desk:
    """*Open* was clicked: the thread is current, unless this may be an old click that Teams repeats."""
    back = desk.before == thread_id != desk.current and desk.before_at is not None and at - desk.before_at < REPEATED
    return _made(desk, "" if back else thread_id, at)


def chosen(desk: Desk, thread_id: str, at: datetime) -> Desk:
    """ "Send to …?" was answered. Held words go once, so a repetition never gets here."""
    return _made(desk, thread_id, at)


def answered(desk: Desk, thread_id: str, at: datetime) -> Desk:
    """Words with an address of their own (reply box, quotation) choose nobody for the words that come after.

    When another thread was current, none is any more.
    """
    return replace(desk, spoke_at=at) if desk.current in ("", thread_id) else _made(desk, "", at)


def went_on(desk: Desk, thread_id: str, at: datetime) -> Desk:
    """Free words went to `thread_id`. They are no choice, so they do not acknowledge anybody's news."""
    if desk.current != thread_id:
        return replace(desk, current=thread_id, chosen_at=None, spoke_at=at)
    return replace(desk, spoke_at=at)


def ended(desk: Desk, thread_id: str) -> Desk:
    """The thread was left."""
    return replace(desk, current="", before="") if desk.current == thread_id else desk


def _made(desk: Desk, thread_id: str, at: datetime) -> Desk:
    if desk.current == thread_id:
        return replace(desk, chosen_at=at, spoke_at=at)
    return Desk(thread_id, at, at, desk.current, at)
