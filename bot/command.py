"""What an administrator's command is made of; the commands themselves are in `bot/cli` and beside it."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.clock import SystemClock
from bot.store import SqlStore, admin

Arguments = argparse.Namespace
Shown = Sequence[Mapping[str, Any]] | Mapping[str, Any] | str


class Mistake(Exception):
    """What was typed cannot be done; the message says why and what to type instead."""


@dataclass(frozen=True, slots=True)
class Command:
    """`words` as typed, what it is for, its arguments (name → argparse's keywords), and what it does."""

    words: str
    purpose: str
    arguments: Mapping[str, Mapping[str, Any]]
    run: Callable[[SqlStore, Arguments], Awaitable[Shown]]


def act() -> admin.Act:
    """Whoever is logged in on this machine, now."""
    return admin.Act(getpass.getuser(), SystemClock().now())
