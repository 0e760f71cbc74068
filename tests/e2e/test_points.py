"""Every named point is on the way of a conversation, in its place; the crash run kills at them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import points
from bot.points import POINTS, Point
from tests.crash.plan import BESIDE
from tests.e2e.stage import stage

TRANSACTION: list[Point] = ["begin", "load", "state", "message", "outbox", "inbox", "audit", "commit"]


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    seen: list[Point] = []
    monkeypatch.setattr(points, "reached", seen.append)
    return seen


async def test_a_conversation_passes_every_point_that_is_on_its_way(tmp_path: Path, passed: list[Point]) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.writes("an answer")
        await on.admin("audit", "export")
    assert {*passed} == {*POINTS} - {*BESIDE}


async def test_the_points_of_a_message_come_in_the_order_of_their_names(tmp_path: Path, passed: list[Point]) -> None:
    async with stage(tmp_path, working=False) as on:
        await on.li.says("hello")
        passed.clear()
        await on.li.says("hello again")
        assert passed == [*TRANSACTION, "acked"]
        passed.clear()
        await on.settled()
        delivery: list[Point] = ["claimed", "before-send", "after-send", "marked"]
        assert sorted(delivery, key=passed.index) == delivery
        assert passed.count("before-send") == passed.count("after-send") == passed.count("marked") >= 1
