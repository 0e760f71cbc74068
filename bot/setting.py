"""One setting: its name outside, how its text is read, what people need to know of it, and how it is refused."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

Reader = Callable[[str], object]
"""From the text to the value; raises `ValueError` that says what the text should have been."""


class Secret:
    """Text that no log, traceback or repr shows; `reveal()` is the one way to it. An empty one is falsy."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)" if self._text else "Secret()"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that cannot be used: what is wrong with it (never a secret's text), and how to mend it."""

    name: str
    wrong: str
    mend: str


class SettingsError(Exception):
    """The refusal to start: every problem at once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [f"  {problem.name} {problem.wrong}. {problem.mend}" for problem in problems]
        super().__init__("\n".join(["These settings cannot be used:", *lines]))


@dataclass(frozen=True, slots=True)
class Spec:
    """`empty` is the value when absent with no `default` (text, as one would type it); `where` tells how to get one.

    `required` is for a real start: with DEV_MODE nothing is. `title` opens a new part of `.env.example`.
    """

    name: str
    read: Reader
    meaning: str
    empty: object = ""
    default: str = ""
    required: bool = False
    where: str = ""
    title: str = ""

    @property
    def mend(self) -> str:
        """How to get it right: where it is found, else that it may be left out."""
        if self.where:
            return f"Copy it from {self.where}"
        return f"Leave it out for {self.default}." if self.default else "Correct it or leave it out."

    def value(self, text: str) -> object:
        """The value of `text`, of the default where `text` is empty. Raises `ValueError`: what is wrong, no secret."""
        text = text.strip() or self.default
        if not text:
            return self.empty
        try:
            return self.read(text)
        except ValueError as expected:
            got = f"has {len(text)} characters" if isinstance(self.empty, Secret) else f"is {text!r}"
            raise ValueError(f"{got}, not {expected}") from None


def setting(name: str, read: Reader, meaning: str, **more: Any) -> Any:
    """A dataclass field that carries its `Spec`; `more` as there."""
    return field(metadata={"spec": Spec(name, read, meaning, **more)})


def matching(pattern: str, expected: str, kind: Reader = str) -> Reader:
    def read(text: str) -> object:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(expected)
        return kind(text)

    return read


def between(least: int, most: int) -> Reader:
    def read(text: str) -> object:
        if not (re.fullmatch("[0-9]{1,9}", text) and least <= int(text) <= most):
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return read


def choice(choices: Mapping[str, object]) -> Reader:
    def read(text: str) -> object:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return choices[text]

    return read


def each(one: Reader) -> Reader:
    """A tuple, written with commas."""
    return lambda text: tuple(one(part.strip()) for part in text.split(",") if part.strip())


def texts(text: str) -> object:
    """A JSON object of texts."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError('a JSON object of texts such as {"thing1": "{user}"}')
    return found


def guid(text: str) -> object:
    """In its usual form, lower case."""
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError("a GUID such as 00000000-0000-0000-0000-000000000000") from None


def url(text: str) -> object:
    """An http or https address without user, query or closing slash; it may have a path."""
    try:
        parts = urlsplit(text)
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        plain = False
    if not plain or re.search(r"[@?#\s]", text):
        raise ValueError("an address such as https://bot.example.com")
    return text.rstrip("/")
