"""The language files' rules: each translates every text of the manifest, nothing else, and no longer than allowed."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from manifest.finding import Finding, Json, leaves
from manifest.package import Package
from manifest.registration import Registration
from manifest.schema import SCHEMA

LANGUAGE_SCHEMA: Final = SCHEMA.replace(".schema.json", ".Localization.schema.json")
LONGEST: Final[Mapping[str, int]] = {
    r"name\.short": 30,
    r"name\.full": 100,
    r"description\.short": 80,
    r"description\.full": 4000,
    r"bots\[0\]\.commandLists\[[0-2]\]\.commands\[[0-9]\]\.title": 128,
    r"bots\[0\]\.commandLists\[[0-2]\]\.commands\[[0-9]\]\.description": 4000,
    r"composeExtensions\[0\]\.commands\[[0-9]\]\.title": 32,
    r"composeExtensions\[0\]\.commands\[[0-9]\]\.description": 128,
    r"composeExtensions\[0\]\.commands\[[0-9]\]\.parameters\[[0-4]\]\.title": 32,
    r"composeExtensions\[0\]\.commands\[[0-9]\]\.parameters\[[0-4]\]\.description": 128,
}
"""The texts that people read, by their place, with how many characters Teams takes."""


def translations(package: Package, registration: Registration) -> Iterator[Finding]:
    """Every language file against the manifest; each language once."""
    yield from _tags(package.manifest)
    expected = {place for place, _ in leaves(package.manifest) if longest(place)}
    for name, texts in package.languages.items():
        own = {place: text for place, text in texts.items() if (place, text) != ("$schema", LANGUAGE_SCHEMA)}
        for place in sorted(expected - own.keys()):
            yield Finding(name, f"lacks {place}, which would stay in the manifest's language", "Translate it.")
        for place, text in own.items():
            yield from _text(name, place, text, expected)


def longest(place: str) -> int:
    """How many characters the text there may have; 0 where there is nothing to translate."""
    return next((most for pattern, most in LONGEST.items() if re.fullmatch(pattern, place)), 0)


def _text(name: str, place: str, text: Any, expected: set[str]) -> Iterator[Finding]:
    if place not in expected:
        yield Finding(name, f"translates {place}, which the manifest does not have", "Take it out or mend the place.")
    elif not isinstance(text, str) or not text.strip():
        yield Finding(name, f"has no text at {place}", "Translate it.")
    elif len(text) > longest(place):
        yield Finding(name, f"has {len(text)} characters at {place}", f"Shorten it to {longest(place)}.")


def _tags(manifest: Json) -> Iterator[Finding]:
    found = leaves(manifest.get("localizationInfo"), "localizationInfo")
    tags = [str(value).lower() for place, value in found if place.lower().endswith("languagetag")]
    for tag in sorted({tag for tag in tags if tags.count(tag) > 1}):
        yield Finding("localizationInfo", f"has the language {tag} twice", "Keep one.")
