"""`python -m tests.crash`: kill the service at every named point, in four worlds, and count what was lost.

First each point at its first passes, once and again and again; then points that are drawn, until there were `--kills`.
A world ends after about WORLD kills and the next begins: one process on SQLite, one on PostgreSQL, two machines that
answer and two that deliver on PostgreSQL, one process that answers and two that deliver on SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain
from pathlib import Path
from random import Random, SystemRandom

from tests.crash.histories import HEADS
from tests.crash.lives import LifeFailed
from tests.crash.machines import ONE_AND_TWO, TWO_AND_TWO, machines, talked
from tests.crash.offline import upgraded
from tests.crash.plan import Round, drawn, every, until
from tests.crash.run import Report, run
from tests.postgres import Server, server

KILLS, WORLD = 600, 150
SQLITE, POSTGRES, MACHINES, PROCESSES = WORLDS = ("sqlite", "postgres", "machines", "processes")
SEVERAL = {MACHINES: TWO_AND_TWO, PROCESSES: ONE_AND_TWO}


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0, or 1 when a promise was broken or the service did not come up again."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS, help=f"at least so many (default {KILLS})")
    parser.add_argument("--world", choices=WORLDS, action="append", help="only this one")
    parser.add_argument("--seed", type=int, default=None, help="the same kills again")
    wishes = parser.parse_args(arguments)
    seed = SystemRandom().randrange(10**6) if wishes.seed is None else wishes.seed
    worlds, reports = wishes.world or WORLDS, list[Report]()
    with ExitStack() as closing:
        postgres = closing.enter_context(server()) if {POSTGRES, MACHINES} & {*worlds} else None
        while len(reports) < len(worlds) or _kills(reports) < wishes.kills:
            name, number = worlds[len(reports) % len(worlds)], seed + len(reports)
            print(f"{name}, seed {number}", flush=True)
            plan = chain(every() if len(reports) < len(worlds) else (), drawn(Random(number)))
            rounds = until(min(WORLD, wishes.kills), plan)
            try:
                reports.append(asyncio.run(_world(name, rounds, number, postgres)))
            except LifeFailed as failure:
                print(f"The run could not go on: {failure}", file=sys.stderr)
                return 1
            print(shown(reports[-1]), flush=True)
    broken = any(report.wrong for report in reports)
    print(f"{_kills(reports)} kills. " + ("Promises were broken." if broken else "Nothing was lost."))
    return int(broken)


def _kills(reports: Sequence[Report]) -> int:
    return sum(times for report in reports for times in report.kills.values())


async def _world(name: str, rounds: Iterator[Round], seed: int, postgres: Server | None) -> Report:
    with tempfile.TemporaryDirectory(prefix="multiline-crash-") as place:
        folder, database = Path(place), f"sqlite+aiosqlite:///{place}/multiline.db"
        if name in (POSTGRES, MACHINES) and postgres is not None:
            database = postgres.url(await postgres.make())
        steps = await upgraded(folder, database)
        if roles := SEVERAL.get(name):
            async with machines(folder, roles, database) as (on, them):
                report = await talked(on, them, rounds, seed)
        else:
            report = await run(folder, rounds, seed, database)
        return replace(report, kills={"upgrade-step": steps, **report.kills})


def shown(report: Report) -> str:
    """The report as it is printed."""
    kills = ", ".join(f"{point} {times}" for point, times in Counter(report.kills).most_common())
    lines = [f"{sum(report.kills.values())} kills: {kills}"]
    lines.append("           " + "".join(f"{head:>14}" for head in HEADS))
    for way, each in report.counts.items():
        lines.append(f"{way:<11}" + "".join(f"{number:>14}" for number in each.row()))
    lines += [f"Late: {way}: {what}" for way, each in report.counts.items() for what in each.late]
    return "\n".join([*lines, *(f"Broken: {what}" for what in report.wrong)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
