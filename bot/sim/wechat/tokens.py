"""The access tokens that WeChat has given out, and what each is still worth (3).

Two isolated kinds: the classic one, where every call replaces the last token after five minutes of overlap, and the
stable one, which stays the same until its last five minutes unless it is refreshed by force.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from bot.sim.clock import Clock

LIFETIME = timedelta(seconds=7200)
OVERLAP = timedelta(minutes=5)
FORCE_SPACING = timedelta(seconds=30)
DAILY = {"classic": 2000, "stable": 500_000, "forced": 20}

MISSING, INVALID, EXPIRED, DAILY_LIMIT = 41001, 40001, 42001, 45009

_CHINA = timezone(timedelta(hours=8))


def china_day(moment: datetime) -> date:
    """The day that daily limits count by."""
    return moment.astimezone(_CHINA).date()


@dataclass(slots=True)
class _Token:
    value: str
    expires: datetime
    replaced: bool = False


class Tokens:
    """Every token of one account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """No token was ever given out."""
        self._known: dict[str, _Token] = {}
        self._current: dict[str, _Token] = {}
        self._calls: Counter[tuple[str, date]] = Counter()
        self._forced_at: datetime | None = None

    def classic(self) -> tuple[str, int] | int:
        """A new token and its seconds, or the errcode of a spent day; the previous one lives five minutes more."""
        if not self._counted("classic"):
            return DAILY_LIMIT
        previous = self._current.get("classic")
        if previous is not None:
            previous.expires = min(previous.expires, self._clock.now() + OVERLAP)
            previous.replaced = True
        return self._handed_out(self._new("classic"))

    def stable(self, *, force: bool = False) -> tuple[str, int] | int:
        """The token and its seconds, or the errcode of a spent day."""
        if not self._counted("stable"):
            return DAILY_LIMIT
        current = self._current.get("stable")
        if force and current is not None:
            return self._forced(current)
        if current is not None and current.expires - self._clock.now() > OVERLAP:
            return self._handed_out(current)
        return self._handed_out(self._new("stable"))

    def _forced(self, current: _Token) -> tuple[str, int] | int:
        now = self._clock.now()
        if self._forced_at is not None and now - self._forced_at < FORCE_SPACING:
            return self._handed_out(current)
        if not self._counted("forced"):
            return DAILY_LIMIT
        self._forced_at = now
        self._known.pop(current.value, None)
        return self._handed_out(self._new("stable"))

    def check(self, value: str | None) -> int:
        """0, or the errcode of a call that brings this token."""
        if not value:
            return MISSING
        token = self._known.get(value)
        if token is None:
            return INVALID
        if self._clock.now() < token.expires:
            return 0
        return INVALID if token.replaced else EXPIRED

    def invalidate(self) -> None:
        """Somebody else refreshed by force: every token handed out is not the latest any more (40001)."""
        self._known.clear()
        self._current.clear()

    def expire(self) -> None:
        """Every token handed out has lived its two hours (42001)."""
        for token in self._known.values():
            token.expires = self._clock.now()
        self._current.clear()

    def _counted(self, kind: str) -> bool:
        key = (kind, china_day(self._clock.now()))
        self._calls[key] += 1
        return self._calls[key] <= DAILY[kind]

    def _new(self, kind: str) -> _Token:
        token = _Token(secrets.token_urlsafe(96), self._clock.now() + LIFETIME)
        self._known[token.value] = self._current[kind] = token
        return token

    def _handed_out(self, token: _Token) -> tuple[str, int]:
        return token.value, int((token.expires - self._clock.now()).total_seconds())
