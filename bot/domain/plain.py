"""What WeChat makes of words that people type: how long they may be, and what keeps them plain text. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

TEXT_LIMIT = 2048
"""Bytes of UTF-8 that WeChat takes as one text (the SDKs' consensus, wechat.md 2.8)."""

ANSWER_LIMIT = 2000
"""Bytes of the answer to a push; above 2047 the contact reads "the service is faulty" instead."""

NAME_ROOM = 32
"""Bytes that a text leaves for who writes it, where several users write to one contact."""

APART = "\n\n"
"""What stands between the texts of one answer."""

_LIVE_LINK = re.compile(r"<(?=a\s)", re.IGNORECASE)
_CUT = "… "


def excess(text: str, room: int = 0) -> int:
    """By how many bytes a text typed by a person is over what WeChat takes, as it would be sent; 0 if it fits.

    `room` is what must be left for the name in front of it.
    """
    return max(0, _size(inert(text)) + room - TEXT_LIMIT)


def inert(text: str) -> str:
    """Text typed by a person in Teams, so that WeChat shows `<a …>` as typed instead of making a live link of it.

    WeChat has no escape for it: `&lt;` would be read as `&lt;`. A zero width joiner after the `<` is the least that
    breaks the tag: it is invisible, every font that shows emoji has it, it allows no line break, and taking it out
    gives back the original. Only `<a` before white space can carry an `href`, so `a<b`, `<abc>` and `<a>` stay as they
    are.
    """
    return _LIVE_LINK.sub("<\u200d", text)


def signed(text: str, named: str) -> str:
    """The text with who writes it in front, cut short where WeChat's limit leaves less room. The text never changes."""
    room = TEXT_LIMIT - _size(text)
    if _size(named) > room:
        kept = _beginning(named, room - _size(_CUT)).rstrip()
        named = f"{kept}{_CUT}" if kept else ""
    return named + text


def fitted(said: Sequence[str], text: str) -> tuple[list[str], list[str]]:
    """What of `text` an answer that already holds `said` has room for, and what must wait for the next answer.

    A text is whole, unless it is longer than any answer may be.
    """
    now: list[str] = []
    later = _pieces(text)
    while later and _size(APART.join([*said, *now, later[0]])) <= ANSWER_LIMIT:
        now.append(later.pop(0))
    return now, later


def _pieces(text: str) -> list[str]:
    """Divided between words, as far as there are any."""
    pieces: list[str] = []
    while _size(text) > ANSWER_LIMIT:
        most = len(_beginning(text, ANSWER_LIMIT))
        end = max(text.rfind(space, 0, most) for space in "\n ") + 1 or most
        pieces.append(text[:end].rstrip())
        text = text[end:]
    return [piece for piece in (*pieces, text) if piece]


def _beginning(text: str, most: int) -> str:
    """As many characters of it as `most` bytes hold."""
    return text.encode("utf-8", "replace")[: max(0, most)].decode("utf-8", "ignore")


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
