"""The table of the thirty faults is whole, and each test that it names is there and asserts something."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.faults.table import FAULTS

ROOT = Path(__file__).parents[2]


def test_there_are_thirty() -> None:
    assert list(FAULTS) == list(range(1, 31))
    assert len({name for _, _, name in FAULTS.values()}) == 30


@pytest.mark.parametrize("number", FAULTS)
def test_each_has_its_test(number: int) -> None:
    _, path, name = FAULTS[number]
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    (found,) = [each for each in functions if each.name == name]
    assert not any("skip" in ast.unparse(each) for each in found.decorator_list)


def test_each_test_that_carries_a_number_is_in_the_table() -> None:
    """So that a fault is not proved under another's number."""
    numbered = {name: number for number, (_, _, name) in FAULTS.items()}
    for path in Path(__file__).parent.glob("test_*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            found = re.match(r"test_(\d+)_", getattr(node, "name", ""))
            if found:
                assert int(found[1]) in FAULTS
                assert numbered.get(found.string, int(found[1])) == int(found[1])
