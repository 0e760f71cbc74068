"""What an administrator's command is: its words, its arguments and one function; the commands are in the modules here.

Imported by `bot.cli` alone, which parses what was typed and shows what comes back.
"""

from __future__ import annotations

import argparse
import getpass
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import numbers
from bot.clock import SystemClock
from bot.store import SqlStore
from bot.store.admin import Act

Arguments = argparse.Namespace
Shown = Sequence[Mapping[str, Any]] | Mapping[str, Any] | str


class Mistake(Exception):
    """What was typed cannot be done; the message says why and what to type instead."""


class FoundWrong(Exception):
    """What was asked for was found wrong: `shown` says what, and the exit code is 1."""

    def __init__(self, shown: Shown) -> None:
        super().__init__("found wrong")
        self.shown = shown


@dataclass(frozen=True, slots=True)
class Command:
    """`words` as typed, what it is for, its arguments (name → argparse's keywords), and what it does."""

    words: str
    purpose: str
    arguments: Mapping[str, Mapping[str, Any]]
    run: Callable[[SqlStore, Arguments], Awaitable[Shown]]


@dataclass(frozen=True, slots=True)
class Bare:
    """A command that opens the database itself, or does without: it gets the environment instead."""

    words: str
    purpose: str
    arguments: Mapping[str, Mapping[str, Any]]
    run: Callable[[Mapping[str, str], Arguments], Awaitable[Shown]]


WHO: Mapping[str, Mapping[str, Any]] = {"who": {"help": "number, UPN or Entra object id"}}


def act() -> Act:
    """Whoever is signed in on this machine does it, now."""
    return Act(getpass.getuser(), SystemClock().now())


def whole(text: str) -> int:
    """A number of things that was typed; ArgumentTypeError for what is none, or more than a database counts."""
    if not re.fullmatch("[0-9]{1,18}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 to {10**18 - 1}")
    return int(text)


LIMIT: Mapping[str, Mapping[str, Any]] = {"--limit": {"type": whole, "default": 100, "help": "how many at most"}}


def e164(text: str) -> str:
    """The number in E.164. Raises Mistake."""
    try:
        return numbers.e164(text)
    except numbers.WrongLength:
        why = "cannot be a phone number: it has too few or too many digits for its country"
    except numbers.NoNumber:
        why = "is no phone number: write it with its country code, as in +4915112345678"
    raise Mistake(f"{text!r} {why}")
