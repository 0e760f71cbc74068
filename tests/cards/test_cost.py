"""What drawing costs, counted and not timed: Python calls for each object of a card, the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from cards import render
from tests.cards.samples import READERS, SAMPLES
from tests.cards.schema import objects

HOT = ("incoming", "confirmation-sent", "inactive-limit", "status")
CALLS_PER_OBJECT = 12
"""It takes 4 to 10; a tree of objects turned into data, and texts with all values worked out, took 25 to 38."""


def calls(work: Callable[[], object]) -> int:
    """How many Python functions `work` calls."""
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("language", READERS)
@pytest.mark.parametrize("name", HOT)
def test_a_hot_card_is_drawn_in_few_calls(name: str, language: str) -> None:
    sample = next(each for each in SAMPLES if each.id == name)
    view = sample.view(language)
    card = render(sample.card, view)
    assert calls(lambda: render(sample.card, view)) <= CALLS_PER_OBJECT * len(list(objects(card)))


def test_drawing_one_card_leaves_no_trace_in_the_next() -> None:
    """Pieces are shared between cards, what is filled in is not."""
    sample = next(each for each in SAMPLES if each.id == "incoming")
    english, chinese = sample.view("en"), sample.view("zh")
    first = render(sample.card, english)
    assert render(sample.card, chinese) != first
    assert render(sample.card, english) == first


def test_the_count_counts() -> None:
    assert calls(lambda: [str(each) for each in range(3)]) >= 1
    assert calls(lambda: list(map(lambda each: each, range(3)))) == 4
