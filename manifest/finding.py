"""What is wrong with a package or with the values for one, always with its cure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """`where`: a setting, a file or a place in the manifest; `what` is said of it; `cure`: what to do."""

    where: str
    what: str
    cure: str

    def __str__(self) -> str:
        """One line, whatever a file's name or text may hold."""
        text = f"{self.where}: {self.what}. {self.cure}"
        return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value with its place, written as Teams' language files write it: `bots[0].botId`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{number}]")
    else:
        yield path, value
