"""What a thread is: the state that `thread.step` moves, as plain data, and what can be read off it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.effects import Effect, Use
from bot.domain.events import Cause
from bot.domain.policy import PromptWay, Terms


class Phase(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    LEFT = "left"


class Why(StrEnum):
    """Why a thread is inactive."""

    NO_REPLY = "no_reply"
    LIMIT = "limit"
    REFUSED = "refused"
    UNFOLLOWED = "unfollowed"


class Prompt(StrEnum):
    """How far the request to reply has got in this spell. `FAILED` includes a policy that never asks (`off`)."""

    NONE = "none"
    SENDING = "sending"
    ASKED = "asked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Slot:
    """One entry of the ledger; `sent_at` is None while it is on its way, `spell` is the one it was decided in."""

    ref: str
    use: Use
    spell: int
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """One contact and one user talking. `heard_*` are the contact's newest message: its id, time and order.

    `line` is the thread that this one came from by transfer, or that one's own `line`: their sends go in one row.
    `others` are the contact's open threads with other users, `seat` is which of the seats this one has, `asker` which
    of the others asked the contact to reply (empty: this one did, or nobody). See `seats`.
    """

    id: str
    terms: Terms
    heard_at: datetime
    heard_order: int
    heard_id: str
    phase: Phase = Phase.ACTIVE
    why: Why | None = None
    cause: Cause | None = None
    spell: int = 1
    slots: tuple[Slot, ...] = ()
    queue: tuple[Queued, ...] = ()
    uncertain: tuple[str, ...] = ()
    prompt: Prompt = Prompt.NONE
    prompt_at: datetime | None = None
    prompt_why: str = ""
    warned: bool = False
    line: str = ""
    seat: int = 0
    others: tuple[str, ...] = ()
    asker: str = ""

    @property
    def deadline(self) -> datetime:
        """From this moment on nothing may be sent until the contact writes."""
        return self.heard_at + self.terms.reply_window

    @property
    def left(self) -> int:
        """Messages that the user may still send in this spell."""
        kept = self.terms.prompt is PromptWay.RESERVE and not self.asker
        kept = kept and all(slot.ref != self.prompt_ref for slot in self.slots)
        return max(0, self.terms.reply_limit - kept - len(self.slots))

    def on_its_way(self, ref: str) -> bool:
        """Whether we still wait to hear what became of `ref`; a report on anything else comes too late."""
        asking = ref == self.prompt_ref and self.prompt is Prompt.SENDING and not self.asker
        return asking or any(slot.ref == ref and slot.sent_at is None for slot in self.slots)

    @property
    def warn_at(self) -> datetime | None:
        """When the user is warned that the window will close; None when that is done or not wanted."""
        wanted = not self.warned and self.terms.warn_before > timedelta(0)
        return self.deadline - self.terms.warn_before if wanted else None

    @property
    def due(self) -> datetime | None:
        """When the next `Due` is wanted: the warning, then the deadline; None when nothing happens by itself."""
        return (self.warn_at or self.deadline) if self.phase is Phase.ACTIVE else None

    @property
    def prompt_ref(self) -> str:
        return f"{self.id}.prompt.{self.spell}"

    @property
    def lane(self) -> str:
        """What its sends to WeChat wait in, one after the other."""
        return f"wechat/{self.line or self.id}"

    @property
    def left_ref(self) -> str:
        return f"{self.id}.left"

    def automatic(self, ref: str) -> bool:
        """Whether `ref` names one of our own sends (prompt, leave notice) rather than somebody's message."""
        return ref.startswith(f"{self.id}.")


Step = tuple[Thread, tuple[Effect, ...]]
