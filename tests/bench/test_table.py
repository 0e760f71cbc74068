"""Medians, spread and layout of the table of ratios."""

from __future__ import annotations

import json
import math

from tests.bench.table import Comparison, Figure, Line, Spread, as_json, line, markdown, quantile, spread, text

COMPARISON = Comparison("inbound", "ours", "floor", "what it means", 0.5)
ROUNDS = [
    {"ours": Figure(100, 200), "floor": Figure(200, 100)},
    {"ours": Figure(10, 100), "floor": Figure(50, 100)},
    {"ours": Figure(300, 400), "floor": Figure(400, 100)},
]


def test_the_spread_is_the_median_with_the_extremes() -> None:
    assert spread([3, 1, 2]) == Spread(2, 1, 3)
    assert spread([3, 1, 2]).width == 1
    assert spread([4, 1, 2, 3]).median == 2.5


def test_one_value_has_no_width() -> None:
    assert spread([7]).width == 0


def test_what_is_not_known_is_left_out() -> None:
    assert spread([1, math.nan, 3]) == Spread(2, 1, 3)
    assert math.isnan(spread([math.nan, math.nan]).median)


def test_a_ratio_is_taken_within_its_round() -> None:
    """The slow second round does not count as a bad one: its floor was slow as well."""
    measured = line(COMPARISON, ROUNDS)
    assert measured.ratio == Spread(0.5, 0.2, 0.75)
    assert measured.ours == Spread(100, 10, 300)
    assert measured.theirs.median == 200


def test_the_ratio_by_cpu_is_more_for_less_cpu() -> None:
    assert line(COMPARISON, ROUNDS).cpu == Spread(0.5, 0.25, 1.0)
    assert math.isnan(line(COMPARISON, [{"ours": Figure(1), "floor": Figure(1)}]).cpu.median)
    assert math.isnan(line(COMPARISON, [{"ours": Figure(1, 0), "floor": Figure(1, 5)}]).cpu.median)


def test_the_table_says_each_row_and_what_it_means() -> None:
    shown = text([line(COMPARISON, ROUNDS)]).splitlines()
    assert len(shown) == 3
    assert shown[1].split()[:9] == ["inbound", "0.50", "0.20", "..", "0.75", "0.50", ">=", "0.50", "yes"]
    assert shown[2] == "    what it means"
    assert "nan" not in text([line(COMPARISON, [{"ours": Figure(12), "floor": Figure(1)}])])


def measured(ratio: float, goal: float | None, most: bool = False) -> Line:
    comparison = Comparison("start", "ours", "imports", "time until it serves", goal, most, "ms")
    return line(comparison, [{"ours": Figure(ratio), "imports": Figure(1.0)}])


def test_a_goal_is_met_from_its_side() -> None:
    assert [measured(ratio, 2.0).met for ratio in (1.9, 2.0, 2.1)] == [False, True, True]
    assert [measured(ratio, 2.0, most=True).met for ratio in (1.9, 2.0, 2.1)] == [True, True, False]
    assert measured(1.0, None).met is None


def test_each_value_has_its_unit() -> None:
    assert "  1.9 ms ±0%" in text([measured(1.9, 2.0, most=True)])
    assert "1,234/s" in text([line(COMPARISON, [{"ours": Figure(1234.4), "floor": Figure(1)}])])


def test_the_readme_reads_the_same() -> None:
    rows = markdown([line(COMPARISON, ROUNDS), measured(2.5, 2.0, most=True), measured(1.0, None)]).splitlines()
    assert rows[2] == "| inbound | what it means | 0.50 (0.20–0.75) | 0.50 | ≥ 0.50 | yes |"
    assert rows[3] == "| start | time until it serves | 2.50 (2.50–2.50) |  | ≤ 2.00 | no |"
    assert rows[4].endswith("|  |  |  |")


def test_the_quantile_is_one_of_the_values() -> None:
    assert quantile([3.0, 1.0, 2.0], 0.99) == 3
    assert quantile([float(n) for n in range(1, 101)], 0.99) == 99
    assert quantile([float(n) for n in range(1, 101)], 0.5) == 50
    assert quantile([7.0], 0.01) == 7


def test_json_has_no_nan() -> None:
    told = as_json([line(COMPARISON, [{"ours": Figure(12), "floor": Figure(1)}])])
    assert json.loads(json.dumps(told, allow_nan=False))[0]["cpu_ratio"]["median"] is None
    assert told[0]["ratio"]["median"] == 12
