"""Phone numbers in every spelling."""

import pytest

from bot.numbers import PhoneNumbers

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
