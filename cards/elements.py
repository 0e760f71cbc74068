"""The elements of a card, as the `adaptivecards` package defines them, brought to version 1.5 and made strict.

The package writes version 1.2, lacks actions and inputs, silently drops a misspelt keyword, and builds an object for
each element that is then turned into data: twenty times the cost of the data. So each kind is read off its class once,
and called it gives the element as data, ready for JSON. The typed functions that draw with them are in `parts`.
"""

from __future__ import annotations

from typing import Any, Final

from adaptivecards import containers, elements
from adaptivecards.adaptivecard import AdaptiveCard
from adaptivecards.baseobject import Element, PropertyType

Block = dict[str, Any]
"""An element, as data."""

Card = dict[str, Any]
"""A whole card, as data."""

_FALLBACK: Final = PropertyType((str, dict))


class Kind:
    """A kind of element: its type, and by keyword what each property is called in JSON and may be."""

    def __init__(self, stock: type, name: str = "", **more: PropertyType) -> None:
        self._type = name or stock.element_type  # type: ignore[attr-defined]
        self._properties = properties(stock, {"fallback": _FALLBACK, **more})

    def __call__(self, **given: object) -> Block:
        """None means "not given". TypeError names a property that there is not, or that is of another type."""
        drawn = data(self._type, self._properties, given)
        drawn["type"] = self._type
        return drawn


def properties(stock: type, more: dict[str, PropertyType]) -> dict[str, tuple[str, Any]]:
    """JSON key and type by keyword, of a class of the package and what we add to it."""
    owned = {name: value for base in reversed(stock.__mro__) for name, value in vars(base).items()} | more
    return {name: (each.key_name or name, each.type) for name, each in owned.items() if isinstance(each, PropertyType)}


def data(kind: str, known: dict[str, tuple[str, Any]], given: dict[str, object]) -> Block:
    drawn: Block = {}
    for name, value in given.items():
        if value is not None:
            if name not in known:
                raise TypeError(f"{kind} has no property {name!r}")
            key, allowed = known[name]
            if not isinstance(value, allowed):
                raise TypeError(f"{name} of {kind} must be of type {allowed} (got {value!r})")
            drawn[key] = value
    return drawn


TextRun = Kind(elements.TextRun)
RichTextBlock = Kind(elements.RichTextBlock)
Image = Kind(elements.Image, selectAction=PropertyType(dict))
Container = Kind(containers.Container)
ColumnSet = Kind(containers.ColumnSet)
Column = Kind(containers.Column)
ActionSet = Kind(containers.ActionSet)

_ACTION: Final = {name: PropertyType(str) for name in ("title", "style", "mode", "tooltip")}
Submit = Kind(Element, "Action.Submit", **_ACTION, data=PropertyType(dict))
Execute = Kind(Element, "Action.Execute", **_ACTION, data=PropertyType(dict), verb=PropertyType(str))
OpenUrl = Kind(Element, "Action.OpenUrl", **_ACTION, url=PropertyType(str))
ShowCard = Kind(Element, "Action.ShowCard", **_ACTION, card=PropertyType(dict))

_INPUT: Final = {name: PropertyType(str) for name in ("label", "value")}
TextInput = Kind(
    Element,
    "Input.Text",
    **_INPUT,
    placeholder=PropertyType(str),
    multiline=PropertyType(bool, "isMultiline"),
    max_length=PropertyType(int, "maxLength"),
    inline_action=PropertyType(dict, "inlineAction"),
)
ChoiceSet = Kind(
    Element,
    "Input.ChoiceSet",
    **_INPUT,
    choices=PropertyType(list),
    choices_data=PropertyType(dict, "choices.data"),
    placeholder=PropertyType(str),
    style=PropertyType(str),
)
Toggle = Kind(
    Element,
    "Input.Toggle",
    **_INPUT,
    title=PropertyType(str),
    value_on=PropertyType(str, "valueOn"),
    value_off=PropertyType(str, "valueOff"),
)

_CARD: Final = properties(AdaptiveCard, {"refresh": PropertyType(dict), "msteams": PropertyType(dict)})
_EMPTY: Final = {**AdaptiveCard().render(), "version": "1.5"}


def adaptive_card(**given: object) -> Card:
    """A whole card; its properties as with a `Kind`."""
    return {**_EMPTY, **data("AdaptiveCard", _CARD, given)}
