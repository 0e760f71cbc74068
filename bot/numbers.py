"""Phone numbers: read as people write them, kept as E.164, shown as the world does, all by Google's `phonenumbers`."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

WITHOUT_SMS: Final = (PhoneNumberType.FIXED_LINE, PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE)
LONGEST: Final = 40
"""Characters; longer words of a contact are no number, and are not searched for one."""


class NoNumber(ValueError):
    """The text is no phone number; without a region it may lack its country code."""


class WrongLength(NoNumber):
    """It would be one, with more or fewer digits."""


def e164(text: str, region: str = "") -> str:
    """The number in E.164; `region` (ISO 3166) is for those without a country code. Raises NoNumber, WrongLength."""
    return _spelt(_parsed(text, region))


def read(text: str, region: str = "") -> str:
    """The same, empty when it cannot be one."""
    try:
        return e164(text, region)
    except NoNumber:
        return ""


def region(number: str) -> str:
    """The region of a number in E.164, empty when it has none."""
    try:
        return phonenumbers.region_code_for_number(_parsed(number)) or ""
    except NoNumber:
        return ""


@lru_cache(maxsize=4096)
def shown(number: str) -> str:
    """`+86 138 0013 8000`; what is no number stays as it is."""
    try:
        return phonenumbers.format_number(_parsed(number), PhoneNumberFormat.INTERNATIONAL)
    except NoNumber:
        return number


def spellings(number: str) -> list[str]:
    """The digits of a number in E.164 as people begin to type it: with country code, without, with the trunk 0."""
    try:
        parsed = _parsed(number)
    except NoNumber:
        return [digits] if (digits := _digits(number)) else []
    national = phonenumbers.national_significant_number(parsed)
    dialled = _digits(phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL))
    return list(dict.fromkeys([_digits(number), national, dialled]))


class PhoneNumbers:
    """Numbers in a contact's words. `near` are where one without country code may be from: regions (GB), or E.164."""

    def candidates(self, text: str, *near: str) -> tuple[str, ...]:
        """Every number in E.164 that the text may mean."""
        return tuple(dict.fromkeys(_spelt(number) for number in _readings(text, near)))

    def mobile(self, text: str, *near: str) -> str:
        """The first of them that exists and can receive an SMS, empty if none does."""
        for number in _readings(text, near):
            if phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) not in WITHOUT_SMS:
                return _spelt(number)
        return ""


def _readings(text: str, near: tuple[str, ...]) -> list[PhoneNumber]:
    found = []
    for place in dict.fromkeys(region(each) if each.startswith("+") else each for each in near):
        try:
            if place and len(text) <= LONGEST:
                found.append(_parsed(text, place))
        except NoNumber:
            continue
    return found


def _parsed(text: str, region: str = "") -> PhoneNumber:
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        raise NoNumber from None
    if not phonenumbers.is_possible_number(number):
        raise WrongLength
    return number


def _spelt(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
