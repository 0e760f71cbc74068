"""Reads an activity as Teams sends it: JSON of any shape in, plain values out, never an exception. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.events import Reference

Json = Mapping[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
"""The content type of an attachment that is an Adaptive Card."""


def _at(source: Any, path: Sequence[str]) -> Any:
    """What is at this path, or None. JSON's objects are dicts, and to ask whether one is a Mapping takes longer."""
    for name in path:
        if not isinstance(source, dict):
            return None
        source = source.get(name)
    return source


def part(source: Json, *path: str) -> Json:
    """The object at this path, an empty one if there is none."""
    found = _at(source, path)
    return found if isinstance(found, dict) else {}


def word(source: Json, *path: str) -> str:
    """The string at this path, an empty one if there is none. NUL, which no database keeps, becomes U+FFFD."""
    found = _at(source, path)
    return found.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(found, str) else ""


def each(source: Json, name: str) -> Iterator[Json]:
    """The objects of the list with this name."""
    found = source.get(name)
    for item in found if isinstance(found, list) else ():
        if isinstance(item, Mapping):
            yield item


def tenants(activity: Json) -> frozenset[str]:
    """Every tenant the activity says it comes from: one, unless something is wrong with it."""
    said = (word(activity, "channelData", "tenant", "id"), word(activity, "conversation", "tenantId"))
    return frozenset(tenant.lower() for tenant in said if tenant)


def aad(activity: Json) -> str:
    """The Entra id of the person, empty when Teams does not say it."""
    return word(activity, "from", "aadObjectId").lower()


def personal(activity: Json) -> bool:
    """Whether it happened in somebody's own chat with the bot; old clients leave the conversation's type out.

    Two people's chat calls itself personal too when a card of ours is used in it. Its id tells: like a group's.
    """
    conversation = part(activity, "conversation")
    kind = word(conversation, "conversationType")
    if word(conversation, "id").startswith("19:"):
        return False
    shared = conversation.get("isGroup") or part(activity, "channelData", "team")
    return kind == "personal" if kind else not shared


def reference(activity: Json) -> Reference:
    """Where to send proactive messages for this conversation."""
    kind = word(activity, "conversation", "conversationType")
    return Reference(
        service_url=word(activity, "serviceUrl"),
        conversation_id=word(activity, "conversation", "id"),
        bot_id=word(activity, "recipient", "id"),
        user_id=word(activity, "from", "id"),
        tenant_id=min(tenants(activity), default=""),
        kind="personal" if personal(activity) else kind if kind not in ("", "personal") else "group",
        locale=locale(activity),
        timezone=word(activity, "localTimezone") or word(_client(activity), "timezone") or "UTC",
    )


def locale(activity: Json) -> str:
    """The language that the person's Teams speaks, and its region where it says one: `en-US`."""
    return word(activity, "locale") or word(_client(activity), "locale") or "en-US"


def _client(activity: Json) -> Json:
    return next((entity for entity in each(activity, "entities") if entity.get("type") == "clientInfo"), {})


def said_at(activity: Json, otherwise: datetime) -> datetime:
    """Teams' own time of it; a repeated delivery under the same id has the same."""
    try:
        stamp = datetime.fromisoformat(word(activity, "timestamp"))
    except ValueError:
        return otherwise
    return stamp if stamp.tzinfo else otherwise
