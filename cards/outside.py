"""Words that outsiders wrote, made safe to stand in a card: shown as text, never obeyed.

Cards show every word in a RichTextBlock, whose TextRuns are not Markdown and not HTML, so nothing has to be escaped
and the words arrive as they were written (an escaping backslash would show on the phone clients, whose Markdown
differs). Two things a TextRun still obeys are dealt with here: the `{{DATE(…)}}` function and right-to-left marks.
"""

from __future__ import annotations

import re
import unicodedata

NAME_LIMIT = 60

_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_ISOLATE, _POP = "\u2068", "\u2069"
_JOINER = "\u200d"
_BETWEEN_BRACES = re.compile(r"(?<=\{)(?=\{)")


def name(words: str, limit: int = NAME_LIMIT) -> str:
    """A name on one line: direction marks removed, cut for display, isolated when it reads from the right."""
    shown = cut(one_line(words), limit)
    if not shown.isascii() and any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in shown):
        return f"{_ISOLATE}{shown}{_POP}"
    return shown


def one_line(words: str) -> str:
    """All of it in one line, without control characters and direction marks."""
    plain = words if words.isprintable() else "".join(map(_harmless, words))
    return " ".join(plain.split())


def cut(words: str, limit: int) -> str:
    """At most `limit` characters, the last an ellipsis, never in the middle of an emoji or an accented letter."""
    if len(words) <= limit:
        return words
    end = limit - 1
    while end and (_belongs_to_the_one_before(words[end]) or words[end - 1] == _JOINER):
        end -= 1
    return words[: end or limit - 1].rstrip() + "…"


def runs(words: str) -> list[str]:
    """The words in pieces that no renderer takes for a `{{DATE(…)}}` or `{{TIME(…)}}` to work out."""
    return _BETWEEN_BRACES.split(words) if "{{" in words else [words or " "]


def _harmless(char: str) -> str:
    if char in _BIDI_CONTROLS:
        return ""
    return " " if unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} else char


def _belongs_to_the_one_before(char: str) -> bool:
    return char == _JOINER or unicodedata.category(char) in {"Mn", "Me", "Mc"} or "\U0001f3fb" <= char <= "\U0001f3ff"
