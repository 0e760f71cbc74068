"""Sliding windows: nothing goes too early, and nothing later than it must."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing import CONVERSATION, TENANT, Window, free_at, retry_after, shared
from bot.sim.connector.limits import WINDOWS as TEAMS

NOW = datetime(2026, 1, 7, 6, 5, tzinfo=UTC)
GAPS = st.lists(st.floats(0, 40) | st.just(0.0), max_size=150)


def within(times: Sequence[float], windows: Sequence[Window]) -> bool:
    """Whether no window, wherever it begins, holds more than it may; a rounding error is forgiven."""
    return all(
        sum(begin <= at < begin + each.seconds - 1e-6 for at in times) <= each.most
        for each in windows
        for begin in times
    )


def test_the_first_sends_go_at_once_and_the_next_when_the_first_leaves_the_window() -> None:
    assert free_at([], CONVERSATION, 10) == 10
    assert free_at([9.9] * 3, CONVERSATION, 10) == 10
    assert free_at([9.6, 9.7, 9.8, 9.9], CONVERSATION, 10) == 11.6


def test_the_widest_window_that_is_full_decides() -> None:
    went = [float(n) for n in range(50)]
    assert free_at(went, [Window(5, 1), Window(50, 300)], 60) == 300


def test_without_windows_nothing_waits() -> None:
    assert free_at([1.0] * 1000, (), 1.0) == 1.0


@given(GAPS)
def test_whoever_asks_whenever_stays_within_all_windows(gaps: list[float]) -> None:
    went: list[float] = []
    now = 0.0
    for gap in gaps:
        now = max(now + gap, free_at(went, CONVERSATION, now + gap))
        went.append(now)
    assert within(went, CONVERSATION)


@given(GAPS)
def test_a_moment_earlier_would_be_too_early(gaps: list[float]) -> None:
    went: list[float] = []
    for gap in gaps:
        asked = (went[-1] if went else 0.0) + gap
        at = free_at(went, CONVERSATION, asked)
        if at > asked:
            assert not within([*went, at - 1e-3], CONVERSATION)
        went.append(at)


@given(GAPS, st.lists(st.floats(0, 0.99), min_size=150, max_size=150))
def test_teams_limits_are_kept_even_when_sends_arrive_up_to_a_second_late(gaps: list[float], late: list[float]) -> None:
    went: list[float] = []
    for gap in gaps:
        went.append(free_at(went, CONVERSATION, (went[-1] if went else 0.0) + gap))
    arrived = sorted(at + by for at, by in zip(went, late, strict=False))
    assert within(arrived, [Window(most, seconds) for seconds, most in TEAMS])


def test_the_tenants_limit_is_teams_own() -> None:
    assert (TENANT.most, TENANT.seconds) == (30, 1)


def test_several_share() -> None:
    assert shared(CONVERSATION, 0.5) == (Window(2, 2), Window(25, 30), Window(750, 3600))
    assert shared(CONVERSATION, 0.01) == (Window(1, 2), Window(1, 30), Window(15, 3600))
    assert shared(CONVERSATION, 2) == CONVERSATION


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("99999999999", 86_400),
        ("Wed, 07 Jan 2026 06:06:00 GMT", 60),
        ("Wed, 07 Jan 2026 06:04:00 GMT", 0),
        ("Wed, 14 Jan 2026 06:05:00 GMT", 86_400),
        ("", None),
        ("-1", None),
        ("²", None),
        ("soon", None),
        ("07 Jan 2026 06:06:00 -0000", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: int | None) -> None:
    assert retry_after(value, NOW) == (None if seconds is None else timedelta(seconds=seconds))
