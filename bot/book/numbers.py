"""Phone numbers: read as people write them, kept as E.164, shown as the world writes them."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberFormat


def read(text: str, region: str = "") -> str:
    """The number in E.164, empty when it cannot be one. `region` (ISO 3166) is for those without a country code."""
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def region(number: str) -> str:
    """The region of a number in E.164, empty when it has none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""


def shown(number: str) -> str:
    """`+86 138 0013 8000`; what is no number stays as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number


def spellings(number: str) -> list[str]:
    """The digits of a number in E.164 as people begin to type it: with country code, without, with the trunk 0."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return [digits] if (digits := _digits(number)) else []
    national = phonenumbers.national_significant_number(parsed)
    dialled = _digits(phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL))
    return list(dict.fromkeys([_digits(number), national, dialled]))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
