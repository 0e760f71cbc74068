"""Rounds, rotation and what becomes of a subject that is not there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.group import ROUNDS, SHORT_ROUNDS, SHORTENED, Bench, Group, Subject, measured
from tests.bench.table import Comparison, Figure

VALUES = {"ours": 6.0, "floor": 3.0, "other": 1.0}


def group(asked: list[tuple[str, int]]) -> Group:
    def measure(name: str) -> Callable[[int], Awaitable[Figure]]:
        async def figure(fewer: int) -> Figure:
            asked.append((name, fewer))
            return Figure(VALUES[name])

        return figure

    @asynccontextmanager
    async def opened(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
        yield [Subject(name, measure(name)) for name in VALUES]

    against = [Comparison(f"ours / {name}", "ours", name, "") for name in ("floor", "peer")]
    return Group("g", against, opened)


async def test_every_subject_is_measured_in_every_round_and_the_order_turns(tmp_path: Path) -> None:
    asked: list[tuple[str, int]] = []
    with ThreadPoolExecutor() as load:
        (line,) = await measured(group(asked), Bench(tmp_path, load))
    assert line.ratio.median == 2
    rounds = [asked[at : at + 3] for at in range(0, len(asked), 3)]
    assert [{name for name, _ in each} for each in rounds] == [set(VALUES)] * (1 + ROUNDS)
    assert [each[0][0] for each in rounds[1:4]] == ["ours", "floor", "other"]
    assert {fewer for _, fewer in rounds[0]} == {SHORTENED}
    assert {fewer for each in rounds[1:] for _, fewer in each} == {1}


async def test_a_short_run_has_fewer_and_shorter_rounds(tmp_path: Path) -> None:
    asked: list[tuple[str, int]] = []
    with ThreadPoolExecutor() as load:
        await measured(group(asked), Bench(tmp_path, load, short=True))
    assert {fewer for _, fewer in asked} == {SHORTENED}
    assert len(asked) == 3 * SHORT_ROUNDS


async def test_what_has_several_figures_gives_each_a_name(tmp_path: Path) -> None:
    async def measure(fewer: int) -> dict[str, Figure]:
        return {"answer": Figure(2.0), "end": Figure(4.0)}

    @asynccontextmanager
    async def opened(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
        yield [Subject("inbound", measure)]

    compared = Comparison("end / answer", "inbound end", "inbound answer", "")
    with ThreadPoolExecutor() as load:
        (line,) = await measured(Group("g", [compared], opened), Bench(tmp_path, load, short=True))
    assert line.ratio.median == 2
