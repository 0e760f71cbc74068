"""Threads and events for the tests of the rules: everything happens to thread `T`, at `NOW` unless said otherwise."""

from datetime import UTC, datetime, timedelta

from bot.domain.effects import Use
from bot.domain.events import (
    Cause,
    ContactUnfollowed,
    ContactWrote,
    Delayed,
    Delivered,
    Due,
    PromptReported,
    QueueCancelled,
    QueueEdited,
    QueueReleased,
    Reference,
    Refused,
    Rejected,
    SentAgain,
    Uncertain,
    UserLeft,
    UserWrote,
)
from bot.domain.policy import Terms
from bot.domain.state import Phase, Queued, Slot, Thread, Why

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
HEARD = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = HEARD + HOUR
DEADLINE = HEARD + 48 * HOUR
TERMS = Terms()
TEAMS = Reference("https://smba.example", "a:1", "28:bot", "29:ana", "tenant")
PROMPT, LEFT = "T.prompt.1", "T.left"


# ---- threads


def thread(**changes: object) -> Thread:
    return Thread("T", changes.pop("terms", TERMS), HEARD, 1, "T", **changes)  # type: ignore[arg-type]


def inactive(why: Why, cause: Cause | None = None, **changes: object) -> Thread:
    return thread(phase=Phase.INACTIVE, why=why, cause=cause, **changes)


def left(**changes: object) -> Thread:
    return thread(phase=Phase.LEFT, **changes)


def going(*refs: str, spell: int = 1) -> tuple[Slot, ...]:
    return tuple(slot(ref, spell) for ref in refs)


def gone(*refs: str, spell: int = 1, at: datetime = NOW) -> tuple[Slot, ...]:
    return tuple(slot(ref, spell, at) for ref in refs)


def slot(ref: str, spell: int = 1, sent_at: datetime | None = None) -> Slot:
    use = Use.PROMPT if ".prompt." in ref else Use.LEFT if ref == LEFT else Use.MESSAGE
    return Slot(ref, use, spell, sent_at)


def waiting(*message_ids: str, at: datetime = NOW) -> tuple[Queued, ...]:
    return tuple(Queued(message_id, at) for message_id in message_ids)


# ---- events


def heard(name: str = "c2", at: datetime = NOW, created: datetime | None = None, order: int = 2) -> ContactWrote:
    return ContactWrote(name, name, at, "default", "openid", created or at, order, "hello")


def unfollowed(at: datetime = NOW) -> ContactUnfollowed:
    return ContactUnfollowed("e", "e", at, "default", "openid")


def reported(failure: str, at: datetime = NOW) -> PromptReported:
    return PromptReported("e", "e", at, "default", "openid", "42", failure)


def said(name: str, at: datetime = NOW) -> UserWrote:
    return UserWrote(name, name, at, "tenant", "ana", TEAMS, "hello", "T")


def leave(at: datetime = NOW) -> UserLeft:
    return UserLeft("e", "e", at, "tenant", "ana", TEAMS, "T")


def edited(message_id: str, at: datetime = NOW) -> QueueEdited:
    return QueueEdited("e", "e", at, "tenant", "ana", TEAMS, "T", message_id, "better")


def cancelled(message_id: str, at: datetime = NOW) -> QueueCancelled:
    return QueueCancelled("e", "e", at, "tenant", "ana", TEAMS, "T", message_id)


def released(at: datetime = NOW) -> QueueReleased:
    return QueueReleased("e", "e", at, "tenant", "ana", TEAMS, "T")


def again(message_id: str, at: datetime = NOW) -> SentAgain:
    return SentAgain("e", "e", at, "tenant", "ana", TEAMS, "T", message_id)


def due(at: datetime = NOW) -> Due:
    return Due("e", "", at, "T")


def delivered(ref: str, at: datetime = NOW) -> Delivered:
    return Delivered("e", "", at, 1, "wechat/T", "token", "T", ref)


def refused(ref: str, cause: Cause, at: datetime = NOW) -> Refused:
    return Refused("e", "", at, 1, "wechat/T", "token", "T", ref, cause)


def rejected(ref: str, at: datetime = NOW) -> Rejected:
    return Rejected("e", "", at, 1, "wechat/T", "token", "T", ref, "45002")


def uncertain(ref: str, at: datetime = NOW) -> Uncertain:
    return Uncertain("e", "", at, 1, "wechat/T", "token", "T", ref, "timeout")


def delayed(ref: str, at: datetime = NOW) -> Delayed:
    return Delayed("e", "", at, 1, "wechat/T", "token", "T", ref, at + HOUR, "-1")
