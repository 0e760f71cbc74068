"""What a step of the thread machine wants done. The engine turns each into rows of the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Use(StrEnum):
    """What a slot is used for."""

    MESSAGE = "message"
    PROMPT = "prompt"
    LEFT = "left"
    TRANSFERRED = "transferred"
    COLLEAGUE = "colleague"  # of another user for the same contact


class State(StrEnum):
    """What the user sees of a message they wrote."""

    SENDING = "sending"
    WAITING = "waiting"
    SENT = "sent"
    QUEUED = "queued"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Notice(StrEnum):
    """The automatic messages, by the name under which their wording is kept."""

    POLICY = "policy"
    WELCOME = "welcome"
    INACTIVE = "inactive"
    WARNING = "warning"
    QUEUE_FULL = "queue_full"
    RELEASED = "released"
    REVIEW = "review"
    PROMPT = "prompt"
    LEFT = "left"
    LEFT_ALREADY = "left_already"
    TRANSFERRED = "transferred"
    NOTHING_TO_DO = "nothing_to_do"


Values = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Show:
    """Show the contact's message to the user."""

    message_id: str
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """One customer-service message: `slot` is its number in this spell's ledger; nothing goes at or after `before`."""

    ref: str
    use: Use
    slot: int
    before: datetime


@dataclass(frozen=True, slots=True)
class SendTemplate:
    """The prompt as a template message: it uses no slot and no window."""

    ref: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The state of a message, and why, changes; the user's own confirmation is updated in place."""

    message_id: str
    state: State
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reword:
    """A queued message gets new words."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Recall:
    """These sends, still unsent, must not go any more."""

    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resend:
    """Nobody knows whether this send arrived, and the policy says to try again."""

    ref: str


@dataclass(frozen=True, slots=True)
class Tell:
    """A card to the user."""

    notice: Notice
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A text to the contact in the webhook's own response: it uses no slot."""

    notice: Notice
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Owe:
    """A text that cannot reach the contact now and goes first when they next write."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Status:
    """The thread's status card is out of date."""


Effect = Show | Send | SendTemplate | Mark | Reword | Recall | Resend | Tell | Answer | Owe | Status
