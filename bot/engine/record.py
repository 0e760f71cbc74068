"""What the audit trail keeps of an event: enough to replay the thread machine, nothing that a deletion must reach.

Words, openids, numbers and addresses stay in their own tables, where a legal deletion finds them. What the entry says
of words, the store adds: it draws the salts of their digests (`bot.store.words`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from bot.domain import colleagues, events, seats
from bot.domain.effects import Use
from bot.domain.events import Cause, Event, Kind, Reference
from bot.domain.policy import OnUncertain, PromptWay, Release, Terms
from bot.domain.seats import Asked, Change
from bot.domain.state import Prompt, Slot

PRIVATE = {
    *("openid", "reference", "aad", "tenant", "token", "media", "scene", "text"),
    *("name", "company", "numbers", "notes", "query", "words"),
}


def entry(event: Event, thread_id: str, user_id: str, terms: Terms | None = None) -> dict[str, Any]:
    """The audit entry of `event`; `terms` are kept when the event may begin a spell."""
    kind: Any = type(event)
    body: dict[str, Any] = {"event": kind.__name__, "thread": thread_id, "user": user_id}
    for name in _kept(kind):
        body[name] = _plain(getattr(event, name))
    if terms is not None:
        body["terms"] = {name: _plain(getattr(terms, name)) for name in _kept(Terms)}
    return body


@cache
def _kept(kind: Any) -> Sequence[str]:
    return [field.name for field in fields(kind) if field.name not in PRIVATE]


def replay(kept: Mapping[str, Any]) -> tuple[Event, Terms]:
    """The event of an entry, as far as the thread machine looks at it, and the terms of a spell it may have begun."""
    kind: type[Any] = _KINDS[kept["event"]]
    given = {f.name: _read(f.name, kept[f.name]) for f in fields(kind) if f.name in kept}
    blank = {f.name: _BLANK.get(f.name, "") for f in fields(kind) if f.name not in given}
    event: Event = kind(**given, **blank)
    return event, _terms(kept["terms"]) if "terms" in kept else Terms()


_KINDS: Mapping[str, Any] = {**vars(events), **vars(colleagues), **vars(seats)}
_BLANK: Mapping[str, Any] = {"reference": Reference("", "", "", "", "")}
_TIMES = {"at", "created_at", "until"}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value


def _read(name: str, value: Any) -> Any:
    if name in _TIMES:
        return datetime.fromisoformat(value)
    if name == "others":
        return tuple(value)
    if name == "changes":
        return tuple(map(_change, value))
    if name == "cause":
        return Cause(value)
    return Kind(value) if name == "kind" else value


def _change(kept: Mapping[str, Any]) -> Change:
    taken, settled = (tuple(map(_slot, kept[name])) for name in ("taken", "settled"))
    cause, asked = kept["cause"], kept["asked"]
    told = Asked(asked["asker"], Prompt(asked["prompt"]), _moment(asked["at"]), asked["why"]) if asked else None
    return Change(taken, settled, tuple(kept["returned"]), Cause(cause) if cause else None, told)


def _slot(kept: Mapping[str, Any]) -> Slot:
    return Slot(kept["ref"], Use(kept["use"]), kept["spell"], _moment(kept["sent_at"]))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _terms(kept: Mapping[str, Any]) -> Terms:
    age = kept["release_age"]
    return Terms(
        kept["reply_limit"],
        timedelta(seconds=kept["reply_window"]),
        kept["queue_limit"],
        PromptWay(kept["prompt"]),
        Release(kept["release"]),
        None if age is None else timedelta(seconds=age),
        timedelta(seconds=kept["warn_before"]),
        OnUncertain(kept["on_uncertain"]),
    )
