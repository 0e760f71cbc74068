"""Users as colleagues look for them: by words of the name and by number, in time that the size of the tenant does not
lengthen.

Whoever can be handed something (enabled, and with the app) has their words in `user_words`, beside their tenant and
policy, because those decide who may find them. A search walks one index for each policy, in the order of the words,
and stops at its LIMIT.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, Index, Select, bindparam, delete, insert, literal_column, select, text
from sqlmodel import Field, SQLModel

from bot.book import words
from bot.store.beginnings import begins, bounds
from bot.store.dialect import Bytewise
from bot.store.tables import USERS

AT_ONCE: Final = 500
_WHOLE: Final = text("whole")


class UserWordRow(SQLModel, table=True):
    """What a user is found by; of each user one word is the `whole` name, which the list is in the order of."""

    __tablename__ = "user_words"
    __table_args__ = (
        Index("ix_user_words_found", "tenant", "policy", "word", "user_id"),
        Index(
            "ix_user_words_whole",
            *("tenant", "policy", "word", "user_id"),
            sqlite_where=_WHOLE,
            postgresql_where=_WHOLE,
        ),
    )
    user_id: str = Field(primary_key=True)
    word: str = Field(sa_column=Column(Bytewise, primary_key=True))
    tenant: str
    policy: str
    whole: bool


USER_WORDS: Final = SQLModel.metadata.tables[UserWordRow.__tablename__]

_FORGET: Final = delete(USER_WORDS).where(USER_WORDS.c.user_id.in_(bindparam("ids", expanding=True)))
_NOTE: Final = insert(USER_WORDS)
_THERE: Final = select(USERS.c.id, USERS.c.tenant, USERS.c.policy, USERS.c.name, USERS.c.number).where(
    USERS.c.id.in_(bindparam("ids", expanding=True)), USERS.c.enabled, USERS.c.reference.is_not(None)
)


def note(connection: Connection, ids: Sequence[str]) -> None:
    """Users were added or changed: from now on they are found by what their rows say now, or not at all."""
    for start in range(0, len(ids), AT_ONCE):
        some = {"ids": ids[start : start + AT_ONCE]}
        connection.execute(_FORGET, some)
        new = [row for user in connection.execute(_THERE, some) for row in _rows(*user)]
        if new:
            connection.execute(_NOTE, new)


def fill(connection: Connection) -> None:
    """Note everybody in an index that was made after they were, and holds nobody yet."""
    if connection.execute(select(USER_WORDS.c.user_id).limit(1)).first() is None:
        note(connection, connection.execute(select(USERS.c.id)).scalars().all())


def _rows(ident: str, tenant: str, policy: str, name: str, number: str) -> Iterator[dict[str, Any]]:
    whole = words.fold(name)[: words.WORD_LIMIT]
    for word in {whole, *words.of_entry(name, "", [number] if number else [])}:
        yield {"user_id": ident, "word": word, "tenant": tenant, "policy": policy, "whole": word == whole}


def search(
    connection: Connection, tenant: str, allowed: Collection[str], sought: str, but: str, most: int
) -> list[str]:
    """Ids of users under a policy of `allowed`, other than `but`, at most `most`, in the order of the words found.

    Each of the words of `sought` begins one of theirs; without any it is the list by name.
    """
    tokens = words.tokens(sought)
    if sought.strip() and not tokens:
        return []
    given = {"tenant": tenant, "but": but, "most": most, **bounds(tokens)}
    statement = _STATEMENTS[len(tokens)]
    found = [row for policy in allowed for row in connection.execute(statement, {**given, "policy": policy})]
    return [ident for _, ident in sorted(map(tuple, found))[:most]]


def _search_for(tokens: int) -> Select[Any]:
    """The search for so many tokens under one policy; of those of a user's words that fit the first one counts."""
    fit = USER_WORDS.c
    wanted = (
        select(fit.word, fit.user_id)
        .where(fit.tenant == bindparam("tenant"), fit.policy == bindparam("policy"), fit.user_id != bindparam("but"))
        .order_by(fit.word, fit.user_id)
        .limit(bindparam("most"))
    )
    if not tokens:
        return wanted.where(literal_column("whole"))
    before = USER_WORDS.alias("before")
    earlier = _theirs(before).where(before.c.word >= bindparam("from0"), before.c.word < fit.word)
    wanted = wanted.where(begins(USER_WORDS, 0), ~earlier.exists())
    for number in range(1, tokens):
        other = USER_WORDS.alias(f"w{number}")
        wanted = wanted.where(_theirs(other).where(begins(other, number)).exists())
    return wanted


def _theirs(words: Any) -> Select[Any]:
    return select(literal_column("1")).where(words.c.user_id == USER_WORDS.c.user_id)


_STATEMENTS: Final = tuple(map(_search_for, range(words.MOST_TOKENS + 1)))
