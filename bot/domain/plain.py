"""What WeChat makes of words that people type: how long they may be, and what keeps them plain text. Pure."""

from __future__ import annotations

import re

TEXT_LIMIT = 2048
"""Bytes of UTF-8 that WeChat takes as one text (the SDKs' consensus, wechat.md 2.8)."""

_LIVE_LINK = re.compile(r"<(?=a\s)", re.IGNORECASE)


def excess(text: str) -> int:
    """By how many bytes a text typed by a person is over what WeChat takes, as it would be sent; 0 if it fits."""
    return max(0, len(inert(text).encode("utf-8", "surrogatepass")) - TEXT_LIMIT)


def inert(text: str) -> str:
    """Text typed by a person in Teams, so that WeChat shows `<a …>` as typed instead of making a live link of it.

    WeChat has no escape for it: `&lt;` would be read as `&lt;`. A zero width joiner after the `<` is the least that
    breaks the tag: it is invisible, every font that shows emoji has it, it allows no line break, and taking it out
    gives back the original. Only `<a` before white space can carry an `href`, so `a<b`, `<abc>` and `<a>` stay as they
    are.
    """
    return _LIVE_LINK.sub("<\u200d", text)


def signed(text: str, named: str) -> str:
    """The text with who writes it in front; without, where WeChat's limit leaves no room for that."""
    return text if excess(named + text) else named + text
