"""Random histories of several users with one contact: `HISTORIES=100000` plays more (a quarter of it), `SEED=n`
others; a failure names its seed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_thread_histories import HISTORIES, LENGTH, NUMBER, SEED, choices
from tests.engine.circle import play

COSTLY = 4
"""A whole decision for each step takes so much longer than a step of the pure machine."""


@pytest.mark.parametrize("part", range(10))
def test_every_rule_holds_for_all_who_sit_there(part: int) -> None:
    for seed in range(SEED + part, SEED + HISTORIES // COSTLY, 10):
        try:
            play(seed, choices(seed))
        except Exception as broken:
            broken.add_note(f"seed {seed}: SEED={seed} HISTORIES={COSTLY} pytest {__file__}")
            raise


@settings(max_examples=40, deadline=None, derandomize=True, print_blob=True)
@given(seed=NUMBER, moves=st.lists(NUMBER, max_size=LENGTH))
def test_every_rule_holds_and_a_history_that_breaks_one_is_made_short(seed: int, moves: list[int]) -> None:
    play(seed, moves)


def test_the_histories_go_everywhere() -> None:
    seen: Counter[str] = Counter()
    for seed in range(100):
        circle = play(seed, choices(seed))
        seen.update(circle.seen)
        seen["three"] += len(circle.lanes) > 2
        seen["left"] += bool(circle.left)
    assert not {"ContactWrote", "Refused", "Rejected", "Uncertain", "Delayed", "Delivered", "three", "left"} - {*seen}
