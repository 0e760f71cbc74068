"""What a value in the manifest may look like: a small language for shapes, and what does not fit one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from manifest.finding import Finding


@dataclass(frozen=True, slots=True)
class Text:
    """`pattern` must match the whole; `meant` says it in words."""

    longest: int = 2048
    pattern: str = ""
    meant: str = ""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    most: int
    item: "Shape"
    least: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """An object with these members and no others."""

    required: Mapping[str, "Shape"]
    optional: Mapping[str, "Shape"] = field(default_factory=dict)


Shape = Text | OneOf | Flag | Many | Group


def misfits(shape: Shape, value: Any, path: str) -> Iterator[Finding]:
    """Every place where the value differs from the shape."""
    match shape:
        case Text():
            yield from _text(shape, value, path)
        case OneOf(words) if value not in words:
            yield Finding(path, f"is {_shown(value)}", f"Write one of: {', '.join(words)}.")
        case Flag() if not isinstance(value, bool):
            yield Finding(path, f"is {_shown(value)}", "Write true or false, without quotes.")
        case Many():
            yield from _many(shape, value, path)
        case Group():
            yield from _group(shape, value, path)


def _text(shape: Text, value: Any, path: str) -> Iterator[Finding]:
    if not isinstance(value, str):
        yield Finding(path, f"is {_shown(value)}", "Write a text, in quotes.")
    elif not value.strip():
        yield Finding(path, "is empty", "Fill it in.")
    elif len(value) > shape.longest:
        yield Finding(path, f"has {len(value)} characters", f"Shorten it to {shape.longest}.")
    elif shape.pattern and not re.fullmatch(shape.pattern, value):
        yield Finding(path, f"is {_shown(value)}", f"Write {shape.meant}.")


def _many(shape: Many, value: Any, path: str) -> Iterator[Finding]:
    if not isinstance(value, list):
        yield Finding(path, f"is {_shown(value)}", "Write a list.")
        return
    if not shape.least <= len(value) <= shape.most:
        allowed = f"{shape.least} to {shape.most}" if shape.least < shape.most else f"{shape.most}"
        yield Finding(path, f"has {len(value)} entries", f"It may have {allowed}.")
    if any(entry in value[:number] for number, entry in enumerate(value)):
        yield Finding(path, "has the same entry twice", "Keep one.")
    for number, entry in enumerate(value):
        yield from misfits(shape.item, entry, f"{path}[{number}]")


def _group(shape: Group, value: Any, path: str) -> Iterator[Finding]:
    if not isinstance(value, dict):
        yield Finding(path, f"is {_shown(value)}", "Write an object.")
        return
    before = f"{path}." if path else ""
    known = {**shape.required, **shape.optional}
    for name in shape.required:
        if name not in value:
            yield Finding(before + name, "is missing", "Add it, as appPackage/manifest.json has it.")
    for name, inner in value.items():
        if name in known:
            yield from misfits(known[name], inner, before + name)
        else:
            cure = "Take it out; if Teams knows it and the app needs it, add it to manifest/schema.py."
            yield Finding(before + name, "is nothing that this app declares", cure)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
