"""The cards of a conversation that goes to a colleague: who is to get it, the question, what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from cards import outside
from cards.client_cards import spoken
from cards.elements import Block, Card, ChoiceSet, Column, ColumnSet, TextInput
from cards.parts import actions, button, card, header, line, notes, reply_box, say, status, the
from cards.thread_cards import menu
from cards.view import PersonView, View

SHOWN = 8
DATASET, ANYBODY = "colleagues", "anybody"
"""What Teams asks us for while a colleague's name is typed, and the box in which it is."""

SENTENCES = ("transfer_off", "transfer_nobody", "transfer_unproved")
"""Cards that are one sentence: why it cannot be done."""


def transfer(view: View) -> Card:
    """Who is to get it. Needs thread; `colleagues` (PersonViews) and `find` (what they were found by) in values."""
    people: Sequence[PersonView] = view.values["colleagues"]
    sought = str(view.values.get("find", ""))
    find = button(view, "transfer_find")
    box = TextInput(id="colleague", value=sought, placeholder=say(view, "transfer.find"), inline_action=find)
    nobody = [] if people else [line(say(view, "transfer.found_nobody"))]
    more = _anybody(view, people) if len(people) > SHOWN else []
    choices = [_choice(view, each) for each in people[:SHOWN]]
    return card(view, [header(view), line(say(view, "transfer"), weight="Bolder"), box, *nobody, *choices, *more])


def _choice(view: View, person: PersonView) -> Block:
    """Name and number in full: names may be alike, and a button's title may be cut."""
    name = line(outside.name(person.name), weight="Bolder")
    take = actions(button(view, "transfer_to", user_id=person.id, message_id=""))
    columns = [
        Column(width="stretch", items=[name, *notes(person.number)]),
        Column(width="auto", verticalContentAlignment="Center", items=[take]),
    ]
    return ColumnSet(columns=columns, separator=True, spacing="Medium")


def _anybody(view: View, people: Sequence[PersonView]) -> list[Block]:
    """A box that offers whoever else may get it while their name is typed; `colleague_choice` is what it offers."""
    box = ChoiceSet(
        id=ANYBODY,
        label=say(view, "transfer.more"),
        placeholder=say(view, "transfer.find"),
        style="filtered",
        choices=[colleague_choice(each) for each in people[:SHOWN]],
        choices_data={"type": "Data.Query", "dataset": DATASET},
    )
    return [box, actions(button(view, "transfer_to", user_id="", message_id=""))]


def colleague_choice(person: PersonView) -> dict[str, str]:
    """Name and number in full, as everywhere."""
    return {"title": f"{outside.name(person.name)} · {person.number}", "value": person.id}


def transfer_confirm(view: View) -> Card:
    """Asks before it is done; says what will be cancelled. Needs thread; `colleagues` is who gets it (none: gone)."""
    stay, other = button(view, "transfer_dismissed"), button(view, "transfer", say(view, "do.transfer_other"))
    if not view.values["colleagues"]:
        return card(view, [header(view), line(transfer_confirm_text(view))], [other, stay])
    who = colleague(view)
    body = [header(view), line(transfer_confirm_text(view), weight="Bolder")]
    if the(view).queued:
        body.append(line(say(view, "leave_confirm.queued"), color="Attention", spacing="Small"))
    confirm = button(view, "transfer_confirmed", style="positive", user_id=who.id, message_id="")
    next_step = say(view, "transfer_confirm.next", colleague=outside.name(who.name))
    body += [*notes(who.number, next_step), status(view)]
    return card(view, body, [confirm, other, stay])


def colleague(view: View) -> PersonView:
    """The one whom a card is about."""
    people: Sequence[PersonView] = view.values["colleagues"]
    return people[0]


def transfer_confirm_text(view: View) -> str:
    if not view.values["colleagues"]:
        return say(view, "transfer_confirm.gone")
    return say(view, "transfer_confirm", colleague=outside.name(colleague(view).name))


def transferred(view: View) -> Card:
    """It is done. Needs thread; `to` (a name), `told` (0: the contact will be told later) and `cancelled` in values.

    `by` names who decided it in the user's place, if somebody did.
    """
    told = say(view, "transferred.told" if view.values.get("told", 1) else "left.owed")
    cancelled = view.values.get("cancelled", 0)
    gone = say(view, "left.cancelled", cancelled=cancelled) if cancelled else ""
    return card(view, [header(view), line(transferred_text(view)), *notes(told, gone)])


def transferred_text(view: View) -> str:
    to, by = (outside.name(str(view.values.get(name, ""))) for name in ("to", "by"))
    return say(view, "transferred.by", colleague=to, user=by) if by else say(view, "transferred", colleague=to)


def received(view: View) -> Card:
    """It was handed over. Needs thread; `from` and `writer` (names) and `history` (author, view) in values."""
    said = view.values.get("history", ())
    history = [block for author, message in said for block in spoken(view, author, message, view.values["writer"])]
    box = [] if the(view).phase == "left" else [reply_box(view)]
    told = line(received_text(view), weight="Bolder")
    return card(view, [header(view), told, *history, status(view), *box], menu(view))


def received_text(view: View) -> str:
    return say(view, "received", colleague=outside.name(str(view.values["from"])))
