"""JSON in columns: plain values, and records that a column keeps whole, which come out of it as records.

The same text is always the same record, and records do not change; so one that was written or read lately is not read
again. That needs nobody to say when it is out of date: whoever else changes the row changes the text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import JSON, Dialect, TypeDecorator
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from bot.store import codec

MOST: Final = 2_048
"""Texts that a column remembers; about a kilobyte each."""


class Plain(TypeDecorator[Any]):
    """JSON as `codec` writes it: jsonb on PostgreSQL, text on SQLite. None is NULL. The driver gives and takes text."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.JSONB() if dialect.name == "postgresql" else JSON())

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self.impl_instance.coerce_compared_value(op, value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        return _text

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], Any]:
        return _value


class Kept(Plain):
    """Records, which `read` makes of their JSON."""

    cache_ok = True

    def __init__(self, read: Callable[[codec.Json], Any]) -> None:
        super().__init__()
        self.read = read
        self._known: dict[str, Any] = {}

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        return self._told if dialect.name == "sqlite" else _text  # PostgreSQL spells what it was told its own way

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], Any]:
        return self._record

    def _told(self, value: Any) -> str | None:
        text = _text(value)
        if text is not None and not isinstance(value, dict):
            self._remember(text, value)
        return text

    def _record(self, text: str | None) -> Any:
        if text is None:
            return None
        found = self._known.get(text)
        return self._remember(text, self.read(codec.loads(text))) if found is None else found

    def _remember(self, text: str, record: Any) -> Any:
        if len(self._known) >= MOST:
            self._known.clear()  # what is at work comes back with its next event
        self._known[text] = record
        return record


def _text(value: Any) -> str | None:
    return None if value is None else codec.dumps(value)


def _value(text: str | None) -> Any:
    return None if text is None else codec.loads(text)
