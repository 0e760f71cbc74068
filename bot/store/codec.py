"""Records as JSON and back: what the database keeps whole (threads, references, answers, values of rows).

Writing is orjson's own, which knows dataclasses, enums and datetimes; durations become whole microseconds. Reading is
spelt out, because every event reads a thread: keys it does not know are skipped, fields it does not find keep their
defaults, so that two releases can share a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson

from bot.domain.attention import Care, Desk, Settings
from bot.domain.effects import Use
from bot.domain.events import Cause, Reference
from bot.domain.policy import OnUncertain, PromptWay, Release, Terms
from bot.domain.state import Phase, Prompt, Queued, Slot, Thread, Why

_MICROSECOND = timedelta(microseconds=1)
Json = Mapping[str, Any]


def dumps(value: object) -> str:
    """JSON of records, mappings and plain values; raises TypeError for anything else (or text that is not Unicode)."""
    return orjson.dumps(value, default=_plain).decode()


def canonical(value: object) -> str:
    """The one spelling of a value that is hashed: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS).decode()


loads = orjson.loads


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return value // _MICROSECOND
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def thread(json: Json) -> Thread:
    """The thread that `dumps` wrote."""
    get = json.get
    return Thread(
        id=json["id"],
        terms=terms(json["terms"]),
        heard_at=datetime.fromisoformat(json["heard_at"]),
        heard_order=json["heard_order"],
        heard_id=json["heard_id"],
        phase=Phase(get("phase", "active")),
        why=Why(why) if (why := get("why")) else None,
        cause=Cause(cause) if (cause := get("cause")) else None,
        spell=get("spell", 1),
        slots=tuple([_slot(slot) for slot in get("slots", ())]),
        queue=tuple([Queued(q["message_id"], datetime.fromisoformat(q["at"])) for q in get("queue", ())]),
        uncertain=tuple(get("uncertain", ())),
        prompt=Prompt(get("prompt", "none")),
        prompt_at=moment(get("prompt_at")),
        prompt_why=get("prompt_why", ""),
        warned=get("warned", False),
        line=get("line", ""),
        seat=get("seat", 0),
        others=tuple(get("others", ())),
        asker=get("asker", ""),
    )


def terms(json: Json) -> Terms:
    return _terms(tuple(json.items()))


@lru_cache(1024)
def _terms(items: tuple[tuple[str, Any], ...]) -> Terms:
    """Policies are few, and each thread brings one's terms."""
    json, usual = dict(items), Terms()
    age = json.get("release_age")
    return Terms(
        reply_limit=json.get("reply_limit", usual.reply_limit),
        reply_window=_duration(json, "reply_window", usual.reply_window),
        queue_limit=json.get("queue_limit", usual.queue_limit),
        prompt=PromptWay(json.get("prompt", usual.prompt)),
        release=Release(json.get("release", usual.release)),
        release_age=None if age is None else timedelta(microseconds=age),
        warn_before=_duration(json, "warn_before", usual.warn_before),
        on_uncertain=OnUncertain(json.get("on_uncertain", usual.on_uncertain)),
    )


def reference(json: Json) -> Reference:
    return Reference(
        json["service_url"],
        json["conversation_id"],
        json["bot_id"],
        json["user_id"],
        json["tenant_id"],
        json.get("kind", "personal"),
        json.get("locale", "en-US"),
        json.get("timezone", "UTC"),
    )


def settings(json: Json) -> Settings:
    return Settings(json.get("language", ""), json.get("timezone", ""), json.get("notifications", True))


def desk(json: Json) -> Desk:
    get = json.get
    times = (moment(get("chosen_at")), moment(get("spoke_at")))
    return Desk(get("current", ""), *times, get("before", ""), moment(get("before_at")))


def care(json: Json) -> Care:
    get = json.get
    return Care(
        unread=get("unread", 0),
        news_at=moment(get("news_at")),
        hidden=get("hidden", ""),
        muted=get("muted", False),
        place=reference(place) if (place := get("place")) else None,
        card=get("card", ""),
        burst=tuple(get("burst", ())),
        burst_at=moment(get("burst_at")),
    )


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _slot(json: Json) -> Slot:
    return Slot(json["ref"], Use(json["use"]), json["spell"], moment(json.get("sent_at")))


def _duration(json: Json, name: str, usual: timedelta) -> timedelta:
    value = json.get(name)
    return usual if value is None else timedelta(microseconds=value)
