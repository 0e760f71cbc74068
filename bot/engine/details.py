"""Contact details: shown in the user's own chat, and saved into the user's own book.

The name that a user saves is written to the WeChat contact as well, so that every card of the conversation shows it
without asking the book: a contact has one user at a time. Whoever gets the contact next reads the name from their own
book, or none; the name that somebody else chose is theirs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from bot.domain.effects import Status
from bot.domain.events import ContactSaved, DetailsAsked
from bot.domain.state import Phase
from bot.engine import record
from bot.engine.carry import Carrier, Words, plain_card
from bot.engine.own import forbidden
from bot.ports import Changes, Contact, Conversation, Entry, Row, Snapshot, User

NAME_LIMIT: Final = 300
NOTES_LIMIT: Final = 4000


def asked(event: DetailsAsked, at: Snapshot, user: User) -> Changes:
    """A card of its own, below what was said since: it is updated in place when it is saved."""
    if not _theirs(event, at, user):
        return forbidden(event, user)
    answer = {"say": "details.elsewhere"} if event.elsewhere else {}
    return Changes(answer=answer, rows=(shown(user, event.id, at),))


def saved(words: Words, event: ContactSaved, at: Snapshot, user: User) -> Changes:
    """The entry as the user wants it, linked with the WeChat contact of the thread it was saved from."""
    if not _theirs(event, at, user):
        return forbidden(event, user)
    if obstacle := _obstacle(event):
        return Changes(answer={"refused": obstacle}, rows=(plain_card(user.id, event.reference, obstacle),))
    entry = _entry(event, at, user)
    changes = Changes(
        entry=entry,
        rows=(shown(user, event.card, replace(at, entry=entry), saved=True),),
        audit=record.entry(event, "", user.id),
    )
    conversation = at.conversation
    if conversation is None or conversation.thread.phase is Phase.LEFT or conversation.contact.name == entry.name:
        return changes
    contact = replace(conversation.contact, name=entry.name)
    newest = _newest_card(words, event, replace(conversation, contact=contact), at)
    return replace(changes, contact=contact, rows=(*changes.rows, *newest))


def known_as(contact: Contact, entry: Entry | None) -> Contact:
    """The contact as the user knows them who gets them now."""
    return replace(contact, name=entry.name if entry else "")


def _theirs(event: DetailsAsked | ContactSaved, at: Snapshot, user: User) -> bool:
    if event.entry_id and (at.entry is None or at.entry.user_id != user.id):
        return False
    if event.thread_id:
        return at.conversation is not None and at.conversation.user.id == user.id
    return at.entry is not None


def _obstacle(event: ContactSaved) -> str:
    """The sentence that says why it cannot be saved; empty when it can."""
    if not event.name.strip():
        return "details.nameless"
    if len(event.name) > NAME_LIMIT or len(event.company) > NAME_LIMIT or len(event.notes) > NOTES_LIMIT:
        return "details.too_long"
    return "details.unread" if event.unread else ""


def _entry(event: ContactSaved, at: Snapshot, user: User) -> Entry:
    before = at.entry or Entry(event.id, user.id, "")
    contact_id = at.conversation.contact.id if at.conversation else before.contact_id
    return replace(
        before,
        name=" ".join(event.name.split()),
        company=" ".join(event.company.split()),
        numbers=event.numbers,
        notes=event.notes.strip(),
        contact_id=contact_id,
        source="own",
        revision=before.revision + 1,
    )


def shown(user: User, card: str, at: Snapshot, **values: Any) -> Row:
    """The details, to the user's own chat, wherever they were asked for: others need not read them."""
    thread_id = at.conversation.thread.id if at.conversation else ""
    kept = {"card": "details", "entry": at.entry.id if at.entry else "", "asked": card, **values}
    lane = f"teams/{thread_id or user.id}"
    return Row(lane, "card", thread_id, user_id=user.id, post=f"details.{card}", values=kept)


def _newest_card(words: Words, event: ContactSaved, conversation: Conversation, at: Snapshot) -> tuple[Row, ...]:
    """The card that shows how the thread stands is drawn anew, with the name."""
    carrier = Carrier(words, at.policy, conversation, event, {})
    carrier.take((Status(),))
    return tuple(carrier.rows)
