"""The table of attacks is complete: every test it names is there, and no test here is in no row."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.attacks.table import ATTACKS

ROOT = Path(__file__).parent.parent.parent


def there(file: Path) -> set[str]:
    """The tests in a file, by name."""
    tree = ast.parse(file.read_text("utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name for node in functions if node.name.startswith("test_")}


def test_every_test_that_the_table_names_is_there() -> None:
    named = {test for tests in ATTACKS.values() for test in tests}
    assert all(ATTACKS.values())
    assert [test for test in sorted(named) if test.split("::")[1] not in there(ROOT / test.split("::")[0])] == []


def test_every_test_here_holds_an_attack() -> None:
    named = {test for tests in ATTACKS.values() for test in tests}
    files = sorted(set((ROOT / "tests/attacks").glob("test_*.py")) - {Path(__file__)})
    here = {f"tests/attacks/{file.name}::{test}" for file in files for test in there(file)}
    assert len(here) > 20
    assert sorted(here - named) == []
