"""Every text of the product by key and language, and the one way to fill it in.

A template holds `{name}` and, for English nouns, `{count:message|messages}`; nothing else of Python's format language,
because companies write templates too and must not reach into objects. Values are put in once and never read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, reduce
from string import Formatter

from cards import wording_wechat
from cards.wording_en import EN
from cards.wording_zh import ZH

TEXTS: Mapping[str, Mapping[str, str]] = {"en": {**EN, **wording_wechat.EN}, "zh": {**ZH, **wording_wechat.ZH}}

Overrides = Mapping[tuple[str, str], str]

# Given with every text to the contact, so that a company may use them in any of them.
TO_CONTACT = frozenset({"user", "limit", "hours"})

# A company may set these to nothing.
OPTIONAL = frozenset({"to_contact.who", "to_contact.followed"})


# Without these a text would be of no use.
NEEDED = {"to_contact.pin_sms": "pin"}


def language(tag: str) -> str:
    """The language we have for a locale such as zh-CN or en-GB: zh for any Chinese, else en."""
    return "zh" if tag.lower().startswith("zh") else "en"


def text(key: str, language: str, overrides: Overrides, **values: object) -> str:
    """The text, the company's own if it has one. KeyError: an unknown key, or a placeholder without its value."""
    return filled(key, language, overrides, values.__getitem__)


def filled(key: str, language: str, overrides: Overrides, value: Callable[[str], object]) -> str:
    """The text; only for the placeholders that it really has `value` is asked."""
    parts = _parts(overrides.get((language, key), TEXTS[language][key]) if overrides else TEXTS[language][key])
    if len(parts) == 1 and not parts[0][1]:
        return parts[0][0]
    pieces = [piece for before, name, nouns in parts for piece in (before, _fill(value(name), nouns) if name else "")]
    return reduce(_join, pieces, "") if language == "zh" else "".join(pieces)


def check(key: str, template: str) -> None:
    """ValueError says what is wrong with a company's template: unknown key, unknown placeholder, or bad braces."""
    if key not in TEXTS["en"]:
        raise ValueError(f"there is no text {key!r}")
    if not template.strip() and key not in OPTIONAL:
        raise ValueError(f"the text {key!r} must not be empty")
    allowed, needed = placeholders(key), NEEDED.get(key)
    if needed and all(name != needed for _, name, _ in _parts(template)):
        raise ValueError(f"the text {key!r} must hold {{{needed}}}")
    for _, name, spec in _parts(template):
        if name and name not in allowed:
            known = ", ".join(f"{{{each}}}" for each in sorted(allowed)) or "none"
            raise ValueError(f"unknown placeholder {{{name}}} in {key!r}; it may use: {known}")
        if spec and spec.count("|") != 1:
            raise ValueError(
                f"{{{name}:{spec}}} in {key!r}: write one noun for 1 and one for more, as {{{name}:day|days}}"
            )


def placeholders(key: str) -> frozenset[str]:
    """The names that the text with this key may use."""
    own = frozenset(name for _, name, _ in _parts(TEXTS["en"][key]) if name)
    return own | TO_CONTACT if key.startswith("to_contact.") else own


@lru_cache(maxsize=1024)
def _parts(template: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(_parse(template))


def _parse(template: str) -> Iterator[tuple[str, str, str]]:
    """(words before, placeholder's name or "", its nouns or "") in order; ValueError for anything cleverer."""
    for before, name, spec, conversion in Formatter().parse(template):
        if name is not None and (conversion or not name.isidentifier()):
            raise ValueError(
                f"{{{name}}} is not a placeholder: write {{ and }} around one name only, or {{{{ for a brace"
            )
        yield before, name or "", spec or ""


def _join(one: str, other: str) -> str:
    """As Chinese typography has it: a space between Chinese and Latin letters, digits, #4K2Q or +86, none elsewhere."""
    if one and other and {_script(one[-1]), _script(other[0])} == {"han", "latin"}:
        return f"{one} {other}"
    return one + other


def _script(char: str) -> str:
    if "\u4e00" <= char <= "\u9fff":
        return "han"
    return "latin" if char in "#+" or (char.isalnum() and char < "\u0250") else ""


def _fill(value: object, nouns: str) -> str:
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    if not nouns:
        return shown
    one, _, many = nouns.partition("|")
    return f"{shown} {one if value == 1 else many}"
