"""The cards that belong to no thread, or ask which thread is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from cards import outside
from cards.elements import Block, Card, Column, ColumnSet, Image, TextInput
from cards.parts import actions, button, card, header, kept, line, notes, paragraphs, say, time
from cards.view import EntryView, ThreadView, View

CANDIDATES_SHOWN = 8


def which(view: View) -> Card:
    """Asks to whom. `text` and `candidates` (ThreadViews) in values; the message, if given, is the one held."""
    candidates: Sequence[ThreadView] = view.values["candidates"]
    words = line(outside.cut(str(view.values["text"]), 300))
    doubt = view.values.get("doubt")
    why = say(view, f"which.{doubt}") if doubt else ""
    body = [header(view, say(view, "which")), words, *notes(why, say(view, "which.next"))]
    choices = [_choice(replace(view, thread=each)) for each in candidates[:CANDIDATES_SHOWN]]
    more = notes(say(view, "which.more")) if len(candidates) > CANDIDATES_SHOWN else []
    return card(view, [*body, *choices, *more])


def _choice(view: View) -> Block:
    """One candidate: name and number in full, because a button's title may be cut, and names may be alike."""
    who = header(view)
    send = actions(button(view, "choose", tooltip=say(view, "to")))
    columns = [Column(width="stretch", items=[who]), Column(width="auto", items=[send])]
    return ColumnSet(columns=columns, separator=True, spacing="Medium")


def invitation(view: View) -> Card:
    """The user's QR code, for somebody of their book (`entry`, EntryView) or whom they like.

    `picture` is a data URI, `until` an ISO time (empty: no end) in values.
    """
    until = str(view.values["until"])
    end = "invitation.until" if until else "invitation.lasting"
    at = time(view, datetime.fromisoformat(until)) if until else ""
    code = Image(url=view.values["picture"], altText=say(view, "invitation"), horizontalAlignment="Center")
    words = say(view, "invitation.forward")
    forward = TextInput(id="kept", label=say(view, "invitation.words"), value=words, multiline=True)
    body = [
        header(view, invitation_text(view)),
        code,
        line(say(view, end, at=at)),
        *notes(say(view, "invitation.next")),
    ]
    return card(view, [*body, forward])


def invitation_text(view: View) -> str:
    entry: EntryView | None = view.values.get("entry")
    return say(view, "invitation.for", client=outside.name(entry.name)) if entry else say(view, "invitation")


def no_conversation(view: View) -> Card:
    """Nobody to send to; `text` in values keeps the words."""
    text = str(view.values.get("text", ""))
    body = [line(say(view, "no_conversation")), *notes(say(view, "no_conversation.next"))]
    return card(view, [*body, kept(view, text) if text else None], [button(view, "help")])


def attachment(view: View) -> Card:
    """Files cannot be relayed yet."""
    return card(view, [line(say(view, "attachment")), *notes(say(view, "attachment.next"))])


def welcome(view: View) -> Card:
    """On install: the app in four lines."""
    text = paragraphs(say(view, "welcome.text"))
    return card(view, [header(view, say(view, "welcome")), *text], [button(view, "messages"), button(view, "help")])


def help_card(view: View) -> Card:
    """What one can do."""
    return card(view, [header(view, say(view, "help")), *paragraphs(say(view, "help.text"))])


def sentence(key: str) -> Callable[[View], Card]:
    """A card that is one sentence."""

    def draw(view: View) -> Card:
        return card(view, [header(view) if view.thread else None, line(say(view, key))])

    return draw
