"""`python -m tests.crash [--rounds N] [--seed S]`: kill the service N times under load and count what was lost."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import SystemRandom

from bot.sim.service import ServiceFailed
from tests.crash.histories import HEADS
from tests.crash.run import Report, run

ROUNDS = 30


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0, or 1 when a promise was broken or the service did not come up again."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often it is killed (default {ROUNDS})")
    parser.add_argument("--seed", type=int, default=None, help="the same moments again")
    wishes = parser.parse_args(arguments)
    seed = SystemRandom().randrange(10**6) if wishes.seed is None else wishes.seed
    with tempfile.TemporaryDirectory(prefix="multiline-crash-") as folder:
        try:
            report = asyncio.run(run(Path(folder), wishes.rounds, seed))
        except (ServiceFailed, AssertionError) as failure:
            print(f"The run could not go on (seed {seed}): {failure}", file=sys.stderr)
            return 1
    print(shown(report, seed))
    return 1 if report.wrong else 0


def shown(report: Report, seed: int) -> str:
    """The report as it is printed."""
    lines = [f"{report.kills} kills, seed {seed}", "           " + "".join(f"{head:>14}" for head in HEADS)]
    for way, each in report.counts.items():
        lines.append(f"{way:<11}" + "".join(f"{number:>14}" for number in each.row()))
    verdict = ["Broken promises:", *(f"  {what}" for what in report.wrong)] if report.wrong else ["Nothing was lost."]
    return "\n".join([*lines, *verdict])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
