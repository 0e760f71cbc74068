"""The cards of a hand-over request: to who asks for a contact, and to who may answer."""

from __future__ import annotations

from datetime import datetime

from cards import outside
from cards.contact_cards import of
from cards.elements import Block, Card
from cards.parts import button, card, header, line, notes, say, status, the, time
from cards.view import View

SENTENCES = ("takeover_over", "takeover_denied")
"""Cards that are one sentence: why nobody can be asked."""


def takeover(view: View) -> Card:
    """To who asks. `entry` (EntryView), `stage`, `request`, `until` (ISO) and, if they may know, `holder` in values."""
    stage = str(view.values["stage"])
    next_step = f"takeover.{stage}.next"
    hint = say(view, next_step, until=_until(view)) if stage in ("offered", "asked", "freed") else ""
    return card(view, [header(view, _client(view)), line(takeover_text(view)), *notes(hint)], _ways(view, stage))


def takeover_text(view: View) -> str:
    """How the request stands."""
    holder = outside.name(str(view.values.get("holder", "")))
    if view.values["stage"] == "offered":
        who = holder or say(view, "takeover.colleague")
        return say(view, "takeover.offered", client=_client(view), colleague=who)
    return say(view, f"takeover.{view.values['stage']}", client=_client(view))


def _ways(view: View, stage: str) -> list[Block]:
    if stage in ("offered", "missed", "expired", "seat_freed"):
        return [button(view, "take_over", request_id=str(view.values["request"]))]
    return [button(view, "invite")] if stage == "freed" else []


def _client(view: View) -> str:
    return outside.name(of(view).name) or say(view, "nameless")


def _until(view: View) -> str:
    return time(view, datetime.fromisoformat(str(view.values["until"])))


def handover(view: View) -> Card:
    """To who may answer. Needs thread; `from` (a name), `stage`, `request` and `until` (ISO) in values."""
    body = [header(view), line(handover_text(view), weight="Bolder")]
    if view.values["stage"] != "asked":
        return card(view, body)
    if the(view).queued:
        body.append(line(say(view, "leave_confirm.queued"), color="Attention", spacing="Small"))
    next_step = say(view, "handover.next", colleague=_asker(view), until=_until(view))
    request = str(view.values["request"])
    agree = button(view, "hand_over", style="positive", request_id=request)
    return card(view, [*body, *notes(next_step), status(view)], [agree, button(view, "keep", request_id=request)])


def handover_text(view: View) -> str:
    """What is asked, or what it came to."""
    stage = str(view.values["stage"])
    key = stage if stage in ("asked", "agreed", "declined", "unable") else "over"
    return say(view, f"handover.{key}", colleague=_asker(view))


def _asker(view: View) -> str:
    return outside.name(str(view.values["from"]))
