"""The simulated quota, at its boundaries and under every rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.sim.wechat.quota import Quota, QuotaRule, QuotaTerms, acted, wrote

START = datetime(2026, 3, 28, 12, tzinfo=UTC)
TERMS = QuotaTerms()


def sent(quota: Quota, count: int, now: datetime = START) -> Quota:
    for _ in range(count):
        quota, errcode = quota.spend(now)
        assert errcode == 0
    return quota


def test_a_message_allows_five_and_the_sixth_is_refused_by_count() -> None:
    quota = sent(wrote(Quota(), START, TERMS), 5)
    assert quota.spend(START) == (quota, 45047)


@pytest.mark.parametrize(
    ("after", "errcode"),
    [
        (timedelta(hours=47, minutes=59, seconds=59), 0),
        (timedelta(hours=48), 45015),
        (timedelta(hours=48, seconds=1), 45015),
    ],
)
def test_the_window_closes_at_48_hours_also_over_a_change_of_daylight_saving(after: timedelta, errcode: int) -> None:
    assert wrote(Quota(), START, TERMS).spend(START + after)[1] == errcode


def test_nothing_may_be_sent_before_the_contact_did_anything() -> None:
    assert Quota().spend(START)[1] == 45015


def test_a_new_message_starts_the_count_again() -> None:
    later = START + timedelta(hours=1)
    quota = wrote(sent(wrote(Quota(), START, TERMS), 4), later, TERMS)
    assert quota.left(later) == 5
    assert quota.expires(later) == later + timedelta(hours=48)


def test_a_menu_click_is_used_first_and_never_lowers_the_message_grant() -> None:
    quota = acted(wrote(Quota(), START, TERMS), START, TERMS)
    assert quota.left(START) == 8
    quota = sent(quota, 3)
    assert quota.message is not None
    assert quota.message.left == 5


def test_a_follow_allows_three_within_one_minute() -> None:
    quota = acted(Quota(), START, TERMS)
    assert sent(quota, 3).spend(START)[1] == 45047
    assert quota.spend(START + timedelta(seconds=59))[1] == 0
    assert quota.spend(START + timedelta(seconds=60))[1] == 45015


@pytest.mark.parametrize(
    ("rule", "after_click", "after_message"),
    [("separate", 5, 8), ("overwrite", 3, 5), ("max", 3, 5), ("cumulative", 2, 2)],
)
def test_the_rules_that_tencent_leaves_open(rule: QuotaRule, after_click: int, after_message: int) -> None:
    terms = QuotaTerms(rule=rule)
    quota = acted(sent(wrote(Quota(), START, terms), 3), START, terms)
    assert quota.left(START) == after_click
    assert wrote(quota, START, terms).left(START) == after_message


def test_max_keeps_what_is_more() -> None:
    terms = QuotaTerms(rule="max")
    quota = acted(wrote(Quota(), START, terms), START, terms)
    assert (quota.left(START), quota.expires(START)) == (5, START + timedelta(hours=48))
