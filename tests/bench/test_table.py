"""Medians, spread and layout of the table of ratios."""

from __future__ import annotations

import json
import math

from tests.bench.table import Comparison, Figure, Spread, as_json, line, spread, text

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
    assert shown[1].split()[:7] == ["inbound", "0.50", "0.20", "..", "0.75", "0.50", ">="]
    assert shown[2] == "    what it means"
    assert "nan" not in text([line(COMPARISON, [{"ours": Figure(12), "floor": Figure(1)}])])


def test_json_has_no_nan() -> None:
    told = as_json([line(COMPARISON, [{"ours": Figure(12), "floor": Figure(1)}])])
    assert json.loads(json.dumps(told, allow_nan=False))[0]["cpu_ratio"]["median"] is None
    assert told[0]["ratio"]["median"] == 12
