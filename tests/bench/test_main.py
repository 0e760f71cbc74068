"""What cannot be measured is named, and the rest is measured all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench import postgres
from tests.bench.group import Bench, Group, Subject
from tests.bench.measure import Failed
from tests.bench.table import Comparison, Figure
from tests.postgres import Server


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


def test_all_groups_share_one_server_and_who_asks_for_none_starts_none(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    @contextmanager
    def server() -> Iterator[Server]:
        told.append("started")
        yield Server("socket", Path())
        told.append("ended")

    def asking(name: str, asks: bool) -> Group:
        @asynccontextmanager
        async def opened(given: Bench) -> AsyncIterator[Sequence[Subject]]:
            told.append(given.postgres().socket if asks else "none")

            async def measure(fewer: int) -> Figure:
                return Figure(2.0)

            yield [Subject("ours", measure), Subject("theirs", measure)]

        return Group(name, [Comparison(f"{name} row", "ours", "theirs", "what it means")], opened)

    monkeypatch.setattr(postgres, "server", server)
    monkeypatch.setattr(bench, "GROUPS", (asking("a", False), asking("b", True), asking("c", True)))
    assert bench.main(["--short"]) == 0
    assert told == ["none", "started", "socket", "socket", "ended"]
    assert bench.main(["--short", "--only", "a"]) == 0
    assert told[5:] == ["none"]
