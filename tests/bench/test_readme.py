"""The table goes to its place in the README and nowhere else."""

from __future__ import annotations

import pytest

from tests.bench.__main__ import MARKS
from tests.bench.table import between


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    text = "before\n<!-- bench -->\n| old |\n| table |\n<!-- /bench -->\nafter\n"
    assert between(text, "| new |", MARKS) == "before\n<!-- bench -->\n| new |\n<!-- /bench -->\nafter\n"


def test_a_text_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the table"):
        between("<!-- bench -->\n| old |\n", "| new |", MARKS)
