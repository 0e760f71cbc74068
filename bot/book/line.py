"""One contact as a file tells it, checked: what CSV and vCard have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot import numbers
from bot.book.words import fold

NAME_LIMIT: Final = 300
NOTES_LIMIT: Final = 4000
MOST_NUMBERS: Final = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A contact of a file. `at` is the line it begins on; `numbers` are E.164; `wrong` says why it cannot be taken."""

    at: int
    name: str = ""
    company: str = ""
    numbers: tuple[str, ...] = ()
    notes: str = ""
    wrong: str = ""

    @property
    def same(self) -> tuple[str, tuple[str, ...]]:
        """What two lines about the same contact have in common."""
        return fold(self.name), tuple(sorted(self.numbers)) or (fold(self.company),)


def checked(at: int, name: str, company: str, given: Iterable[str], notes: str, region: str) -> Line:
    """The line, its numbers read; those without a country code are numbers of `region`."""
    written = [number for number in map(str.strip, given) if number]
    found = [numbers.read(number, region) for number in written]
    name, company = " ".join(name.split()), " ".join(company.split())
    return Line(at, name, company, tuple(dict.fromkeys(found)), notes.strip(), _wrong(name, company, found, notes))


def _wrong(name: str, company: str, found: Sequence[str], notes: str) -> str:
    if not name:
        return "it has no name"
    if "\0" in name + company + notes:
        return "it holds a NUL character, which no database keeps"
    if "" in found:
        which = found.index("") + 1
        return f"number {which} cannot be read: write it with its country code, as in +8613800138000"
    if len(found) > MOST_NUMBERS:
        return f"it has more than {MOST_NUMBERS} numbers"
    too_long = max(len(name), len(company)) > NAME_LIMIT or len(notes) > NOTES_LIMIT
    return f"a name may have {NAME_LIMIT} characters, notes {NOTES_LIMIT}" if too_long else ""


def merged(lines: Iterable[Line]) -> list[Line]:
    """Each contact once, in the order of the file; the last line about one says how it is."""
    found: dict[tuple[str, tuple[str, ...]], Line] = {}
    for line in lines:
        found[line.same] = line
    return list(found.values())
