"""The cards of a conversation that several users have with one client: who came, who left, what a colleague wrote."""

from __future__ import annotations

from cards import outside
from cards.client_cards import spoken
from cards.elements import Card
from cards.parts import card, header, line, notes, reply_box, say, status
from cards.thread_cards import menu, own
from cards.view import View


def joined(view: View) -> Card:
    """To who took a seat. Needs thread; `from` and `writer` (names) and `history` (author, view) in values."""
    said = view.values.get("history", ())
    history = [block for author, message in said for block in spoken(view, author, message, view.values["writer"])]
    body = [header(view), line(joined_text(view), weight="Bolder"), *notes(say(view, "joined.next"))]
    return card(view, [*body, *history, status(view), reply_box(view)], menu(view))


def joined_text(view: View) -> str:
    return say(view, "joined", colleague=_colleague(view))


def colleague_came(view: View) -> Card:
    """Needs thread; `from` (a name) in values."""
    return card(view, [header(view), line(colleague_came_text(view))])


def colleague_came_text(view: View) -> str:
    return say(view, "colleague_came", colleague=_colleague(view))


def colleague_left(view: View) -> Card:
    """Needs thread; `from` (a name) in values."""
    return card(view, [header(view), line(colleague_left_text(view))])


def colleague_left_text(view: View) -> str:
    return say(view, "colleague_left", colleague=_colleague(view))


def colleague_wrote(view: View) -> Card:
    """What a colleague wrote to the client, as a line of history. Needs thread and message; `from` in values."""
    return card(view, [header(view), *spoken(view, "user", own(view), str(view.values["from"]))])


def colleague_wrote_text(view: View) -> str:
    return say(view, "incoming.preview", contact=_colleague(view), text=outside.one_line(own(view).text))


def _colleague(view: View) -> str:
    return outside.name(str(view.values["from"]))
