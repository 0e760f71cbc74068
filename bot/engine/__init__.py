"""The one door: `handle(event)` is one transaction, and `decide` is all that happens in it, pure.

A decision may look at nothing but the event and the snapshot, and answers with changes. What users do is decided in
`doings`; here is what contacts do, what our own clock does, and what became of a send.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain import attention, plain
from bot.domain.attention import Care
from bot.domain.effects import State
from bot.domain.events import (
    ContactFollowed,
    ContactUnfollowed,
    ContactWrote,
    Delayed,
    Delivered,
    Due,
    Event,
    FromContact,
    FromUser,
    Kind,
    PromptReported,
    Refused,
    Rejected,
    Report,
    RequestLapsed,
    UserAsked,
)
from bot.domain.onboarding import Onboarding, undelivered
from bot.domain.policy import Terms
from bot.domain.state import Prompt, Thread
from bot.domain.thread import UNCERTAIN, start
from bot.engine import details, doings, handovers, invitations, record, seats
from bot.engine.carry import Carrier, Words, run
from bot.engine.own import policy_of
from bot.engine.reception import Means, Met, Reception, answered
from bot.ports import Changes, Contact, Conversation, Message, Settle, Snapshot, Store, User

RESEND_AFTER = timedelta(seconds=5)
UNREADABLE = (Kind.IMAGE, Kind.VOICE, Kind.VIDEO, Kind.UNSUPPORTED)


class Engine:
    """Decides; `templates` names the accounts that can ask for a reply by template message, `means` see there."""

    def __init__(
        self, store: Store, words: Words, templates: frozenset[str] = frozenset(), means: Means | None = None
    ) -> None:
        self._store = store
        self._means = means or Means()
        self._reception = Reception(words, self._means)
        self._words = words
        self._templates = templates

    async def handle(self, event: Event) -> Mapping[str, Any]:
        """What the sender of `event` is answered; it is committed, with everything it causes, when this returns."""
        return await self._store.handle(event, self.decide)

    def decide(self, event: Event, at: Snapshot) -> Changes:
        """Everything that `event` changes."""
        changes = self._decide(event, at)
        if not (at.siblings or changes.shared):
            return changes
        return seats.spread(self._words, lambda about: self._terms_of(about, at), event, changes, at)

    def _decide(self, event: Event, at: Snapshot) -> Changes:
        match event:
            case ContactWrote():
                return self._wrote(event, at)
            case FromContact():
                return self._moved(event, at)
            case UserAsked() if event.what in invitations.WISHES and self._means.keys and at.user and at.user.enabled:
                invited = invitations.asked(self._means.keys, self._means.account, event, at, at.user)
                return doings.spoken(doings.met(invited, event, at.user), at.user)
            case FromUser():
                done = doings.decide(self._words, lambda about: self._terms(about.contact.account, at), event, at)
                return doings.spoken(done, at.user)
            case Due() if at.conversation:
                return self._run(event, at.conversation, at).changes()
            case RequestLapsed():
                return handovers.lapsed(event, at)
            case Report():
                return self._reported(event, at)
        return Changes()

    # ---- the contact

    def _wrote(self, event: ContactWrote, at: Snapshot) -> Changes:
        if at.conversation is not None:
            return (
                self._several(event, at.conversation, at) if at.siblings else self._went_on(event, at.conversation, at)
            )
        contact = at.contact or Contact(event.id, event.account, event.openid)
        met = self._reception.wrote(event, contact, at)
        return self._began(event, contact, met.user, met, at) if met.user else self._waits(event, contact, met)

    def _several(self, event: ContactWrote, conversation: Conversation, at: Snapshot) -> Changes:
        """The contact talks with several users: all read it, and the contact is answered once."""
        sitting = seats.table(conversation, at)
        each = seats.heard(event, sitting, lambda about: self._terms_of(about, at))
        first = self._went_on(each[0], conversation, at)
        contact = replace(conversation.contact, owed=(), following=True)
        asker, others = seats.asker(first), list[Changes]()
        for theirs, about in zip(each[1:], sitting[1:], strict=True):
            see = replace(at, policy=policy_of(about.user, at))
            changes = self._went_on(replace(theirs, asker=asker), replace(about, contact=contact), see, mute=True)
            asker = asker or seats.asker(changes)
            others.append(replace(changes, contact=None))
        return replace(first, shared=tuple(others))

    def _went_on(self, event: ContactWrote, conversation: Conversation, at: Snapshot, *, mute: bool = False) -> Changes:
        """`mute`: the contact is answered by another thread."""
        before = conversation.contact
        contact = replace(before, owed=(), following=True) if before.owed or not before.following else before
        care = attention.heard(conversation.care, event.id, event.at)
        carrier = self._run(event, replace(conversation, contact=contact, care=care), at)
        carrier.messages.insert(0, _message(event, contact, conversation.thread.id))
        carrier.pay(before.owed)
        if event.kind in UNREADABLE and not mute:
            carrier.reply("not_a_text")
        carrier.cares = ((conversation.thread.id, care),)
        return carrier.changes(before)

    def _began(self, event: ContactWrote, contact: Contact, user: User, met: Met, at: Snapshot) -> Changes:
        at = replace(at, policy=at.policies.get(user.policy, at.policy))
        terms = self._terms(event.account, at)
        event = met.recorded(event)
        thread, effects = start(event, terms)
        if met.number:
            contact = replace(contact, number=met.number, validated_at=event.at)
        care = attention.heard(Care(), event.id, event.at)
        known = details.known_as(contact, at.entry)
        opened = Conversation(thread, replace(known, owed=(), following=True), user, care)
        entry = {**record.entry(event, thread.id, user.id, terms), **met.noted}
        carrier = Carrier(self._words, at.policy, opened, event, entry)
        carrier.messages.append(_message(event, contact, thread.id))
        carrier.pay(contact.owed)
        carrier.introduce()
        carrier.take(effects, met.kept)
        if event.kind in UNREADABLE:
            carrier.reply("not_a_text")
        changes = carrier.changes()
        contact = changes.contact or opened.contact
        return replace(
            changes,
            contact=contact,
            opened=replace(opened, contact=contact),
            thread=None,
            assigned=tuple((ident, thread.id) for ident in met.kept),
            arrived=contact.id if at.contact else "",
            cares=((thread.id, care),),
        )

    def _waits(self, event: ContactWrote, contact: Contact, met: Met) -> Changes:
        """Nobody has this contact yet: they read what to do, and what they wrote is kept."""
        said, owed = answered([*(("owed", text) for text in contact.owed), *met.replies])
        event = met.recorded(event)
        return Changes(
            answer=_answer(said),
            contact=replace(contact, owed=owed, following=True),
            messages=(_message(event, contact, ""), *_replied(event, contact, said)),
            rows=tuple(met.rows),
            recalled=met.recalled,
            onboarding=met.state,
            pin=met.pin,
            audit={**record.entry(event, "", ""), **met.noted},
        )

    def _moved(self, event: FromContact, at: Snapshot) -> Changes:
        if isinstance(event, PromptReported) and at.siblings and at.conversation:
            asker = at.conversation.thread.asker
            asked = next((each for each in at.siblings if each.thread.id == asker), at.conversation)
            at = replace(at, conversation=asked, user=asked.user)
        contact = at.contact or Contact(event.id, event.account, event.openid)
        changes = Changes(audit=record.entry(event, "", ""))
        if isinstance(event, PromptReported) and _of_an_earlier_spell(at):
            return _came_late(event, at)
        if at.conversation is not None:
            changes = self._run_prompted(event, at.conversation, at).changes()
        match event:
            case ContactFollowed():
                return self._followed(event, replace(contact, following=True), changes, at)
            case ContactUnfollowed():
                return replace(changes, contact=replace(contact, following=False))
        return changes

    def _followed(self, event: ContactFollowed, contact: Contact, changes: Changes, at: Snapshot) -> Changes:
        if at.conversation is not None and event.scene and at.policy.seats > 1:
            if joined := self._joined(event, at.conversation, changes, at):
                return joined
        met = self._reception.followed(event, contact, at)
        if met is None:
            return replace(changes, contact=contact)
        thread_id = at.conversation.thread.id if at.conversation else ""
        said, owed = answered(met.replies)
        told = tuple(replace(each, thread_id=thread_id) for each in _replied(event, contact, said))
        return replace(
            changes,
            answer=_answer(said),
            contact=replace(contact, owed=(*contact.owed, *owed)),
            messages=(*changes.messages, *told),
            rows=(*changes.rows, *met.rows),
            requests=(met.request,) if met.request else (),
            onboarding=met.state,
            invitation=met.invitation,
            audit={**(changes.audit or {}), **met.noted},
        )

    def _joined(self, event: ContactFollowed, about: Conversation, changes: Changes, at: Snapshot) -> Changes | None:
        """The contact scanned the code of another user while a seat is free; None when that is not so."""
        invitation = at.desk.invitation(event.scene)
        user = self._reception.invited(event, about.contact, invitation, at)
        number = seats.seat(about, user, at, event) if user else None
        if user is None or invitation is None or number is None:
            return None
        beside = replace(about, thread=changes.thread or about.thread)
        reply = self._reception.text("joined", about.contact, at, user=user.name)
        known = at.desk.request_by(about.contact.id, user.id)
        ended = [handovers.joined(known, about, at, event.at)] if known and known.waits else []
        return replace(
            changes,
            requests=tuple(request for request, _ in ended),
            rows=(*changes.rows, *(row for _, rows in ended for row in rows)),
            answer={"reply": reply},
            messages=(*changes.messages, *self._noted(event, about, reply)),
            invitation=None if invitation.lasting else replace(invitation, contact_id=about.contact.id),
            shared=(seats.taken(self._words, event, beside, user, number, at),),
        )

    def _noted(self, event: ContactFollowed, about: Conversation, reply: str) -> Iterator[Message]:
        told = _replied(event, about.contact, [("joined", reply)])
        return (replace(each, thread_id=about.thread.id) for each in told)

    def _run_prompted(self, event: FromContact, conversation: Conversation, at: Snapshot) -> Carrier:
        carrier = self._run(event, conversation, at)
        thread = conversation.thread
        under_way = thread.prompt in (Prompt.SENDING, Prompt.ASKED)
        if isinstance(event, PromptReported) and event.failure and under_way:
            carrier.note(thread.prompt_ref, State.REFUSED, event.failure)
        return carrier

    # ---- what became of a send

    def _reported(self, event: Report, at: Snapshot) -> Changes:
        settled = _settle(event)
        if event.lane.startswith("sms/"):
            return Changes(settled=settled, onboarding=_undelivered(event, at))
        if event.lane.startswith(invitations.LANE):
            return invitations.reported(self._means.keys, event, settled, at)
        told_already = isinstance(event, Delayed) and at.message is not None and at.message.state is State.WAITING
        if at.conversation is None or not event.lane.startswith("wechat/") or told_already:
            return replace(_came_into_sight(event, at), settled=settled)
        carrier = self._run(event, at.conversation, at)
        if carrier.resend:
            settled = replace(settled, until=event.at + RESEND_AFTER)
        elif at.conversation.thread.automatic(event.ref) and not _overtaken(event, at.conversation.thread):
            carrier.note(event.ref, _STATES.get(settled.state, State.SENDING), settled.code)
        return replace(carrier.changes(), settled=settled)

    def _run(self, event: Event, conversation: Conversation, at: Snapshot) -> Carrier:
        terms = self._terms(conversation.contact.account, at)
        return run(self._words, event, conversation, at, terms)

    def _terms_of(self, about: Conversation, at: Snapshot) -> Terms:
        """Those of whoever sits there."""
        policy = policy_of(about.user, at)
        return policy.terms(template=about.contact.account in self._templates)

    def _terms(self, account: str, at: Snapshot) -> Terms:
        return at.policy.terms(template=account in self._templates)


def _overtaken(event: Report, thread: Thread) -> bool:
    """WeChat took the prompt, but has already told that it did not arrive."""
    return event.ref == thread.prompt_ref and thread.prompt is Prompt.FAILED and thread.prompt_why != UNCERTAIN


def _of_an_earlier_spell(at: Snapshot) -> bool:
    """The contact replied since that prompt was sent: what became of it says nothing of the one after."""
    return bool(at.conversation and at.message and at.message.id != at.conversation.thread.prompt_ref)


def _came_late(event: PromptReported, at: Snapshot) -> Changes:
    failed = ((at.message.id, State.REFUSED, event.failure),) if at.message and event.failure else ()
    return Changes(marks=failed, audit=record.entry(event, "", ""))


def _came_into_sight(event: Report, at: Snapshot) -> Changes:
    """The contact's words are on the user's screen only now."""
    about, message = at.conversation, at.message
    if not isinstance(event, Delivered) or about is None or message is None or message.author != "contact":
        return Changes()
    care = attention.shown(about.care, event.ref, event.at)
    return Changes(cares=((about.thread.id, care),)) if care != about.care else Changes()


_STATES = {"sent": State.SENT, "refused": State.REFUSED, "rejected": State.REFUSED, "uncertain": State.UNCERTAIN}


def _settle(event: Report) -> Settle:
    match event:
        case Delivered():
            return Settle(event.row, event.lane, event.token, "sent", remote_id=event.remote_id)
        case Refused():
            return Settle(event.row, event.lane, event.token, "refused", code=event.code or event.cause.value)
        case Rejected():
            return Settle(event.row, event.lane, event.token, "rejected", code=event.code)
        case Delayed():
            return Settle(event.row, event.lane, event.token, "pending", code=event.code, until=event.until)
        case _:
            return Settle(event.row, event.lane, event.token, "uncertain", code=getattr(event, "code", ""))


def _undelivered(event: Report, at: Snapshot) -> Onboarding | None:
    """A PIN that did not get out is known to the contact's onboarding, so that they are told when they next write."""
    state = at.desk.onboarding(event.lane.partition("/")[2])
    if state is None or not isinstance(event, Refused | Rejected):
        return None
    return undelivered(state, event.ref, event.code or "refused")


def _message(event: ContactWrote, contact: Contact, thread_id: str) -> Message:
    return Message(
        event.id,
        thread_id,
        "contact",
        event.kind,
        event.text,
        event.created_at,
        contact_id=contact.id,
        media=event.media,
    )


def _answer(said: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    return {"reply": plain.APART.join(text for _, text in said)}


def _replied(event: FromContact, contact: Contact, replies: Sequence[tuple[str, str]]) -> Iterator[Message]:
    """What a contact without a thread was answered, for the record."""
    for number, (notice, text) in enumerate(replies):
        ref = f"{event.id}.{notice}.{number}"
        yield Message(
            ref, "", "system", Kind.TEXT, text, event.at, contact_id=contact.id, state=State.SENT, notice=notice
        )
