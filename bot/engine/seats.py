"""Several users for one contact: who gets a free seat, and what a step of one comes to for the others.

Each thread is moved by its own events, recorded on its own (`bot.domain.seats`). They hear of each other one after the
other, each of everything that happened before its turn, so no two of them can take the same slot.

Words of one are shown to the others once WeChat took them: they answer the same client, who must not be told the same
thing twice or two different ones. It is a line without buttons, and a copy in each thread's own record, because whoever
reads or exports that thread must find what its user knew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from bot.domain.attention import Care
from bot.domain.effects import Notice, Status, Tell
from bot.domain.events import ContactWrote, Delivered, Event, Occurrence
from bot.domain.policy import Terms
from bot.domain.seats import (
    Change,
    ContactWroteToSeveral,
    SeatShared,
    SeatTaken,
    difference,
    free,
    seated,
    shares,
)
from bot.domain.spell import carried
from bot.domain.state import Phase, Prompt
from bot.engine import record
from bot.engine.carry import Carrier, Words, run
from bot.engine.own import HISTORY, policy_of
from bot.engine.transfers import hindrance
from bot.ports import Changes, Conversation, Message, Snapshot, User

NOTHING = Change()
TermsOf = Callable[[Conversation], Terms]


def table(about: Conversation, at: Snapshot) -> list[Conversation]:
    """Everybody's open conversations with this contact, this one first."""
    others = [each for each in at.siblings if each.contact.id == about.contact.id and each.thread.id != about.thread.id]
    return [about, *others]


# ---- who gets a seat


def seat(about: Conversation, user: User, at: Snapshot, event: Occurrence) -> int | None:
    """The free seat that the user may have beside everybody who sits there; the strictest of their policies counts."""
    sitting = table(about, at)
    if about.thread.phase is Phase.LEFT or any(hindrance(each, user, event.at, at) for each in sitting):
        return None
    most = min(policy_of(each, at).seats for each in (user, *(one.user for one in sitting)))
    return free([each.thread.seat for each in sitting], most)


def taken(words: Words, event: Occurrence, about: Conversation, user: User, number: int, at: Snapshot) -> Changes:
    """The user's own thread with the contact begins beside the others."""
    others = tuple(each.thread.id for each in table(about, at))
    came = SeatTaken(event.id, "", event.at, event.id, about.thread.id, number, others)
    thread = seated(about.thread, came)
    begun = Conversation(thread, about.contact, user, Care(unread=1, news_at=event.at))
    carrier = Carrier(words, policy_of(user, at), begun, came, record.entry(came, thread.id, user.id))
    alert = {"alert": True} if user.settings.notifications else {}
    told = {"from": about.user.name, "writer": about.user.name, "history": HISTORY, "of": about.thread.id, **alert}
    carrier.post("joined", f"received.{thread.id}", values=told)
    carrier.take((Tell(Notice.POLICY), Status()))
    return replace(carrier.changes(), thread=None, opened=begun, cares=((thread.id, begun.care),))


# ---- the contact writes to all


def heard(event: ContactWrote, sitting: list[Conversation], terms: TermsOf) -> list[ContactWroteToSeveral]:
    """The contact's words for each of several threads, with the share of what waits in it that may go now."""
    threads = [each.thread for each in sitting]
    spent = len(carried(threads[0], event.created_at))
    fair = shares(threads, {each.thread.id: terms(each) for each in sitting}, spent)
    given = {name: getattr(event, name) for name in ContactWrote.__dataclass_fields__}
    named = [event.id, *(f"{event.id}~{number}" for number in range(1, len(threads)))]
    return [
        ContactWroteToSeveral(**{**given, "id": ident}, thread_id=each.id, share=fair[each.id])
        for ident, each in zip(named, threads, strict=True)
    ]


def asker(changes: Changes) -> str:
    """The thread, if it is the one that asks the contact to reply."""
    thread = changes.thread
    return thread.id if thread and thread.prompt is Prompt.SENDING and not thread.asker else ""


# ---- what one step is to the others


def spread(words: Words, terms: TermsOf, event: Event, changes: Changes, at: Snapshot) -> Changes:
    """`changes` with what they come to in every other thread of the contact."""
    before = {each.thread.id: each for each in (*at.siblings, *at.open, at.conversation) if each is not None}
    touched = [each for each in (changes, *changes.shared) if each.thread or each.opened]
    moved = next((before[each.thread.id] for each in touched if each.thread), at.conversation)
    if moved is None or not touched:
        return changes
    circle = _Circle(words, terms, event, at, {each.thread.id: each for each in table(moved, at)})
    for each in touched:
        circle.moved(each)
    return replace(changes, shared=(*changes.shared, *circle.round()))


@dataclass(slots=True)
class _Circle:
    """The contact's threads while they hear of each other; `log` is what happened, `read` how much of it each knows."""

    words: Words
    terms: TermsOf
    event: Event
    at: Snapshot
    members: dict[str, Conversation]
    log: list[tuple[str, Change]] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    came: list[User] = field(default_factory=list)
    left: list[User] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def moved(self, changes: Changes) -> None:
        """One of the threads moved already, ended or began."""
        if thread := changes.thread:
            was = self.members[thread.id]
            self.log.append((thread.id, difference(was.thread, thread)))
            if thread.phase is Phase.LEFT:
                del self.members[thread.id]
                self.left += [was.user] if was.thread.phase is not Phase.LEFT else []
            else:
                care = dict(changes.cares).get(thread.id, was.care)
                self.members[thread.id] = replace(was, thread=thread, care=care)
        if opened := changes.opened:
            self.members[opened.thread.id] = opened
            self.read[opened.thread.id] = len(self.log)
            self.came.append(opened.user)

    def round(self) -> Iterable[Changes]:
        """Until everybody knows everything."""
        changes: list[Changes] = []
        while (ident := self._uninformed()) is not None:
            changes.append(self._tell(ident, len(changes)))
        return changes

    def _uninformed(self) -> str | None:
        return next((ident for ident in self.members if self._news(ident) or self._others(ident) is not None), None)

    def _news(self, ident: str) -> tuple[Change, ...]:
        unread = self.log[self.read.get(ident, 0) :]
        return tuple(change for origin, change in unread if origin != ident and change != NOTHING)

    def _others(self, ident: str) -> tuple[str, ...] | None:
        """Who sits beside it, if it does not know."""
        others = tuple(each for each in self.members if each != ident)
        return None if set(others) == set(self.members[ident].thread.others) else others

    def _tell(self, ident: str, number: int) -> Changes:
        about, changed = self.members[ident], self._others(ident)
        others = about.thread.others if changed is None else changed
        event = SeatShared(f"{self.event.id}~{number}", "", self.event.at, ident, others, self._news(ident))
        at = replace(self.at, policy=policy_of(about.user, self.at), message=None)
        carrier = run(self.words, event, about, at, self.terms(about))
        if ident not in self.told:
            self.told.add(ident)
            self._say(carrier)
        self.log.append((ident, difference(about.thread, carrier.thread)))
        self.read[ident] = len(self.log)
        self.members[ident] = replace(about, thread=carrier.thread)
        return carrier.changes()

    def _say(self, carrier: Carrier) -> None:
        """What the user reads of a colleague who came, left, or wrote."""
        event, user = self.event, carrier.conversation.user
        for card, people in (("colleague_left", self.left), ("colleague_came", self.came)):
            for each in people:
                if each.id != user.id:
                    carrier.post(card, f"{card}.{event.id}.{carrier.thread.id}", values={"from": each.name})
        message, about = self.at.message, self.at.conversation
        if isinstance(event, Delivered) and message and about and message.author == "user" and event.ref == message.id:
            copy = _copy(message, carrier)
            carrier.messages.append(copy)
            carrier.post("colleague_wrote", f"in.{copy.id}", ref=copy.id, values={"from": about.user.name})


def _copy(message: Message, carrier: Carrier) -> Message:
    """A colleague's words in the record of somebody who sits beside them."""
    ident = f"{message.id}~{carrier.thread.id}"
    return replace(message, id=ident, thread_id=carrier.thread.id, author="colleague", activity_key="")
