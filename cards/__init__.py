"""Adaptive Cards for Microsoft Teams, drawn from plain values and nothing else: `render(name, view)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cards import (
    client_cards,
    contact_cards,
    handover_cards,
    outside,
    plain_cards,
    queue_cards,
    seat_cards,
    thread_cards,
    transfer_cards,
)
from cards.contact_cards import state as contact_state
from cards.elements import Card
from cards.parts import contact, edit_field, say
from cards.transfer_cards import ANYBODY, DATASET, colleague_choice
from cards.view import EntryView, MessageView, PersonView, Reader, ThreadView, View

__all__ = [
    "ANYBODY",
    "DATASET",
    "EntryView",
    "MessageView",
    "PersonView",
    "Reader",
    "ThreadView",
    "View",
    "colleague_choice",
    "contact_state",
    "edit_field",
    "names",
    "preview",
    "render",
]

PREVIEW_LIMIT = 160

_CARDS: Mapping[str, Callable[[View], Card]] = {
    "incoming": thread_cards.incoming,
    "confirmation": thread_cards.confirmation,
    "policy": thread_cards.policy,
    "inactive": thread_cards.inactive,
    "warning": thread_cards.warning,
    "status": thread_cards.overview,
    "edited": thread_cards.edited,
    "queue": queue_cards.queue,
    "queue_full": queue_cards.queue_full,
    "too_long": queue_cards.too_long,
    "released": queue_cards.released,
    "review": queue_cards.review,
    "leave_confirm": queue_cards.leave_confirm,
    "stayed": queue_cards.stayed,
    "left": queue_cards.left,
    "left_already": queue_cards.left_already,
    "contact": contact_cards.contact,
    "details": contact_cards.details,
    "search": contact_cards.search,
    "details.nameless": plain_cards.sentence("details.nameless"),
    "details.too_long": plain_cards.sentence("details.too_long"),
    "details.unread": plain_cards.sentence("details.unread"),
    "which": plain_cards.which,
    "invitation": plain_cards.invitation,
    "invitation_failed": plain_cards.sentence("invitation_failed"),
    "no_conversation": plain_cards.no_conversation,
    "attachment": plain_cards.attachment,
    "welcome": plain_cards.welcome,
    "help": plain_cards.help_card,
    "empty": plain_cards.sentence("empty"),
    "not_enabled": plain_cards.sentence("not_enabled"),
    "personal_only": plain_cards.sentence("personal_only"),
    "stale": plain_cards.sentence("stale"),
    "nothing_to_do": plain_cards.sentence("stale"),
    "forbidden": plain_cards.sentence("forbidden"),
    "messages": client_cards.messages,
    "opened": client_cards.opened,
    "muted": client_cards.muted,
    "unmuted": client_cards.muted,
    "settings": client_cards.settings,
    "settled": client_cards.settings,
    "connected": client_cards.connected,
    "transfer": transfer_cards.transfer,
    "transfer_confirm": transfer_cards.transfer_confirm,
    "transferred": transfer_cards.transferred,
    "received": transfer_cards.received,
    **{name: plain_cards.sentence(name) for name in transfer_cards.SENTENCES},
    "joined": seat_cards.joined,
    "colleague_came": seat_cards.colleague_came,
    "colleague_left": seat_cards.colleague_left,
    "colleague_wrote": seat_cards.colleague_wrote,
    "takeover": handover_cards.takeover,
    "handover": handover_cards.handover,
    **{name: plain_cards.sentence(name) for name in handover_cards.SENTENCES},
    **{name: plain_cards.sentence(name) for name in client_cards.SENTENCES},
}

# The sentence that sums a card up, where it is not simply the text with the card's name.
_SENTENCES: Mapping[str, Callable[[View], str]] = {
    "policy": thread_cards.policy_text,
    "incoming": thread_cards.preview_incoming,
    "confirmation": thread_cards.preview_confirmation,
    "inactive": thread_cards.inactive_text,
    "warning": thread_cards.warning_text,
    "contact": contact_cards.preview,
    "details": contact_cards.preview,
    "edited": thread_cards.edited_text,
    "queue_full": queue_cards.queue_full_text,
    "too_long": queue_cards.too_long_text,
    "released": queue_cards.released_text,
    "review": queue_cards.review_text,
    "left_already": queue_cards.left_already_text,
    "invitation": plain_cards.invitation_text,
    "nothing_to_do": lambda view: say(view, "stale"),
    "opened": client_cards.opened_text,
    "transfer_confirm": transfer_cards.transfer_confirm_text,
    "takeover": handover_cards.takeover_text,
    "handover": handover_cards.handover_text,
    "transferred": transfer_cards.transferred_text,
    "joined": seat_cards.joined_text,
    "colleague_came": seat_cards.colleague_came_text,
    "colleague_left": seat_cards.colleague_left_text,
    "colleague_wrote": seat_cards.colleague_wrote_text,
    "received": transfer_cards.received_text,
    "muted": client_cards.muted_text,
    "unmuted": client_cards.muted_text,
}


def names() -> tuple[str, ...]:
    """Every card there is."""
    return tuple(_CARDS)


def render(name: str, view: View) -> Card:
    """The card as JSON-able data. KeyError: no such card or a value missing; ValueError: no thread or message."""
    return _CARDS[name](view)


def preview(name: str, view: View) -> str:
    """The notification's one line. It names the contact of every card that has a thread."""
    words = outside.one_line(_SENTENCES[name](view) if name in _SENTENCES else say(view, name))
    who = outside.one_line(contact(view)) if view.thread else ""
    named = words if who in words else say(view, "incoming.preview", contact=who, text=words)
    return outside.cut(named, PREVIEW_LIMIT)
