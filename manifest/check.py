"""Everything that Teams would refuse in a package and everything it would not notice, all at once."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from manifest.finding import Finding, Json
from manifest.languages import translations
from manifest.package import Package, read
from manifest.pictures import icons
from manifest.registration import Registration
from manifest.rules import addresses, commands, domains, ids, permissions, placeholders, search
from manifest.schema import MANIFEST, VERSION_NUMBER
from manifest.shape import misfits

Rule = Callable[[Package, Registration], Iterable[Finding]]

RULES: Final[tuple[Rule, ...]] = (
    lambda package, registration: misfits(MANIFEST, package.manifest, ""),
    *(placeholders, ids, addresses, domains, commands, search, permissions, icons, translations),
)


def check(data: bytes, registration: Registration, previous: bytes | None = None) -> list[Finding]:
    """What is wrong with a package, in the order of its parts; nothing for a good one.

    Where the registration does not know a value, nothing is compared with it. `previous` is the package that Teams has.
    """
    package, findings = read(data)
    if package.manifest:
        for rule in RULES:
            findings += rule(package, registration)
    if previous is not None:
        findings += raised(package.manifest, previous)
    return list(dict.fromkeys(findings))


def raised(manifest: Json, previous: bytes) -> Iterator[Finding]:
    """Teams takes an update only under a higher version of the same app."""
    earlier = read(previous)[0].manifest
    before, now = (_number(each.get("version")) for each in (earlier, manifest))
    if not before:
        yield Finding("--previous", "is no package with a version", "Name the package that Teams has now.")
    elif now and now <= before:
        cure = f"Raise it: python -m manifest build --version {before[0]}.{before[1]}.{before[2] + 1}"
        yield Finding("version", f"is {manifest['version']}, but the previous package has {earlier['version']}", cure)
    if before and str(earlier.get("id")).lower() != str(manifest.get("id")).lower():
        yield Finding(
            "id", f"differs from the previous package's, {earlier.get('id')}", "An update keeps the app's id."
        )


def _number(version: object) -> tuple[int, ...]:
    text = str(version)
    return tuple(map(int, text.split("."))) if re.fullmatch(VERSION_NUMBER, text) else ()
