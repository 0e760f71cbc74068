"""Several users for one contact: what the threads of one contact must know of each other. Pure.

Each user keeps a thread of their own, with its queue and its record, because each answers for their own words. The
window, the slots and the request to reply are WeChat's, and WeChat knows the contact only: what one thread spends is
spent for all. So whatever a step changes of it is an event for every other thread (`SeatShared`), recorded like any
other: each thread's machine stays pure, and its record can be replayed alone. A colleague's slot stands in the ledger
with the use `COLLEAGUE`: it is counted, and never sent, taken back or reported here.

The contact is asked to reply once: whoever asks first is the `asker` for the others, who wait for the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.effects import Send, SendTemplate, Status, Use
from bot.domain.events import Cause, ContactWrote, FromOthers
from bot.domain.policy import PromptWay, Terms
from bot.domain.spell import ask, deactivate, expire, flow, give_back, goes_by_itself, release, reopen
from bot.domain.state import Phase, Prompt, Slot, Step, Thread, Why


@dataclass(frozen=True, slots=True)
class ContactWroteToSeveral(ContactWrote):
    """The contact's words in one of several threads: `share` of what waits there may go now.

    `asker` is the thread that has asked the contact to reply since (empty: none has), so that this one does not.
    """

    thread_id: str = ""
    share: int = 0
    asker: str = ""


@dataclass(frozen=True, slots=True)
class SeatTaken(FromOthers):
    """A user comes to a contact who has others already: a thread with this event's id begins beside `beside`."""

    beside: str
    seat: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """How far the request to reply has got that the thread `asker` sent."""

    asker: str
    prompt: Prompt
    at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a step changed of what belongs to the contact; `cause`: WeChat closed the way."""

    taken: tuple[Slot, ...] = ()
    settled: tuple[Slot, ...] = ()
    returned: tuple[str, ...] = ()
    cause: Cause | None = None
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class SeatShared(FromOthers):
    """What the other threads of the contact changed since this one last heard of them; `others` are those there are."""

    others: tuple[str, ...]
    changes: tuple[Change, ...] = ()


_SENT = {Prompt.SENDING, Prompt.ASKED}


# ---- who sits where


def free(taken: Sequence[int], seats: int) -> int | None:
    """The number of a free seat; None when there is none. Whoever sits keeps the seat when `seats` is lowered."""
    return next(number for number in range(len(taken) + 1) if number not in taken) if len(taken) < seats else None


def seated(beside: Thread, event: SeatTaken) -> Thread:
    """The newcomer's thread: the window, what is spent of it and the request to reply are the contact's."""
    slots = tuple(replace(slot, use=Use.COLLEAGUE) for slot in beside.slots)
    asker = (beside.asker or beside.id) if beside.prompt in _SENT else ""
    heir = replace(beside, id=event.id, line="", queue=(), uncertain=(), slots=slots, warned=False)
    return replace(heir, seat=event.seat, others=event.others, asker=asker)


# ---- what one thread changes for the others


def difference(before: Thread, after: Thread) -> Change:
    """What a step changed that the contact's other threads must hear of.

    A message that is sent again has a slot for each time, and only the last may be on its way.
    """
    was, now = _own(before), _own(after)
    closed = after.why in (Why.REFUSED, Why.UNFOLLOWED) and (before.why, before.cause) != (after.why, after.cause)
    landed = {ref: ref in now and len(now[ref]) >= len(slots) for ref, slots in was.items() if _going(slots)}
    landed = {ref: there for ref, there in landed.items() if not _going(now.get(ref, ()))}
    return Change(
        taken=tuple(slots[-1] for ref, slots in now.items() if ref not in was or _going(slots) > _going(was[ref])),
        settled=tuple(now[ref][-1] for ref, there in landed.items() if there),
        returned=tuple(ref for ref, there in landed.items() if not there),
        cause=after.cause if closed else None,
        asked=_asked(before, after),
    )


def _own(thread: Thread) -> dict[str, list[Slot]]:
    own: dict[str, list[Slot]] = {}
    for slot in thread.slots:
        if slot.use is not Use.COLLEAGUE:
            own.setdefault(slot.ref, []).append(slot)
    return own


def _going(slots: Sequence[Slot]) -> bool:
    return bool(slots) and slots[-1].sent_at is None


def _asked(before: Thread, after: Thread) -> Asked | None:
    """News of a request that this thread sent; that its own policy never asks concerns nobody else."""
    was = before.prompt if before.spell == after.spell and not before.asker else Prompt.NONE
    now = after.prompt if not after.asker else Prompt.NONE
    if was is now or not {was, now} & _SENT:
        return None
    return Asked(after.id, now, after.prompt_at, after.prompt_why)


def shares(threads: Sequence[Thread], terms: Mapping[str, Terms], slots: int) -> dict[str, int]:
    """How many of its waiting messages each thread may send when the contact has replied: the oldest go first.

    `terms` are those of the new spell by thread, `slots` how many of it are spent already.
    """
    room = min(each.reply_limit - (each.prompt is PromptWay.RESERVE) for each in terms.values()) - slots
    going = [each for each in threads if goes_by_itself(replace(each, terms=terms[each.id]), each.heard_at)]
    waiting = sorted((queued.at, each.id) for each in going for queued in each.queue)
    first = [ident for _, ident in waiting[: max(0, room)]]
    return {each.id: first.count(each.id) for each in threads}


# ---- what a thread makes of it


def asked_by(asker: str, step: Step) -> Step:
    """The step of a thread that need not ask the contact to reply: `asker` has."""
    thread, effects = step
    if thread.prompt is not Prompt.SENDING or thread.asker:
        return step
    others = (each for each in effects if not (isinstance(each, Send | SendTemplate) and each.ref == thread.prompt_ref))
    return replace(give_back(thread, thread.prompt_ref), asker=asker), tuple(others)


def told(thread: Thread, event: SeatShared) -> Step:
    """The thread after it heard what the others changed, and only then looked at the clock."""
    before, thread = thread, replace(thread, others=event.others)
    if thread.phase is Phase.LEFT:
        return thread, ()
    for change in event.changes:
        thread = _heard_of(thread, change)
    thread, late = expire(thread, event.at)
    cause = next((each.cause for each in reversed(event.changes) if each.cause), None)
    thread, effects = _closed(thread, cause, event.at) if cause else _moved(thread, event.at)
    effects = (*late, *effects)
    return thread, effects if effects or _shown(before) == _shown(thread) else (Status(),)


def _shown(thread: Thread) -> tuple[object, ...]:
    return thread.phase, thread.left, thread.prompt, thread.others


def _heard_of(thread: Thread, change: Change) -> Thread:
    sent = {slot.ref: slot.sent_at for slot in change.settled}
    slots = [
        replace(slot, sent_at=slot.sent_at or sent.get(slot.ref)) if slot.use is Use.COLLEAGUE else slot
        for slot in thread.slots
        if slot.use is not Use.COLLEAGUE or slot.sent_at or slot.ref not in change.returned
    ]
    taken = (Slot(slot.ref, Use.COLLEAGUE, thread.spell, slot.sent_at) for slot in change.taken)
    thread = replace(thread, slots=(*slots, *taken))
    asked = change.asked
    if asked is None or (thread.prompt in _SENT and thread.asker != asked.asker):
        return thread
    asker = asked.asker if asked.prompt in _SENT else ""
    return replace(thread, asker=asker, prompt=asked.prompt, prompt_at=asked.at, prompt_why=asked.why)


def _closed(thread: Thread, cause: Cause, now: datetime) -> Step:
    """WeChat carries nothing more to the contact, whoever writes it."""
    known = thread.why in (Why.REFUSED, Why.UNFOLLOWED) or (thread.why is Why.NO_REPLY and cause is Cause.TIME)
    if known:
        return ask(thread, now)
    return deactivate(thread, Why.UNFOLLOWED if cause is Cause.UNFOLLOWED else Why.REFUSED, cause, now)


def _moved(thread: Thread, now: datetime) -> Step:
    """What comes of slots that were taken or came back."""
    reopened = reopen(thread, now)
    if reopened is not thread:
        return flow(reopened, now)
    if thread.phase is Phase.ACTIVE and not thread.left:
        return deactivate(thread, Why.LIMIT, None, now)
    if thread.phase is Phase.ACTIVE and thread.queue and goes_by_itself(thread, now):
        return release(thread, now)
    return ask(thread, now)
