"""How many customer-service messages a contact's actions allow, and for how long (2.2, 2.4). Pure.

The default rule keeps two grants: a message sets the long one anew; a menu click, follow or scan opens a short one
that never lowers the long one and is used first. What Tencent leaves open is played by the other rules, with one grant:

* `overwrite`:  an action sets the count to its own and the expiry to the later one (the mini-program text);
* `max`:        an action raises count and expiry to the larger of old and new;
* `cumulative`: uses add up: while a grant is open no action refreshes its count or its expiry.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

QuotaRule = Literal["separate", "overwrite", "max", "cumulative"]

OUT_OF_TIME = 45015
OUT_OF_COUNT = 45047


@dataclass(frozen=True, slots=True)
class QuotaTerms:
    """The numbers that WeChat changes from time to time (2.3)."""

    message_count: int = 5
    message_seconds: float = 48 * 3600
    short_count: int = 3
    short_seconds: float = 60
    rule: QuotaRule = "separate"


@dataclass(frozen=True, slots=True)
class Grant:
    """So many messages, until just before `expires`."""

    left: int
    expires: datetime

    def open(self, now: datetime) -> bool:
        """Whether its time has not run out."""
        return now < self.expires


@dataclass(frozen=True, slots=True)
class Quota:
    """What one contact's actions allow at present."""

    message: Grant | None = None
    short: Grant | None = None

    def left(self, now: datetime) -> int:
        """How many sends would succeed now."""
        return sum(grant.left for grant in self._open(now))

    def expires(self, now: datetime) -> datetime | None:
        """When the last open grant ends."""
        return max((grant.expires for grant in self._open(now)), default=None)

    def spend(self, now: datetime) -> tuple[Quota, int]:
        """One send: the quota after it, and 0, 45015 or 45047. A refused send costs nothing."""
        if self.short is not None and self.short.open(now) and self.short.left > 0:
            return replace(self, short=replace(self.short, left=self.short.left - 1)), 0
        if self.message is not None and self.message.open(now) and self.message.left > 0:
            return replace(self, message=replace(self.message, left=self.message.left - 1)), 0
        return self, OUT_OF_COUNT if self._open(now) else OUT_OF_TIME

    def _open(self, now: datetime) -> list[Grant]:
        return [grant for grant in (self.message, self.short) if grant is not None and grant.open(now)]


def wrote(quota: Quota, now: datetime, terms: QuotaTerms) -> Quota:
    """The contact sent a message."""
    fresh = Grant(terms.message_count, now + timedelta(seconds=terms.message_seconds))
    return replace(quota, message=_merged(quota.message, fresh, now, terms.rule))


def acted(quota: Quota, now: datetime, terms: QuotaTerms) -> Quota:
    """The contact followed, scanned or tapped a menu."""
    fresh = Grant(terms.short_count, now + timedelta(seconds=terms.short_seconds))
    if terms.rule == "separate":
        return replace(quota, short=fresh)
    return replace(quota, message=_merged(quota.message, fresh, now, terms.rule))


def _merged(old: Grant | None, fresh: Grant, now: datetime, rule: QuotaRule) -> Grant:
    if old is None or not old.open(now) or rule == "separate":
        return fresh
    if rule == "cumulative":
        return old
    left = fresh.left if rule == "overwrite" else max(old.left, fresh.left)
    return Grant(left, max(old.expires, fresh.expires))
