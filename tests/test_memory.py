"""What was there when the service had started is not searched for dead objects; what comes later is."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from bot import memory


class Circle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    usual = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*usual)


def test_what_is_there_is_left_alone() -> None:
    there = Circle()
    memory.settle()
    assert gc.get_freeze_count() > 0
    assert all(each is not there for each in gc.get_objects())
    assert gc.get_threshold() == memory.SEARCHES


def test_what_had_died_before_goes() -> None:
    dead = weakref.ref(Circle())
    memory.settle()
    assert dead() is None


def test_a_circle_that_dies_later_is_found_by_itself() -> None:
    memory.settle()
    dead = weakref.ref(Circle())
    kept = [Circle() for _ in range(2 * memory.SEARCHES[0])]
    assert kept
    assert dead() is None
