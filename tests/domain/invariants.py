"""What must hold at every step of every history (design section 4, reliability R6), whatever the outside does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.effects import Effect, Mark, Owe, Recall, Send, SendTemplate, Show, State, Use
from bot.domain.events import (
    Cause,
    ContactWrote,
    Delivered,
    Event,
    QueueReleased,
    Refused,
    Report,
    SentAgain,
    UserWrote,
)
from bot.domain.policy import Release
from bot.domain.state import Phase, Prompt, Thread
from bot.domain.thread import step
from tests.domain.build import said
from tests.domain.platform import Outbox

ON_ITS_WAY = (State.SENDING, State.WAITING)
LEGAL: dict[State | None, set[State]] = {
    None: {State.SENDING, State.QUEUED, State.REFUSED},
    State.SENDING: {*State},
    State.WAITING: {*State},
    State.QUEUED: {State.SENDING, State.QUEUED, State.CANCELLED},
    State.UNCERTAIN: {State.SENDING, State.QUEUED},
    State.SENT: {State.SENT},
    State.REFUSED: set(),
    State.CANCELLED: set(),
}


@dataclass(slots=True)
class Book:
    """What was seen so far: `marks` of each message, `turn` in which it was accepted, prompts by spell."""

    outbox: Outbox
    calm: bool
    marks: dict[str, State] = field(default_factory=dict)
    turn: dict[str, int] = field(default_factory=dict)
    prompts: Counter[str] = field(default_factory=Counter)
    turns: int = 0
    read: int = 0
    last_turn: int = 0
    notices: int = 0

    def begin(self, thread: Thread, effects: tuple[Effect, ...]) -> None:
        assert [effect.message_id for effect in effects if isinstance(effect, Show)] == [thread.id]
        self._thread_makes_sense(thread)

    def check(self, before: Thread, event: Event, thread: Thread, effects: tuple[Effect, ...]) -> None:
        self._accepted_in_order()
        self._new_turn(before, event, thread)
        for effect in effects:
            self._one_effect(effect, event, thread)
        self._queue_grows_only_while_there_is_room(before, event, thread)
        self._review_is_kept(before, event, effects)
        self._contact_is_shown(before, event, effects)
        self._after_leave(before, effects, thread)
        self._thread_makes_sense(thread)
        self._every_message_is_in_one_place(thread)
        self._prompt_is_where_it_says(thread)
        if self.calm:
            self._prediction_was_right(event)

    # ---- what is sent

    def _one_effect(self, effect: Effect, event: Event, thread: Thread) -> None:
        match effect:
            case Send():
                self._may_be_sent(effect, event, thread)
                self.prompts[effect.ref] += effect.use is Use.PROMPT
            case SendTemplate(ref):
                self.prompts[ref] += 1
            case Recall(refs):
                self.prompts.subtract(refs)
                assert not {ref for ref in self.outbox.missed if ".prompt." not in ref}, "a message was claimed"
            case Mark(message_id, state):
                was = self.marks.get(message_id)
                assert state in LEGAL[was], f"{message_id}: {was} became {state}"
                self.marks[message_id] = state
        assert max(self.prompts.values(), default=0) <= 1, "the contact was asked twice in one spell"

    def _may_be_sent(self, send: Send, event: Event, thread: Thread) -> None:
        assert send.before == thread.deadline
        assert event.at < send.before, "decided at or after the deadline"
        assert 1 <= send.slot <= thread.terms.reply_limit, "over WeChat's allowance"
        if send.use is Use.MESSAGE:
            ours = sum(slot.use is Use.MESSAGE for slot in thread.slots)
            assert ours <= thread.terms.allowance, "the user's messages ate the prompt's slot"

    def _accepted_in_order(self) -> None:
        accepted = self.outbox.wechat.accepted
        for _, ref in accepted[self.read :]:
            if ref in self.turn:
                repeated = self.turn[ref] == self.last_turn and ref in self.outbox.twice
                assert self.turn[ref] > self.last_turn or repeated, f"{ref} came out of order or twice"
                self.last_turn = self.turn[ref]
        self.read = len(accepted)

    def _new_turn(self, before: Thread, event: Event, thread: Thread) -> None:
        """A message's place in the order is the moment we accepted it, or accepted it once more."""
        self.turns += 1
        if isinstance(event, UserWrote):
            self.turn[event.id] = self.turns
        if isinstance(event, SentAgain) and event.message_id in set(before.uncertain) - set(thread.uncertain):
            self.turn[event.message_id] = self.turns

    def _prediction_was_right(self, event: Event) -> None:
        if isinstance(event, Refused) and event.cause is Cause.COUNT and not self.outbox.twice:
            # A prompt already in flight when it was recalled uses a slot that the ledger does not know of (seed 40653).
            assert self.outbox.missed, "WeChat refused what we thought allowed"

    # ---- what waits

    def _queue_grows_only_while_there_is_room(self, before: Thread, event: Event, thread: Thread) -> None:
        if isinstance(event, UserWrote | SentAgain) and len(thread.queue) > len(before.queue):
            assert len(thread.queue) <= thread.terms.queue_limit

    def _review_is_kept(self, before: Thread, event: Event, effects: tuple[Effect, ...]) -> None:
        waited = {queued.message_id for queued in before.queue}
        sent = {effect.ref for effect in effects if isinstance(effect, Send)}
        if before.terms.release is Release.REVIEW and not isinstance(event, QueueReleased | ContactWrote):
            assert not waited & sent, "something left the queue without a word from the user"

    # ---- what is said

    def _contact_is_shown(self, before: Thread, event: Event, effects: tuple[Effect, ...]) -> None:
        shown = [effect.message_id for effect in effects if isinstance(effect, Show)]
        heard = isinstance(event, ContactWrote) and before.phase is not Phase.LEFT
        assert shown == ([event.id] if heard else [])

    def _after_leave(self, before: Thread, effects: tuple[Effect, ...], thread: Thread) -> None:
        if thread.phase is not Phase.LEFT:
            return
        sends = [effect for effect in effects if isinstance(effect, Send | SendTemplate)]
        owed = sum(isinstance(effect, Owe) for effect in effects)
        if before.phase is Phase.LEFT:
            assert not sends
            self.notices += owed
            assert self.notices <= 2, "owed twice"
        else:
            assert [effect.ref for effect in sends] == [thread.left_ref] * (1 - owed)
            self.notices = 1 + owed
        assert not thread.queue and thread.why is None

    # ---- what is

    def _thread_makes_sense(self, thread: Thread) -> None:
        assert (thread.why is None) == (thread.phase is not Phase.INACTIVE)
        if thread.phase is Phase.ACTIVE:
            assert thread.left, "active without a slot"
            assert thread.due in (thread.warn_at, thread.deadline)
            assert not thread.queue or thread.terms.release is not Release.AUTO
        else:
            assert thread.due is None
        if thread.phase is Phase.INACTIVE and thread.queue:
            assert thread.prompt is not Prompt.NONE, "something waits and nobody asks"

    def _every_message_is_in_one_place(self, thread: Thread) -> None:
        going = [slot.ref for slot in thread.slots if slot.sent_at is None and slot.use is Use.MESSAGE]
        queue = [queued.message_id for queued in thread.queue]
        rows = [row.ref for row in self.outbox.rows if not thread.automatic(row.ref)]
        assert going == [name for name in going if self.marks[name] in ON_ITS_WAY] == rows
        assert sorted(going) == sorted(name for name, state in self.marks.items() if state in ON_ITS_WAY)
        assert sorted(queue) == sorted(name for name, state in self.marks.items() if state is State.QUEUED)
        unsure = sorted(name for name, state in self.marks.items() if state is State.UNCERTAIN)
        assert sorted(thread.uncertain) == unsure
        assert set(self.turn) == set(self.marks), "a message without a mark"
        order = [self.turn[name] for name in [*going, *queue]]
        assert order == sorted(order), "what waits is out of order"

    def _prompt_is_where_it_says(self, thread: Thread) -> None:
        rows = [row.ref for row in self.outbox.rows]
        if thread.prompt is Prompt.SENDING:
            assert thread.prompt_ref in rows
        assert set(rows) - {slot.ref for slot in thread.slots} <= {thread.prompt_ref, *self.outbox.missed}

    def check_late_report(self, report: Report, before: Thread, thread: Thread) -> None:
        unasked = report.ref == thread.prompt_ref and before.prompt is not Prompt.ASKED
        assert thread == before or (isinstance(report, Delivered) and unasked)

    def check_what_is_left(self, thread: Thread, at: datetime) -> None:
        """`left` is what can really still be sent: as many go, and the next one waits or has no room."""
        if thread.queue or at >= thread.deadline:
            return
        went = [self._goes(thread := _after(thread, f"z{n}", at), f"z{n}") for n in range(thread.left)]
        assert all(went)
        assert thread.phase is Phase.INACTIVE
        assert not self._goes(_after(thread, "z", at), "z")

    def _goes(self, thread: Thread, name: str) -> bool:
        return any(slot.ref == name for slot in thread.slots)


def _after(thread: Thread, name: str, at: datetime) -> Thread:
    thread, effects = step(thread, said(name, at), thread.terms)
    assert any(isinstance(effect, Mark) for effect in effects)
    return thread
