"""`python -m tests.bench`: one table of ratios, everything measured in this run, interleaved."""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from bot.sim.service import ServiceFailed
from tests.bench import contacts, doors, drawing, far, latency, pair, postgres, scale, spine, start, table
from tests.bench.group import ROUNDS, SHORT_ROUNDS, SHORTENED, Bench, Group, measured
from tests.bench.measure import Failed
from tests.bench.processes import PEERS, ROOT
from tests.bench.table import Line

GROUPS = (
    *(spine.GROUP, doors.GROUP, far.GROUP, latency.GROUP, latency.HANG_GROUP),
    *(pair.GROUP, *postgres.GROUPS, contacts.GROUP, drawing.GROUP, *scale.GROUPS, start.GROUP),
)
MARKS = "<!-- bench -->\n", "<!-- /bench -->"


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0, or 1 when something could not be measured. No ratio is ever a failure here."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = [group.name for group in GROUPS]
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, metavar="GROUP", help=f"of {', '.join(names)}"
    )
    parser.add_argument("--short", action="store_true", help=f"{SHORT_ROUNDS} rounds instead of {ROUNDS}, each with a"
                        f" {SHORTENED}th of the work")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--readme", action="store_true", help="the table also goes into the README")
    wishes = parser.parse_args(arguments)
    if not PEERS.exists():
        print("Microsoft's newer kits are left out: `make peers` installs them.", file=sys.stderr)
    lines, failures = asyncio.run(_all([group for group in GROUPS if group.name in wishes.only], wishes.short))
    print(json.dumps(table.as_json(lines), indent=1) if wishes.json else table.text(lines))
    if wishes.readme:
        readme = ROOT / "README.md"
        readme.write_text(table.between(readme.read_text("utf-8"), table.markdown(lines), MARKS), "utf-8")
    for failure in failures:
        print(f"Not measured: {failure}", file=sys.stderr)
    return 1 if failures else 0


async def _all(groups: Sequence[Group], short: bool) -> tuple[list[Line], list[str]]:
    """The rows, and what could not be measured. Each group has its own folder; the load comes from one process."""
    lines: list[Line] = []
    failures: list[str] = []
    spawn = multiprocessing.get_context("spawn")
    with ExitStack() as closing:
        load = closing.enter_context(ProcessPoolExecutor(1, mp_context=spawn))
        databases = cache(lambda: closing.enter_context(postgres.server()))
        for group in groups:
            with tempfile.TemporaryDirectory(prefix="multiline-bench-") as folder:
                try:
                    lines += await measured(group, Bench(Path(folder), load, short, databases))
                except (Failed, ServiceFailed) as failure:
                    failures.append(f"{group.name}: {failure}")
    return lines, failures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
