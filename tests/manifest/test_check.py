"""Each defect is found, at its place, with its cure."""

import json
from typing import Any

import pytest

from manifest import package
from manifest.check import check
from manifest.registration import Registration
from tests.manifest.samples import (
    BOT_ID,
    OTHER_ID,
    REGISTRATION,
    REMOVED,
    Keys,
    changed,
    files,
    found,
    found_in,
    manifest,
    tells,
)

_ZERO = "00000000-0000-0000-0000-000000000000"
_COMMANDS = ("bots", 0, "commandLists", 0, "commands")
_HELP = {"title": "help", "description": "How"}

# keys, new value, where it is told, part of what is told, part of the cure
SPOILT: list[tuple[Keys, Any, str, str, str]] = [
    (("manifestVersion",), "1.13", "manifestVersion", "1.13", "1.23"),
    (("$schema",), "https://example.com/s.json", "$schema", "is '", "v1.23"),
    (("version",), "1.0", "version", "'1.0'", "three numbers"),
    (("version",), "1.02.0", "version", "1.02.0", "three numbers"),
    (("version",), REMOVED, "version", "missing", "Add it"),
    (("id",), "multiline", "id", "'multiline'", "a GUID"),
    (("id",), _ZERO, "id", "zeros", "MicrosoftAppId"),
    (("id",), OTHER_ID, "id", "MicrosoftAppId in the environment", "One app, one id"),
    (("bots", 0, "botId"), OTHER_ID, "bots[0].botId", OTHER_ID, "python -m manifest build"),
    (("composeExtensions", 0, "botId"), OTHER_ID, "composeExtensions[0].botId", OTHER_ID, "python -m manifest build"),
    (("webApplicationInfo", "id"), OTHER_ID, "webApplicationInfo.id", OTHER_ID, "python -m manifest build"),
    (("webApplicationInfo",), REMOVED, "webApplicationInfo", "missing", "Add it"),
    (("name", "short"), "M" * 31, "name.short", "31 characters", "30"),
    (("name", "short"), " ", "name.short", "empty", "Fill it in"),
    (("name", "full"), 7, "name.full", "is 7", "a text"),
    (("description", "short"), "d" * 81, "description.short", "81 characters", "80"),
    (("developer", "name"), "d" * 33, "developer.name", "33 characters", "32"),
    (("developer", "privacyUrl"), "http://wechat.fabrikam.com/p", "developer.privacyUrl", "http address", "https"),
    (("developer", "termsOfUseUrl"), "https://localhost/terms", "developer.termsOfUseUrl", "localhost", "PUBLIC_BASE"),
    (("developer", "websiteUrl"), "https://bot.example.com", "developer.websiteUrl", "an example", "PUBLIC_BASE_URL"),
    (("developer", "websiteUrl"), "https://10.0.0.7/", "developer.websiteUrl", "not a public host", "PUBLIC_BASE_URL"),
    (("developer", "websiteUrl"), "https://evil.net/", "developer.websiteUrl", "evil.net", "python -m manifest build"),
    (("accentColor",), "green", "accentColor", "'green'", "#0E5A6B"),
    (("validDomains",), ["*.fabrikam.com"], "validDomains[0]", "wildcard", "PUBLIC_BASE_URL"),
    (("validDomains",), ["https://wechat.fabrikam.com"], "validDomains[0]", "https://", "host alone"),
    (("validDomains",), ["wechat.fabrikam.com:443"], "validDomains[0]", ":443", "port"),
    (("validDomains",), ["localhost"], "validDomains[0]", "localhost", "PUBLIC_BASE_URL"),
    (("validDomains", 0), "other.net", "validDomains", "lacks wechat.fabrikam.com", "python -m manifest build"),
    (("validDomains",), ["wechat.fabrikam.com", "other.net"], "validDomains[1]", "other.net", "python -m"),
    (("validDomains",), REMOVED, "validDomains", "missing", "Add it"),
    (("description", "full"), "${{ABOUT}}", "description.full", "${", "Fill it in"),
    (("developer", "name"), "<your company>", "developer.name", "<your company>", "Fill it in"),
    (("name", "full"), "TODO name", "name.full", "TODO", "Fill it in"),
    (("bots",), REMOVED, "bots", "missing", "Add it"),
    (("bots",), [], "bots", "0 entries", "may have 1"),
    (("bots", 0, "scopes"), ["personal", "team"], "bots[0].scopes", "lacks groupChat", '"groupChat"'),
    (("bots", 0, "scopes", 2), "groupchat", "bots[0].scopes[2]", "'groupchat'", "groupChat"),
    ((*_COMMANDS, 0), REMOVED, "bots[0].commandLists", "lacks for personal: help", "title"),
    ((*_COMMANDS, 1), _HELP, "bots[0].commandLists", "twice for personal: help", "Keep one"),
    (_COMMANDS, [_HELP] * 11, "bots[0].commandLists[0].commands", "11 entries", "1 to 10"),
    ((*_COMMANDS, 0, "type"), "x", "bots[0].commandLists[0].commands[0].type", "nothing that this app", "Take it out"),
    (("bots", 0, "isNotificationOnly"), True, "bots[0].isNotificationOnly", "true", "false"),
    (("bots", 0, "isNotificationOnly"), "no", "bots[0].isNotificationOnly", "'no'", "without quotes"),
    (("bots", 0, "supportsCalling"), True, "bots[0].supportsCalling", "takes no calls", "false"),
    (("composeExtensions",), REMOVED, "composeExtensions[0].commands", "lacks the search", '"contacts"'),
    (("composeExtensions", 0, "commands", 0, "id"), "find", "composeExtensions[0].commands", "contacts", "query"),
    (
        ("composeExtensions", 0, "commands", 0, "parameters"),
        REMOVED,
        "composeExtensions[0].commands",
        "contacts",
        "query",
    ),
    (("composeExtensions", 0, "commands", 1), REMOVED, "composeExtensions[0].commands", "find_contact", "action"),
    (("composeExtensions", 0, "commands", 1, "context"), [], "composeExtensions[0].commands", "find_contact", "action"),
    (("composeExtensions", 0, "commands", 1, "fetchTask"), False, "composeExtensions[0].commands", "find_", "action"),
    (("composeExtensions", 0, "commands", 0, "type"), "action", "composeExtensions[0].commands", "contacts", "query"),
    (("permissions",), ["identity", "messageTeamMembers"], "permissions[1]", "messageTeamMembers", "Take it out"),
    (("permissions",), ["identity", "identity"], "permissions", "twice", "Keep one"),
    (("authorization",), {"permissions": {}}, "authorization", "does not use", "Take it out"),
    (("devicePermissions",), ["media"], "devicePermissions", "does not use", "Take it out"),
    (("staticTabs",), [], "staticTabs", "nothing that this app declares", "Take it out"),
    (("icons", "color"), "icon.png", "icon.png", "not in the zip", "zip's root"),
    (("icons", "color"), "img/color.png", "icons.color", "img/color.png", "without a path"),
    (("localizationInfo", "additionalLanguages", 0, "file"), "zh.json", "zh.json", "not in the zip", "Put it in"),
    (("localizationInfo", "additionalLanguages", 0, "languageTag"), "EN", "localizationInfo", "en twice", "Keep one"),
    (("localizationInfo", "defaultLanguageTag"), "en_US", "localizationInfo.defaultLanguageTag", "en_US", "zh-cn"),
]


@pytest.mark.parametrize(("keys", "new", "where", "what", "cure"), SPOILT)
def test_a_spoilt_manifest(keys: Keys, new: Any, where: str, what: str, cure: str) -> None:
    findings = found_in(changed(manifest(), keys, new))
    assert tells(findings, where, what, cure), "\n".join(map(str, findings))


FILES: list[tuple[str, bytes, str, str, str]] = [
    ("manifest.json", b"{", "manifest.json", "not JSON", "Mend it"),
    ("manifest.json", b"[]", "manifest.json", "not a JSON object", "appPackage"),
    ("manifest.json", b'{"id": 1, "id": 2}', "manifest.json", "id given twice", "Mend it"),
    ("manifest.json", b'{"name": "\xff"}', "manifest.json", "not JSON in UTF-8", "Mend it"),
    ("manifest.json", b'{"a":' * 100_000, "manifest.json", "not JSON", "Mend it"),
    ("manifest.json", b"\xef\xbb\xbf{}", "manifest.json", "byte order mark", "without BOM"),
    ("zh-cn.json", b"no", "zh-cn.json", "not JSON", "Mend it"),
    (".DS_Store", b"x", ".DS_Store", "does not name it", "Take it out"),
    ("../evil.json", b"x", "../evil.json", "out of the zip", "plain names"),
    ("large.bin", bytes(3 << 20), "zip", "more than 2 MB", "Take out"),
]


@pytest.mark.parametrize(("name", "content", "where", "what", "cure"), FILES, ids=[str(n) for n in range(len(FILES))])
def test_a_spoilt_file(name: str, content: bytes, where: str, what: str, cure: str) -> None:
    findings = found(files() | {name: content})
    assert tells(findings, where, what, cure), "\n".join(map(str, findings))


def test_what_is_no_zip_is_told_once() -> None:
    (finding,) = check(b"PK no", REGISTRATION)
    assert finding.where == "zip" and "python -m manifest build" in finding.cure


def test_a_zipped_folder_is_told() -> None:
    findings = found({f"appPackage/{name}": content for name, content in files().items()})
    assert tells(findings, "manifest.json", "appPackage/manifest.json", "not the folder")


def test_a_zip_without_a_manifest_is_told() -> None:
    assert tells(found({}), "manifest.json", "not in the zip", "python -m manifest build")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_told() -> None:
    data = package.write(files() | {"manifest.json2": b"{}"}).replace(b"manifest.json2", b"manifest.json\x00")
    assert tells(check(data, REGISTRATION), "manifest.json", "twice", "Keep one")


def test_a_zip_broken_anywhere_is_told_without_a_fall() -> None:
    whole = package.write(files())
    for at in range(0, len(whole), 37):
        check(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :], REGISTRATION)
        assert check(whole[:at], REGISTRATION)


def test_all_is_told_at_once() -> None:
    spoilt = manifest() | {"version": "1", "validDomains": ["*"], "permissions": ["messageTeamMembers"], "id": _ZERO}
    findings = found(files() | {"manifest.json": json.dumps(spoilt).encode(), "outline.png": b"", "stray.txt": b""})
    places = {finding.where for finding in findings}
    assert {"version", "validDomains[0]", "permissions[0]", "id", "outline.png", "stray.txt"} <= places
    assert all(finding.cure.endswith((".", ")")) or "manifest build" in finding.cure for finding in findings)


def test_ids_are_compared_with_each_other_where_the_environment_has_none() -> None:
    spoilt = changed(manifest(), ("composeExtensions", 0, "botId"), OTHER_ID)
    findings = found_in(spoilt, registration=Registration())
    assert [str(finding) for finding in findings] == [
        f"composeExtensions[0].botId: is {OTHER_ID}, but bots[0].botId is {BOT_ID}."
        " One app, one id. Build it anew: python -m manifest build."
    ]


@pytest.mark.parametrize(("before", "now", "told"), [("1.0.0", "1.0.1", False), ("1.9.0", "1.10.0", False)])
@pytest.mark.parametrize("swapped", [False, True])
def test_the_version_must_be_higher_than_before(before: str, now: str, told: bool, swapped: bool) -> None:
    earlier, later = (changed(manifest(), ("version",), number) for number in (before, now))
    if swapped:
        earlier, later, told = later, earlier, True
    previous = package.write(files() | {"manifest.json": json.dumps(earlier).encode()})
    assert tells(found_in(later, previous=previous), "version", "previous", "build --version") is told


def test_the_same_version_is_told_with_the_next_one() -> None:
    assert tells(found(files(), previous=package.write(files())), "version", "1.0.0", "--version 1.0.1")


def test_another_apps_package_is_no_previous_one() -> None:
    other = changed(manifest() | {"version": "0.9.0"}, ("id",), OTHER_ID)
    previous = package.write(files() | {"manifest.json": json.dumps(other).encode()})
    assert tells(found(files(), previous=previous), "id", OTHER_ID, "keeps the app's id")


def test_a_previous_file_that_is_no_package_is_told() -> None:
    assert tells(found(files(), previous=b"?"), "--previous", "no package", "that Teams has now")


def test_a_finding_is_one_printable_line() -> None:
    (finding,) = found(files() | {"\x1b[31m\nx": b""})
    assert str(finding).isprintable()
