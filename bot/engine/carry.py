"""From the effects of a step to the rows and records that carry them out, still pure: the second half of a decision.

Cards are rows too. One that shows something which goes on changing has a name (`post`): it is posted once and updated
in place from then on, always from what is true when it is sent, never from what was true when it was queued.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Protocol

from bot.domain import plain
from bot.domain.attention import Care
from bot.domain.effects import (
    Answer,
    Effect,
    Mark,
    Notice,
    Owe,
    Recall,
    Resend,
    Reword,
    Send,
    SendTemplate,
    Show,
    State,
    Status,
    Tell,
    Use,
)
from bot.domain.events import Event, Kind, Reference
from bot.domain.policy import Policy, Terms
from bot.domain.state import Phase, Thread
from bot.domain.thread import step
from bot.engine import record
from bot.ports import Changes, Contact, Conversation, Message, Row, Snapshot

CARDS = {Notice.NOTHING_TO_DO: "stale"}


SETTLING = timedelta(seconds=0.5)
"""WeChat mostly answers within it: then the first that the user sees of a message is that it was sent."""

EARLIER_SHOWN = 50
"""Earlier messages that become cards; all of them belong to the thread and its record."""


def standing(card: str, thread: Thread) -> str:
    """The name of a card of which a thread has one, wherever it was last asked for."""
    return f"{card}.{thread.id}"


def banner(thread: Thread) -> str:
    """The name of the banner of this inactive spell; nobody's while the thread is not inactive."""
    return f"{Notice.INACTIVE.value}.{thread.id}.{thread.spell}.{thread.why or ''}"


def warning(thread: Thread) -> str:
    """The name of the warning of this spell."""
    return f"{Notice.WARNING.value}.{thread.id}.{thread.spell}"


_NAMES: Mapping[Notice, Callable[[Thread], str]] = {
    Notice.INACTIVE: banner,
    Notice.WARNING: warning,
    Notice.REVIEW: lambda thread: standing("review", thread),
    Notice.LEFT: lambda thread: standing("leave", thread),  # the question whether to leave becomes the answer
    Notice.TRANSFERRED: lambda thread: standing("transfer", thread),
}


class Words(Protocol):
    """The wording: a text by key and language, with the company's own in place of ours, and its values filled in."""

    def __call__(self, key: str, language: str, overrides: Mapping[tuple[str, str], str], **values: object) -> str: ...


def run(words: Words, event: Event, conversation: Conversation, at: Snapshot, terms: Terms, **transfer: str) -> Carrier:
    """One step of the thread machine with everything it comes to, recorded; `transfer`: see `Carrier`."""
    thread, effects = step(conversation.thread, event, terms)
    entry = record.entry(event, thread.id, conversation.user.id, terms)
    said = at.message.text if at.message else ""
    about = replace(conversation, thread=thread)
    carrier = Carrier(words, at.policy, about, event, entry, conversation.thread, said=said)
    carrier.colleague, carrier.by = transfer.get("colleague", ""), transfer.get("by", "")
    carrier.take(effects)
    return carrier


@dataclass(slots=True)
class Carrier:
    """Collects what the effects of one step on one conversation come to; `before` is the thread that it found.

    `said` are the words of the message that the event is about, `colleague` names who gets the conversation, `by` who
    decided that in place of its user.
    """

    words: Words
    policy: Policy
    conversation: Conversation
    event: Event
    entry: Mapping[str, Any]
    before: Thread | None = None
    rows: list[Row] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)
    rewords: list[tuple[str, str]] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)
    owed: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    noted: list[tuple[str, State, str]] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    cares: tuple[tuple[str, Care], ...] = ()
    resend: bool = False
    said: str = ""
    colleague: str = ""
    by: str = ""

    @property
    def thread(self) -> Thread:
        return self.conversation.thread

    def take(self, effects: tuple[Effect, ...], earlier: Sequence[str] = ()) -> None:
        """Carry the effects out; `earlier` messages, from before there was a thread, are shown before the newest."""
        for effect in effects:
            if isinstance(effect, Show):
                for ident in earlier[-EARLIER_SHOWN:]:
                    self.post("incoming", f"in.{ident}", ref=ident, values={"earlier": True})
            _CARRY[type(effect)](self, effect)

    def pay(self, owed: tuple[str, ...]) -> None:
        """What was owed to the contact goes first in the answer."""
        for number, text in enumerate(owed):
            self._answered(f"owed.{self.event.id}.{number}", text)

    def introduce(self) -> None:
        """Who the contact is talking to, unless the company says nothing there."""
        self._answered("who", self.contact_text("who"))

    def reply(self, key: str) -> None:
        """A text in the answer that the thread machine has nothing to do with; once for each event."""
        self._answered(f"{key}.{self.event.id}", self.contact_text(key))

    def note(self, ref: str, state: State, why: str) -> None:
        """The state of one of our own sends; no card of the user's shows it by itself."""
        self.noted.append((ref, state, why))

    def changes(self, found: Contact | None = None) -> Changes:
        """Everything collected; `found` is the contact as the event found them, where it changed them."""
        for message_id in (*self.marks, *self._moved_up()):
            mark = self.marks.get(message_id)
            hold = SETTLING if mark and mark.state is State.SENDING else timedelta(0)
            self.post("confirmation", f"out.{message_id}", ref=message_id, hold=hold)
        # What the user just wrote is confirmed before anything that it brought about.
        if (first := f"out.{self.event.id}") in self.named:
            self.rows.sort(key=lambda row: row.kind == "card" and row.post.partition("@")[0] != first)
        before = contact = self.conversation.contact
        if self.owed:
            contact = replace(contact, owed=(*contact.owed, *self.owed))
        return Changes(
            answer={"reply": plain.APART.join(self.replies)} if self.replies else {},
            contact=contact if contact != (found or before) else None,
            thread=self.thread,
            cares=self.cares,
            messages=tuple(self.messages),
            marks=(*((mark.message_id, mark.state, mark.why) for mark in self.marks.values()), *self.noted),
            rewords=tuple(self.rewords),
            rows=tuple(self.rows),
            recalled=tuple(self.recalled),
            audit=self.entry,
        )

    def contact_text(self, key: str) -> str:
        """What the contact reads, in their language and the company's words."""
        terms = self.thread.terms
        return self.words(
            f"to_contact.{key}",
            self.conversation.contact.language or self.policy.language,
            self.policy.wording,
            user=self.conversation.user.name,
            colleague=self.colleague,
            limit=terms.reply_limit,
            hours=terms.reply_window.total_seconds() / 3600,
        )

    def post(
        self,
        card: str,
        name: str = "",
        ref: str = "",
        values: Mapping[str, Any] | None = None,
        again: bool = False,
        hold: timedelta = timedelta(0),
    ) -> None:
        """A card to the user; one that goes by a name is asked for once in a step. `again`: only if it is there."""
        if name in self.named:
            return
        if name:
            self.named.add(name)
        ident, user, place = self.thread.id, self.conversation.user, self.conversation.care.place
        kept = {"card": card, **(values or {})}
        if place is not None:  # a card is updated where it was posted, so elsewhere it goes by another name
            name, kept = f"{name}@{place.conversation_id}" if name else "", {**kept, "reference": place, "bound": True}
        self.rows.append(Row(f"teams/{ident}", "card", ident, ref, user.id, name, values=kept, again=again, hold=hold))

    def _moved_up(self) -> list[str]:
        """Queued messages whose place in the queue is another one now."""
        places = {queued.message_id: place for place, queued in enumerate(self.before.queue)} if self.before else {}
        now = enumerate(self.thread.queue)
        return [queued.message_id for place, queued in now if places.get(queued.message_id, place) != place]

    def _show(self, effect: Show) -> None:
        care, user = self.conversation.care, self.conversation.user
        alert = care.card == effect.message_id and not care.muted and user.settings.notifications
        self._incoming(effect.message_id, resumed=effect.resumed, **({"alert": True} if alert else {}))

    def _incoming(self, message_id: str, **values: Any) -> None:
        """The card with the contact's newest words, or with the few of them that came in quick succession."""
        care = self.conversation.care
        more = {"burst": list(care.burst)} if message_id in care.burst[1:] else {}
        name = care.card if message_id in care.burst else message_id
        self.post("incoming", f"in.{name}", ref=message_id, values={**values, **more})

    def _send(self, effect: Send) -> None:
        if effect.use is not Use.MESSAGE:
            notice = Notice(effect.use.value)
            self._say(effect.ref, notice.value, self.contact_text(notice.value), State.SENDING)
        named = effect.use is Use.MESSAGE and self.thread.others
        values = {"from": self.contact_text("from")} if named else {}
        self._to_wechat("text", effect.ref, slot=effect.slot, use=effect.use.value, before=effect.before, values=values)

    def _send_template(self, effect: SendTemplate) -> None:
        self._say(effect.ref, Notice.PROMPT.value, self.contact_text(Notice.PROMPT.value), State.SENDING)
        self._to_wechat("template", effect.ref, use=Use.PROMPT.value)

    def _to_wechat(self, kind: str, ref: str, **row: Any) -> None:
        self.rows.append(Row(self.thread.lane, kind, self.thread.id, ref, **row))

    def _mark(self, effect: Mark) -> None:
        self.marks[effect.message_id] = effect

    def _reword(self, effect: Reword) -> None:
        self.rewords.append((effect.message_id, effect.text))

    def _recall(self, effect: Recall) -> None:
        self.recalled += effect.refs

    def _resend(self, _: Resend) -> None:
        self.resend = True

    def _tell(self, effect: Tell) -> None:
        card, about = CARDS.get(effect.notice, effect.notice.value), str(effect.values.get("message", ""))
        name = f"out.{about}" if about in self.marks else ""  # this card is what the user sees of the message
        if effect.notice in _NAMES:
            name = _NAMES[effect.notice](self.thread)
        moves = {"moves": True} if effect.notice is Notice.REVIEW else {}
        to = {"to": self.colleague, "by": self.by} if effect.notice is Notice.TRANSFERRED else {}
        self.post(card, name, ref=about, values={**effect.values, **moves, **to})

    def _answer(self, effect: Answer) -> None:
        self._answered(effect.notice.value, self.contact_text(effect.notice.value))

    def _owe(self, effect: Owe) -> None:
        """What was already recorded as said and did not arrive is owed in the same words."""
        self.owed.append(self.said or self.contact_text(effect.notice.value))

    def _status(self, _: Status) -> None:
        """Whatever goes on showing how the thread stands: its newest message, the banner, what was asked for."""
        if self.thread.phase is Phase.INACTIVE:
            self.post(Notice.INACTIVE.value, banner(self.thread))
        if self.conversation.care.card or self.conversation.care.place is None:
            self._incoming(self.thread.heard_id)
        self._past()
        for card in ("queue", "review", "status"):
            self.post(card, standing(card, self.thread), again=True)

    def _past(self) -> None:
        """What was announced and is over now becomes a line of history."""
        before, over = self.before, {"over": True}
        if before is None:
            return
        if before.phase is Phase.INACTIVE and banner(before) != banner(self.thread):
            self.post(Notice.INACTIVE.value, banner(before), values=over, again=True)
        ended = self.thread.phase is not Phase.ACTIVE or warning(before) != warning(self.thread)
        if before.phase is Phase.ACTIVE and before.warned and ended:
            self.post(Notice.WARNING.value, warning(before), values=over, again=True)

    def _answered(self, name: str, text: str) -> None:
        """In order, as far as there is room; the rest is owed. An empty text is one that the company took out."""
        now, later = ([], [text]) if self.owed else plain.fitted(self.replies, text)
        self.owed += filter(None, later)
        for piece in now:
            self.replies.append(piece)
            self._say(f"{self.thread.id}.{name}", name, piece, State.SENT)

    def _say(self, ref: str, notice: str, text: str, state: State) -> None:
        self.messages.append(
            Message(ref, self.thread.id, "system", Kind.TEXT, text, self.event.at, state=state, notice=notice)
        )


_CARRY: Mapping[type[Effect], Callable[[Carrier, Any], None]] = {
    Show: Carrier._show,
    Send: Carrier._send,
    SendTemplate: Carrier._send_template,
    Mark: Carrier._mark,
    Reword: Carrier._reword,
    Recall: Carrier._recall,
    Resend: Carrier._resend,
    Tell: Carrier._tell,
    Answer: Carrier._answer,
    Owe: Carrier._owe,
    Status: Carrier._status,
}


def plain_card(user_id: str, reference: Reference, card: str, **values: Any) -> Row:
    """A card about no conversation; `reference` says where it goes even when the person is not one of our users."""
    lane = f"teams/{user_id or reference.conversation_id}"
    return Row(lane, "card", "", user_id=user_id, values={"card": card, "reference": reference, **values})
