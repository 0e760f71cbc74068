"""`admin contacts …`: the WeChat users we know, and a user's contact book, filled from a file and looked at.

Nothing is written unless every line can be taken. What is written goes in portions, so that the running service is not
held up by a long file; an import that was interrupted is simply done again, because the same line is the same entry.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bot import numbers, show
from bot.book import files
from bot.book.line import Line, merged
from bot.commands import LIMIT, Arguments, Command, Mistake, Shown, act
from bot.ports import Entry
from bot.store import SqlStore, admin, book, connecting

PORTION: Final = 500
PAUSE: Final = 0.1
"""Seconds between portions: SQLite's other writers look for their turn at most so far apart."""

ERRORS_SHOWN: Final = 20


async def _import(store: SqlStore, wish: Arguments) -> Shown:
    user = await store.read(admin.user, wish.user)
    path = Path(wish.file)
    content = await asyncio.to_thread(path.read_bytes)
    lines = files.read(content, path.name, wish.region.upper() or numbers.region(user.number))
    wrong = [line for line in lines if line.wrong]
    if wrong and not wish.skip_wrong:
        raise Mistake(_complaint(wrong, len(lines)))
    good = [line for line in lines if not line.wrong]
    entries = [_entry(user.id, line) for line in merged(good)]
    now = act()
    taken = book.Taken()
    for portion in _portions(entries):
        taken += await store.run(book.take, portion, now.at)
        await asyncio.sleep(PAUSE)
    counts = {"new": taken.new, "changed": taken.changed, "the same": taken.same, "changed in Teams, kept": taken.kept}
    await store.run(admin.note_import, now, user.id, counts)
    told = {"user": user.name, **counts, "said twice": len(good) - len(entries), "left out": len(wrong)}
    return told | ({"wrong": [{"line": line.at, "why": line.wrong} for line in wrong]} if wrong else {})


def _complaint(wrong: Sequence[Line], lines: int) -> str:
    shown = [f"  line {line.at}: {line.wrong}" for line in wrong[:ERRORS_SHOWN]]
    more = [f"  … and {len(wrong) - ERRORS_SHOWN} more"] if len(wrong) > ERRORS_SHOWN else []
    head = f"nothing was imported: {len(wrong)} of {lines} contacts cannot be taken (--skip-wrong takes the others)"
    return "\n".join([head, *shown, *more])


def _entry(user_id: str, line: Line) -> Entry:
    """The same contact in the same user's book is the same entry, whenever it is imported."""
    same = hashlib.sha256(repr((user_id, *line.same)).encode()).hexdigest()
    return Entry(f"b{same[:31]}", user_id, line.name, line.company, line.numbers, line.notes, source="file")


def _portions(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), PORTION):
        yield entries[start : start + PORTION]


async def _list(store: SqlStore, wish: Arguments) -> Shown:
    if wish.user is None:
        return [show.contact(contact) for contact in await store.read(admin.contacts, wish.limit)]
    user = await store.read(admin.user, wish.user)
    found = await store.read(book.listed, user.id, wish.limit)
    return [
        {
            "name": each.name,
            "company": each.company,
            "numbers": " ".join(each.numbers),
            "on WeChat": bool(each.contact_id),
            "from": each.source,
        }
        for each in found
    ]


async def _set(store: SqlStore, wish: Arguments) -> Shown:
    given = {name: value for name in ("name", "language") if (value := getattr(wish, name)) is not None}
    if not given:
        raise Mistake("nothing to set: give --name NAME or --language zh")
    return show.contact(await store.run(admin.set_contact, act(), wish.id, given))


async def _waiting(store: SqlStore, _: Arguments) -> Shown:
    return [show.onboarding(state) for state in await store.read(connecting.waiting)]


async def _let_try(store: SqlStore, wish: Arguments) -> Shown:
    await store.run(connecting.release, act(), wish.id)
    return "The contact may try again."


_USER = {"--user": {"required": True, "metavar": "WHO", "help": "number, UPN or Entra object id"}}

COMMANDS = (
    Command(
        "contacts import",
        "fill a user's contact book from a CSV (name,company,number,number2,notes) or a vCard file",
        {
            "file": {"metavar": "FILE", "help": "a .csv or .vcf file in UTF-8"},
            **_USER,
            "--region": {"default": "", "metavar": "CN", "help": "country of numbers without a country code"},
            "--skip-wrong": {"action": "store_true", "help": "take what can be taken"},
        },
        _import,
    ),
    Command(
        "contacts list",
        "the newest WeChat contacts; with --user the contact book of that user",
        {
            "--user": {"metavar": "WHO", "help": "number, UPN or Entra object id"},
            **LIMIT,
        },
        _list,
    ),
    Command(
        "contacts set",
        "what we know of a contact: WeChat tells neither name nor language",
        {
            "id": {"metavar": "ID", "help": "as in `contacts list`"},
            "--name": {"help": "as users read it ('' forgets it)"},
            "--language": {
                "choices": ["en", "zh", ""],
                "help": "the language of notices to them ('': as the policy says)",
            },
        },
        _set,
    ),
    Command("contacts waiting", "contacts that are not connected yet", {}, _waiting),
    Command("contacts release", "let one who was locked out try again", {"id": {"metavar": "ID"}}, _let_try),
)
