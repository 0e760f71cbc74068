"""One contact, two users: what they do with each other, who may hand over to whom, and the thread it becomes. Pure.

A transfer ends one thread as a leave does and begins another in the same step, because a thread is one contact and one
user. WeChat knows nothing of it: the window, the slots that are spent and the reason for being inactive are the
contact's, so the new thread has them from the beginning. What waits in the queue was written in one person's name and
must not go out in another's: it is cancelled, and the confirmation says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.events import FromUser
from bot.domain.policy import Policy, Transfer
from bot.domain.spell import expire, spent
from bot.domain.state import Prompt, Slot, Thread

# ---- what users do


@dataclass(frozen=True, slots=True)
class ColleagueSought(FromUser):
    """Somebody to hand the thread over to is looked for, by name or number."""

    thread_id: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ColleagueChosen(FromUser):
    """This one it is to be; nothing is done before it is confirmed. `colleague` is a user's id."""

    thread_id: str
    colleague: str


@dataclass(frozen=True, slots=True)
class UserTransferred(FromUser):
    """The transfer was confirmed: the thread ends, and `colleague` gets the contact in one with this event's id."""

    thread_id: str
    colleague: str


@dataclass(frozen=True, slots=True)
class HandOverAsked(FromUser):
    """The user wants the contact of an entry of their book, or of a request that was offered to them."""

    request_id: str = ""
    entry_id: str = ""


@dataclass(frozen=True, slots=True)
class HandOverAnswered(FromUser):
    """The holder, or the supervisor, agrees to a request or declines it."""

    request_id: str
    agreed: bool


# ---- who may hand over to whom


def permitted(policy: Policy, theirs: Policy) -> bool:
    """Whether somebody under `policy` may hand over to somebody under `theirs`."""
    same = policy.name == theirs.name
    return policy.transfer is Transfer.ANYBODY or (policy.transfer is Transfer.PEERS and same)


# ---- the thread that comes of it


def succeeded(before: Thread, left: Thread, id: str, now: datetime) -> Thread:
    """The colleague's thread: `before` is the one that is handed over, `left` what the transfer made of it.

    What is on its way still belongs to the old thread, which hears what became of it; here it counts as sent.
    """
    heir = replace(before, id=id, line=before.line or before.id, queue=(), uncertain=())
    asked = left.prompt if left.prompt is not Prompt.SENDING else Prompt.NONE
    heir = replace(heir, prompt=asked, prompt_at=left.prompt_at, prompt_why=left.prompt_why)
    heir = replace(heir, slots=tuple(_counted(slot, before, heir, now) for slot in left.slots))
    heir, _ = expire(heir, now)
    return spent(heir, now)[0]


def _counted(slot: Slot, before: Thread, heir: Thread, now: datetime) -> Slot:
    ref = heir.prompt_ref if slot.ref == before.prompt_ref else slot.ref
    return replace(slot, ref=ref, sent_at=slot.sent_at or now)
