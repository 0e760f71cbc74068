"""The one door: `handle(event)` is one transaction, and `decide` is all that happens in it, pure.

A decision may look at nothing but the event and the snapshot, and answers with changes. What users do is decided in
`doings`; here is what contacts do, what our own clock does, and what became of a send.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain import attention
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
)
from bot.domain.policy import Terms
from bot.domain.state import Prompt, Thread
from bot.domain.thread import UNCERTAIN, start
from bot.engine import details, doings, record
from bot.engine.carry import Carrier, Words, run
from bot.ports import Changes, Contact, Conversation, Message, Settle, Snapshot, Store, User

RESEND_AFTER = timedelta(seconds=5)
UNREADABLE = (Kind.IMAGE, Kind.VOICE, Kind.VIDEO, Kind.UNSUPPORTED)


class Engine:
    """Decides; `templates` names the accounts that can ask for a reply by template message."""

    def __init__(self, store: Store, words: Words, templates: frozenset[str] = frozenset()) -> None:
        self._store = store
        self._words = words
        self._templates = templates

    async def handle(self, event: Event) -> Mapping[str, Any]:
        """What the sender of `event` is answered; it is committed, with everything it causes, when this returns."""
        return await self._store.handle(event, self.decide)

    def decide(self, event: Event, at: Snapshot) -> Changes:
        """Everything that `event` changes."""
        match event:
            case ContactWrote():
                return self._wrote(event, at)
            case FromContact():
                return self._moved(event, at)
            case FromUser():
                return doings.decide(self._words, lambda about: self._terms(about.contact.account, at), event, at)
            case Due() if at.conversation:
                return self._run(event, at.conversation, at).changes()
            case Report():
                return self._reported(event, at)
        return Changes()

    # ---- the contact

    def _wrote(self, event: ContactWrote, at: Snapshot) -> Changes:
        if at.conversation is not None:
            return self._went_on(event, at.conversation, at)
        contact = at.contact or Contact(event.id, event.account, event.openid)
        if at.user is None or not at.user.enabled:
            return self._found_nobody(event, contact, at)
        return self._began(event, contact, at.user, at)

    def _went_on(self, event: ContactWrote, conversation: Conversation, at: Snapshot) -> Changes:
        before = conversation.contact
        contact = replace(before, owed=(), following=True)
        care = attention.heard(conversation.care, event.id, event.at)
        carrier = self._run(event, replace(conversation, contact=contact, care=care), at)
        carrier.messages.insert(0, _message(event, contact, conversation.thread.id))
        carrier.pay(before.owed)
        if event.kind in UNREADABLE:
            carrier.reply("not_a_text")
        cares = ((conversation.thread.id, care),)
        return replace(carrier.changes(), contact=None if contact == before else contact, cares=cares)

    def _began(self, event: ContactWrote, contact: Contact, user: User, at: Snapshot) -> Changes:
        terms = self._terms(event.account, at)
        thread, effects = start(event, terms)
        care = attention.heard(Care(), event.id, event.at)
        known = details.known_as(contact, at.entry)
        opened = Conversation(thread, replace(known, owed=(), following=True), user, care)
        entry = record.entry(event, thread.id, user.id, terms)
        carrier = Carrier(self._words, at.policy, opened, event, entry)
        carrier.messages.append(_message(event, contact, thread.id))
        carrier.pay(contact.owed)
        carrier.introduce()
        carrier.take(effects)
        if event.kind in UNREADABLE:
            carrier.reply("not_a_text")
        cares = ((thread.id, care),)
        return replace(carrier.changes(), contact=opened.contact, opened=opened, thread=None, cares=cares)

    def _found_nobody(self, event: ContactWrote, contact: Contact, at: Snapshot) -> Changes:
        text = self._words("to_contact.nobody", contact.language or at.policy.language, at.policy.wording)
        replies = (*(("owed", owed) for owed in contact.owed), ("nobody", text))
        return Changes(
            answer={"reply": "\n\n".join(text for _, text in replies)},
            contact=replace(contact, owed=(), following=True),
            messages=(_message(event, contact, ""), *_replied(event, contact, replies)),
            audit=record.entry(event, "", ""),
        )

    def _moved(self, event: FromContact, at: Snapshot) -> Changes:
        contact = at.contact or Contact(event.id, event.account, event.openid)
        changes = Changes(audit=record.entry(event, "", ""))
        if at.conversation is not None:
            changes = self._run_prompted(event, at.conversation, at).changes()
        match event:
            case ContactFollowed():
                return replace(changes, contact=replace(contact, following=True))
            case ContactUnfollowed():
                return replace(changes, contact=replace(contact, following=False))
        return changes

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

    def _terms(self, account: str, at: Snapshot) -> Terms:
        return at.policy.terms(template=account in self._templates)


def _overtaken(event: Report, thread: Thread) -> bool:
    """WeChat took the prompt, but has already told that it did not arrive."""
    return event.ref == thread.prompt_ref and thread.prompt is Prompt.FAILED and thread.prompt_why != UNCERTAIN


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


def _replied(event: ContactWrote, contact: Contact, replies: Sequence[tuple[str, str]]) -> Iterator[Message]:
    """What a contact without a thread was answered, for the record."""
    for number, (notice, text) in enumerate(replies):
        ref = f"{event.id}.{notice}.{number}"
        yield Message(
            ref, "", "system", Kind.TEXT, text, event.at, contact_id=contact.id, state=State.SENT, notice=notice
        )
