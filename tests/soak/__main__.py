"""`python -m tests.soak`: the service, as a process, with 2,000 conversations, on SQLite and on PostgreSQL."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.postgres import server
from tests.soak.figures import Run, Sample, shown, wrong
from tests.soak.load import crowd

SQLITE, POSTGRES = DATABASES = ("sqlite", "postgres")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0, or 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--threads", type=int, default=2_000, help="conversations (default 2000)")
    parser.add_argument("--minutes", type=float, default=1.0, help="of steady load on each database (default 1)")
    parser.add_argument("--database", choices=DATABASES, action="append", help="only this one")
    parser.add_argument("--seed", type=int, default=1)
    wishes = parser.parse_args(arguments)
    names, broken = wishes.database or DATABASES, False
    with ExitStack() as closing:
        postgres = closing.enter_context(server()) if POSTGRES in names else None
        for name in names:
            url = postgres.url(asyncio.run(postgres.make())) if postgres and name == POSTGRES else ""
            run = asyncio.run(_run(url, wishes.threads, 60 * wishes.minutes, wishes.seed))
            print(f"{name}: {wishes.threads} conversations\n{shown(run)}", flush=True)
            broken = broken or bool(wrong(run))
    return int(broken)


async def _run(url: str, threads: int, seconds: float, seed: int) -> Run:
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory(prefix="multiline-soak-") as folder:
        async with crowd(Path(folder), url, seed) as on:
            first = await on.gather(threads)
            await on.waiting(300)
            steady = await on.watched(samples, on.steady(seconds))
            before = await on.put_off()
            burst = await on.everybody()
            await on.waiting(300)
            put_off = {reason: times - before.get(reason, 0) for reason, times in (await on.put_off()).items()}
            after = await on.watched(samples, on.steady(seconds / 2))
            undelivered = await on.waiting(300)
            acknowledged = sum(len(each.seconds) - each.given_up for each in (first, steady, burst, after))
            return Run(steady, burst, after, samples, max(0, acknowledged - await on.recorded()), undelivered, put_off)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
