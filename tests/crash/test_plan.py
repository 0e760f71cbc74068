"""The plan leaves no point out, and ends."""

from __future__ import annotations

from itertools import islice
from random import Random

from bot.points import POINTS
from tests.crash.child import Doom
from tests.crash.plan import BESIDE, OFFLINE, SPINE, Round, drawn, each_once, every, until


def test_every_point_has_its_place() -> None:
    assert sorted([*SPINE, *OFFLINE, *BESIDE]) == sorted(POINTS)
    assert [each.doom for each in each_once()] == [Doom(point) for point in SPINE]
    assert (
        {each.doom.point for each in every()} == {*SPINE} == {each.doom.point for each in islice(drawn(Random(1)), 999)}
    )


def test_again_is_at_the_first_pass() -> None:
    assert Round(Doom("load", 3), again=2).dooms == (Doom("load", 3), Doom("load"), Doom("load"))


def test_a_world_ends_after_so_many_kills() -> None:
    assert len(list(until(5, drawn(Random(1))))) <= 3
    assert list(until(0, each_once())) == []
    assert sum(len(each.dooms) + 1 for each in until(50, every())) >= 50
