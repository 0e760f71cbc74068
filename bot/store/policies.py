"""Named policies: their stored values, checked and resolved along the line of inheritance.

Stored values are what an admin types (`{"reply_limit": 5, "reply_window": "48h"}`); a name that is missing comes from
the parent, and in the end from `Policy`'s own defaults. `wording` is `{language: {key: text}}`, inherited key by key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, select

from bot.domain.policy import (
    OnDisable,
    OnUncertain,
    Policy,
    PromptWay,
    Release,
    Reveal,
    Transfer,
    Unasked,
    parse_duration,
)
from bot.store.dialect import StoreError
from bot.store.tables import POLICIES

DEFAULT: Final = "default"
NAMES: Final = tuple(field.name for field in fields(Policy) if field.name != "name")
_CHOICES: Final[Mapping[str, Callable[[Any], StrEnum]]] = {
    "prompt": PromptWay,
    "release": Release,
    "on_uncertain": OnUncertain,
    "on_disable": OnDisable,
    "unasked": Unasked,
    "transfer": Transfer,
    "reveal": Reveal,
}
Stored = Mapping[str, tuple[str, Mapping[str, Any]]]
_ALL: Final = select(POLICIES.c.name, POLICIES.c.parent, POLICIES.c["values"])


class Policies:
    """All policies, resolved, as `known`: read again only when somebody changed one; each event brings the revision."""

    def __init__(self) -> None:
        self._revision: int | None = -1
        self.known: Mapping[str, Policy] = {}

    def at(self, connection: Connection, revision: int | None) -> Mapping[str, Policy]:
        if revision != self._revision:
            self.known = MappingProxyType(resolve(stored(connection)))
            self._revision = revision
        return self.known


def stored(connection: Connection) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Name to (parent, values) of every policy as it was set."""
    return {name: (parent, values) for name, parent, values in connection.execute(_ALL)}


def resolve(stored: Stored) -> dict[str, Policy]:
    """Every policy with what it inherits, `default` always among them; StoreError names the one that is wrong."""
    return {name: _resolved(name, stored) for name in (DEFAULT, *stored)}


def of(policies: Mapping[str, Policy], name: str) -> Policy:
    """A user's policy; an unknown name is `default`."""
    return policies.get(name) or policies[DEFAULT]


def _resolved(name: str, stored: Stored) -> Policy:
    line = _line(name, stored)
    values: dict[str, Any] = {}
    wording: dict[tuple[str, str], str] = {}
    for ancestor in reversed(line):
        own = stored[ancestor][1] if ancestor in stored else {}
        values.update(own)
        wording.update({(language, key): t for language, ts in own.get("wording", {}).items() for key, t in ts.items()})
    try:
        return Policy(**{"name": name, **{key: _read(key, value) for key, value in values.items()}, "wording": wording})
    except (ValueError, TypeError) as wrong:
        raise StoreError(f"policy {name}: {wrong}") from wrong


def _line(name: str, stored: Stored) -> list[str]:
    """The policy and its ancestors; the last is always `default`."""
    line: list[str] = []
    while name not in line:
        line.append(name)
        if name == DEFAULT:
            return line
        name = (stored[name][0] if name in stored else "") or DEFAULT
    raise StoreError(f"policy {name} inherits from itself: give one of {', '.join(line)} another parent")


def _read(key: str, value: Any) -> Any:
    if key not in NAMES:
        raise ValueError(f"{key} is no setting of a policy; there are {', '.join(NAMES)}")
    match key:
        case "reply_window" | "warn_before" | "release_age" | "ask_after" | "validation_age" | "retention":
            return _duration(value)
        case "reply_limit" | "queue_limit" | "seats":
            return _count(key, value)
        case choice if choice in _CHOICES:
            return _CHOICES[choice](value)
        case "validate_phone" if not isinstance(value, bool):
            raise ValueError("validate_phone must be true or false")
    return value


def _duration(value: Any) -> timedelta | None:
    return None if value is None else parse_duration(str(value))


def _count(key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{key} must be a whole number")
    return value
