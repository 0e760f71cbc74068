"""The company's numbers: what a policy holds, and the terms a spell of conversation announces from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

LONGEST = timedelta(days=1000 * 366)
"""Of any duration: a calendar ends at the year 9999, and no time plus or minus this leaves it."""

_DURATION = re.compile(r"([0-9]+)([smhdy])")
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "y": timedelta(days=366),  # so that what must be kept for years is never deleted a day too early
}


MOST_SEATS = 9
"""Each of them reads what all the others write."""


class PromptWay(StrEnum):
    """How the contact is asked to reply when messages wait. `AUTO` becomes one of the others in `Policy.terms`."""

    AUTO = "auto"
    TEMPLATE = "template"
    RESERVE = "reserve"
    OFF = "off"


class Release(StrEnum):
    """Whether queued messages leave by themselves when the contact replies."""

    AUTO = "auto"
    REVIEW = "review"
    YOUNGER = "auto-if-younger-than"


class OnUncertain(StrEnum):
    """What happens to a message of which nobody knows whether WeChat took it."""

    HOLD = "hold"
    RESEND = "resend"


class OnDisable(StrEnum):
    """What becomes of the open conversations of a user who is disabled."""

    LEAVE = "leave"  # the clients are told that the user left, and may be taken over
    KEEP = "keep"  # they stay open and the clients are told nothing: for an absence


class Unasked(StrEnum):
    """What becomes of a contact who comes without an invitation."""

    DEFAULT = "default"  # the default user gets them
    ASK = "ask"  # they are asked for the person they want; the default user gets them after three tries
    REFUSE = "refuse"  # nobody gets them: by invitation only


class Transfer(StrEnum):
    """To whom a user may hand a conversation over, always within their own tenant."""

    ANYBODY = "anybody"
    PEERS = "peers"  # those under the same policy: a wall between departments
    NOBODY = "nobody"


class Reveal(StrEnum):
    """What a colleague who looks for a contact learns of the user who holds them."""

    NAME = "name"
    HELD = "held"  # only that somebody does
    NOTHING = "nothing"  # so they cannot ask for a hand-over either


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers in force for one spell, kept as announced even when the policy changes meanwhile.

    `reply_limit` is WeChat's allowance; `allowance` is what the user may spend of it.
    """

    reply_limit: int = 5
    reply_window: timedelta = timedelta(hours=48)
    queue_limit: int = 5
    prompt: PromptWay = PromptWay.RESERVE
    release: Release = Release.AUTO
    release_age: timedelta | None = None
    warn_before: timedelta = timedelta(hours=4)
    on_uncertain: OnUncertain = OnUncertain.HOLD

    @property
    def allowance(self) -> int:
        """Messages the user may send before the contact must reply: one fewer when a slot is kept for the prompt."""
        return self.reply_limit - 1 if self.prompt is PromptWay.RESERVE else self.reply_limit


@dataclass(frozen=True, slots=True)
class Policy:
    """A named policy with inheritance already resolved. `wording` maps (language, key) to the company's own text.

    `unasked` holds for everybody and is read from the policy `default`. `validate_phone`: contacts of this policy's
    users prove their phone number first, anew when the proof is older than `validation_age` (None: never). `region`
    is the country of numbers that are written without one (ISO 3166, two letters). `retention` is how long words
    are kept (None: for ever). `supervisor` is the id of the user who may answer hand-over requests for all users of
    this policy. `seats` is how many users may talk with one contact at a time; of several policies the lowest counts.
    """

    name: str = "default"
    reply_limit: int = 5
    reply_window: timedelta = timedelta(hours=48)
    queue_limit: int = 5
    prompt: PromptWay = PromptWay.AUTO
    release: Release = Release.AUTO
    release_age: timedelta | None = None
    warn_before: timedelta = timedelta(hours=4)
    on_uncertain: OnUncertain = OnUncertain.HOLD
    ask_after: timedelta = timedelta(minutes=30)
    language: str = "en"
    wording: dict[tuple[str, str], str] = field(default_factory=dict)
    on_disable: OnDisable = OnDisable.LEAVE
    unasked: Unasked = Unasked.DEFAULT
    validate_phone: bool = False
    validation_age: timedelta | None = None
    region: str = "CN"
    transfer: Transfer = Transfer.ANYBODY
    retention: timedelta | None = None
    reveal: Reveal = Reveal.NAME
    supervisor: str = ""
    seats: int = 1

    def __post_init__(self) -> None:
        for name in ("reply_window", "ask_after", "validation_age"):
            span = getattr(self, name)
            if span is not None and span <= timedelta(0):
                raise ValueError(f"{name.replace('_', '-')} must be longer than nothing")
        if self.reply_limit < 1:
            raise ValueError("reply-limit must be at least 1")
        if self.prompt is PromptWay.RESERVE and self.reply_limit < 2:
            raise ValueError("reply-limit must be at least 2 when prompt is 'reserve': one slot is kept for the prompt")
        self._count()
        if not timedelta(0) <= self.warn_before < self.reply_window:
            raise ValueError("warn-before must be shorter than reply-window (0s switches the warning off)")
        if self.retention is not None and self.retention <= self.reply_window:
            raise ValueError("retention must be longer than reply-window: what may still be answered is kept")
        if not re.fullmatch("[A-Z]{2}", self.region):
            raise ValueError("region is a country of two letters, as in CN or GB")
        if (self.release is Release.YOUNGER) != (self.release_age is not None):
            raise ValueError("release 'auto-if-younger-than' and an age go together: auto-if-younger-than 12h")

    def _count(self) -> None:
        if not 1 <= self.seats <= MOST_SEATS:
            raise ValueError(f"seats must be from 1 to {MOST_SEATS}")
        if self.queue_limit < 0:
            raise ValueError("queue-limit must not be negative")

    def terms(self, *, template: bool) -> Terms:
        """The terms for a spell that starts now; `template` says whether the account has a resume template."""
        way = self.prompt
        if way is PromptWay.AUTO:
            way = PromptWay.TEMPLATE if template else PromptWay.RESERVE if self.reply_limit > 1 else PromptWay.OFF
        return Terms(
            self.reply_limit,
            self.reply_window,
            self.queue_limit,
            way,
            self.release,
            self.release_age,
            self.warn_before,
            self.on_uncertain,
        )


def parse_duration(text: str) -> timedelta:
    """`90s`, `30m`, `48h`, `7d`, `7y` (years of 366 days), LONGEST at most; ValueError says what was expected."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration: write a number and a unit, as in 90s, 30m, 48h, 7d or 7y")
    unit = _UNITS[match[2]]
    if len(match[1]) > 18 or int(match[1]) > LONGEST // unit:  # Python reads no number of thousands of digits
        raise ValueError(f"{text!r} is longer than anybody waits: 1000y at most")
    return int(match[1]) * unit


def format_duration(duration: timedelta) -> str:
    """The shortest spelling that `parse_duration` reads back: 48h, 90s."""
    seconds = int(duration.total_seconds())
    for unit, size in (("y", 366 * 86_400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
