"""`python -m tests.bench [--json] [--short]`: one table of ratios, everything measured in this run, interleaved."""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from bot.sim.service import ServiceFailed
from tests.bench import contacts, table
from tests.bench.measure import Failed, Runs
from tests.bench.subjects import IN_FLIGHT, Subject, subjects
from tests.bench.table import Comparison, Line, Round

ROUNDS, SHORT_ROUNDS = 5, 3
SHORTENED = 5
"""A short run sends so many times fewer messages; so does the warming up."""

COMPARISONS = (
    Comparison(
        "inbound / floor",
        "inbound",
        "inbound floor",
        "WeChat push -> card accepted, whole service; against decrypt + one raw durable transaction + one POST",
        0.5,
    ),
    Comparison(
        "outbound / floor",
        "outbound",
        "outbound floor",
        "reply in Teams -> accepted by WeChat, whole service; against parse + one raw durable transaction + one POST",
    ),
    Comparison(
        "inbound / SDK",
        "inbound",
        "sdk echo",
        "the whole durable service against botbuilder's echo bot, which keeps nothing",
        8.0,
    ),
    Comparison(
        "outbound / SDK",
        "outbound",
        "sdk echo",
        "the same for the way back",
        8.0,
    ),
    Comparison(
        "our turn / SDK",
        "our echo",
        "sdk echo",
        "a Teams turn through our door and our client against the same turn of botbuilder as it comes",
    ),
    Comparison(
        "our turn / floor",
        "our echo",
        "echo floor",
        "the same turn against aiohttp and orjson alone, the same two hops",
    ),
)


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0, or 1 when something could not be measured. No ratio is ever a failure here."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--short", action="store_true", help=f"{SHORT_ROUNDS} rounds of fewer messages")
    wishes = parser.parse_args(arguments)
    spawn = multiprocessing.get_context("spawn")
    try:
        with (
            tempfile.TemporaryDirectory(prefix="multiline-bench-") as folder,
            ProcessPoolExecutor(1, mp_context=spawn) as load,
        ):
            lines = asyncio.run(_measured(Path(folder), load, wishes.short))
    except (Failed, ServiceFailed) as failure:
        print(f"The benchmark failed: {failure}", file=sys.stderr)
        return 1
    print(json.dumps(table.as_json(lines), indent=1) if wishes.json else table.text(lines))
    return 0


async def _measured(folder: Path, load: Executor, short: bool) -> list[Line]:
    async with subjects(folder, load) as (runs, all_of_them):
        await _round(runs, all_of_them, 0, SHORTENED)
        count, fewer = (SHORT_ROUNDS, SHORTENED) if short else (ROUNDS, 1)
        rounds = [await _round(runs, all_of_them, number, fewer) for number in range(count)]
    return [*(table.line(comparison, rounds) for comparison in COMPARISONS), await contacts.line(folder, short)]


async def _round(runs: Runs, all_of_them: Sequence[Subject], number: int, fewer: int) -> Round:
    """Each subject once; every round begins with another one, so that none always has the same neighbour in time."""
    first = number % len(all_of_them)
    measured = {}
    for subject in (*all_of_them[first:], *all_of_them[:first]):
        run = runs.next()
        requests = subject.requests(run, subject.messages // fewer)
        measured[subject.name] = await runs.figure(subject.port, subject.pid, subject.side, run, requests, IN_FLIGHT)
        _tell(f"round {number + 1}: {subject.name} {measured[subject.name].per_second:,.0f}/s")
    return measured


def _tell(progress: str) -> None:
    """Where somebody watches; the table alone goes to standard output."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{progress}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
