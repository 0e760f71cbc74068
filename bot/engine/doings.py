"""What users do, decided: who they are comes first, whose thread it is second, what they want third.

A user is who the activity's signed-in Entra id says. A thread id or message id that a card carries says what the click
is about, never that it is allowed: whoever is not the thread's user is told so, and nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.domain.effects import State
from bot.domain.events import (
    FromUser,
    Kind,
    QueueCancelled,
    QueueEdited,
    UserAsked,
    UserChose,
    UserEdited,
    UserInstalled,
    UserRemoved,
    UserWrote,
)
from bot.domain.policy import Terms
from bot.engine import record
from bot.engine.carry import Words, plain_card, run
from bot.ports import Changes, Conversation, Message, Row, Snapshot, User

TEXT_LIMIT = 2048
"""Bytes of UTF-8 that WeChat takes as one text (the SDKs' consensus, wechat.md 2.8)."""

SILENT = (UserRemoved, UserEdited)
FORBIDDEN = {"refused": "forbidden"}


TermsOf = Callable[[Conversation], Terms]


def decide(words: Words, terms: TermsOf, event: FromUser, at: Snapshot) -> Changes:
    """Everything that a user's doing changes; `terms` are those of a spell that would begin now."""
    user = at.user
    if user is None or not user.enabled:
        return _not_enabled(event, user)
    match event:
        case UserInstalled():
            changes = Changes(rows=() if user.reference else (_card(user, event, "welcome"),))
        case UserRemoved():
            return Changes(user=replace(user, reference=None), audit=record.entry(event, "", user.id))
        case UserWrote():
            changes = _wrote(words, terms, event, at, user)
        case UserChose():
            changes = _chose(words, terms, event, at, user)
        case UserEdited():
            changes = _edited(words, terms, event, at, user)
        case UserAsked():
            changes = _asked(event, at, user)
        case _:
            changes = _on_thread(words, terms, event, at, user)
    return met(changes, event, user)


def _not_enabled(event: FromUser, user: User | None) -> Changes:
    if isinstance(event, SILENT):
        return Changes()
    card = plain_card(user.id if user else "", event.reference, "not_enabled")
    return Changes(answer={"refused": "not_enabled"}, rows=(card,))


def met(changes: Changes, event: FromUser, user: User) -> Changes:
    """Wherever the user last spoke from personally is where their cards go."""
    if event.reference.kind != "personal" or event.reference == user.reference:
        return changes
    wake = user.id if user.reference is None else ""
    return replace(changes, user=replace(user, reference=event.reference), wake_user=wake)


# ---- words


def _wrote(words: Words, terms: TermsOf, event: UserWrote, at: Snapshot, user: User) -> Changes:
    if event.thread_id:
        if not _owns(user, at.conversation):
            return _forbidden(event, user)
        conversation = at.conversation
    else:
        conversation = at.open[0] if len(at.open) == 1 else None
    message = replace(_said(event, user, event.text), activity_key=event.activity_key)
    if obstacle := _unsendable(event.text):
        return _refused(event, message, user, conversation, obstacle)
    if conversation is not None:
        return _send(words, terms, event, message, conversation, at)
    return _which(event, message, user, at)


def _send(
    words: Words, terms: TermsOf, event: UserWrote, message: Message, conversation: Conversation, at: Snapshot
) -> Changes:
    carrier = run(words, event, conversation, at, terms(conversation))
    carrier.messages.insert(0, replace(message, thread_id=carrier.thread.id))
    return carrier.changes()


def _unsendable(text: str) -> dict[str, Any]:
    """Why WeChat would not take this text, as the values of the card that says so; empty when it would."""
    if not text.strip():
        return {"card": "empty"}
    excess = len(text.encode()) - TEXT_LIMIT
    return {"card": "too_long", "excess": excess, "max_bytes": TEXT_LIMIT} if excess > 0 else {}


def _refused(
    event: FromUser, message: Message, user: User, conversation: Conversation | None, card: Mapping[str, Any]
) -> Changes:
    thread_id = conversation.thread.id if conversation else ""
    kept = replace(message, thread_id=thread_id, state=State.REFUSED, why=card["card"])
    row = replace(_card(user, event, **card), ref=message.id, post=f"out.{message.id}", thread_id=thread_id)
    return Changes(messages=(kept,), rows=(row,), audit=record.entry(event, "", user.id))


def _which(event: UserWrote, message: Message, user: User, at: Snapshot) -> Changes:
    """Never guess who is meant: the words are kept, and the user is asked."""
    if at.open:
        card = _card(user, event, "which", candidates=[each.thread.id for each in at.open])
    else:
        card = _card(user, event, "no_conversation")
    row = replace(card, ref=message.id, post=f"out.{message.id}")
    return Changes(messages=(message,), rows=(row,), audit=record.entry(event, "", user.id))


def _chose(words: Words, terms: TermsOf, event: UserChose, at: Snapshot, user: User) -> Changes:
    held, conversation = at.message, at.conversation
    if held is None or held.user_id != user.id or conversation is None or not _owns(user, conversation):
        return _forbidden(event, user)
    if held.thread_id or held.state:
        return Changes(answer={"say": "stale"}, rows=(_card(user, event, "stale"),))
    wrote = UserWrote(
        held.id, event.key, event.at, event.tenant, event.aad, event.reference, held.text, conversation.thread.id
    )
    changes = _send(words, terms, wrote, held, conversation, at)
    return replace(changes, messages=changes.messages[1:], assigned=((held.id, conversation.thread.id),))


def _edited(words: Words, terms: TermsOf, event: UserEdited, at: Snapshot, user: User) -> Changes:
    """What still waits is changed; what is gone cannot be, and the user is told so. Both stay on record."""
    message, conversation = at.message, at.conversation
    if message is None or message.user_id != user.id:
        return Changes()
    if not message.thread_id:
        return _edited_held(event, message, user)
    if conversation is None or not _owns(user, conversation):
        return Changes()
    if message.state is State.QUEUED:
        who = (event.id, event.key, event.at, event.tenant, event.aad, event.reference, conversation.thread.id)
        queue = QueueCancelled(*who, message.id) if event.deleted else QueueEdited(*who, message.id, event.text)
        return _on_thread(words, terms, queue, at, user)
    notice = "deleted" if event.deleted else "edited"
    kept = replace(_said(event, user, event.text), thread_id=conversation.thread.id, notice=notice)
    row = replace(_card(user, event, "edited", deleted=event.deleted), ref=message.id, thread_id=conversation.thread.id)
    audit = record.entry(event, "", user.id)
    return Changes(messages=(kept,), rows=(row,), audit=audit)


def _edited_held(event: UserEdited, held: Message, user: User) -> Changes:
    """Words that nobody was chosen for yet: what is sent in the end is what the user now reads in Teams."""
    audit = record.entry(event, "", user.id)
    if held.state:
        return Changes()
    if event.deleted:
        return Changes(marks=((held.id, State.CANCELLED, "user"),), audit=audit)
    if obstacle := _unsendable(event.text):
        refused = _refused(event, _said(event, user, event.text), user, None, obstacle)
        return replace(refused, marks=((held.id, State.CANCELLED, "user"),))
    return Changes(rewords=((held.id, event.text),), audit=audit)


def _said(event: FromUser, user: User, text: str) -> Message:
    return Message(event.id, "", "user", Kind.TEXT, text, event.at, user_id=user.id)


# ---- clicks and commands


def _on_thread(words: Words, terms: TermsOf, event: FromUser, at: Snapshot, user: User) -> Changes:
    conversation = at.conversation
    if conversation is None or not _owns(user, conversation):
        return _forbidden(event, user)
    if isinstance(event, QueueEdited) and (obstacle := _unsendable(event.text)):
        return _refused(event, _said(event, user, event.text), user, conversation, obstacle)
    return run(words, event, conversation, at, terms(conversation)).changes()


def _asked(event: UserAsked, at: Snapshot, user: User) -> Changes:
    """Cards that only show. A command that is about a thread and names none is about the only one there is."""
    if event.argument and not (at.conversation and _owns(user, at.conversation)):
        return _forbidden(event, user)
    conversation = at.conversation or (at.open[0] if len(at.open) == 1 else None)
    card = _SHOWN.get(event.what, "help")
    if event.what not in _ABOUT_A_THREAD:
        return Changes(rows=(_card(user, event, card),))
    if conversation is None:
        missing = "no_conversation" if not at.open else "help"
        return Changes(rows=(_card(user, event, missing),))
    row = replace(_card(user, event, card), lane=f"teams/{conversation.thread.id}", thread_id=conversation.thread.id)
    return Changes(rows=(row,))


_ABOUT_A_THREAD = {"leave", "queue", "status", "open"}
_SHOWN = {
    "leave": "leave_confirm",
    "queue": "queue",
    "status": "status",
    "open": "status",
    "attachment": "attachment",
    "personal_only": "personal_only",
}


def _owns(user: User, conversation: Conversation | None) -> bool:
    return conversation is not None and conversation.user.id == user.id


def _forbidden(event: FromUser, user: User) -> Changes:
    audit = {**record.entry(event, "", user.id), "refused": "forbidden"}
    return Changes(answer={"refused": "forbidden"}, rows=(_card(user, event, "forbidden"),), audit=audit)


def _card(user: User, event: FromUser, card: str, **values: Any) -> Row:
    return plain_card(user.id, event.reference, card, **values)
