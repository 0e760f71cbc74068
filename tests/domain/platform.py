"""A little WeChat and a little outbox for random histories: with a truth of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bot.domain.effects import Recall, Resend, Send, SendTemplate
from bot.domain.events import Cause, Delayed, Delivered, Refused, Rejected, Report, Uncertain
from tests.domain.build import SECOND

LEASE = timedelta(seconds=30)


@dataclass(slots=True)
class WeChat:
    """One contact's window and quota as the platform sees them; `accepted` is (spell, ref) in order."""

    limit: int
    window: timedelta
    wrote_at: datetime
    spell: int = 1
    used: int = 0
    following: bool = True
    accepted: list[tuple[int, str]] = field(default_factory=list)

    def wrote(self, now: datetime) -> None:
        self.wrote_at, self.used, self.following = now, 0, True
        self.spell += 1

    def take(self, ref: str, now: datetime) -> Cause | None:
        cause = self._objection(now)
        if cause is None:
            self.used += 1
            self.accepted.append((self.spell, ref))
        return cause

    def _objection(self, now: datetime) -> Cause | None:
        if not self.following:
            return Cause.UNFOLLOWED
        if now >= self.wrote_at + self.window:
            return Cause.TIME
        return Cause.COUNT if self.used >= self.limit else None


@dataclass(slots=True)
class Row:
    """One send. `claimed_at` is set while a worker has it; `outcome` once the platform has spoken."""

    ref: str
    template: bool
    before: datetime | None
    claimed_at: datetime | None = None
    outcome: str | Cause = ""
    dead: bool = False


@dataclass(slots=True)
class Outbox:
    """One lane: strictly one after the other, at most one in flight, a lease in the row."""

    wechat: WeChat
    rows: list[Row] = field(default_factory=list)
    twice: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)
    reports: list[Report] = field(default_factory=list)
    settled: Row | None = None

    def put(self, effect: Send | SendTemplate | Recall | Resend) -> None:
        match effect:
            case Send():
                self.rows.append(Row(effect.ref, False, effect.before))
            case SendTemplate():
                self.rows.append(Row(effect.ref, True, None))
            case Recall():
                self.missed |= {row.ref for row in self.rows if row.ref in effect.refs and row.claimed_at}
                self.rows = [row for row in self.rows if row.ref not in effect.refs or row.claimed_at]
            case Resend():
                self.twice.add(effect.ref)
                assert self.settled is not None and self.settled.ref == effect.ref
                self.rows.insert(0, Row(effect.ref, self.settled.template, self.settled.before))

    def work(self, random: Random, now: datetime, at: datetime) -> Report | None:
        """One thing that a worker may do next with the head of the lane; `now` is WeChat's clock, `at` is ours."""
        if not self.rows:
            return None
        row = self.rows[0]
        if row.dead:
            self._expire(row, random, now)
        elif row.claimed_at is None:
            row.claimed_at = now
        elif not row.outcome:
            row.outcome = self._carry(row, random, now, at)
        else:
            return self._report(row, at)
        return None

    def crash(self) -> None:
        """The worker is gone with whatever it knew."""
        if self.rows and self.rows[0].claimed_at:
            self.rows[0].dead = True

    def _expire(self, row: Row, random: Random, now: datetime) -> None:
        if row.claimed_at is None or now < row.claimed_at + LEASE:
            return
        row.dead = False
        if row.outcome == "sent" and random.random() < 0.5:
            row.outcome = "uncertain"
            return
        if row.outcome:
            self.twice.add(row.ref)
        row.claimed_at, row.outcome = None, ""

    def _carry(self, row: Row, random: Random, now: datetime, at: datetime) -> str | Cause:
        if row.before is not None and at >= row.before:
            return Cause.TIME
        chance = random.random()
        if chance < 0.06:
            return "rejected"
        if chance < 0.12:
            return "delayed"
        if chance < 0.16:
            return "uncertain"
        if row.template:
            self.wechat.accepted.append((self.wechat.spell, row.ref))
            return "sent"
        cause = self.wechat.take(row.ref, now)
        if cause is None and chance < 0.2:
            return "uncertain"
        return cause or "sent"

    def _report(self, row: Row, at: datetime) -> Report:
        report = _report_of(row, at)
        if isinstance(report, Delayed):
            row.claimed_at, row.outcome = None, ""
        else:
            self.settled = self.rows.pop(0)
        self.reports.append(report)
        return report


def _report_of(row: Row, at: datetime) -> Report:
    origin = ("r", "", at, 1, "wechat/T", "token", "T", row.ref)
    match row.outcome:
        case Cause() as cause:
            return Refused(*origin, cause)
        case "sent":
            return Delivered(*origin)
        case "rejected":
            return Rejected(*origin, "45002")
        case "delayed":
            return Delayed(*origin, at + SECOND, "-1")
    return Uncertain(*origin, "timeout")
