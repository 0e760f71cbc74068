"""The moves within a spell that the thread machine is made of: slots, queue, inactivity, prompt. See `thread`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.effects import Effect, Mark, Notice, Recall, Send, SendTemplate, State, Status, Tell, Use
from bot.domain.events import Cause
from bot.domain.policy import PromptWay, Release
from bot.domain.state import Phase, Prompt, Queued, Slot, Step, Thread, Why

SAME_SECOND = timedelta(seconds=1)


def carried(thread: Thread, created_at: datetime) -> tuple[Slot, ...]:
    """The slots that WeChat will count against the window which the contact's message opens."""
    return tuple(s for s in thread.slots if s.sent_at is None or s.sent_at >= created_at + SAME_SECOND)


def expire(thread: Thread, now: datetime) -> Step:
    if thread.phase is Phase.ACTIVE and now >= thread.deadline:
        return deactivate(thread, Why.NO_REPLY, None, now)
    return thread, ()


def take(thread: Thread, ref: str, use: Use) -> tuple[Thread, tuple[Send, ...]]:
    thread = replace(thread, slots=(*thread.slots, Slot(ref, use, thread.spell)))
    return thread, (Send(ref, use, len(thread.slots), thread.deadline),)


def give_back(thread: Thread, ref: str) -> Thread:
    return replace(thread, slots=tuple(s for s in thread.slots if s.ref != ref or s.sent_at))


def send(thread: Thread, message_id: str) -> Step:
    thread, sends = take(thread, message_id, Use.MESSAGE)
    return thread, (*sends, Mark(message_id, State.SENDING))


def spent(thread: Thread, now: datetime) -> Step:
    """Inactive at once when the last slot was taken."""
    if thread.phase is Phase.ACTIVE and not thread.left:
        return deactivate(thread, Why.LIMIT, None, now)
    return thread, ()


def flush(thread: Thread, count: int, now: datetime) -> Step:
    """Send `count` messages from the head of the queue, or as many as there are slots."""
    effects: list[Effect] = []
    going = thread.queue[: min(count, thread.left)]
    thread = replace(thread, queue=thread.queue[len(going) :])
    for queued in going:
        thread, sends = send(thread, queued.message_id)
        effects += sends
    thread, late = spent(thread, now)
    return thread, (*effects, *late)


def release(thread: Thread, now: datetime, share: int | None = None) -> Step:
    """Flush (at most `share`), and tell the user what went and what still waits."""
    waiting = len(thread.queue)
    if not waiting:
        return spent(thread, now)
    thread, effects = flush(thread, waiting if share is None else share, now)
    went = waiting - len(thread.queue)
    tell = (Tell(Notice.RELEASED, {"sent": went, "waiting": len(thread.queue)}),) if went else ()
    return thread, (*tell, *effects)


def flow(thread: Thread, now: datetime, share: int | None = None) -> Step:
    """What waits goes by itself (at most `share` of it), or waits for the user's word, as the policy says."""
    if goes_by_itself(thread, now):
        return release(thread, now, share)
    return thread, (Tell(Notice.REVIEW, {"waiting": len(thread.queue)}),) if thread.queue else ()


def goes_by_itself(thread: Thread, now: datetime) -> bool:
    """Whether what waits needs no word of the user's."""
    if thread.terms.release is Release.YOUNGER and thread.terms.release_age is not None:
        return all(now - queued.at < thread.terms.release_age for queued in thread.queue)
    return thread.terms.release is Release.AUTO


def take_back(thread: Thread, ref: str) -> Step:
    """`ref` and every message decided after it that is still on its way go back to the head of the queue, in order."""
    on_its_way = [s.ref for s in thread.slots if s.sent_at is None and s.use is Use.MESSAGE]
    back = on_its_way[on_its_way.index(ref) :]
    slots = tuple(s for s in thread.slots if s.sent_at or s.ref not in back)
    queue = (*(Queued(r, thread.heard_at) for r in back), *thread.queue)
    recall = (Recall(tuple(back[1:])),) if back[1:] else ()
    return replace(thread, slots=slots, queue=queue), (*recall, *(Mark(r, State.QUEUED) for r in back))


def reopen(thread: Thread, now: datetime) -> Thread:
    """A slot came back: an allowance that was spent is not spent any more."""
    if thread.phase is Phase.INACTIVE and thread.why is Why.LIMIT and thread.left and now < thread.deadline:
        return replace(thread, phase=Phase.ACTIVE, why=None)
    return thread


def deactivate(thread: Thread, why: Why, cause: Cause | None, now: datetime) -> Step:
    thread = replace(thread, phase=Phase.INACTIVE, why=why, cause=cause)
    thread, asks = ask(thread, now)
    return thread, (Tell(Notice.INACTIVE, {"why": why.value, "cause": cause and cause.value}), *asks, Status())


def ask(thread: Thread, now: datetime) -> Step:
    """Ask the contact to reply, once per spell, when something waits for them."""
    if thread.phase is not Phase.INACTIVE or thread.prompt is not Prompt.NONE or not thread.queue:
        return thread, ()
    obstacle = _obstacle(thread, now)
    if obstacle:
        return replace(thread, prompt=Prompt.FAILED, prompt_why=obstacle), ()
    thread = replace(thread, prompt=Prompt.SENDING)
    if thread.terms.prompt is PromptWay.TEMPLATE:
        return thread, (SendTemplate(thread.prompt_ref),)
    return take(thread, thread.prompt_ref, Use.PROMPT)


def _obstacle(thread: Thread, now: datetime) -> str:
    if thread.terms.prompt not in (PromptWay.TEMPLATE, PromptWay.RESERVE):
        return "off"
    if thread.cause in (Cause.BLOCKED, Cause.UNFOLLOWED):
        return thread.cause.value
    if thread.terms.prompt is PromptWay.TEMPLATE:
        return ""
    if now >= thread.deadline or thread.cause is Cause.TIME:
        return Cause.TIME.value
    spent = len(thread.slots) >= thread.terms.reply_limit or thread.cause is Cause.COUNT
    return Cause.COUNT.value if spent else ""


def unprompt(thread: Thread) -> Step:
    """A prompt that has not gone yet must not go any more."""
    if thread.prompt is not Prompt.SENDING or thread.asker:
        return thread, ()
    ref = thread.prompt_ref
    return replace(give_back(thread, ref), prompt=Prompt.NONE), (Recall((ref,)),)


def prompt_failed(thread: Thread, ref: str, why: str) -> Step:
    if ref != thread.prompt_ref or thread.phase is Phase.LEFT:
        return thread, ()
    return replace(thread, prompt=Prompt.FAILED, prompt_at=None, prompt_why=why), (Status(),)
