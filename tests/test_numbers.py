"""Phone numbers in every spelling."""

import pytest

from bot import numbers
from bot.numbers import NoNumber, PhoneNumbers, WrongLength

READ = PhoneNumbers()


@pytest.mark.parametrize(
    ("spelt", "near"),
    [
        ("+4915112345678", ()),
        ("+49 (0)151 / 123 456-78", ("GB",)),
        ("0151 12345678", ("CN", "+4917098765432")),
        ("0049 151 12345678", ("DE",)),
        ("+４９１５１１２３４５６７８", ("CN",)),
        ("tel: +49-151-12345678", ("CN",)),
    ],
)
def test_read(spelt: str, near: tuple[str, ...]) -> None:
    assert "+4915112345678" in READ.candidates(spelt, *(near or ("CN",)))


@pytest.mark.parametrize("words", ["", "hello", "12", "+", "0" * 50, "+49151123456789012345"])
def test_no_number(words: str) -> None:
    assert READ.candidates(words, "CN", "") == ()


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 10 6552 9988", ""),
        ("+86 138", ""),
        ("+49 151 12345678", "+4915112345678"),
    ],
)
def test_only_what_can_receive_sms(words: str, number: str) -> None:
    assert READ.mobile(words, "CN") == number


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+86 138 0013 8000", "", "+8613800138000"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("0151 12345678", "DE", "+4915112345678"),
        ("tel", "DE", ""),
        ("1", "DE", ""),
        ("13800138000", "", ""),
        ("138 0013 8000", "XX", ""),
        ("", "DE", ""),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, region: str, number: str) -> None:
    assert numbers.read(text, region) == number


def test_a_number_is_shown_as_the_world_writes_it() -> None:
    assert numbers.shown("+8613800138000") == "+86 138 0013 8000"
    assert numbers.shown("whatever") == "whatever"
    assert numbers.region("+4915112345678") == "DE"
    assert numbers.region("") == ""


@pytest.mark.parametrize(
    ("text", "why"), [("+49", NoNumber), ("0151 12345678", NoNumber), ("+86 138", WrongLength), ("+1 23", WrongLength)]
)
def test_why_it_is_none(text: str, why: type[NoNumber]) -> None:
    with pytest.raises(NoNumber) as raised:
        numbers.e164(text)
    assert raised.type is why
