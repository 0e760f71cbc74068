"""What outsiders wrote is shown to an administrator, not obeyed by a terminal or a spreadsheet."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bot.show import plain

ROOT = Path(__file__).parent.parent.parent
STEERS = ["\x1b[2J", "\x9b2J", "\x07", "\r", "\x08", "\u202e", "\u2066", "\u2028", "\x00", "\x7f"]


@pytest.mark.parametrize("mark", STEERS)
def test_nothing_steers_the_terminal(mark: str) -> None:
    words = f"Li{mark}root  enabled"
    for shown in (words, {"name": words}, [{"name": words}], {"x": {"en.key": words}}, {"ledger": [{"text": words}]}):
        printed = plain(shown)
        assert mark not in printed
        assert "Li" in printed and "root" in printed


def test_nobody_writes_a_line_of_their_own_into_a_table() -> None:
    forged = "Li\nBen Weber  +49151  yes"
    assert len(plain([{"name": forged, "enabled": True}]).splitlines()) == 2
    assert len(plain({"texts": {"en.key": forged}}).splitlines()) == 3
    assert len(plain({"name": forged}).splitlines()) == 1


def test_no_spreadsheet_is_ever_written() -> None:
    """So no cell can begin a formula: exports are JSON lines and letters, listings are tables and JSON."""
    for path in (ROOT / "bot").rglob("*.py"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("DictWriter", "to_csv"), path
                assert not (node.attr == "writer" and isinstance(node.value, ast.Name) and node.value.id == "csv"), path
