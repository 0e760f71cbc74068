"""The cards of somebody in the contact book: what a search's choice shows, and the details to look at and change."""

from __future__ import annotations

from collections.abc import Sequence

from cards import elements, outside
from cards.elements import Block, Card, ShowCard, TextInput
from cards.parts import actions, button, card, line, mark, notes, say, status, status_parts, submit
from cards.view import EntryView, View

NUMBERS_SHOWN = 10
NOTES_SHOWN = 2000
RESULTS_SHOWN = 8
_LABEL = "72px"


def contact(view: View) -> Card:
    """Chosen from a search, perhaps to be sent on: no notes. `entry` (EntryView) in values; the thread if any."""
    entry = of(view)
    shown = notes(outside.name(entry.company), *map(outside.name, _numbers(entry)))
    stands = [status(view)] if view.thread else _without_conversation(view)
    return card(view, [_head(view), *shown, *stands], [*_reach(view), _details(view)])


def details(view: View) -> Card:
    """All there is, with a form to change it. `entry` (EntryView), `asked` and, once saved, `saved` in values."""
    entry = of(view)
    rows = [
        _row(say(view, "details.company"), [outside.name(entry.company)] if entry.company else []),
        _row(say(view, "details.numbers"), [_number(view, number) for number in _numbers(entry)]),
        _row(say(view, "details.notes"), [outside.cut(entry.notes, NOTES_SHOWN)] if entry.notes else []),
    ]
    told = [line(say(view, "details.saved"), size="Small", color="Good")] if view.values.get("saved") else []
    stands = [status(view)] if view.thread else _without_conversation(view)
    unknown = [] if entry.saved else notes(say(view, "details.stranger"))
    return card(view, [_head(view), *rows, *stands, *unknown, *told], [_form(view), *_reach(view)])


def search(view: View) -> Card:
    """A dialog: a box for the words (`text`), and whom they find (`results`, Views as for `contact`) in values."""
    text, found = str(view.values["text"]), view.values["results"]
    box = TextInput(id="text", label=say(view, "search.box"), value=text)
    nothing = [] if found else [line(say(view, "search.nothing" if text.strip() else "search.empty"))]
    more = notes(say(view, "search.more")) if len(found) > RESULTS_SHOWN else []
    return card(view, [box, actions(submit(view, "find")), *nothing, *map(_result, found[:RESULTS_SHOWN]), *more])


def _result(view: View) -> Block:
    entry = of(view)
    about = map(outside.name, (entry.company, *entry.numbers[:1]))
    words = [line(_name(view), weight="Bolder"), *notes(*about, state(view))]
    does = (
        submit(view, "open", say(view, "do.open_chat"))
        if view.thread
        else submit(view, "details", say(view, "do.look"), entry_id=entry.id)
    )
    columns = [
        *([mark(view)] if entry.on_wechat else []),
        elements.Column(width="stretch", items=words),
        elements.Column(width="auto", verticalContentAlignment="Center", items=[actions(does)]),
    ]
    return elements.ColumnSet(columns=columns, separator=True, spacing="Medium")


def state(view: View) -> str:
    """How things stand with them, in a line."""
    if view.thread:
        return " · ".join(status_parts(view))
    return say(view, "contact.on_wechat" if of(view).on_wechat else "contact.off_wechat")


def preview(view: View) -> str:
    return say(view, "details.preview", contact=_name(view))


def of(view: View) -> EntryView:
    """The entry of a card that cannot do without."""
    entry = view.values["entry"]
    if not isinstance(entry, EntryView):
        raise ValueError("this card needs an EntryView in values")
    return entry


def _name(view: View) -> str:
    return outside.name(of(view).name) or say(view, "nameless")


def _head(view: View) -> Block:
    """The name, after the WeChat mark when they are on WeChat."""
    who = line(_name(view), weight="Bolder", size="Medium")
    if not of(view).on_wechat:
        return who
    left = {**mark(view, opens=view.thread is not None), "verticalContentAlignment": "Center"}
    return elements.ColumnSet(columns=[left, elements.Column(width="stretch", spacing="Small", items=[who])])


def _numbers(entry: EntryView) -> Sequence[str]:
    return entry.numbers[:NUMBERS_SHOWN]


def _number(view: View, number: str) -> str:
    shown = outside.name(number)
    return say(view, "details.validated", number=shown) if number == of(view).validated else shown


def _row(label: str, values: Sequence[str]) -> Block | None:
    """A label with what it is about, one line each; nothing for nothing."""
    if not values:
        return None
    name = elements.Column(width=_LABEL, items=[line(label, size="Small", subtle=True)])
    lines = [line(value, spacing="None" if at else None) for at, value in enumerate(values)]
    return elements.ColumnSet(columns=[name, elements.Column(width="stretch", items=lines)], spacing="Small")


def _without_conversation(view: View) -> list[Block]:
    if of(view).holder is not None:
        who = outside.name(of(view).holder or "") or say(view, "takeover.colleague")
        return [line(say(view, "contact.held", colleague=who), spacing="Medium")]
    key = "contact.no_conversation" if of(view).on_wechat else "contact.not_on_wechat"
    return [line(say(view, key), spacing="Medium"), *notes(say(view, "contact.must_write"))]


def _reach(view: View) -> list[Block]:
    """The way to them: their conversation, and where none is open, the QR code with which they can begin one."""
    there = [button(view, "open", say(view, "do.open_chat"))] if view.thread else []
    if view.thread and view.thread.phase != "left":
        return there
    if of(view).holder is not None:
        return [button(view, "take_over", entry_id=of(view).id, thread_id="", message_id="")]
    return [*there, button(view, "invite", entry_id=of(view).id, thread_id="", message_id="")]


def _details(view: View) -> Block:
    return button(view, "details", entry_id=of(view).id, message_id="")


def _form(view: View) -> Block:
    """The form to change it; `once` makes the same change twice from one drawing of the card the same change."""
    entry, asked = of(view), str(view.values.get("asked", ""))
    once = f"{asked}.{entry.revision}"
    save = button(view, "save_contact", say(view, "do.save"), entry_id=entry.id, asked=asked, once=once, message_id="")
    name = entry.name if entry.saved else ""
    fields = [
        TextInput(id="name", label=say(view, "details.name"), value=name, max_length=300),
        TextInput(id="company", label=say(view, "details.company"), value=entry.company, max_length=300),
        TextInput(id="numbers", label=say(view, "details.each"), value="\n".join(entry.numbers), multiline=True),
        TextInput(id="notes", label=say(view, "details.notes"), value=entry.notes, multiline=True, max_length=4000),
    ]
    title = say(view, "do.edit" if entry.saved else "do.save_as")
    return ShowCard(title=title, card=elements.adaptive_card(body=fields, actions=[save]))
