"""The simulated account's template, and what the fields of any may hold (5.1, errcode 47003). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

CONTENT = "User: {{thing1.DATA}}\nNotice: {{thing2.DATA}}"
"""As WeChat lists it: on each line the label that the contact reads, and a field."""

LABELS = {field: label for label, field in re.findall(r"(.+): \{\{(\w+)\.DATA\}\}", CONTENT)}

_FIELD = re.compile(r"^(?P<type>[a-z_]+?)(?P<number>\d+)$")
_TIME = re.compile(r"^(\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}-\d{1,2})?\s?(\d{1,2}:\d{2}(:\d{2})?)?$")
_DATE = re.compile(r"^(\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}-\d{1,2})( \d{1,2}:\d{2}(:\d{2})?)?$")

_RULES: dict[str, Callable[[str], bool]] = {
    "thing": lambda value: len(value) <= 20,
    "const": lambda value: len(value) <= 20,
    "character_string": lambda value: len(value) <= 32 and value.isascii(),
    "number": lambda value: len(value) <= 32 and re.fullmatch(r"-?\d+(\.\d+)?", value) is not None,
    "phrase": lambda value: len(value) <= 5 and all("\u4e00" <= char <= "\u9fff" for char in value),
    "phone_number": lambda value: len(value) <= 17 and re.fullmatch(r"[+\-\d ]+", value) is not None,
    "time": lambda value: _TIME.match(value) is not None,
    "date": lambda value: _DATE.match(value) is not None,
}


def offending_field(data: Mapping[str, Any]) -> str | None:
    """The first field whose value breaks its type's rule, or None. Legacy `keywordN` folds instead."""
    for name, entry in data.items():
        value = entry.get("value") if isinstance(entry, Mapping) else None
        if not isinstance(value, str) or not _fits(name, value):
            return name
    return None


def _fits(name: str, value: str) -> bool:
    found = _FIELD.match(name)
    rule = _RULES.get(found["type"]) if found else None
    if rule is None:
        return True
    return bool(value) and "\n" not in value and rule(value)
