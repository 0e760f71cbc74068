"""What a card is drawn from: plain values, complete in themselves, so that drawing needs nothing else.

Times are aware datetimes in UTC. States, phases and kinds arrive as the plain strings that the core writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: `language` en or zh, `timezone` an IANA name, `wording` the company's own texts by (language, key)."""

    language: str = "en"
    timezone: str = "UTC"
    wording: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread as its user sees it.

    `number` is the number that was validated at `validated_at`, "" when there is none. `phase` is active, inactive or
    left; `why` says for an inactive one no_reply, limit, refused or unfollowed. `left` counts the messages the user may
    still send out of `limit`, `until` is the deadline, `hours` the length of the window that is in force. `prompt` is
    none (asked by itself when something is queued), off, sending, asked or failed, with `prompt_at` and `prompt_why`.
    `unread` counts the contact's messages since the user last opened or answered.
    """

    id: str
    contact: str
    number: str = ""
    validated_at: datetime | None = None
    phase: str = "active"
    why: str = ""
    left: int = 5
    limit: int = 5
    until: datetime | None = None
    queued: int = 0
    queue_limit: int = 5
    prompt: str = "none"
    prompt_at: datetime | None = None
    prompt_why: str = ""
    hours: float = 48
    unread: int = 0
    muted: bool = False


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message. `state` is empty for the contact's own; `position` is its place in the queue, from 1.

    `by` names the colleague who wrote it, if one did.
    """

    id: str
    text: str
    kind: str = "text"
    at: datetime | None = None
    state: str = ""
    why: str = ""
    position: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class PersonView:
    """A colleague; `number` is written as it is to be shown."""

    id: str
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """Somebody in the reader's contact book, or (`saved` False) a stranger who wrote.

    `numbers` are written as they are to be shown, `validated` is one of them or "". `on_wechat`: they have written.
    `holder` is the colleague who has them, "" when it is not said who, None for nobody.
    """

    id: str
    name: str
    company: str = ""
    numbers: tuple[str, ...] = ()
    validated: str = ""
    notes: str = ""
    saved: bool = True
    on_wechat: bool = False
    revision: int = 0
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """All a card may need; `values` holds what only some cards know. Each card's docstring says what it takes."""

    reader: Reader
    values: Mapping[str, Any] = field(default_factory=dict)
    thread: ThreadView | None = None
    message: MessageView | None = None
    now: datetime | None = None
