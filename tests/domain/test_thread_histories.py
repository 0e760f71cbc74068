"""Random histories of one thread: `HISTORIES=100000` plays more of them, `SEED=n` others; a failure names its seed."""

import os
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import Refused, Report
from tests.domain.world import play

HISTORIES = int(os.environ.get("HISTORIES", "500"))
SEED = int(os.environ.get("SEED", "0"))
LENGTH = 50
NUMBER = st.integers(0, 2**32 - 1)


def choices(seed: int) -> list[int]:
    random = Random(f"{seed} moves")
    return [random.getrandbits(32) for _ in range(random.randint(1, LENGTH))]


@pytest.mark.parametrize("part", range(10))
def test_every_rule_holds_through_random_histories(part: int) -> None:
    for seed in range(SEED + part, SEED + HISTORIES, 10):
        try:
            play(seed, choices(seed))
        except Exception as broken:
            broken.add_note(f"seed {seed}: SEED={seed} HISTORIES=1 pytest {__file__}")
            raise


@settings(max_examples=200, deadline=None, derandomize=True, print_blob=True)
@given(seed=NUMBER, moves=st.lists(NUMBER, max_size=LENGTH))
def test_every_rule_holds_and_a_history_that_breaks_one_is_made_short(seed: int, moves: list[int]) -> None:
    play(seed, moves)


def test_the_histories_go_everywhere() -> None:
    seen: Counter[str] = Counter()
    for seed in range(200):
        world = play(seed, choices(seed))
        for event, _ in world.events:
            seen[type(event).__name__] += 1
            seen[event.cause if isinstance(event, Refused) else ""] += isinstance(event, Report)
        seen[world.thread.phase] += 1
        seen["missed"] += bool(world.outbox.missed)
    assert not {"ContactWrote", "Refused", "Rejected", "Uncertain", "Delayed", "count", "time"} - set(seen)
    assert not {"active", "inactive", "left", "unfollowed", "missed"} - set(seen), seen
