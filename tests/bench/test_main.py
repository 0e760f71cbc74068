"""What cannot be measured is named, and the rest is measured all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from tests.bench import __main__ as bench
from tests.bench.group import Bench, Group, Subject
from tests.bench.measure import Failed
from tests.bench.table import Comparison, Figure


def group(name: str, failing: bool) -> Group:
    @asynccontextmanager
    async def opened(_: Bench) -> AsyncIterator[Sequence[Subject]]:
        async def measure(fewer: int) -> Figure:
            if failing:
                raise Failed("nothing arrived")
            return Figure(2.0)

        yield [Subject("ours", measure), Subject("theirs", measure)]

    return Group(name, [Comparison(f"{name} row", "ours", "theirs", "what it means")], opened)


def test_one_group_that_fails_does_not_take_the_others_along(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "GROUPS", (group("broken", True), group("sound", False)))
    assert bench.main(["--short"]) == 1
    said = capsys.readouterr()
    assert "sound row" in said.out and "broken row" not in said.out
    assert "Not measured: broken: nothing arrived" in said.err
    assert bench.main(["--short", "--only", "sound"]) == 0
