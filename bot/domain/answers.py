"""The short words that a contact may answer with on the way to being connected, in every spelling. Pure."""

from __future__ import annotations

import re
import unicodedata

HELP = frozenset(("0", "help", "?", "帮助", "幫助"))
AGAIN = frozenset(("1", "resend", "again", "重发", "重發"))
CHANGE = frozenset(("2", "change", "更换", "更換", "换号", "換號"))
_NUMBER = re.compile(r"[+(]?[\d\s().+/\-]{3,}")


def word(words: str) -> str:
    """The words as they are compared: full-width forms, capitals, and what stands around them do not count."""
    return unicodedata.normalize("NFKC", words).strip().lower().strip(".!。 ")


def spells_number(words: str) -> bool:
    """Whether this is meant as a phone number, even one that does not exist."""
    return _NUMBER.fullmatch(unicodedata.normalize("NFKC", words).strip()) is not None
