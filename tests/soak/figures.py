"""What a soak run looks at, and what may not be true at its end. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

FIVE = 5.0
"""Seconds after which WeChat hangs up."""

MEMORY, OTHERS, SOME = 1.25, 1.25, 48
"""By which factor memory, and the number of anything else, may be greater in the last quarter (after the burst) than in
the second: what the burst needed the allocator keeps, and so are kept up to 20 connections to each of two hosts."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The service at one moment: memory in KiB, how many tasks, file descriptors and, of these, sockets, and how many
    connections a PostgreSQL server counts to its database."""

    memory: int
    tasks: int
    files: int
    sockets: int
    connections: int


@dataclass(frozen=True, slots=True)
class Pushes:
    """What WeChat saw: the seconds of each push until it was over, tries included; how many tries each took, and how
    many were not acknowledged at the third; how many tries ended without any answer when the five seconds were over."""

    seconds: Sequence[float]
    tries: Sequence[int]
    given_up: int
    silent: int

    @property
    def again(self) -> int:
        return sum(each > 1 for each in self.tries)

    def share(self, quantile: float) -> float:
        """Of WeChat's five seconds, for one push at this quantile."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(quantile * len(ordered)))] / FIVE


@dataclass(frozen=True, slots=True)
class Run:
    """`steady` is the load that it can take, `burst` everybody at once, `after` the same load once more.

    `lost` messages were acknowledged and are not in the record, `undelivered` rows of the outbox are left. `put_off`:
    how often the burst was answered 503, by reason.
    """

    steady: Pushes
    burst: Pushes
    after: Pushes
    samples: Sequence[Sample]
    lost: int
    undelivered: int
    put_off: Mapping[str, int]


def grown(samples: Sequence[Sample], name: str) -> tuple[float, float]:
    """Medians of the second and of the last quarter; the first is spent on warming up."""
    values, quarter = [getattr(each, name) for each in samples], max(1, len(samples) // 4)
    return median(values[quarter : 2 * quarter] or values), median(values[-quarter:])


def wrong(run: Run) -> list[str]:
    """Which promises do not hold."""
    found = [f"{run.lost} messages were acknowledged and are not recorded"] if run.lost else []
    if run.steady.given_up or run.after.given_up:
        found.append(f"{run.steady.given_up + run.after.given_up} pushes were given up under a load that it can take")
    if run.steady.share(1) >= 1 or run.after.share(1) >= 1:
        found.append("an answer to WeChat took five seconds and more")
    if run.steady.again or run.after.again:
        found.append(f"{run.steady.again + run.after.again} pushes were put off under a load that it can take")
    if run.steady.silent or run.after.silent:
        found.append(f"{run.steady.silent + run.after.silent} pushes got no answer under a load that it can take")
    for name in Sample.__slots__:
        before, then = grown(run.samples, name)
        if then > before * (MEMORY if name == "memory" else OTHERS) and then > before + SOME:
            found.append(f"{name} grew from {before:g} to {then:g}")
    if run.undelivered:
        found.append(f"{run.undelivered} rows were not delivered in the end")
    return found


def shown(run: Run) -> str:
    """As it is printed."""
    heads = "".join(f"{head:>10}" for head in ("pushes", "p50", "p99", "max", "put off", "no answer", "given up"))
    lines = [f"{'':<8}{heads}   (of WeChat's five seconds)"]
    for name in ("steady", "burst", "after"):
        each: Pushes = getattr(run, name)
        shares = "".join(f"{each.share(quantile):>10.3f}" for quantile in (0.5, 0.99, 1))
        lines.append(f"{name:<8}{len(each.seconds):>10}{shares}{each.again:>10}{each.silent:>10}{each.given_up:>10}")
    ended = ", ".join(f"{count} at try {number}" for number, count in sorted(Counter(run.burst.tries).items()))
    reasons = ", ".join(f"{reason} {times}" for reason, times in sorted(run.put_off.items())) or "never"
    lines.append(f"the burst was over {ended}; put off: {reasons}")
    for name in Sample.__slots__:
        before, then = grown(run.samples, name)
        lines.append(
            f"{name:<12} {then / before if before else 1:.2f} of the second quarter's ({before:g} -> {then:g})"
        )
    return "\n".join([*lines, *(f"Broken: {what}" for what in wrong(run))])
