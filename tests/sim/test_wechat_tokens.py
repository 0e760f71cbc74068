"""The simulated access tokens: two kinds that do not touch each other."""

from __future__ import annotations

import pytest

from bot.sim.clock import Clock
from bot.sim.wechat.tokens import Tokens


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.set("2026-03-01T00:00:00+00:00")
    return clock


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(clock)


def value(given: tuple[str, int] | int) -> str:
    assert isinstance(given, tuple)
    return given[0]


def test_the_stable_token_stays_the_same_until_its_last_five_minutes(clock: Clock, tokens: Tokens) -> None:
    first = tokens.stable()
    assert isinstance(first, tuple)
    assert first[1] == 7200
    clock.advance(6899)
    assert tokens.stable() == (first[0], 301)
    clock.advance(1)
    second = value(tokens.stable())
    assert second != first[0]
    assert tokens.check(first[0]) == tokens.check(second) == 0
    clock.advance(300)
    assert tokens.check(first[0]) == 42001


def test_force_refresh_kills_the_old_token_at_once(clock: Clock, tokens: Tokens) -> None:
    first = value(tokens.stable())
    second = value(tokens.stable(force=True))
    assert tokens.check(first) == 40001
    assert tokens.check(second) == 0
    assert value(tokens.stable(force=True)) == second, "not within 30 seconds"
    clock.advance(30)
    assert value(tokens.stable(force=True)) != second


def test_force_refresh_works_twenty_times_a_day_by_chinas_calendar(clock: Clock, tokens: Tokens) -> None:
    tokens.stable()
    for _ in range(20):
        assert isinstance(tokens.stable(force=True), tuple)
        clock.advance(30)
    assert tokens.stable(force=True) == 45009
    clock.set("2026-03-01T16:00:00+00:00")
    assert isinstance(tokens.stable(force=True), tuple)


def test_a_classic_token_outlives_its_successor_by_five_minutes(clock: Clock, tokens: Tokens) -> None:
    first, second = value(tokens.classic()), value(tokens.classic())
    clock.advance(299)
    assert tokens.check(first) == 0
    clock.advance(1)
    assert tokens.check(first) == 40001
    assert tokens.check(second) == 0


def test_the_kinds_are_isolated(tokens: Tokens) -> None:
    stable = value(tokens.stable())
    classic = value(tokens.classic())
    tokens.stable(force=True)
    assert tokens.check(classic) == 0
    assert tokens.check(stable) == 40001


def test_a_classic_day_has_two_thousand_calls(tokens: Tokens) -> None:
    for _ in range(2000):
        tokens.classic()
    assert tokens.classic() == 45009


def test_missing_unknown_invalidated_and_expired_tokens_are_told_apart(tokens: Tokens) -> None:
    assert tokens.check(None) == tokens.check("") == 41001
    assert tokens.check("made-up") == 40001
    token = value(tokens.stable())
    tokens.expire()
    assert tokens.check(token) == 42001
    fresh = value(tokens.stable())
    tokens.invalidate()
    assert tokens.check(fresh) == 40001
