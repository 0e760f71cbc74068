"""What the record says of words: who said them and when, in a salted digest, never the words themselves.

The salt is random and stands beside the words; whoever purges them purges it too, and then the digest that stays in the
chain tells nobody what they were, not even somebody who tries all short texts. Until then it proves them: `Told` finds
every message that was changed, added or taken away behind the record's back.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import orjson
from sqlalchemy import Connection, bindparam, select

from bot.ports import Changes, Message
from bot.store.tables import MESSAGES

PURGED: Final = "Purged"
"""The entry that names the messages whose words were deleted by policy."""

PAGE: Final = 1_000
SALT: Final = 16  # bytes

Salts = Mapping[str, str]
_FIELDS: Final = ("id", "author", "kind", "media", "at", "text", "salt", "original", "original_salt", "purged_at")
_ALL: Final = select(*(MESSAGES.c[name] for name in _FIELDS))
_PAGE: Final = _ALL.where(MESSAGES.c.id > bindparam("after")).order_by(MESSAGES.c.id).limit(PAGE)
_BY_ID: Final = _ALL.where(MESSAGES.c.id.in_(bindparam("ids", expanding=True)))


def salts(changes: Changes) -> Salts:
    """A new salt for the words of every message that the changes write, by the message's id."""
    written = (*(message.id for message in changes.messages), *(ident for ident, _ in changes.rewords))
    return {ident: secrets.token_hex(SALT) for ident in written}


def told(changes: Changes, salts: Salts) -> dict[str, dict[str, str]]:
    """What the entry of an event says of the words that it brought."""
    said = {message.id: _said(salts[message.id], message) for message in changes.messages}
    reworded = {ident: _digest(salts[ident], ident, text) for ident, text in changes.rewords}
    return {name: digests for name, digests in (("said", said), ("reworded", reworded)) if digests}


def _said(salt: str, message: Message | Words) -> str:
    at = message.at.astimezone(UTC).isoformat()
    return _digest(salt, message.id, message.author, message.kind, message.media, at, message.text)


def _digest(salt: str, *parts: str) -> str:
    return sha256(orjson.dumps([salt, *parts])).hexdigest()


# ---- proving


@dataclass(frozen=True, slots=True)
class Words:
    """A message as far as its words are proved; `original` is None while they were not edited."""

    id: str
    author: str
    kind: str
    media: str
    at: datetime
    text: str
    salt: str
    original: str | None
    original_salt: str
    purged_at: datetime | None


def page(connection: Connection, after: str) -> list[Words]:
    """The next messages after the id `after`, at most PAGE."""
    return [Words(*row) for row in connection.execute(_PAGE, {"after": after})]


def by_id(connection: Connection, ids: Sequence[str]) -> list[Words]:
    """These messages, as far as they are there."""
    return [Words(*row) for row in connection.execute(_BY_ID, {"ids": ids})]


@dataclass(slots=True)
class Told:
    """What a whole record tells of words; holds about 300 bytes for each message."""

    said: dict[str, str] = field(default_factory=dict)
    reworded: dict[str, str] = field(default_factory=dict)
    purged: set[str] = field(default_factory=set)
    since: datetime | None = None

    def take(self, event: str, at: datetime, body: str) -> None:
        """One more entry, in order."""
        found: dict[str, Any] = orjson.loads(body)
        for ident, digest in found.get("said", {}).items():
            self.since = self.since or at
            self.said.setdefault(ident, digest)  # an automatic message that is decided again keeps its first words
        self.reworded |= found.get("reworded", {})
        if event == PURGED:
            self.purged.update(found["messages"])

    def fault(self, words: Words) -> str:
        """How a message is not what the record tells of it, empty when it is."""
        if words.purged_at is not None:
            left = words.text or words.original or words.media or words.salt or words.original_salt
            return "was purged without an entry" if words.id not in self.purged else "is not purged" if left else ""
        said, reworded = self.said.get(words.id), self.reworded.get(words.id)
        if said is None:
            return "" if self._older(words) else "is in no entry"
        if (words.original is None) != (reworded is None):
            return "was edited without an entry" if reworded is None else "lost its original words"
        if reworded is not None and reworded != _digest(words.salt, words.id, words.text):
            return "was changed"
        first = words if words.original is None else _before(words)
        return "" if said == _said(first.salt, first) else "was changed"

    def _older(self, words: Words) -> bool:
        """From before the record told of words."""
        return not words.salt and (self.since is None or words.at < self.since)


def _before(words: Words) -> Words:
    return replace(words, text=words.original or "", salt=words.original_salt)
