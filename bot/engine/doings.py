"""What users do, decided: who they are comes first, whose thread it is second, what they want third.

A user is who the activity's signed-in Entra id says. A thread id or message id that a card carries says what the click
is about, never that it is allowed: whoever is not the thread's user is told so, and nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.domain import plain, routing
from bot.domain.colleagues import ColleagueChosen, ColleagueSought, HandOverAnswered, HandOverAsked, UserTransferred
from bot.domain.effects import State
from bot.domain.events import (
    ContactSaved,
    DetailsAsked,
    FromUser,
    Kind,
    QueueCancelled,
    QueueEdited,
    UserAsked,
    UserChose,
    UserConnected,
    UserDisconnected,
    UserEdited,
    UserInstalled,
    UserLeft,
    UserRemoved,
    UserWrote,
)
from bot.domain.handover import Stage
from bot.domain.policy import Terms
from bot.domain.routing import Route
from bot.domain.state import Phase
from bot.engine import desk, details, handovers, record, requests
from bot.engine.carry import Words, plain_card, run, standing
from bot.engine.own import card as _card
from bot.engine.own import forbidden as _forbidden
from bot.engine.own import owns as _owns
from bot.ports import Changes, Conversation, Message, Row, Snapshot, User

SILENT = (UserRemoved, UserEdited)

TermsOf = Callable[[Conversation], Terms]


def decide(words: Words, terms: TermsOf, event: FromUser, at: Snapshot) -> Changes:
    """Everything that a user's doing changes; `terms` are those of a spell that would begin now."""
    user = at.user
    if isinstance(event, UserRemoved) and event.reference.kind != "personal":
        return desk.place_gone(event, at)
    if user is None or not user.enabled:
        return _observer(event, at, user) or _not_enabled(event, user)
    if isinstance(event, UserRemoved):
        return Changes(user=replace(user, reference=None), audit=record.entry(event, "", user.id))
    changes = desk.decide(event, at, user)
    return met(_decide(words, terms, event, at, user) if changes is None else changes, event, user)


def spoken(changes: Changes, user: User | None) -> Changes:
    """What is answered in words is said in the language that the user set."""
    if user is None or not user.settings.language:
        return changes
    return replace(changes, answer={**changes.answer, "language": user.settings.language})


def _decide(words: Words, terms: TermsOf, event: FromUser, at: Snapshot, user: User) -> Changes:
    match event:
        case UserInstalled():
            return Changes(rows=() if user.reference else (_card(user, event, "welcome"),))
        case UserWrote():
            return _wrote(words, terms, event, at, user)
        case UserChose():
            return _chose(words, terms, event, at, user)
        case UserEdited():
            return _edited(words, terms, event, at, user)
        case UserAsked():
            return _asked(event, at, user)
        case DetailsAsked():
            return details.asked(event, at, user)
        case ContactSaved():
            return details.saved(words, event, at, user)
        case ColleagueSought() | ColleagueChosen() | UserTransferred() | HandOverAsked() | HandOverAnswered():
            known = terms(at.conversation) if at.conversation else Terms()
            return handovers.decide(words, known, event, at, user)
    return _on_thread(words, terms, event, at, user)


def _not_enabled(event: FromUser, user: User | None) -> Changes:
    if isinstance(event, SILENT):
        return Changes()
    card = plain_card(user.id if user else "", event.reference, "not_enabled")
    return Changes(answer={"refused": "not_enabled"}, rows=(card,))


_TO_THE_CONTACT = (UserWrote, UserConnected, UserDisconnected)


def _observer(event: FromUser, at: Snapshot, user: User | None = None) -> Changes | None:
    """Whoever else is in a conversation that is bound to a client reads along; their words go nowhere."""
    bound = at.conversation
    about_it = event.reference.kind != "personal" and isinstance(event, _TO_THE_CONTACT)
    if bound is None or not about_it or (user and _owns(user, bound) and user.enabled):
        return None
    if bound.care.place_id != event.reference.conversation_id:
        return None
    row = plain_card(user.id if user else "", event.reference, "observer")
    return Changes(answer={"refused": "observer"}, rows=(row,))


def met(changes: Changes, event: FromUser, user: User) -> Changes:
    """Wherever the user last spoke from personally is where their cards go."""
    if event.reference.kind != "personal" or event.reference == user.reference:
        return changes
    changes = replace(changes, user=replace(user, reference=event.reference))
    if user.reference is not None:
        return changes
    # Whoever had the app before they were enabled is welcomed when they first write.
    welcome = (_card(user, event, "welcome"),) if isinstance(event, UserWrote) else ()
    return replace(changes, rows=(*welcome, *changes.rows), wake_user=user.id)


# ---- words


def _wrote(words: Words, terms: TermsOf, event: UserWrote, at: Snapshot, user: User) -> Changes:
    if (seen := _observer(event, at, user)) is not None:
        return seen
    if event.thread_id and not _owns(user, at.conversation):
        return _forbidden(event, user)
    route = Route(event.thread_id) if event.thread_id else desk.destination(event, at, user)
    conversation = next((each for each in _mine(at, user) if each.thread.id == route.thread_id), None)
    message = replace(_said(event, user, event.text), activity_key=event.activity_key)
    if obstacle := _unsendable(event.text, conversation):
        return _refused(event, message, user, conversation, obstacle)
    if conversation is not None:
        changes = _send(words, terms, event, message, conversation, at)
        return desk.spoken(changes, event, user, conversation, picked=False)
    return _which(event, message, user, at, route)


def _mine(at: Snapshot, user: User) -> list[Conversation]:
    """Every conversation of hers that words could go to."""
    return [each for each in (at.conversation, *at.open) if each is not None and _owns(user, each)]


def _send(
    words: Words, terms: TermsOf, event: UserWrote, message: Message, conversation: Conversation, at: Snapshot
) -> Changes:
    carrier = run(words, event, conversation, at, terms(conversation))
    carrier.messages.insert(0, replace(message, thread_id=carrier.thread.id))
    return carrier.changes()


def _unsendable(text: str, to: Conversation | None = None) -> dict[str, Any]:
    """Why WeChat would not take this text, as the values of the card that says so; empty when it would.

    Where several users write to one contact, it takes the text with a name in front.
    """
    if not text.strip():
        return {"card": "empty"}
    room = plain.NAME_ROOM if to and to.thread.others else 0
    excess = plain.excess(text, room)
    return {"card": "too_long", "excess": excess, "max_bytes": plain.TEXT_LIMIT - room} if excess else {}


def _refused(
    event: FromUser, message: Message, user: User, conversation: Conversation | None, card: Mapping[str, Any]
) -> Changes:
    thread_id = conversation.thread.id if conversation else ""
    kept = replace(message, thread_id=thread_id, state=State.REFUSED, why=card["card"])
    row = replace(_card(user, event, **card), ref=message.id, post=f"out.{message.id}", thread_id=thread_id)
    return Changes(messages=(kept,), rows=(row,), audit=record.entry(event, "", user.id))


def _which(event: UserWrote, message: Message, user: User, at: Snapshot, route: Route) -> Changes:
    """Never guess who is meant: the words are kept, and the user is asked."""
    if event.reference.kind != "personal":
        return Changes(rows=(_card(user, event, "not_connected"),))
    candidates = [each.thread.id for each in at.open if _owns(user, each) and each.thread.phase is not Phase.LEFT]
    if candidates:
        card = _card(user, event, "which", candidates=candidates, doubt=route.doubt.value if route.doubt else "")
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
    if obstacle := _unsendable(held.text, conversation):
        refused = _refused(event, held, user, conversation, obstacle)
        kept = (held.id, State.REFUSED, obstacle["card"])
        return replace(refused, messages=(), marks=(kept,), assigned=((held.id, conversation.thread.id),))
    wrote = UserWrote(
        held.id, event.key, event.at, event.tenant, event.aad, event.reference, held.text, conversation.thread.id
    )
    changes = _send(words, terms, wrote, held, conversation, at)
    changes = desk.spoken(changes, event, user, conversation, picked=True)
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
    sent = message.state not in (State.REFUSED, State.CANCELLED)
    row = _card(user, event, "edited", deleted=event.deleted, sent=sent)
    row = replace(row, ref=message.id, thread_id=conversation.thread.id)
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
    if isinstance(event, QueueEdited) and (obstacle := _unsendable(event.text, conversation)):
        return _refused(event, _said(event, user, event.text), user, conversation, obstacle)
    changes = run(words, event, conversation, at, terms(conversation)).changes()
    return _ended(changes, event, at, user, conversation) if isinstance(event, UserLeft) else changes


def _ended(changes: Changes, event: UserLeft, at: Snapshot, user: User, conversation: Conversation) -> Changes:
    """A thread that was left is nobody's current one, no place in Teams leads to it, and who asked for it is told."""
    after = routing.ended(user.desk, conversation.thread.id)
    care = replace(conversation.care, unread=0, place=None)
    told = (user.id, after) if after != user.desk else None
    ended_as = Stage.SEAT_FREED if conversation.thread.others else Stage.FREED
    ended, cards = requests.closed(conversation, ended_as, at, event.at)
    return replace(
        changes,
        desk=told,
        cares=((conversation.thread.id, care),) if care != conversation.care else (),
        rows=(*changes.rows, *cards),
        requests=ended,
    )


def _asked(event: UserAsked, at: Snapshot, user: User) -> Changes:
    """Cards that only show. A command that is about a thread and names none is about the only one there is."""
    if event.argument and not (at.conversation and _owns(user, at.conversation)):
        return _forbidden(event, user)
    if event.reference.kind != "personal":
        return _asked_among_others(event, at, user)
    conversation = at.conversation or (at.open[0] if len(at.open) == 1 else None)
    if event.what not in _ABOUT_A_THREAD:
        return Changes(rows=(_card(user, event, _SHOWN.get(event.what, "stale")),))
    if conversation is None:
        missing = "no_conversation" if not at.open else "help"
        return Changes(rows=(_card(user, event, missing),))
    return Changes(rows=(_standing_card(event, user, conversation),))


def _asked_among_others(event: UserAsked, at: Snapshot, user: User) -> Changes:
    """In a group chat or channel only what concerns its own client is shown."""
    bound, about = at.conversation, event.what in _ABOUT_A_THREAD and event.what != "transfer"
    here = _owns(user, bound) and bound is not None and bound.care.place_id == event.reference.conversation_id
    if about and here and bound is not None:
        return Changes(rows=(_standing_card(event, user, bound),))
    return Changes(rows=(_card(user, event, "attachment" if event.what == "attachment" else "personal_only"),))


def _standing_card(event: UserAsked, user: User, about: Conversation) -> Row:
    """What a thread has one of comes below everything when it is asked for; the answer *Stay* replaces the question."""
    thread, (card, name) = about.thread, _ABOUT_A_THREAD[event.what]
    if name in ("leave", "transfer") and thread.phase is Phase.LEFT:
        return replace(_card(user, event, "left_already"), lane=f"teams/{thread.id}", thread_id=thread.id)
    stays = card == "stayed"
    sought = {"find": ""} if card == "transfer" else {}
    row = _card(user, event, card) if stays else _card(user, event, card, moves=True, **sought)
    elsewhere = "" if event.reference.kind == "personal" else f"@{event.reference.conversation_id}"
    named = replace(row, post=standing(name, thread) + elsewhere, again=stays)
    return replace(named, lane=f"teams/{thread.id}", thread_id=thread.id)


_ABOUT_A_THREAD = {
    "leave": ("leave_confirm", "leave"),
    "leave_dismissed": ("stayed", "leave"),
    "transfer": ("transfer", "transfer"),
    "transfer_dismissed": ("stayed", "transfer"),
    "queue": ("queue", "queue"),
    "status": ("status", "status"),
}
"""What is asked for: its card, and the name under which a thread has one of them."""

_SHOWN = {
    "help": "help",
    "hello": "welcome",
    "settings": "settings",
    "attachment": "attachment",
    "personal_only": "personal_only",
}
