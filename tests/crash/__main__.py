"""`python -m tests.crash`: kill the service at every named point, on both databases, and count what was lost.

First each point at its first passes, once and again and again; then points that are drawn, until there were `--kills`.
A world lasts for at most WORLD kills, then a new one begins on the other database.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, count
from pathlib import Path
from random import Random, SystemRandom

from tests.crash.histories import HEADS
from tests.crash.lives import LifeFailed
from tests.crash.offline import upgraded
from tests.crash.plan import Round, drawn, every, until
from tests.crash.run import Report, run
from tests.postgres import Server, server

KILLS, WORLD = 400, 200
BOTH = ("sqlite", "postgres")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0, or 1 when a promise was broken or the service did not come up again."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS, help=f"at least so many (default {KILLS})")
    parser.add_argument("--database", choices=BOTH, action="append", help="only this one")
    parser.add_argument("--seed", type=int, default=None, help="the same kills again")
    wishes = parser.parse_args(arguments)
    seed = SystemRandom().randrange(10**6) if wishes.seed is None else wishes.seed
    wrong, kills, databases = False, 0, wishes.database or BOTH
    with ExitStack() as closing:
        postgres = closing.enter_context(server()) if "postgres" in databases else None
        for number in count():
            if kills >= wishes.kills and number >= len(databases):
                break
            name = databases[number % len(databases)]
            print(f"World {number + 1}: {name}, seed {seed + number}.", flush=True)
            rounds = chain(every() if number < len(databases) else (), drawn(Random(seed + number)))
            try:
                report = asyncio.run(_world(name, until(WORLD, rounds), seed + number, postgres))
            except LifeFailed as failure:
                print(f"The run could not go on: {failure}", file=sys.stderr)
                return 1
            print(shown(report), flush=True)
            kills += sum(report.kills.values())
            wrong |= bool(report.wrong)
    print(f"{kills} kills. " + ("Promises were broken." if wrong else "Nothing was lost."))
    return int(wrong)


async def _world(name: str, rounds: Iterator[Round], seed: int, postgres: Server | None) -> Report:
    with tempfile.TemporaryDirectory(prefix="multiline-crash-") as folder:
        database = f"sqlite+aiosqlite:///{folder}/multiline.db"
        if name == "postgres" and postgres is not None:
            database = postgres.url(await postgres.make())
        steps = await upgraded(Path(folder), database)
        report = await run(Path(folder), rounds, seed, database)
        return Report({"upgrade-step": steps, **report.kills}, report.counts, report.record)


def shown(report: Report) -> str:
    """The report as it is printed."""
    kills = ", ".join(f"{point} {times}" for point, times in Counter(report.kills).most_common())
    lines = [f"{sum(report.kills.values())} kills: {kills}"]
    lines.append("           " + "".join(f"{head:>14}" for head in HEADS))
    for way, each in report.counts.items():
        lines.append(f"{way:<11}" + "".join(f"{number:>14}" for number in each.row()))
    return "\n".join([*lines, *(f"Broken: {what}" for what in report.wrong)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
