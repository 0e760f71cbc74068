"""The `.env` file: `NAME=value` lines, comments, quotes; nothing is expanded, so what is written is what is meant."""

import re
from dataclasses import dataclass

_LINE = re.compile(
    r"""\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*
        (?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^'"\s#]\S*(?:[ \t]+[^\s#]\S*)*)?)
        \s*(?:(?<=\s)\#.*)?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read: its number, from 1, and why. Never its text, which may be a secret."""

    number: int
    why: str


def read(text: str) -> tuple[dict[str, str], list[BadLine]]:
    """The values by name, and every line that is not `NAME=value` or names something a second time."""
    values: dict[str, str] = {}
    bad: list[BadLine] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if not match:
            bad.append(BadLine(number, "is not NAME=value"))
        elif (name := match["name"]) in values:
            bad.append(BadLine(number, f"sets {name} a second time"))
        else:
            values[name] = match["double"] or match["single"] or match["bare"] or ""
    return values, bad
