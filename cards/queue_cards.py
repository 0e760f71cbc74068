"""The cards about the queue and about leaving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cards.elements import Block, Card, Container
from cards.parts import actions, button, card, edit, header, kept, line, notes, paragraphs, say, status, the
from cards.thread_cards import menu, prompt_text
from cards.view import MessageView, View

SHOWN = 10
"""Queued messages on one card: so many of the longest are little more than half of what Teams takes (100 KB)."""


def _waiting(view: View) -> Sequence[MessageView]:
    messages: Sequence[MessageView] = view.values.get("messages", ())
    return messages


def _entry(view: View, message: MessageView) -> Block:
    """One queued message with its buttons."""
    of_message = replace(view, message=message)
    number = line(say(of_message, "queue.entry"), size="Small", subtle=True)
    buttons = actions(edit(of_message), button(of_message, "cancel"), spacing="Small")
    return Container(items=[number, line(message.text, spacing="Small"), buttons], separator=True, spacing="Large")


def _entries(view: View) -> list[Block]:
    """Those that go first, and how many wait behind them: they come up as the first go or are cancelled."""
    waiting = _waiting(view)
    more = len(waiting) - SHOWN
    return [
        *(_entry(view, each) for each in waiting[:SHOWN]),
        *notes(say(view, "queue.more", more=more) if more > 0 else ""),
    ]


def queue(view: View) -> Card:
    """The queue as one card. Needs thread; `messages` in values: MessageViews in order."""
    waiting = _waiting(view)
    if not waiting:
        return card(view, [header(view, say(view, "queue")), line(say(view, "queue.empty")), status(view)], menu(view))
    goes = say(view, "queue.next" if len(waiting) > 1 else "queue.next_one")
    body = [header(view, say(view, "queue")), status(view), *notes(goes, prompt_text(view))]
    everything = button(view, "cancel", say(view, "do.cancel_all"), message_id="")
    return card(view, [*body, *_entries(view)], [everything] if len(waiting) > 1 else [])


def review(view: View) -> Card:
    """The contact replied, the user decides (release=review). Needs thread; `messages` in values.

    When nothing is left to decide it is the queue, however that stands.
    """
    if not _to_decide(view):
        return queue(view)
    body = [header(view), line(review_text(view), weight="Bolder"), status(view), *notes(say(view, "review.next"))]
    discard = button(view, "cancel", say(view, "do.discard"), message_id="", style="destructive")
    send = button(view, "release", style="positive")
    return card(view, [*body, *_entries(view)], [send, discard])


def review_text(view: View) -> str:
    return say(view, "review" if _to_decide(view) else "queue")


def _to_decide(view: View) -> bool:
    return bool(_waiting(view)) and the(view).phase == "active"


def queue_full(view: View) -> Card:
    """Refused, the words kept to be copied. Needs thread; `text` in values."""
    possible = bool(the(view).queue_limit)
    title = queue_full_text(view)
    next_step = notes(say(view, "queue_full.next")) if possible else []
    buttons = [button(view, "queue")] if possible else []
    return card(view, [header(view), line(title, color="Attention"), *next_step, _kept(view), status(view)], buttons)


def queue_full_text(view: View) -> str:
    return say(view, "queue_full" if the(view).queue_limit else "queue_full.none")


def too_long(view: View) -> Card:
    """Refused before sending. `text`, `excess` and `max_bytes` (bytes) in values; the thread, if it is known."""
    title = line(too_long_text(view), color="Attention")
    body = [header(view) if view.thread else None, title, *notes(say(view, "too_long.next")), _kept(view)]
    return card(view, [*body, status(view) if view.thread else None])


def too_long_text(view: View) -> str:
    return say(view, "too_long", excess=view.values["excess"], max_bytes=view.values["max_bytes"])


def _kept(view: View) -> Block:
    return kept(view, str(view.values.get("text", "")))


def released(view: View) -> Card:
    """What went when the contact replied, and what still waits. Needs thread; `sent` and `waiting` in values."""
    waiting = view.values.get("waiting", 0)
    rest = say(view, "released.waiting", waiting=waiting) if waiting else ""
    spent = say(view, "released.spent") if the(view).phase == "inactive" else ""
    return card(view, [header(view), line(released_text(view)), *notes(rest, spent), status(view)], menu(view))


def released_text(view: View) -> str:
    sent = view.values.get("sent", 0)
    return say(view, "released", sent=sent) if sent else say(view, "released.none")


def leave_confirm(view: View) -> Card:
    """Asks before leaving; says what will be cancelled. Needs thread."""
    body = [header(view), line(say(view, "leave_confirm"), weight="Bolder")]
    if the(view).queued:
        body.append(line(say(view, "leave_confirm.queued"), color="Attention", spacing="Small"))
    buttons = [button(view, "leave_confirmed", style="destructive"), button(view, "leave_dismissed")]
    return card(view, [*body, *notes(say(view, "leave_confirm.next")), status(view)], buttons)


def stayed(view: View) -> Card:
    """What the question whether to leave becomes when the answer is no. Needs thread."""
    return card(view, [header(view), line(say(view, "stayed")), status(view)], menu(view))


def left(view: View) -> Card:
    """It is done. Needs thread; `told` (0: the contact will be told later) and `cancelled` (a count) in values.

    `stays`: the contact goes on with colleagues, and is told nothing.
    """
    told = say(view, "left.told" if view.values.get("told", 1) else "left.owed")
    told = say(view, "left.stays") if view.values.get("stays") else told
    cancelled = view.values.get("cancelled", 0)
    gone = say(view, "left.cancelled", cancelled=cancelled) if cancelled else ""
    return card(view, [header(view), *paragraphs(say(view, "left")), *notes(told, gone)])


def left_already(view: View) -> Card:
    """A click, or words, after leaving. Needs thread; `text` in values keeps the words."""
    words = _kept(view) if view.values.get("text") else None
    return card(view, [header(view), line(left_already_text(view)), words])


def left_already_text(view: View) -> str:
    return say(view, "left_already.text" if view.values.get("text") else "left_already")
