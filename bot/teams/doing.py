"""Who does something in Teams, and the keys by which it is known again. Pure.

Teams repeats what we did not answer within 15 s: a message under its own id, a click up to twice more under a new id
and time. So a message is known by its id, and a click that changes something by its content: conversation, person,
card, verb and data with the inputs. The content alone would be too much, because the same words may be meant twice
from one card that stays as it is; therefore the time counts as well, in spans of `clicks.SAME_CLICK` of Teams' own
clock. That takes a double click as one, and leaves two gaps, both accepted: the same words again within the span are
one reply, and a repetition may fall into the next span (at most one in six of the clicks that were not answered for
15 s). A card that carries a nonce (`once`) and is drawn anew after each click closes both, but for `reply`, whose box
stays: there the nonce is one more part of the data. What only shows something is known by its activity's id, since
asking again must show again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from bot.domain.events import FromUser, UserAsked
from bot.teams.activity import Json, aad, reference, word

NOTHING: Json = {}

Made = TypeVar("Made", bound=FromUser)


@dataclass(frozen=True, slots=True)
class Doing:
    """One activity with the id and the time that its event gets."""

    activity: Json
    id: str
    at: datetime

    def event(self, kind: Callable[..., Made], key: str, **more: str | bool | int | tuple[str, ...]) -> Made:
        told = reference(self.activity)
        return kind(self.id, key, self.at, tenant=told.tenant_id, aad=aad(self.activity), reference=told, **more)

    @property
    def conversation(self) -> str:
        return word(self.activity, "conversation", "id")

    @property
    def own_key(self) -> str:
        return message_key(self.conversation, word(self.activity, "id") or _canonical(self.activity))

    def asked(self, what: str, argument: str = "") -> UserAsked:
        return self.event(UserAsked, self.own_key, what=what, argument=argument)


def message_key(conversation_id: str, activity_id: str) -> str:
    """The key of the event that a typed message becomes; edits name it by this."""
    return "teams:" + hashlib.sha256(f"teams:{conversation_id}:{activity_id}".encode()).hexdigest()[:40]


def key_of(*parts: Any) -> str:
    """The key of an event that is known by what it says."""
    return "teams:" + hashlib.sha256(_canonical(parts).encode()).hexdigest()[:40]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
