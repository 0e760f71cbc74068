"""Phone numbers in every spelling, read by Google's `phonenumbers`."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

WITHOUT_SMS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE)
LONGEST = 40
"""Characters; longer words are no number, and are not searched for one."""


class PhoneNumbers:
    """`near` are where a number without country code may be from: regions (GB), or numbers in E.164."""

    def candidates(self, text: str, *near: str) -> tuple[str, ...]:
        """Every number in E.164 that the text may mean."""
        read = (_read(text, region) for region in _regions(near))
        return tuple(dict.fromkeys(_spelt(number) for number in read if number))

    def mobile(self, text: str, *near: str) -> str:
        """The first of them that exists and can receive an SMS, empty if none does."""
        for region in _regions(near):
            number = _read(text, region)
            if number and phonenumbers.is_valid_number(number):
                if phonenumbers.number_type(number) not in WITHOUT_SMS:
                    return _spelt(number)
        return ""


def _regions(near: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, dict.fromkeys(_region(each) for each in near)))


def _region(near: str) -> str:
    if not near.startswith("+"):
        return near
    number = _read(near, "ZZ")
    return phonenumbers.region_code_for_number(number) or "" if number else ""


def _read(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    if len(text) > LONGEST:
        return None
    try:
        number = phonenumbers.parse(text, None if region == "ZZ" else region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def _spelt(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
