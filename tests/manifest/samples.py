"""A good package and ways to spoil it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from manifest import package, template
from manifest.check import check
from manifest.finding import Finding, Json
from manifest.registration import Registration

BOT_ID = "7f3c1d2e-9a4b-4c8d-8e6f-0123456789ab"
OTHER_ID = "11111111-2222-3333-4444-555555555555"
BASE_URL = "https://wechat.fabrikam.com"
ENVIRON = {"MicrosoftAppId": BOT_ID, "PUBLIC_BASE_URL": BASE_URL}
REGISTRATION = Registration(BOT_ID, BOT_ID, BASE_URL)
DATA = Path(__file__).parent / "data"
REMOVED = object()

Keys = tuple[str | int, ...]


@cache
def files() -> MappingProxyType[str, bytes]:
    """A package's files."""
    return MappingProxyType(template.filled(REGISTRATION))


def manifest() -> Json:
    made: Json = json.loads(files()["manifest.json"])
    return made


def changed(value: Any, keys: Keys, new: Any) -> Any:
    """A copy in which what stands at the keys is `new`, or gone."""
    made = copy.deepcopy(value)
    inner = made
    for key in keys[:-1]:
        inner = inner[key]
    if new is REMOVED:
        del inner[keys[-1]]
    else:
        inner[keys[-1]] = new
    return made


def found(given: Mapping[str, bytes], **more: Any) -> list[Finding]:
    return check(package.write(given), more.pop("registration", REGISTRATION), **more)


def found_in(manifest: Any, **more: Any) -> list[Finding]:
    """What the check says to a package with this manifest."""
    return found(files() | {"manifest.json": json.dumps(manifest).encode()}, **more)


def tells(findings: list[Finding], where: str, what: str, cure: str) -> bool:
    return any(each.where == where and what in each.what and cure in each.cure for each in findings)
