"""Our rules against Microsoft's schema: whatever it refuses, in any value of our manifest, we find too."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from manifest.check import RULES
from manifest.finding import Finding, Json
from manifest.package import Package
from manifest.pictures import icons
from tests.manifest.samples import DATA, REGISTRATION, REMOVED, Keys, changed, files, found, manifest

_WRONG: tuple[Any, ...] = (REMOVED, None, "", "x", "x" * 5000, 1, True, [], ["x"], [[]], {}, {"x": 1}, "https://")
_VALIDATORS = {
    name: jsonschema.Draft4Validator(json.loads((DATA / f"MicrosoftTeams{name}.schema.json").read_text("utf-8")))
    for name in ("", ".Localization")
}


def told(manifest: Json, chinese: Json | None = None) -> list[Finding]:
    """What all rules say but the icons', which take longest and read neither."""
    languages = {"zh-cn.json": chinese or json.loads(files()["zh-cn.json"])}
    package = Package(files(), manifest, languages)
    return [finding for rule in RULES if rule is not icons for finding in rule(package, REGISTRATION)]


def test_nothing_is_told_of_what_is_good() -> None:
    assert told(manifest()) == []


def places(value: Any, keys: Keys = ()) -> Iterator[Keys]:
    """Every object, list and plain value, by its keys."""
    if keys:
        yield keys
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in inner:
        yield from places(member, (*keys, key))


@pytest.mark.parametrize("keys", list(places(manifest())), ids=lambda keys: ".".join(map(str, keys)))
def test_what_the_schema_refuses_is_found(keys: Keys) -> None:
    for wrong in _WRONG:
        spoilt = changed(manifest(), keys, wrong)
        if not _VALIDATORS[""].is_valid(spoilt):
            assert told(spoilt), (keys, wrong)


@pytest.mark.parametrize("keys", [keys for keys in places(manifest()) if isinstance(keys[-1], str)])
def test_a_member_that_the_schema_does_not_know_is_found(keys: Keys) -> None:
    spoilt = changed(manifest(), (*keys[:-1], "unheard"), "of")
    assert not _VALIDATORS[""].is_valid(spoilt)
    assert told(spoilt)


def test_what_the_schema_refuses_in_a_language_is_found() -> None:
    good = json.loads(files()["zh-cn.json"])
    for place in good:
        for wrong in _WRONG:
            spoilt = changed(good, (place,), wrong)
            if not _VALIDATORS[".Localization"].is_valid(spoilt):
                assert told(manifest(), spoilt), (place, wrong)


@pytest.mark.parametrize(
    ("place", "new", "what"),
    [
        ("name.short", REMOVED, "lacks name.short"),
        ("bots[0].commandLists[0].commands[6].title", REMOVED, "lacks bots[0].commandLists[0].commands[6].title"),
        ("bots[0].commandLists[0].commands[7].title", "多", "which the manifest does not have"),
        ("developer.name", "某", "which the manifest does not have"),
        ("name.short", "长" * 31, "31 characters"),
        ("composeExtensions[0].commands[0].title", " ", "no text"),
    ],
)
def test_a_spoilt_language(place: str, new: Any, what: str) -> None:
    spoilt = changed(json.loads(files()["zh-cn.json"]), (place,), new)
    (finding,) = found(files() | {"zh-cn.json": json.dumps(spoilt).encode()})
    assert finding.where == "zh-cn.json" and what in finding.what and finding.cure
