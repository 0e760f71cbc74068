"""CSV and vCard (3.0 and 4.0) files as lines of contacts. Raises `Unreadable` for what is no such file at all."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.book.line import Line, checked

COLUMNS: Final = ("name", "company", "number", "number2", "notes")
_NUMBERS: Final = ("number", "number2")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_APART: Final = re.compile(r"(?<!\\);")


class Unreadable(ValueError):
    """The file as a whole cannot be read; says why and what is expected."""


def read(content: bytes, name: str, region: str) -> list[Line]:
    """The contacts of a file; `name` tells its kind, numbers without a country code are numbers of `region`."""
    text = _text(content)
    if name.lower().endswith((".vcf", ".vcard")):
        return list(_cards(text, region))
    if name.lower().endswith(".csv"):
        return list(_rows(text, region))
    raise Unreadable("contacts are imported from a .csv or a .vcf file")


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"line {line} is not UTF-8: save the file as UTF-8 (in Excel: CSV UTF-8)") from None


# ---- CSV


def _rows(text: str, region: str) -> Iterator[Line]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = [cell.strip().lower() for cell in next(rows, [])]
        _check(header)
        before = rows.line_num
        for row in rows:
            at, before = before + 1, rows.line_num
            if any(cell.strip() for cell in row):
                yield _row(at, header, row, region)
    except csv.Error as error:
        raise Unreadable(f"line {rows.line_num}: {error}") from None


def _delimiter(text: str) -> str:
    """Excel writes semicolons where the comma is the decimal sign."""
    first = text.partition("\n")[0]
    return ";" if ";" in first and "," not in first else ","


def _check(header: list[str]) -> None:
    unknown = [cell for cell in header if cell not in COLUMNS]
    twice = [cell for cell in COLUMNS if header.count(cell) > 1]
    if "name" not in header or unknown or twice:
        wrong = f"; unknown: {', '.join(map(repr, unknown))}" if unknown else ""
        raise Unreadable(f"the first line must name the columns: {','.join(COLUMNS)} (name is needed){wrong}")


def _row(at: int, header: list[str], row: list[str], region: str) -> Line:
    if len(row) > len(header):
        return Line(at, wrong=f"it has {len(row)} columns, the first line names {len(header)}")
    cells = dict(zip(header, row, strict=False))
    written = [cells.get(column, "") for column in _NUMBERS]
    return checked(at, cells.get("name", ""), cells.get("company", ""), written, cells.get("notes", ""), region)


# ---- vCard


@dataclass(slots=True)
class _Card:
    """A card while it is read: the first of each property, all numbers."""

    at: int
    values: dict[str, str] = field(default_factory=dict)
    numbers: list[tuple[bool, str]] = field(default_factory=list)


def _cards(text: str, region: str) -> Iterator[Line]:
    card: _Card | None = None
    for at, content in _unfolded(text):
        name, parameters, value = _property(content)
        if name == "BEGIN" and value.upper() == "VCARD":
            card = _Card(at)
        elif name == "END" and card is not None:
            yield _finished(card, region)
            card = None
        elif card is not None:
            _take(card, name, parameters, value)
    if card is not None:
        yield Line(card.at, wrong="the card has no END:VCARD")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Each logical line with the number it begins on: a line that begins with a space goes on with the one before."""
    whole, start = "", 0
    for at, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if line[:1] in (" ", "\t") and whole:
            whole += line[1:]
            continue
        if whole:
            yield start, whole
        whole, start = line, at
    if whole:
        yield start, whole


def _property(content: str) -> tuple[str, Mapping[str, str], str]:
    """Name, parameters and value; a group before the name is left out, quoted parameters may hold a colon."""
    head, value = _divided(content)
    name, *given = head.split(";")
    parameters: dict[str, str] = {}
    for each in given:
        key, _, said = each.partition("=")
        before = parameters.get(key.upper(), "")
        parameters[key.upper()] = f"{before},{said or key}".strip(",").lower()
    return name.rpartition(".")[2].strip().upper(), parameters, value


def _divided(content: str) -> tuple[str, str]:
    quoted = False
    for at, char in enumerate(content):
        quoted ^= char == '"'
        if char == ":" and not quoted:
            return content[:at], content[at + 1 :]
    return content, ""


def _take(card: _Card, name: str, parameters: Mapping[str, str], value: str) -> None:
    if name == "TEL":
        kinds = ",".join(parameters.values())
        if value and "fax" not in kinds and "pager" not in kinds:
            preferred = "pref" in kinds.split(",") or parameters.get("PREF") == "1"
            card.numbers.append((not preferred, _plain(value).removeprefix("tel:").partition(";")[0]))
    elif value.strip():
        card.values.setdefault(name, value)


def _finished(card: _Card, region: str) -> Line:
    values = card.values
    name = _plain(values.get("FN", "")).strip() or _from_parts(values.get("N", ""))
    company = _plain(_APART.split(values.get("ORG", ""))[0])
    written = [number for _, number in sorted(card.numbers, key=lambda each: each[0])]
    return checked(card.at, name or company, company, written, _plain(values.get("NOTE", "")), region)


def _from_parts(value: str) -> str:
    """`family;given;…`: Chinese names are written together, family name first."""
    family, given, *_ = [*map(_plain, _APART.split(value)), "", ""]
    together = family + given
    return together if any("\u4e00" <= char <= "\u9fff" for char in together) else f"{given} {family}".strip()


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
