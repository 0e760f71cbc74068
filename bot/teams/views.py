"""From what the core knows to what a card is drawn from. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import cards
from bot import numbers
from bot.domain.attention import Settings
from bot.domain.events import Reference
from bot.domain.policy import PromptWay
from bot.domain.state import Thread
from bot.ports import Contact, Conversation, Job, Known, Message, User
from bot.teams import qr
from cards.wording import language

_REFERENCE = frozenset(field.name for field in fields(Reference))
_SETTINGS = tuple(field.name for field in fields(Settings))


def destination(job: Job) -> Reference | None:
    """Where a card's row goes: where the person spoke if the row says so, else the user's own chat with the bot."""
    said, about = job.values.get("reference"), job.conversation
    if job.values.get("bound") and about and said and about.care.place_id != _address(said):
        said = None  # the place is bound to the thread no more: whatever still waits for it comes to the user
    if isinstance(said, Mapping):  # a newer release of ours may have written more than this one knows
        return Reference(**{name: value for name, value in said.items() if name in _REFERENCE})
    return said or (job.user.reference if job.user else None)


def place(job: Job) -> str:
    """The id of the Teams conversation that a card's row goes to; empty while there is none."""
    reference = destination(job)
    return reference.conversation_id if reference else ""


def _address(reference: Reference | Mapping[str, Any]) -> str:
    if isinstance(reference, Reference):
        return reference.conversation_id
    return str(reference["conversation_id"])


def of_job(job: Job, reference: Reference, now: datetime) -> cards.View:
    """A card's row as the person at `reference` sees it: all that the row's `values` leave to be joined in."""
    thread = job.conversation.thread if job.conversation else None
    values = dict(job.values)
    if job.message:
        values["text"] = job.message.text
    if job.values.get("burst"):
        values["burst"] = [message_view(message) for message in job.burst]
    values |= _of_desk(job)
    if "qr" in values:
        values["picture"] = qr.picture(values["qr"])
    values["messages"] = [message_view(message, thread) for message in job.waiting]
    if job.known:
        values["entry"] = entry_view(job.known)
    values["colleagues"] = [person_view(each) for each in job.colleagues]
    values["candidates"] = [thread_view(conversation) for conversation in job.candidates]
    about = job.conversation or (job.known.conversation if job.known else None)
    return cards.View(
        reader=_reader(as_set(reference, job.user.settings) if job.user else reference, job.policy.wording),
        values=values,
        thread=thread_view(about) if about else None,
        message=message_view(job.message, thread) if job.message else None,
        now=now,
    )


def _of_desk(job: Job) -> dict[str, Any]:
    """Which client is current, where words go that name none; and what the list, a history and the settings show."""
    shown: dict[str, Any] = {}
    about = job.conversation
    if job.current and not (about and about.care.place):
        shown["current_thread"] = thread_view(job.current)
    if about:
        shown["muted"] = about.care.muted
    if job.values.get("history"):
        names = {each.id: each.name for each in job.colleagues}
        shown["history"] = [
            (each.author, replace(message_view(each), by=names.get(each.user_id, ""))) for each in job.history
        ]
    if job.listing:
        entries = [(thread_view(each), message_view(last) if last else None) for each, last in job.listing.entries]
        shown["page"] = {"entries": entries, "total": job.listing.total, "skip": job.listing.skip}
    if job.user:
        settings = job.user.settings
        shown["settings"] = {name: getattr(settings, name) for name in _SETTINGS}
        shown["user"] = job.user.name
    return shown


def thread_view(conversation: Conversation) -> cards.ThreadView:
    """The thread as its user sees it, with the numbers that are in force."""
    thread, contact = conversation.thread, conversation.contact
    terms = thread.terms
    return cards.ThreadView(
        id=thread.id,
        contact=name_of(contact),
        number=numbers.shown(contact.number),
        validated_at=contact.validated_at,
        phase=thread.phase.value,
        why=thread.why.value if thread.why else "",
        left=thread.left,
        limit=terms.allowance,
        until=thread.deadline,
        queued=len(thread.queue),
        queue_limit=terms.queue_limit,
        prompt="off" if terms.prompt is PromptWay.OFF else thread.prompt.value,
        prompt_at=thread.prompt_at,
        prompt_why=thread.prompt_why,
        hours=terms.reply_window.total_seconds() / 3600,
        unread=conversation.care.unread,
        muted=conversation.care.muted,
    )


def person_view(user: User) -> cards.PersonView:
    """A colleague as cards show them."""
    return cards.PersonView(user.id, user.name, numbers.shown(user.number))


def name_of(contact: Contact) -> str:
    """What the contact goes by; a number in place of a name is written as it is shown anywhere."""
    return contact.label if contact.label != contact.number else numbers.shown(contact.number)


def as_set(reference: Reference, settings: Settings) -> Reference:
    """Where somebody is, with the language and the time zone that they set themselves in place of Teams'."""
    if not (settings.language or settings.timezone):
        return reference
    return replace(
        reference, locale=settings.language or reference.locale, timezone=settings.timezone or reference.timezone
    )


def of_known(known: Known, reference: Reference, now: datetime) -> cards.View:
    """Somebody of the reader's own book, for an answer to a search."""
    return cards.View(
        reader=_reader(reference, {}),
        values={"entry": entry_view(known)},
        thread=thread_view(known.conversation) if known.conversation else None,
        now=now,
    )


def of_search(text: str, results: Sequence[cards.View], reference: Reference) -> cards.View:
    """What was searched for, and whom it found."""
    return cards.View(reader=_reader(reference, {}), values={"text": text, "results": results})


def entry_view(known: Known) -> cards.EntryView:
    """Somebody as the user's book has them; of a stranger, what WeChat and a validation told.

    A number that was validated while somebody else had the contact is not theirs to read.
    """
    entry, contact = known.entry, known.contact
    written = entry.numbers if entry else ()
    validated = contact.number if contact and (known.conversation or contact.number in written) else ""
    listed = written if not validated or validated in written else (validated, *written)
    return cards.EntryView(
        id=entry.id if entry else "",
        name=entry.name if entry else name_of(contact) if contact else "",
        company=entry.company if entry else "",
        numbers=tuple(map(numbers.shown, listed)),
        validated=numbers.shown(validated) if validated else "",
        notes=entry.notes if entry else "",
        saved=entry is not None,
        on_wechat=contact is not None,
        revision=entry.revision if entry else 0,
        holder=known.holder,
    )


def message_view(message: Message, thread: Thread | None = None) -> cards.MessageView:
    """One message; `thread` tells its place in the queue, and when it went if that was later than it was written."""
    queue = [queued.message_id for queued in thread.queue] if thread else []
    went = [slot.sent_at for slot in thread.slots if slot.ref == message.id] if thread else []
    return cards.MessageView(
        id=message.id,
        text=message.text,
        kind=message.kind.value,
        at=next(filter(None, went), message.at),
        state=message.state.value if message.state else "",
        why=message.why,
        position=queue.index(message.id) + 1 if message.id in queue else 0,
    )


def _reader(reference: Reference, wording: Mapping[tuple[str, str], str]) -> cards.Reader:
    return cards.Reader(language(reference.locale), reference.timezone, wording)
