"""The thread machine: what one contact and one user may do, from connect to leave.

Theory of operation
===================

`step(thread, event, terms)` is the whole machine: a new thread and the effects to be carried out, from nothing but its
arguments. Whatever changes a thread is here or in `spell` (its moving parts), and neither knows names, texts or cards.

*Spells.* A spell starts when the contact writes and lasts until they write again. It opens a **window** (48 h from the
message's own time, not from when we got it) and an **allowance** (5 messages). Both are WeChat's rules; `terms` holds
them as they were announced when the spell began, so a policy that changes meanwhile breaks nothing under way.

*Slots.* Whatever we send to the contact on our own account takes a slot in the step that decides it, so two quick
messages can never both take the last one: the user's messages, the prompt, the leave notice. With the prompt's way
`reserve` one slot is kept back for it. A slot is given back when WeChat refuses or rejects what it was taken for.
Replies inside WeChat's own request (`Answer`) and template messages take none.

*Active or inactive.* While slots and time are left, what the user writes is sent. When either runs out, when WeChat
says so, or when the contact stops following, the thread is inactive: what the user writes joins the **queue**, and
the first of it asks the contact to reply (the **prompt**), once per spell. Order is sacred: as long as anything waits
in the queue, new words go behind it, even while active (release `review`).

*WeChat's truth wins.* The ledger is a prediction. When WeChat refuses a message, it and all later ones that are still
on their way go back to the head of the queue, in order. One exception: if the contact wrote after the refused message
was decided, the refusal speaks of a window that is over, and the messages are sent again in the new one.

*In flight across spells.* A message on its way when the contact writes will be counted by WeChat against the new
window, so its slot moves into the new spell. So does one sent a second or more after the contact's message (times from
WeChat have no fractions: within the same second WeChat's answer decides).

*The timer is a column.* `due(thread)` says when something happens by itself; but `step` looks at the deadline at every
event, so nothing depends on the tick being punctual. Two events are judged before the deadline is: the contact's
message, which carries its own time, and the leave, which ends the matter anyway.

*Leaving.* What waits is cancelled on record, what is on its way still goes, then the notice to the contact; if no slot
or time is left for that, it is owed, and goes first when the contact next writes. A transfer is a leave with another
notice; the colleague's thread is made by `colleagues.succeeded`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.colleagues import UserTransferred
from bot.domain.effects import (
    Answer,
    Effect,
    Mark,
    Notice,
    Owe,
    Resend,
    Reword,
    Show,
    State,
    Status,
    Tell,
    Use,
)
from bot.domain.events import (
    Cause,
    ContactUnfollowed,
    ContactWrote,
    Delayed,
    Delivered,
    Due,
    Event,
    PromptReported,
    QueueCancelled,
    QueueEdited,
    QueueReleased,
    Refused,
    Rejected,
    SentAgain,
    Uncertain,
    UserLeft,
    UserWrote,
)
from bot.domain.policy import OnUncertain, Terms
from bot.domain.seats import ContactWroteToSeveral, SeatShared, asked_by
from bot.domain.seats import told as heard_of_others
from bot.domain.spell import (
    ask,
    carried,
    deactivate,
    expire,
    flow,
    flush,
    give_back,
    prompt_failed,
    release,
    reopen,
    send,
    spent,
    take,
    take_back,
    unprompt,
)
from bot.domain.state import Phase, Prompt, Queued, Step, Thread, Why

UNCERTAIN = "uncertain"


def start(event: ContactWrote, terms: Terms) -> Step:
    """A thread that begins with this message; it takes the message's id."""
    thread = Thread(event.id, terms, event.created_at, event.order, event.id)
    thread, late = expire(thread, event.at)
    return thread, (Answer(Notice.WELCOME), Tell(Notice.POLICY), Show(event.id), *late, Status())


def step(thread: Thread, event: Event, terms: Terms) -> Step:  # noqa: C901 - the table itself
    """What `event` makes of `thread`. `terms` are those of a spell that would begin now.

    An event that does not concern a thread, or comes too late, changes nothing.
    """
    match event:
        case ContactWroteToSeveral(asker=asker) if asker:
            return asked_by(asker, _heard(thread, event, terms))
        case ContactWrote():
            return _heard(thread, event, terms)
        case SeatShared():
            return heard_of_others(thread, event)
        case UserLeft():
            return _leave(thread, event.at, Notice.LEFT, Use.LEFT)
        case UserTransferred():
            return _leave(thread, event.at, Notice.TRANSFERRED, Use.TRANSFERRED)
    thread, late = expire(thread, event.at)
    match event:
        case Due():
            thread, effects = _warn(thread, event.at)
        case UserWrote():
            thread, effects = _said(thread, event.id, event.at)
        case ContactUnfollowed():
            thread, effects = _unfollowed(thread, event.at)
        case Delivered():
            thread, effects = _delivered(thread, event.ref, event.at)
        case Refused():
            thread, effects = _refused(thread, event.ref, event.cause, event.at)
        case Rejected():
            thread, effects = _rejected(thread, event.ref, event.code, event.at)
        case Uncertain():
            thread, effects = _unsure(thread, event.ref, event.at)
        case Delayed():
            thread, effects = _delayed(thread, event.ref, event.code)
        case PromptReported():
            thread, effects = _reported(thread, event.failure)
        case SentAgain():
            thread, effects = _again(thread, event.message_id, event.at)
        case QueueEdited():
            thread, effects = _edited(thread, event.message_id, event.text)
        case QueueCancelled():
            thread, effects = _cancelled(thread, event.message_id)
        case QueueReleased():
            thread, effects = _released(thread, event.at)
        case _:
            effects = ()
    return thread, (*late, *effects)


# ---- the clock


def _warn(thread: Thread, now: datetime) -> Step:
    if thread.phase is not Phase.ACTIVE or thread.warn_at is None or now < thread.warn_at:
        return thread, ()
    return replace(thread, warned=True), (Tell(Notice.WARNING), Status())


# ---- the contact


def _heard(thread: Thread, event: ContactWrote, terms: Terms) -> Step:
    if thread.phase is Phase.LEFT:
        return thread, ()
    if event.tapped or (event.created_at, event.order) <= (thread.heard_at, thread.heard_order):
        return thread, (Show(event.id),)
    resumed = thread.phase is Phase.INACTIVE
    thread, recalled = unprompt(thread)
    thread = replace(
        thread,
        terms=terms,
        heard_at=event.created_at,
        heard_order=event.order,
        heard_id=event.id,
        phase=Phase.ACTIVE,
        why=None,
        cause=None,
        spell=thread.spell + 1,
        slots=carried(thread, event.created_at),
        prompt=Prompt.NONE,
        prompt_at=None,
        prompt_why="",
        warned=False,
        asker="",
    )
    thread, late = expire(thread, event.at)
    if late:
        return thread, (*recalled, Show(event.id), *late)
    if not thread.left:
        thread, effects = deactivate(thread, Why.LIMIT, None, event.at)
        return thread, (*recalled, Show(event.id), *effects)
    share = event.share if isinstance(event, ContactWroteToSeveral) else None
    thread, effects = flow(thread, event.at, share)
    return thread, (*recalled, Show(event.id, resumed), *effects, Status())


def _unfollowed(thread: Thread, now: datetime) -> Step:
    if thread.phase is Phase.LEFT or thread.why is Why.UNFOLLOWED:
        return thread, ()
    return deactivate(thread, Why.UNFOLLOWED, Cause.UNFOLLOWED, now)


# ---- the user


def _said(thread: Thread, message_id: str, now: datetime) -> Step:
    if thread.phase is Phase.LEFT:
        return thread, (Mark(message_id, State.REFUSED, "left"), Tell(Notice.LEFT_ALREADY, {"message": message_id}))
    if _full(thread):
        return thread, (Mark(message_id, State.REFUSED, "queue_full"), Tell(Notice.QUEUE_FULL, {"message": message_id}))
    return _accept(thread, message_id, now)


def _full(thread: Thread) -> bool:
    waits = thread.phase is Phase.INACTIVE or bool(thread.queue)
    return waits and len(thread.queue) >= thread.terms.queue_limit


def _accept(thread: Thread, message_id: str, now: datetime) -> Step:
    if thread.phase is Phase.ACTIVE and not thread.queue:
        thread, effects = send(thread, message_id)
        thread, more = spent(thread, now)
    else:
        effects = (Mark(message_id, State.QUEUED),)
        thread, more = ask(replace(thread, queue=(*thread.queue, Queued(message_id, now))), now)
    return thread, (*effects, *more, Status())


def _again(thread: Thread, message_id: str, now: datetime) -> Step:
    if thread.phase is Phase.LEFT or message_id not in thread.uncertain:
        return thread, (Tell(Notice.NOTHING_TO_DO),)
    if _full(thread):
        return thread, (Tell(Notice.QUEUE_FULL, {"message": message_id}),)
    uncertain = tuple(ref for ref in thread.uncertain if ref != message_id)
    return _accept(replace(thread, uncertain=uncertain), message_id, now)


def _edited(thread: Thread, message_id: str, text: str) -> Step:
    if all(queued.message_id != message_id for queued in thread.queue):
        return thread, (Tell(Notice.NOTHING_TO_DO),)
    return thread, (Reword(message_id, text), Mark(message_id, State.QUEUED), Status())


def _cancelled(thread: Thread, message_id: str) -> Step:
    gone = tuple(q for q in thread.queue if message_id in ("", q.message_id))
    if not gone:
        return thread, (Tell(Notice.NOTHING_TO_DO),)
    thread = replace(thread, queue=tuple(q for q in thread.queue if q not in gone))
    marks = tuple(Mark(q.message_id, State.CANCELLED, "user") for q in gone)
    if thread.queue:
        return thread, (*marks, Status())
    thread, recalled = unprompt(thread)
    return thread, (*marks, *recalled, Status())


def _released(thread: Thread, now: datetime) -> Step:
    if thread.phase is not Phase.ACTIVE or not thread.queue:
        return thread, (Tell(Notice.NOTHING_TO_DO),)
    thread, effects = release(thread, now)
    return thread, (*effects, Status())


def _leave(thread: Thread, now: datetime, ends: Notice, use: Use) -> Step:
    if thread.phase is Phase.LEFT:
        return thread, (Tell(Notice.LEFT_ALREADY),)
    cancelled = tuple(Mark(q.message_id, State.CANCELLED, ends.value) for q in thread.queue)
    thread, recalled = unprompt(thread)
    # Who leaves has no more use for the prompt's slot; whoever gets the contact has.
    room = thread.left if use is Use.TRANSFERRED else thread.terms.reply_limit - len(thread.slots)
    told = now < thread.deadline and room > 0 and thread.why not in (Why.REFUSED, Why.UNFOLLOWED)
    notice: tuple[Effect, ...] = (Owe(ends),)
    if thread.others and use is Use.LEFT:  # the contact goes on with the others
        told, notice = False, ()
    elif told:
        thread, notice = take(thread, thread.left_ref, use)
    thread = replace(thread, phase=Phase.LEFT, why=None, cause=None, queue=())
    stays = {"stays": 1} if thread.others and use is Use.LEFT else {}
    told_user = Tell(ends, {"cancelled": len(cancelled), "told": int(told), **stays})
    return thread, (*cancelled, *recalled, *notice, told_user, Status())


# ---- what became of a send


def _delivered(thread: Thread, ref: str, now: datetime) -> Step:
    thread = _settled(thread, ref, now)
    if ref == thread.prompt_ref and (thread.prompt is Prompt.SENDING or thread.prompt_why == UNCERTAIN):
        return replace(thread, prompt=Prompt.ASKED, prompt_at=now, prompt_why=""), (Status(),)
    if thread.automatic(ref):
        return thread, ()
    # A worker that was given up for dead may still report: what arrived must not go a second time from the queue.
    queue = tuple(q for q in thread.queue if q.message_id != ref)
    thread = replace(thread, queue=queue, uncertain=tuple(r for r in thread.uncertain if r != ref))
    return thread, (Mark(ref, State.SENT),)


def _settled(thread: Thread, ref: str, now: datetime) -> Thread:
    slots = (replace(s, sent_at=now) if s.ref == ref and s.sent_at is None else s for s in thread.slots)
    return replace(thread, slots=tuple(slots))


def _refused(thread: Thread, ref: str, cause: Cause, now: datetime) -> Step:
    if not thread.on_its_way(ref):
        return thread, ()
    if thread.phase is Phase.LEFT:
        return _refused_after_leave(thread, ref)
    if thread.automatic(ref):
        return prompt_failed(give_back(thread, ref), ref, cause.value)
    slot = next(s for s in thread.slots if s.ref == ref and s.sent_at is None)
    waiting = len(thread.queue)
    thread, back = take_back(thread, ref)
    if slot.spell < thread.spell:
        thread, effects = _once_more(thread, len(thread.queue) - waiting, now)
    elif thread.why is Why.UNFOLLOWED or (thread.why is Why.NO_REPLY and cause is Cause.TIME):
        thread, effects = ask(thread, now)
    else:
        why = Why.UNFOLLOWED if cause is Cause.UNFOLLOWED else Why.REFUSED
        thread, effects = deactivate(thread, why, cause, now)
    return thread, (*back, *effects, Status())


def _once_more(thread: Thread, count: int, now: datetime) -> Step:
    """The refusal speaks of a window that is over: the same messages go again in the one that is open."""
    thread = reopen(thread, now)
    return flush(thread, count, now) if thread.phase is Phase.ACTIVE else ask(thread, now)


def _refused_after_leave(thread: Thread, ref: str) -> Step:
    thread = give_back(thread, ref)
    if ref == thread.left_ref:
        return thread, (Owe(Notice.LEFT),)
    return thread, (Mark(ref, State.CANCELLED, "left"),)


def _rejected(thread: Thread, ref: str, code: str, now: datetime) -> Step:
    if not thread.on_its_way(ref):
        return thread, ()
    thread = give_back(thread, ref)
    if ref == thread.left_ref:
        return thread, (Owe(Notice.LEFT),)
    if thread.automatic(ref):
        return prompt_failed(thread, ref, code)
    reopened = reopen(thread, now)
    thread, effects = (thread, ()) if reopened is thread else flow(reopened, now)
    return thread, (Mark(ref, State.REFUSED, code), *effects, Status())


def _unsure(thread: Thread, ref: str, now: datetime) -> Step:
    if not thread.on_its_way(ref):
        return thread, ()
    if thread.terms.on_uncertain is OnUncertain.RESEND and now < thread.deadline:
        return thread, (Resend(ref),)
    thread = _settled(thread, ref, now)
    if thread.automatic(ref):
        return prompt_failed(thread, ref, UNCERTAIN)
    return replace(thread, uncertain=(*thread.uncertain, ref)), (Mark(ref, State.UNCERTAIN), Status())


def _delayed(thread: Thread, ref: str, code: str) -> Step:
    told = thread.on_its_way(ref) and not thread.automatic(ref)
    return thread, (Mark(ref, State.WAITING, code),) if told else ()


def _reported(thread: Thread, failure: str) -> Step:
    """The result may come before WeChat's answer to the send: then it is still under way for us.

    Should it speak of somebody else's template, ours has not gone yet, and does not go after it was told as failed.
    """
    if not failure or thread.prompt not in (Prompt.SENDING, Prompt.ASKED):
        return thread, ()
    thread, recalled = unprompt(thread)
    thread, effects = prompt_failed(thread, thread.prompt_ref, failure)
    return thread, (*recalled, *effects)
