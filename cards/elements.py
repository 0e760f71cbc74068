"""The `adaptivecards` package brought to version 1.5: what it lacks (actions, inputs), and strictness.

The package silently drops a misspelt keyword and writes version 1.2; these classes refuse the keyword and write 1.5.
They are thin on purpose: the typed functions that draw with them are in `parts`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from adaptivecards.adaptivecard import AdaptiveCard
from adaptivecards.baseobject import BareObject, Element, PropertyType
from adaptivecards.containers import ActionSet as StockActionSet
from adaptivecards.containers import Column as StockColumn
from adaptivecards.containers import ColumnSet as StockColumnSet
from adaptivecards.containers import Container as StockContainer
from adaptivecards.elements import Image as StockImage
from adaptivecards.elements import RichTextBlock as StockRichTextBlock
from adaptivecards.elements import TextRun as StockTextRun


def known(kind: type, given: dict[str, Any]) -> dict[str, Any]:
    """The keywords that were really given (None means "not given"); TypeError names one that `kind` does not have."""
    if unknown := given.keys() - _properties(kind):
        raise TypeError(f"{kind.__name__} has no property {min(unknown)!r}")
    return {name: value for name, value in given.items() if value is not None}


@cache
def _properties(kind: type) -> frozenset[str]:
    owned = (vars(base).items() for base in kind.__mro__)
    return frozenset(name for items in owned for name, value in items if isinstance(value, PropertyType))


class Strict(Element):  # type: ignore[misc]
    fallback = PropertyType(type=(str, BareObject))

    def __init__(self, **given: Any) -> None:
        super().__init__(**known(type(self), given))


class RichTextBlock(Strict, StockRichTextBlock):  # type: ignore[misc]
    pass


class TextRun(Strict, StockTextRun):  # type: ignore[misc]
    pass


class Image(Strict, StockImage):  # type: ignore[misc]
    pass


class Container(Strict, StockContainer):  # type: ignore[misc]
    pass


class ColumnSet(Strict, StockColumnSet):  # type: ignore[misc]
    pass


class Column(Strict, StockColumn):  # type: ignore[misc]
    pass


class ActionSet(Strict, StockActionSet):  # type: ignore[misc]
    pass


class Action(Strict):
    title = PropertyType(type=str)
    style = PropertyType(type=str)
    mode = PropertyType(type=str)
    tooltip = PropertyType(type=str)
    icon_url = PropertyType(type=str, key_name="iconUrl")


class Submit(Action):
    element_type = "Action.Submit"
    data = PropertyType(type=dict)
    associated_inputs = PropertyType(type=str, key_name="associatedInputs")


class Execute(Submit):
    element_type = "Action.Execute"
    verb = PropertyType(type=str)


class OpenUrl(Action):
    element_type = "Action.OpenUrl"
    url = PropertyType(type=str)


class ShowCard(Action):
    element_type = "Action.ShowCard"
    card = PropertyType(type=BareObject)


class ToggleVisibility(Action):
    element_type = "Action.ToggleVisibility"
    targets = PropertyType(type=list, key_name="targetElements")


class Input(Strict):
    label = PropertyType(type=str)
    value = PropertyType(type=str)
    required = PropertyType(type=bool, key_name="isRequired")
    error = PropertyType(type=str, key_name="errorMessage")


class TextInput(Input):
    element_type = "Input.Text"
    placeholder = PropertyType(type=str)
    multiline = PropertyType(type=bool, key_name="isMultiline")
    max_length = PropertyType(type=int, key_name="maxLength")
    inline_action = PropertyType(type=BareObject, key_name="inlineAction")


class ChoiceSet(Input):
    element_type = "Input.ChoiceSet"
    choices = PropertyType(type=list)
    style = PropertyType(type=str)
    multiple = PropertyType(type=bool, key_name="isMultiSelect")
    placeholder = PropertyType(type=str)


class Toggle(Input):
    element_type = "Input.Toggle"
    title = PropertyType(type=str)
    value_on = PropertyType(type=str, key_name="valueOn")
    value_off = PropertyType(type=str, key_name="valueOff")


class Card(AdaptiveCard):  # type: ignore[misc]
    refresh = PropertyType(type=dict)
    msteams = PropertyType(type=dict)

    def __init__(self, **given: Any) -> None:
        super().__init__()
        self.set_data("version", "1.5")
        for name, value in known(type(self), given).items():
            setattr(self, name, value)


def plain(value: Any) -> Any:
    """The element tree as dicts and lists that `json.dumps` takes."""
    if isinstance(value, BareObject):
        return plain(value.render())
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value
