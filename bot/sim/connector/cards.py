"""What a person can read, fill in and click on an Adaptive Card, as Microsoft's JavaScript renderer has it. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.sim.connector.people import Json

_OPAQUE = {"data", "fallback", "refresh", "authentication", "msteams", "targetElements", "card"}
_UNTYPED = {"facts": "Fact", "choices": "Choice"}
_READABLE = {
    "TextBlock": ("text",),
    "TextRun": ("text",),
    "Fact": ("title", "value"),
    "Choice": ("title",),
    "Image": ("altText",),
    "Input": ("label", "placeholder", "value"),
    "Action": ("title",),
}


class NotPossible(Exception):
    """The person could not have done that: no such action, a required field is empty, …"""


@dataclass(frozen=True, slots=True)
class Clickable:
    """An action and the inputs whose values go with it: those of its card and of the cards around it."""

    action: Json
    inputs: tuple[Json, ...]

    def answers_to(self, wanted: str) -> bool:
        return wanted in (self.action.get("title"), self.action.get("verb"), self.action.get("id"))


def clickables(card: Json, around: tuple[Json, ...] = ()) -> Iterator[Clickable]:
    """Every action of a card in reading order, also those of the cards that an Action.ShowCard opens."""
    inputs = (*around, *(node for node in _nodes(card) if str(node.get("type")).startswith("Input.")))
    for node in _nodes(card):
        if str(node.get("type")).startswith("Action."):
            yield Clickable(node, inputs)
            if node["type"] == "Action.ShowCard":
                yield from clickables(node["card"], inputs)


def find(card: Json, wanted: str | int) -> Clickable:
    """The action with this title, verb or id, or the n-th one (from 0)."""
    every = list(clickables(card))
    if isinstance(wanted, int):
        matching = every[wanted : wanted + 1]
    else:
        matching = [one for one in every if one.answers_to(wanted)]
    if not matching:
        offered = ", ".join(str(one.action.get("title") or one.action.get("verb")) for one in every)
        raise NotPossible(f"no action {wanted!r} on this card; it offers: {offered or 'none'}")
    if matching[0].action.get("isEnabled") is False:
        raise NotPossible(f"the action {wanted!r} is disabled")
    return matching[0]


def filled(clickable: Clickable, given: Json) -> Any:
    """The action's data with the inputs merged in, as strings; empty inputs are left out.

    Raises NotPossible where the renderer would refuse.
    """
    data = clickable.action.get("data")
    inputs = {} if clickable.action.get("associatedInputs") == "none" else {i["id"]: i for i in clickable.inputs}
    unknown = set(given) - set(inputs)
    if unknown:
        raise NotPossible(
            f"no such input on the card: {', '.join(sorted(unknown))}; it has: {', '.join(inputs) or 'none'}"
        )
    values = {name: _value(field, given.get(name, field.get("value"))) for name, field in inputs.items()}
    for name, value in values.items():
        _check(inputs[name], value)
    entered = {name: value for name, value in values.items() if value}
    return {**data, **entered} if isinstance(data, dict) else entered or data or {}


def _value(field: Json, value: Any) -> str:
    if field["type"] == "Input.Toggle":
        on = str(field.get("valueOn", "true"))
        off = str(field.get("valueOff", "false"))
        return on if value is True or str(value) == on else off
    return "" if value is None else str(value)


def _check(field: Json, value: str) -> None:
    message = field.get("errorMessage") or f"{field.get('label') or field['id']} is not valid"
    if field["type"] == "Input.Toggle":
        if field.get("isRequired") and value != str(field.get("valueOn", "true")):
            raise NotPossible(message)
        return
    if not value:
        if field.get("isRequired"):
            raise NotPossible(message)
        return
    if field.get("regex") and not re.search(field["regex"], value):
        raise NotPossible(message)
    if field["type"] == "Input.Text" and field.get("maxLength") and len(value) > field["maxLength"]:
        raise NotPossible(f"{field['id']} takes at most {field['maxLength']} characters")
    if field["type"] == "Input.ChoiceSet" and not field.get("choices.data"):
        _check_choice(field, value)
    if field["type"] == "Input.Number":
        _check_number(field, value, message)


def _check_choice(field: Json, value: str) -> None:
    allowed = {choice["value"] for choice in field.get("choices", [])}
    chosen = value.split(",") if field.get("isMultiSelect") else [value]
    if wrong := [one for one in chosen if one not in allowed]:
        raise NotPossible(f"{field['id']} offers {sorted(allowed)}, not {wrong}")


def _check_number(field: Json, value: str, message: str) -> None:
    number = float(value)
    if number < field.get("min", number) or number > field.get("max", number):
        raise NotPossible(message)


def readable(card: Json) -> list[str]:
    """The card's texts in reading order: headings, facts, labels, choices, button titles."""
    texts = []
    for node in _nodes(card, hidden=False):
        kind = str(node["type"]).partition(".")[0]
        texts += [str(node[name]) for name in _READABLE.get(kind, ()) if node.get(name)]
    return texts


def _nodes(node: Any, *, hidden: bool = True) -> Iterator[Json]:
    """Elements, inputs and actions below (not inside an Action.ShowCard's card), depth first."""
    for name, below in node.items():
        if name in _OPAQUE:
            continue
        for one in below if isinstance(below, list) else [below]:
            if not isinstance(one, dict) or (one.get("isVisible") is False and not hidden):
                continue
            if name in _UNTYPED:
                yield {"type": _UNTYPED[name], **one}
            elif "type" in one:
                yield one
            yield from _nodes(one, hidden=hidden)
