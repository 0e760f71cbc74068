"""What an entry is found by: short normalised words, each searched by its beginning.

Finding is nothing but "a word that begins with this", so an index can do it. Everything people type for a name is
therefore a word of its own: each part of the name and the company, Chinese characters from each place on, their pinyin
from each place on (all readings of a character that has several: 单 is shan as a surname), its initials, and the digits
of a number with and without its country code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import Final

from pypinyin import Style, pinyin

from bot.numbers import spellings

WORD_LIMIT: Final = 40
"""Characters of a word; what is longer is found by its beginning anyway."""

MOST_WORDS: Final = 80
MOST_TOKENS: Final = 6
_READINGS: Final = 12
_QUERY_LIMIT: Final = 200

_HAN: Final = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+)")
_NUMBER: Final = re.compile(r"[\d\s+()./\-]+")
_TRUNK: Final = re.compile(r"\(\s*0\s*\)")
_APART: Final = re.compile(r"[\W_]+")
_JOINED: Final = re.compile(r"['’ʼ`´.]+")
_LETTERS: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss"})


def of_entry(name: str, company: str, numbers: Iterable[str]) -> list[str]:
    """The words that an entry is found by, sorted; `numbers` are E.164."""
    found: dict[str, None] = {}
    for number in numbers:
        found |= dict.fromkeys(spellings(number))
    for text in (name, company):
        found |= dict.fromkeys(_of_text(text))
    return sorted(islice(dict.fromkeys(word[:WORD_LIMIT] for word in found if word), MOST_WORDS))


def tokens(query: str) -> list[str]:
    """What each word of a query must begin with; the longest first, because it says most. Empty for an empty query."""
    text = unicodedata.normalize("NFKC", query[:_QUERY_LIMIT]).strip()
    if not text:
        return []
    if _NUMBER.fullmatch(text):
        return [digits] if (digits := _digits(text)) else []
    found = [token[:WORD_LIMIT] for token in _split(text)]
    return sorted(dict.fromkeys(found), key=lambda token: (-len(token), token))[:MOST_TOKENS]


def fold(text: str) -> str:
    """Without case, accents and width: the one spelling of names that are the same to the eye."""
    lower = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    plain = "".join(char for char in unicodedata.normalize("NFKD", lower) if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFKC", plain).casefold()


def _digits(text: str) -> str:
    digits = "".join(str(unicodedata.digit(char)) for char in _TRUNK.sub("", text) if char.isdigit())
    return digits.removeprefix("00")


def _split(text: str) -> Iterator[str]:
    """The pieces of folded text: runs of Chinese characters stand apart from what surrounds them."""
    for part in _APART.split(_JOINED.sub("", fold(text))):
        yield from filter(None, _HAN.split(part))


def _of_text(text: str) -> Iterator[str]:
    for piece in _split(text):
        yield piece
        if _HAN.fullmatch(piece):
            yield from _of_han(piece[:WORD_LIMIT])


def _of_han(run: str) -> Iterator[str]:
    """Characters and pinyin from each place on, and the initials."""
    readings = [_readings(each) for each in pinyin(run, style=Style.NORMAL, heteronym=True)]
    yield from (run[start:] for start in range(1, len(run)))
    for start in range(len(run)):
        yield from map("".join, islice(product(*_likely(readings[start:])), _READINGS))
    yield from ("".join(letters) for letters in islice(product(*map(_initials, readings)), _READINGS))


def _likely(readings: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """All readings of the first character, where surnames stand, and the usual one of the others."""
    return [readings[0], *(each[:1] for each in readings[1:])]


def _readings(given: Iterable[str]) -> list[str]:
    """Without tones; ü is typed as v on Chinese keyboards and as u by everybody else."""
    found: dict[str, None] = {}
    for each in given:
        found |= dict.fromkeys([each] if "v" not in each else [each, each.replace("v", "u")])
    return list(found)


def _initials(readings: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(each[:1] for each in readings))
