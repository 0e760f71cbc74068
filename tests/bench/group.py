"""A group of comparisons: its subjects are up together and measured in turn, round after round."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import table
from tests.bench.table import Comparison, Figure, Line, Round
from tests.postgres import Server

ROUNDS, SHORT_ROUNDS = 5, 3
SHORTENED = 5
"""A short run does so many times less in each round and does not warm up; so does the warming up of a whole one."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to be measured; `measure(fewer)` does it once, with so many times less work.

    What has several figures at once gives them by name, each after its own: `inbound answer`.
    """

    name: str
    measure: Callable[[int], Awaitable[Figure | Mapping[str, Figure]]]


def _absent() -> Server:
    raise LookupError("there is no PostgreSQL here")


@dataclass(frozen=True, slots=True)
class Bench:
    """What a group may use: a folder of its own, the process that sends the load, whether time is short, and the one
    PostgreSQL of all groups, which is started when the first asks for it.
    """

    folder: Path
    load: Executor
    short: bool = False
    postgres: Callable[[], Server] = _absent


@dataclass(frozen=True, slots=True)
class Group:
    """`open` puts up the subjects. A comparison whose subject is not there (a peer not installed) is left out."""

    name: str
    comparisons: Sequence[Comparison]
    open: Callable[[Bench], AbstractAsyncContextManager[Sequence[Subject]]]


async def measured(group: Group, bench: Bench) -> list[Line]:
    """Its rows; unless time is short, after one round that warms up."""
    async with group.open(bench) as subjects:
        if not bench.short:
            await _round(group.name, subjects, 0, SHORTENED)
        count, fewer = (SHORT_ROUNDS, SHORTENED) if bench.short else (ROUNDS, 1)
        rounds = [await _round(group.name, subjects, number, fewer) for number in range(count)]
    there = rounds[0].keys()
    return [table.line(each, rounds) for each in group.comparisons if {each.subject, each.against} <= there]


async def _round(group: str, subjects: Sequence[Subject], number: int, fewer: int) -> Round:
    """Each subject once; every round begins with another one, so that none always has the same neighbour in time."""
    first = number % len(subjects)
    figures: dict[str, Figure] = {}
    for subject in (*subjects[first:], *subjects[:first]):
        found = await subject.measure(fewer)
        named = {"": found} if isinstance(found, Figure) else found
        figures |= {f"{subject.name} {name}".strip(): figure for name, figure in named.items()}
        _tell(f"{group}, round {number + 1}: {subject.name} {next(iter(named.values())).value:,.4g}")
    return figures


def _tell(progress: str) -> None:
    """Where somebody watches; the table alone goes to standard output."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{progress}", end="", file=sys.stderr, flush=True)
