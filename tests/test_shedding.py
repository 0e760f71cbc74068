"""How much may be under way: nothing is known at first, then what was measured counts, and the newest most."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shedding import FEWEST, LONGEST, Flow

MOST = 512


def served(flow: Flow, rate: float, times: int, among: int = 50) -> Flow:
    """After so many events of a service that does `rate` a second, one after the other."""
    for _ in range(times):
        flow = flow.told(among, among / rate)
    return flow


def test_as_long_as_nothing_is_known_the_limit_is_the_only_one() -> None:
    assert Flow().room(2.0, MOST) == MOST
    assert Flow().told(1, 0.0).room(2.0, MOST) == MOST


@pytest.mark.parametrize(
    ("rate", "within", "room"),
    [(100, 2.0, 200), (100, 4.0, 400), (200, 2.0, 400), (1000, 2.0, MOST), (20, 2.0, 40), (1, 2.0, FEWEST)],
)
def test_room_is_what_goes_through_in_that_time(rate: float, within: float, room: int) -> None:
    assert served(Flow(), rate, 1).room(within, MOST) == pytest.approx(room, abs=1)
    assert served(Flow(), rate, 500).room(within, MOST) == pytest.approx(room, abs=1)


def test_a_crowd_says_more_than_one_alone() -> None:
    """One alone pays a whole commit, a crowd shares it: many hundred in a second, not ten."""
    flow = served(Flow(), 10, 50, among=1)
    assert flow.room(2.0, MOST) == pytest.approx(20, abs=1)
    assert served(flow, 500, 50, among=100).room(2.0, MOST) == MOST


def test_it_recovers_from_a_standstill_with_the_few_that_are_let_in() -> None:
    stuck = Flow()
    for among in range(1, MOST + 1):
        stuck = stuck.told(among, 60.0)
    assert FEWEST <= stuck.room(2.0, MOST) < MOST / 4
    flow, events = stuck, 0
    while (room := flow.room(2.0, MOST)) < 400:
        flow, events = served(flow, 250, 1, among=room), events + 1
    assert events < 300


@given(st.lists(st.tuples(st.integers(1, 2000), st.floats(0, 1e6)), max_size=50), st.floats(0.1, 10))
def test_a_few_are_always_let_in_and_never_too_many(pairs: list[tuple[int, float]], within: float) -> None:
    flow = Flow()
    for among, seconds in pairs:
        flow = flow.told(among, seconds)
        assert flow.seconds <= 64 * LONGEST
    assert FEWEST <= flow.room(within, MOST) <= MOST
