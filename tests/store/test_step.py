"""In step: like questions go together, and everybody gets their own answers. The driver here only counts."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bot.store.step import Alone, Member, current, together


class Driver:
    """Answers each execution with its values, doubled."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    async def fetchmany(self, sql: str, given: Sequence[Any]) -> list[Any]:
        self.asked.append((sql, len(given)))
        return [(value * 2, whose) for value, whose in reversed(given)]

    async def executemany(self, sql: str, given: Sequence[Any]) -> None:
        self.asked.append((sql, len(given)))


@pytest.fixture
def driver() -> Driver:
    return Driver()


def me() -> Member:
    found = current()
    assert found is not None
    return found


def asking(*questions: tuple[str, int]) -> Callable[[], list[int]]:
    """Asks one after the other; the answers."""
    return lambda: [row[0] for sql, value in questions for row in me().ask(sql, [(value, me().number)])]


async def test_like_questions_are_one_round_trip(driver: Driver) -> None:
    works = [asking(("a", number), ("b", number)) for number in range(5)]
    assert await together(driver, works) == [[2 * number, 2 * number] for number in range(5)]
    assert driver.asked == [("a", 5), ("b", 5)]
    assert current() is None


async def test_whoever_asks_something_else_gets_it(driver: Driver) -> None:
    works = [asking(("a", 1), ("c", 1)), asking(("b", 2)), asking(), asking(("a", 3), ("c", 3))]
    assert await together(driver, works) == [[2, 2], [4], [], [6, 6]]
    assert driver.asked == [("a", 2), ("b", 1), ("c", 2)]


async def test_many_at_once_want_no_answer(driver: Driver) -> None:
    def many() -> Sequence[Any]:
        return me().ask("put", [(1,), (2,), (3,)], answered=False)

    assert await together(driver, [many, many]) == [[], []]
    assert driver.asked == [("put", 6)]


async def test_one_alone_leaves_the_others_in_step(driver: Driver) -> None:
    def alone() -> list[int]:
        me().ask("a", [(1, me().number)])
        raise Alone

    first, second = await together(driver, [alone, asking(("a", 2), ("b", 2))])
    assert isinstance(first, Alone)
    assert second == [4, 4]
    assert driver.asked == [("a", 2), ("b", 1)]


async def test_what_one_raises_ends_them_all(driver: Driver) -> None:
    ended: list[str] = []

    def fails() -> list[int]:
        me().ask("a", [(1, me().number)])
        raise LookupError("on purpose")

    def suspended() -> list[int]:
        try:
            return asking(("a", 1), ("b", 1))()
        finally:
            ended.append("suspended")

    with pytest.raises(LookupError):
        await together(driver, [suspended, fails])
    assert (driver.asked, ended) == ([("a", 2)], ["suspended"])


async def test_what_one_holds_no_other_has(driver: Driver) -> None:
    def holding(*names: str) -> Callable[[], list[int]]:
        def work() -> list[int]:
            me().hold(names)
            me().hold(names)  # what is ours already
            return asking(("a", 1))()

        return work

    found = await together(driver, [holding("x"), holding("y", "x"), holding("z"), holding()])
    assert [isinstance(each, Alone) for each in found] == [False, True, False, True]


async def test_what_somebody_awaits_is_awaited(driver: Driver) -> None:
    async def slow() -> int:
        return 7

    async def broken() -> int:
        raise LookupError("on purpose")

    def cold() -> list[int]:
        assert me().parent.switch(slow()) == 7
        with pytest.raises(LookupError):
            me().parent.switch(broken())
        return asking(("a", 1))()

    assert await together(driver, [cold, asking(("a", 2))]) == [[2], [4]]
    assert driver.asked == [("a", 2)]
