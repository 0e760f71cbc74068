"""From measured rounds to the table of ratios: medians, spread and layout. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One subject in one round: what was measured, and microseconds of its CPU per message (nan: not known here)."""

    value: float
    cpu: float = math.nan


@dataclass(frozen=True, slots=True)
class Comparison:
    """`subject` measured against another; `meaning` says in a line what the ratio tells, `goal` what it should be.

    The goal is the least that the ratio should be, or with `most` (of times and sizes) the most. `unit` is of both
    values.
    """

    name: str
    subject: str
    against: str
    meaning: str
    goal: float | None = None
    most: bool = False
    unit: str = "/s"


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of several values, and how far they lay apart."""

    median: float
    lowest: float
    highest: float

    @property
    def width(self) -> float:
        """Highest minus lowest, as a part of the median."""
        return (self.highest - self.lowest) / self.median if self.median else math.inf


@dataclass(frozen=True, slots=True)
class Line:
    """One row: both values, the ratio of ours to theirs, and of their CPU per message to ours."""

    comparison: Comparison
    ours: Spread
    theirs: Spread
    ratio: Spread
    cpu: Spread

    @property
    def met(self) -> bool | None:
        """Whether the goal is; None where there is none."""
        goal, most = self.comparison.goal, self.comparison.most
        return None if goal is None else self.ratio.median <= goal if most else self.ratio.median >= goal


Round = Mapping[str, Figure]


def spread(values: Iterable[float]) -> Spread:
    """Of at least one value; values that are not known (nan) are left out, unless none is known."""
    found = list(values)
    known = [value for value in found if not math.isnan(value)] or found
    return Spread(median(known), min(known), max(known))


def quantile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least this part of them does not exceed. Of at least one value."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def line(comparison: Comparison, rounds: Sequence[Round]) -> Line:
    """Ratios are taken within each round, so that what slows a whole round down cancels out."""
    pairs = [(each[comparison.subject], each[comparison.against]) for each in rounds]
    return Line(
        comparison,
        spread(ours.value for ours, _ in pairs),
        spread(theirs.value for _, theirs in pairs),
        spread(ours.value / theirs.value for ours, theirs in pairs),
        spread(theirs.cpu / ours.cpu if ours.cpu else math.nan for ours, theirs in pairs),
    )


def text(lines: Sequence[Line]) -> str:
    """The table, each row followed by what it means."""
    shown = [("", "ratio", "lowest .. highest", "by CPU", "goal", "met", "ours", "theirs"), *map(_cells, lines)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    rows = ["  ".join(_aligned(cells, widths)).rstrip() for cells in shown]
    meanings = ["", *(f"    {each.comparison.meaning}" for each in lines)]
    return "\n".join(part for pair in zip(rows, meanings, strict=True) for part in pair if part)


def markdown(lines: Sequence[Line]) -> str:
    """The same for the README: what is compared, the ratio with its spread, by CPU where that is known, the goal."""
    rows = ["| what | meaning | ratio (lowest to highest) | by CPU | goal | met |", "|---|---|---|---|---|---|"]
    for each in lines:
        ratio = each.ratio
        shown = f"{_number(ratio.median)} ({_number(ratio.lowest)}–{_number(ratio.highest)})"
        named, goal = (each.comparison.name, each.comparison.meaning), _goal(each).replace(">=", "≥")
        cells = (*named, shown, _by_cpu(each), goal, _met(each))
        rows.append(f"| {' | '.join(cells).replace('<=', '≤')} |")
    return "\n".join(rows)


def between(text: str, shown: str, marks: tuple[str, str]) -> str:
    """The text with `shown` between its marks. ValueError: it has none."""
    before, _, rest = text.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not end:
        raise ValueError(f"there is no place for the table: {' … '.join(marks)}")
    return f"{before}{marks[0]}{shown}\n{end}{after}"


def as_json(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The same, with the spread of everything."""
    return [
        {
            "name": each.comparison.name,
            "subject": each.comparison.subject,
            "against": each.comparison.against,
            "meaning": each.comparison.meaning,
            "goal": each.comparison.goal,
            "goal_is_most": each.comparison.most,
            "met": each.met,
            "ratio": _json(each.ratio),
            "cpu_ratio": _json(each.cpu),
            "unit": each.comparison.unit,
            "ours": _json(each.ours),
            "theirs": _json(each.theirs),
        }
        for each in lines
    ]


def _cells(each: Line) -> tuple[str, ...]:
    ratio = each.ratio
    return (
        each.comparison.name,
        _number(ratio.median),
        f"{_number(ratio.lowest)} .. {_number(ratio.highest)}",
        _by_cpu(each),
        _goal(each),
        _met(each),
        _value(each.ours, each.comparison.unit),
        _value(each.theirs, each.comparison.unit),
    )


def _by_cpu(each: Line) -> str:
    return "" if math.isnan(each.cpu.median) else _number(each.cpu.median)


def _goal(each: Line) -> str:
    goal = each.comparison.goal
    return "" if goal is None else f"{'<=' if each.comparison.most else '>='} {_number(goal)}"


def _met(each: Line) -> str:
    return {None: "", True: "yes", False: "no"}[each.met]


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = cells
    return [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.1f}"


def _value(value: Spread, unit: str) -> str:
    shown = f"{value.median:,.0f}" if value.median >= 100 else f"{value.median:.3g}"
    return f"{shown}{unit if unit.startswith('/') else ' ' + unit} ±{value.width * 50:.0f}%"


def _json(values: Spread) -> dict[str, float | None]:
    """nan has no place in JSON."""
    named = {"median": values.median, "lowest": values.lowest, "highest": values.highest}
    return {name: None if math.isnan(value) else round(value, 4) for name, value in named.items()}
