"""The company's numbers: how durations are spelled, what terms they come to, and which of them are refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.policy import OnUncertain, Policy, PromptWay, Release, Terms, format_duration, parse_duration

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("0s", timedelta(0)),
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("48h", 48 * HOUR),
        ("7d", timedelta(days=7)),
        (" 1h ", HOUR),
        ("7y", timedelta(days=7 * 366)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "48", "h", "-1h", "1.5h", "48 h", "48H", "1h30m", "2w", "48h\nx", "٤٨h"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="as in 90s, 30m, 48h, 7d or 7y") as refusal:
        parse_duration(text)
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (1, "1s"),
        (90, "90s"),
        (60, "1m"),
        (1800, "30m"),
        (3600, "1h"),
        (172800, "48h"),
        (3601, "3601s"),
        (31_622_400, "1y"),
    ],
)
def test_a_duration_is_written_as_short_as_it_can_be_read_back(seconds: int, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("prompt", "limit", "template", "way", "allowance"),
    [
        (PromptWay.AUTO, 5, True, PromptWay.TEMPLATE, 5),
        (PromptWay.AUTO, 5, False, PromptWay.RESERVE, 4),
        (PromptWay.AUTO, 2, False, PromptWay.RESERVE, 1),
        (PromptWay.AUTO, 1, False, PromptWay.OFF, 1),
        (PromptWay.AUTO, 1, True, PromptWay.TEMPLATE, 1),
        (PromptWay.TEMPLATE, 5, False, PromptWay.TEMPLATE, 5),
        (PromptWay.RESERVE, 5, True, PromptWay.RESERVE, 4),
        (PromptWay.OFF, 5, True, PromptWay.OFF, 5),
    ],
)
def test_the_terms_say_how_the_contact_is_asked_and_what_that_leaves_the_user(
    prompt: PromptWay, limit: int, template: bool, way: PromptWay, allowance: int
) -> None:
    terms = Policy(prompt=prompt, reply_limit=limit).terms(template=template)
    assert (terms.prompt, terms.reply_limit, terms.allowance) == (way, limit, allowance)


def test_terms_carry_every_number_of_the_policy() -> None:
    policy = Policy(
        "desk", 7, 24 * HOUR, 9, PromptWay.OFF, Release.YOUNGER, 12 * HOUR, 2 * HOUR, OnUncertain.RESEND, HOUR, "zh"
    )
    assert policy.terms(template=True) == Terms(
        7, 24 * HOUR, 9, PromptWay.OFF, Release.YOUNGER, 12 * HOUR, 2 * HOUR, OnUncertain.RESEND
    )


def test_the_default_policy_is_wechats_rule_and_the_specifications_queue() -> None:
    assert Policy().terms(template=False) == Terms(
        5, 48 * HOUR, 5, PromptWay.RESERVE, Release.AUTO, None, 4 * HOUR, OnUncertain.HOLD
    )


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ({"reply_limit": 0}, "reply-limit must be at least 1"),
        ({"reply_limit": -1}, "reply-limit must be at least 1"),
        ({"reply_limit": 1, "prompt": PromptWay.RESERVE}, "reply-limit must be at least 2 when prompt is 'reserve'"),
        ({"ask_after": timedelta(0)}, "ask-after must be longer than nothing"),
        ({"reply_window": timedelta(0)}, "reply-window must be longer than nothing"),
        ({"reply_window": -HOUR}, "reply-window must be longer than nothing"),
        ({"queue_limit": -1}, "queue-limit must not be negative"),
        ({"seats": 0}, "seats must be from 1 to 9"),
        ({"seats": 10}, "seats must be from 1 to 9"),
        ({"warn_before": 48 * HOUR}, "warn-before must be shorter than reply-window"),
        ({"warn_before": -HOUR}, "warn-before must be shorter than reply-window"),
        ({"release": Release.YOUNGER}, "go together"),
        ({"release_age": HOUR}, "go together"),
        ({"retention": 48 * HOUR}, "retention must be longer than reply-window"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused(numbers: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Policy(**numbers)


@pytest.mark.parametrize(
    "numbers",
    [
        {"reply_limit": 1},
        {"reply_limit": 1, "prompt": PromptWay.OFF},
        {"reply_limit": 2, "prompt": PromptWay.RESERVE},
        {"queue_limit": 0},
        {"seats": 9},
        {"reply_window": timedelta(seconds=1), "warn_before": timedelta(0)},
        {"warn_before": 48 * HOUR - timedelta(seconds=1)},
        {"release": Release.YOUNGER, "release_age": timedelta(0)},
        {"retention": 49 * HOUR},
    ],
)
def test_numbers_just_inside_the_bounds_are_taken(numbers: dict[str, Any]) -> None:
    Policy(**numbers)


@pytest.mark.parametrize(
    ("values", "why"),
    [({"validation_age": timedelta(0)}, "validation-age must be longer"), ({"region": "China"}, "two letters")],
)
def test_what_cannot_be_validated_is_refused(values: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Policy(**values)


@pytest.mark.parametrize("text", ["1000y", "366000d", f"{366_000 * 24}h"])
def test_no_calendar_ends_within_a_duration(text: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert now - parse_duration(text) < now < now + parse_duration(text)


@pytest.mark.parametrize("text", ["1001y", "366001d", f"{366_000 * 24 + 1}h", "9" * 20 + "d", "9" * 5_000 + "s"])
def test_a_duration_beyond_all_calendars_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="longer than anybody waits: 1000y at most"):
        parse_duration(text)
