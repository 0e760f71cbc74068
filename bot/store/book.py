"""Contact books: entries written together with what they are found by, and the entry that a WeChat user is.

An entry belongs to one user, and every statement here names that user. What a user saved in Teams (`own`) is theirs:
no import and no refresh from Graph changes it again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from bot.book import words
from bot.ports import Contact, Entry
from bot.store.dialect import Upsert
from bot.store.records import ENTRY, ENTRY_FIELDS, entry, entry_values
from bot.store.tables import BOOK, BOOK_WORDS

OWN: Final = "own"
_SAVE: Final = Upsert(BOOK, ["id"], [*ENTRY_FIELDS[2:], "changed_at"], only_if=BOOK.c.user_id == bindparam("owner"))
_FORGET_WORDS: Final = delete(BOOK_WORDS).where(BOOK_WORDS.c.entry_id.in_(bindparam("ids", expanding=True)))
_WORDS: Final = insert(BOOK_WORDS)
_MINE: Final = BOOK.c.user_id == bindparam("user_id")
_BY_ID: Final = select(*ENTRY).where(BOOK.c.id.in_(bindparam("ids", expanding=True)), _MINE)
_BY_CONTACT: Final = select(*ENTRY).where(
    _MINE, BOOK.c.contact_id.in_(bindparam("ids", expanding=True)), BOOK.c.contact_id != ""
)
_BY_WORD: Final = (
    select(*ENTRY)
    .join(BOOK_WORDS, BOOK_WORDS.c.entry_id == BOOK.c.id)
    .where(BOOK_WORDS.c.user_id == bindparam("user_id"), BOOK_WORDS.c.word == bindparam("word"), _MINE)
)
_IDS: Final = select(BOOK.c.id).where(_MINE, BOOK.c.source == bindparam("source"))
_FORGET: Final = delete(BOOK).where(_MINE, BOOK.c.id.in_(bindparam("ids", expanding=True)))
_LIST: Final = select(*ENTRY).where(_MINE).order_by(func.lower(BOOK.c.name), BOOK.c.id).limit(bindparam("most"))
_COUNT: Final = select(func.count()).select_from(BOOK).where(_MINE)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of entries that came from outside; `kept` are those that the user has changed in Teams."""

    new: int = 0
    changed: int = 0
    same: int = 0
    kept: int = 0

    def __add__(self, more: Taken) -> Taken:
        return Taken(self.new + more.new, self.changed + more.changed, self.same + more.same, self.kept + more.kept)


# ---- writing


def save(connection: Connection, entries: Sequence[Entry], at: datetime) -> None:
    """Entries of one user, new or changed, with what they are found by from now on."""
    if not entries:
        return
    rows = [{**entry_values(each), "changed_at": at, "owner": each.user_id} for each in entries]
    connection.execute(_SAVE.on(connection), rows)
    connection.execute(_FORGET_WORDS, {"ids": [each.id for each in entries]})
    found = [
        {"entry_id": each.id, "word": word, "user_id": each.user_id}
        for each in entries
        for word in words.of_entry(each.name, each.company, each.numbers)
    ]
    if found:
        connection.execute(_WORDS, found)


def take(connection: Connection, entries: Sequence[Entry], at: datetime) -> Taken:
    """Entries of one user from a file or from Graph; only what differs is written."""
    if not entries:
        return Taken()
    there = {each.id: each for each in by_id(connection, entries[0].user_id, [each.id for each in entries])}
    kept = [each for each in entries if each.id in there and there[each.id].source == OWN]
    others = [each for each in entries if each.id not in there or there[each.id].source != OWN]
    new = [each for each in others if each.id not in there]
    changed = [_revised(there[each.id], each) for each in others if each.id in there]
    changed = [each for each in changed if each != there[each.id]]
    save(connection, [*new, *changed], at)
    return Taken(len(new), len(changed), len(others) - len(new) - len(changed), len(kept))


def _revised(old: Entry, new: Entry) -> Entry:
    told = replace(new, contact_id=old.contact_id, revision=old.revision)
    return old if told == old else replace(told, revision=old.revision + 1)


def forget(connection: Connection, user_id: str, ids: Collection[str]) -> None:
    """Remove these entries of the user's book."""
    mine = [each.id for each in by_id(connection, user_id, ids)]
    connection.execute(_FORGET_WORDS, {"ids": mine})
    connection.execute(_FORGET, {"user_id": user_id, "ids": mine})


# ---- reading


def by_id(connection: Connection, user_id: str, ids: Collection[str]) -> list[Entry]:
    """Those of the entries that are the user's, in no order."""
    if not ids:
        return []
    return [entry(row) for row in connection.execute(_BY_ID, {"ids": list(ids), "user_id": user_id})]


def ids_from(connection: Connection, user_id: str, source: str) -> set[str]:
    """The entries of the user that came from there."""
    return set(connection.execute(_IDS, {"user_id": user_id, "source": source}).scalars())


def of_contacts(connection: Connection, user_id: str, contacts: Collection[Contact]) -> dict[str, Entry]:
    """By contact's id, the entry that the user saved for them, else the only one with their validated number."""
    asked = {"user_id": user_id, "ids": [contact.id for contact in contacts]}
    found = {each.contact_id: each for each in map(entry, connection.execute(_BY_CONTACT, asked))} if contacts else {}
    for contact in contacts:
        if contact.number and contact.id not in found:
            same = _by_number(connection, user_id, contact.number)
            found |= {contact.id: same[0]} if len(same) == 1 else {}
    return found


def of_contact(connection: Connection, user_id: str, contact: Contact) -> Entry | None:
    """See `of_contacts`."""
    return of_contacts(connection, user_id, [contact]).get(contact.id)


def _by_number(connection: Connection, user_id: str, number: str) -> list[Entry]:
    rows = connection.execute(_BY_WORD, {"user_id": user_id, "word": number.lstrip("+")})
    return [each for each in map(entry, rows) if number in each.numbers and not each.contact_id]


def listed(connection: Connection, user_id: str, most: int) -> list[Entry]:
    """The book by name, for the administrator."""
    return [entry(row) for row in connection.execute(_LIST, {"user_id": user_id, "most": most})]


def size(connection: Connection, user_id: str) -> int:
    """How many entries the user's book has."""
    return int(connection.execute(_COUNT, {"user_id": user_id}).scalar_one())
