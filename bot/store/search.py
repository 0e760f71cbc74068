"""Finding people for an answer: read only, beside the writer, in time that others' books do not lengthen.

Every word of the query is looked up by its beginning in one index that starts with the user; the first, longest one
drives, the others are checked for each entry it finds. Nothing is read of what is not the user's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, Select, and_, bindparam, func, literal_column, or_, select

from bot.book import words
from bot.ports import Contact, Conversation, Entry, Found, Known, User
from bot.store import book, colleagues, policies
from bot.store.beginnings import begins, bounds
from bot.store.records import CONTACT, ENTRY, STATE, USER, Reader, conversation, entry
from bot.store.tables import BOOK, BOOK_WORDS, CONTACTS, THREADS, USERS

P = ParamSpec("P")
T = TypeVar("T")
MOST: Final = 50
FARTHEST: Final = 10_000
_PERSON: Final = select(*USER).where(USERS.c.tenant == bindparam("tenant"), USERS.c.aad == bindparam("aad"))
_OPEN: Final = THREADS.c.phase != literal_column("'left'")
_CONVERSATIONS: Final = (
    select(STATE, *CONTACT, *USER)
    .select_from(
        THREADS.join(CONTACTS, CONTACTS.c.id == THREADS.c.contact_id).join(USERS, USERS.c.id == THREADS.c.user_id)
    )
    .where(THREADS.c.user_id == bindparam("user_id"), _OPEN)
    .order_by(THREADS.c.heard_at.desc(), THREADS.c.id)
)
_NEWEST: Final = _CONVERSATIONS.limit(bindparam("count")).offset(bindparam("skip"))
_NAMED: Final = _CONVERSATIONS.where(THREADS.c.id == bindparam("thread_id"))
_WITH: Final = _CONVERSATIONS.where(
    or_(
        CONTACTS.c.id.in_(bindparam("contacts", expanding=True)),
        and_(CONTACTS.c.number.in_(bindparam("numbers", expanding=True)), CONTACTS.c.number != ""),
    )
)
_HOW_MANY: Final = select(func.count()).select_from(THREADS).where(THREADS.c.user_id == bindparam("user_id"), _OPEN)
_TALKING: Final = (
    select(literal_column("1"))
    .where(THREADS.c.contact_id == BOOK.c.contact_id, THREADS.c.user_id == BOOK.c.user_id, _OPEN)
    .exists()
)
_REST: Final = (
    select(*ENTRY)
    .where(BOOK.c.user_id == bindparam("user_id"), or_(BOOK.c.contact_id == "", ~_TALKING))
    .order_by(BOOK.c.changed_at.desc(), BOOK.c.id.desc())
    .limit(bindparam("count"))
    .offset(bindparam("skip"))
)
_CONTACTS: Final = select(*CONTACT).where(CONTACTS.c.id.in_(bindparam("ids", expanding=True)))


class Reads(Protocol):
    """What runs a read beside the writer: `SqlStore`."""

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T: ...


class Books:
    """The `Book` of `bot.ports`."""

    def __init__(self, store: Reads) -> None:
        self._store = store

    async def search(self, tenant: str, aad: str, text: str, skip: int, count: int) -> Found | None:
        return await self._store.read(search, tenant, aad, text, skip, count)

    async def chosen(self, tenant: str, aad: str, entry_id: str, thread_id: str) -> Found | None:
        return await self._store.read(chosen, tenant, aad, entry_id, thread_id)

    async def colleagues(self, tenant: str, aad: str, text: str) -> Sequence[User]:
        return await self._store.read(handed_to, tenant, aad, text)


def search(connection: Connection, tenant: str, aad: str, text: str, skip: int, count: int) -> Found | None:
    """See `Book.search`."""
    user = _user(connection, tenant, aad)
    if user is None:
        return None
    skip, count = min(max(skip, 0), FARTHEST), min(max(count, 1), MOST)
    if not text.strip():
        people = _recent(connection, user, skip, count)
    else:
        people = _known(connection, user, _found(connection, user, words.tokens(text), skip, count))
    return Found(tuple(people), user.settings)


def chosen(connection: Connection, tenant: str, aad: str, entry_id: str, thread_id: str) -> Found | None:
    """See `Book.chosen`."""
    user = _user(connection, tenant, aad)
    if user is None:
        return None
    if entry_id:
        found = known(connection, user, entry_id)
        held = found and colleagues.held(connection, found, policies.resolve(policies.stored(connection)))
        return Found((held,) if held else (), user.settings)
    rows = connection.execute(_NAMED, {"user_id": user.id, "thread_id": thread_id}).all()
    return Found(tuple(_met(connection, user, rows)), user.settings)


def handed_to(connection: Connection, tenant: str, aad: str, text: str) -> Sequence[User]:
    """See `Book.colleagues`."""
    user = _user(connection, tenant, aad)
    if user is None:
        return ()
    return colleagues.found(connection, user, policies.resolve(policies.stored(connection)), text)


def known(connection: Connection, user: User, entry_id: str) -> Known | None:
    """What the user knows of an entry of their book; None when it is not theirs."""
    return next(iter(_known(connection, user, book.by_id(connection, user.id, [entry_id]))), None)


def only(connection: Connection, user: User, text: str) -> Entry | None:
    """The entry of the user's book that `text` finds; None when it finds none or several."""
    found = _found(connection, user, words.tokens(text), 0, 2)
    return found[0] if len(found) == 1 else None


def with_contact(connection: Connection, user: User, contact_id: str) -> Conversation | None:
    """The user's open conversation with this WeChat user."""
    rows = connection.execute(_WITH, {"user_id": user.id, "contacts": [contact_id], "numbers": []}).all()
    return _conversation(rows[0]) if rows else None


def _user(connection: Connection, tenant: str, aad: str) -> User | None:
    row = connection.execute(_PERSON, {"tenant": tenant, "aad": aad}).one_or_none()
    user = Reader(row).user() if row is not None else None
    return user if user and user.enabled else None


def _recent(connection: Connection, user: User, skip: int, count: int) -> list[Known]:
    """The open conversations, those heard of last first; then the entries that changed last."""
    asked = {"user_id": user.id, "skip": skip, "count": count}
    talking = _met(connection, user, connection.execute(_NEWEST, asked).all())
    if len(talking) == count:
        return talking
    before = connection.execute(_HOW_MANY, {"user_id": user.id}).scalar_one()
    rest = {"user_id": user.id, "skip": max(0, skip - before), "count": count - len(talking)}
    shown = {each.entry.id for each in talking if each.entry}
    entries = [each for each in map(entry, connection.execute(_REST, rest)) if each.id not in shown]
    return [*talking, *_known(connection, user, entries)]


def _found(connection: Connection, user: User, tokens: Sequence[str], skip: int, count: int) -> list[Entry]:
    """The user's entries that have a word beginning with each token, in the order of the words they were found by."""
    if not tokens:
        return []
    given = {"user_id": user.id, "skip": skip, "count": count, **bounds(tokens)}
    ids = connection.execute(_statement(len(tokens)), given).scalars().all()
    there = {each.id: each for each in book.by_id(connection, user.id, ids)}
    return [there[ident] for ident in ids if ident in there]


def _search_for(tokens: int) -> Select[Any]:
    """The search for so many tokens; parameters user_id, from0, to0, …, skip and count."""
    wanted = select(BOOK_WORDS.c.entry_id).where(BOOK_WORDS.c.user_id == bindparam("user_id"), begins(BOOK_WORDS, 0))
    for number in range(1, tokens):
        other = BOOK_WORDS.alias(f"w{number}")
        also: Select[Any] = select(literal_column("1")).where(
            other.c.entry_id == BOOK_WORDS.c.entry_id, begins(other, number)
        )
        wanted = wanted.where(also.exists())
    wanted = wanted.group_by(BOOK_WORDS.c.entry_id).order_by(func.min(BOOK_WORDS.c.word), BOOK_WORDS.c.entry_id)
    return wanted.limit(bindparam("count")).offset(bindparam("skip"))


_STATEMENTS: Final = {tokens: _search_for(tokens) for tokens in range(1, words.MOST_TOKENS + 1)}


def _statement(tokens: int) -> Select[Any]:
    return _STATEMENTS[tokens]


def _met(connection: Connection, user: User, rows: Sequence[Sequence[Any]]) -> list[Known]:
    """Conversations with what the book says of their contacts."""
    about = [each for each in map(_conversation, rows) if each]
    entries = book.of_contacts(connection, user.id, [each.contact for each in about])
    return [Known(entries.get(each.contact.id), each.contact, each) for each in about]


def _known(connection: Connection, user: User, entries: Sequence[Entry]) -> list[Known]:
    """Entries with the WeChat users they are, by link or by validated number, and the conversations with them."""
    if not entries:
        return []
    numbers = sorted({number for each in entries if not each.contact_id for number in each.numbers})
    linked = sorted({each.contact_id for each in entries if each.contact_id})
    rows = connection.execute(_WITH, {"user_id": user.id, "contacts": linked, "numbers": numbers}).all()
    about = [each for each in map(_conversation, rows) if each]
    contacts = _contacts(connection, linked)
    return [_of_entry(each, about, contacts) for each in entries]


def _of_entry(found: Entry, about: Collection[Conversation], contacts: dict[str, Contact]) -> Known:
    for each in about:
        same = each.contact.number in found.numbers if not found.contact_id else each.contact.id == found.contact_id
        if same:
            return Known(found, each.contact, each)
    return Known(found, contacts.get(found.contact_id))


def _contacts(connection: Connection, ids: Sequence[str]) -> dict[str, Contact]:
    rows = connection.execute(_CONTACTS, {"ids": ids}).all() if ids else ()
    return {contact.id: contact for row in rows if (contact := Reader(row).contact())}


def _conversation(row: Sequence[Any]) -> Conversation | None:
    read = Reader(row)
    return conversation(read.thread(), read.contact(), read.user())
