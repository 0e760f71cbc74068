"""The README's table of promises: every row leads to tests that are there, and to a figure that is still right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.points import POINTS
from bot.wechat import webhook
from tests.attacks.table import ATTACKS
from tests.crash.beside import DEATHS
from tests.faults.table import FAULTS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
_TABLE = README.split("\n## Promises\n")[1].split("\n## ")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in _TABLE.splitlines() if line[:1] == "|"][2:]
_LINK = re.compile(r"\[`([^`]+)`\]\(([^)]+)\)")
_COMMAND = re.compile(r"`(?:([A-Z]+)=\d+ )?make (\w+)(?: ARGS='(?:-k (\w+)|[^']*)')?`")
TESTS = {path: path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py")}


def test_the_table_is_there() -> None:
    assert len(ROWS) >= 18
    assert {len(row) for row in ROWS} == {4}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_promise_leads_to_tests_and_has_a_figure(row: list[str]) -> None:
    links = _LINK.findall(row[2])
    assert links and all((ROOT / path).is_file() and Path(path).name == name for name, path in links)
    assert re.search(r"\d", row[3])
    for path in re.findall(r"`(tests/[^`]*)`", "".join(row)):
        assert (ROOT / path).exists()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_command_that_gives_a_figure_is_one(row: list[str]) -> None:
    for variable, target, chosen in _COMMAND.findall(row[3]):
        assert re.search(rf"^{target}:.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert not variable or any(f'environ.get("{variable}"' in text for text in TESTS.values())
        assert not chosen or any(re.search(rf"def test_\w*{chosen}", text) for text in TESTS.values())


def test_figures_that_can_be_counted_here_are_right() -> None:
    tests = {each for several in ATTACKS.values() for each in several}
    shown = "\n".join(row[3] for row in ROWS)
    assert f"| {len(FAULTS)} of {len(FAULTS)} |" in _TABLE
    assert f"{len(ATTACKS)} attacks, {len(tests)} tests" in shown
    assert f"{len(DEATHS)} kills in each world while heads go out" in shown
    assert f"{webhook.IN_FLIGHT} requests in flight" in _TABLE
    assert f"{len(POINTS)} named points" in _TABLE
