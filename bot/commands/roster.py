"""Lists of people, from a file or a directory, compared with who is there already: what would change, what is wrong.

Pure. A candidate is where it stands (`line 7`, a principal name) and either the user it describes or why it does not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from bot.commands import Mistake, e164
from bot.ports import User

REQUIRED = ("aad_object_id", "name", "number")
COLUMNS = (*REQUIRED, "tenant", "upn", "policy", "wechat")
_ANSWERS = {"yes": True, "true": True, "1": True, "": True, "no": False, "false": False, "0": False}

Candidate = tuple[str, User | str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """One candidate that cannot be taken."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import comes to: who is new, who is there but disabled, how many are there as they should be."""

    new: tuple[User, ...] = ()
    again: tuple[User, ...] = ()
    unchanged: int = 0
    wrong: tuple[Wrong, ...] = ()


Row = tuple[int, Mapping[str, str]]
"""The line of the file that it begins on, and its cells by column."""


def rows(content: bytes) -> list[Row]:
    """The rows of a CSV file (UTF-8, with or without byte order mark; comma, semicolon or tab). Raises Mistake."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Mistake(f"the file is not UTF-8 (byte {error.start}): save it as 'CSV UTF-8'") from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[Row] = []
    try:
        names = [name.strip().lower().replace("-", "_").replace(" ", "_") for name in next(reader, [])]
        _known_columns(names)
        begin = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((begin, _row(names, cells)))
            begin = reader.line_num + 1
    except csv.Error as error:
        raise Mistake(f"line {reader.line_num} of the file: {error}") from None
    return found


def _known_columns(names: Sequence[str]) -> None:
    wrong = [f"{name or '(no name)'} is no column" for name in dict.fromkeys(names) if name not in COLUMNS]
    wrong += [f"{name} is there twice" for name in dict.fromkeys(names) if name and names.count(name) > 1]
    wrong += [f"{name} is missing" for name in REQUIRED if name not in names]
    if wrong:
        told = f"the first line must name the columns {', '.join(REQUIRED)}, and may name {', '.join(COLUMNS[3:])}"
        raise Mistake(f"{told}: {'; '.join(wrong)}")


def _row(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """A cell too many or too few is kept under '', which no column is called."""
    found = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
    return found if len(names) == len(cells) else {**found, "": f"{len(cells)} cells, not {len(names)}"}


def candidates(
    found: Iterable[Row], tenant: str, policies: Collection[str], new_id: Callable[[], str]
) -> Iterator[Candidate]:
    """What each line describes; `tenant` is for lines that name none."""
    for number, row in found:
        try:
            yield f"line {number}", _user(row, tenant, policies, new_id())
        except Mistake as mistake:
            yield f"line {number}", str(mistake)


def _user(row: Mapping[str, str], tenant: str, policies: Collection[str], ident: str) -> User:
    if "" in row:
        raise Mistake(f"has {row['']}")
    if any("\0" in cell for cell in row.values()):
        raise Mistake("holds a NUL character, which no database keeps")
    if not row["name"]:
        raise Mistake("name is empty")
    policy = row.get("policy") or "default"
    if policy not in policies:
        raise Mistake(f"there is no policy {policy!r}")
    wechat = row.get("wechat", "").lower()
    if wechat not in _ANSWERS:
        raise Mistake(f"wechat is yes or no, not {wechat!r}")
    who = (_guid("tenant", row.get("tenant") or tenant), _guid("aad_object_id", row["aad_object_id"]))
    number = e164(row["number"])
    return User(ident, *who, row["name"], number, policy, enabled=_ANSWERS[wechat], upn=row.get("upn", ""))


def _guid(name: str, text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise Mistake(f"{name} {text!r} is no id such as 00000000-0000-0000-0000-000000000000") from None


def plan(found: Iterable[Candidate], present: Iterable[User], seen: Callable[[], None] = lambda: None) -> Plan:
    """What taking the candidates comes to; `seen` is called for each. Nobody and no number is taken twice."""
    roll = _Roll(present)
    for where, candidate in found:
        seen()
        if isinstance(candidate, str):
            roll.wrong.append(Wrong(where, candidate))
        else:
            roll.add(where, candidate)
    return Plan(tuple(roll.new), tuple(roll.again), roll.unchanged, tuple(roll.wrong))


class _Roll:
    """Everybody there is, by person and by number, while the candidates are gone through."""

    def __init__(self, present: Iterable[User]) -> None:
        everybody = list(present)
        self._persons = {(user.tenant.lower(), user.aad.lower()): user for user in everybody}
        self._numbers = {user.number: user.name for user in everybody if user.number}
        self._where: dict[tuple[str, str], str] = {}
        self.new: list[User] = []
        self.again: list[User] = []
        self.unchanged = 0
        self.wrong: list[Wrong] = []

    def add(self, where: str, user: User) -> None:
        person = (user.tenant, user.aad)
        if person in self._where:
            self.wrong.append(Wrong(where, f"is the same person as {self._where[person]}"))
            return
        self._where[person] = where
        known = self._persons.get(person)
        if known is not None:
            self._known(where, known, user)
        elif user.number in self._numbers:
            self.wrong.append(Wrong(where, f"the number {user.number} is {self._numbers[user.number]}'s already"))
        else:
            self._numbers[user.number] = user.name
            self.new.append(user)

    def _known(self, where: str, known: User, user: User) -> None:
        if known.number != user.number:
            self.wrong.append(Wrong(where, f"{known.name} is there already, with the number {known.number}"))
        elif user.enabled and not known.enabled:
            self.again.append(replace(known, enabled=True))
        else:
            self.unchanged += 1
