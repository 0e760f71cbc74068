"""Colleagues are found by words of their names and by number, whoever may find them, and however many there are."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import Connection

from bot.domain.events import UserInstalled
from bot.ports import User
from bot.store import SqlStore, admin, colleagues, people, policies
from bot.store.directory import USER_WORDS
from bot.store.search import Books
from tests.store.build import ACT, ANN, BOB, HOME, NOW, doing, new_id
from tests.store.effort import analysed, counted

NAMES = ("Anna Smith", "Bob Weber", "Carl Rossi", "张伟", "Zoë Müller")
FEW, MANY = 500, 2500
THERE = replace(BOB, reference=HOME)


def crowd(first: int, count: int, policy: str = "default") -> list[User]:
    random = Random(first)
    return [
        replace(THERE, id=f"u-{n:05}", aad=f"a-{n}", name=random.choice(NAMES), number=f"+49152{n:08}", policy=policy)
        for n in range(first, first + count)
    ]


def found(connection: Connection, sought: str, user: User = ANN) -> list[str]:
    """Names of those whom the user's picker offers."""
    known = policies.resolve(policies.stored(connection))
    return [each.name for each in colleagues.found(connection, user, known, sought)]


async def test_they_are_found_by_each_word_and_in_any_spelling(sql: SqlStore) -> None:
    await sql.run(
        people.take, ACT, [replace(user, name=name) for user, name in zip(crowd(0, 5), NAMES, strict=True)], []
    )
    assert await sql.read(found, "") == ["Anna Smith", "Bob Weber", "Carl Rossi", "Zoë Müller", "张伟"]
    for sought, name in {
        **{"SMITH ann": NAMES[0], "muller": NAMES[4], "zhangw": NAMES[3], "伟": NAMES[3], "0152 0000 0001": NAMES[1]},
        **{"+49 152 00000002": NAMES[2], "muell": "", "%": "", "o": ""},
    }.items():
        assert await sql.read(found, sought) == ([name] if name else []), sought


async def test_whose_name_begins_twice_with_the_words_is_found_once(sql: SqlStore) -> None:
    await sql.run(
        people.take, ACT, [replace(THERE, id="u-2", aad="a-2", number="+491512", name="Anna Annabel Ann")], []
    )
    assert await sql.read(found, "ann") == ["Anna Annabel Ann"]


async def test_only_who_can_be_handed_something_is_found(sql: SqlStore) -> None:
    assert await sql.read(found, "") == []  # Bob has not installed the app
    installed = UserInstalled(new_id(), "", NOW, BOB.tenant, BOB.aad, HOME)
    await sql.handle(installed, doing(user=replace(BOB, name="Robert Ray", reference=HOME)))
    assert [await sql.read(found, sought) for sought in ("bob", "rob")] == [[], ["Robert Ray"]]
    assert await sql.read(found, "", replace(ANN, tenant="other")) == []
    await sql.run(admin.enable_user, ACT, BOB.id, False)
    assert await sql.read(found, "rob") == []
    await sql.run(people.take, ACT, [], [BOB])
    assert await sql.read(found, "rob") == ["Robert Ray"]
    await sql.run(people.remove, ACT, BOB.id)
    assert await sql.read(found, "rob") == [] == await sql.read(left_of, BOB.id)


def left_of(connection: Connection, user_id: str) -> list[str]:
    return list(connection.execute(USER_WORDS.select().where(USER_WORDS.c.user_id == user_id)).scalars())


async def test_a_wall_between_departments_stands_from_the_moment_it_is_set(sql: SqlStore) -> None:
    await sql.run(admin.set_policy, ACT, "research", {})
    await sql.run(people.take, ACT, [replace(THERE, id="u-2", aad="a-2", number="+491512", name="Cat")], [])
    assert await sql.read(found, "cat") == ["Cat"]
    await sql.run(admin.assign_policy, ACT, "u-2", "research")
    assert await sql.read(found, "cat") == ["Cat"]
    await sql.run(admin.set_policy, ACT, "default", {"transfer": "peers"})
    assert await sql.read(found, "cat") == []
    assert await sql.read(found, "cat", replace(ANN, policy="research")) == ["Cat"]
    await sql.run(admin.assign_policy, ACT, "u-2", "default")
    assert await sql.read(found, "cat") == ["Cat"]


async def test_who_types_a_name_is_offered_only_those_whom_they_may_hand_something_to(sql: SqlStore) -> None:
    await sql.run(people.take, ACT, [], [THERE])
    await sql.run(people.take, ACT, crowd(0, 12), [])
    book = Books(sql)
    assert [each.id for each in await book.colleagues(ANN.tenant, ANN.aad, "015200000003")] == ["u-00003"]
    assert len(await book.colleagues(ANN.tenant, ANN.aad, "")) == colleagues.MOST
    assert await book.colleagues("other", ANN.aad, "") == await book.colleagues(ANN.tenant, "nobody", "") == ()
    await sql.run(admin.set_policy, ACT, "default", {"transfer": "nobody"})
    assert await book.colleagues(ANN.tenant, ANN.aad, "") == ()
    await sql.run(admin.set_policy, ACT, "default", {"transfer": "anybody"})
    await sql.run(admin.enable_user, ACT, ANN.id, False)
    assert await book.colleagues(ANN.tenant, ANN.aad, "") == ()


QUERIES = ("", "anna", "z", "zw", "weber bob", "smith", "+49", "015200000007", "nobody")


async def costs(sql: SqlStore, user: User) -> dict[str, int]:
    await sql.run(analysed)
    return {query: await sql.read(cost, query, user) for query in QUERIES}


def cost(connection: Connection, query: str, user: User) -> int:
    with counted(connection) as count:
        found(connection, query, user)
    return sum(count)


@pytest.mark.parametrize("wall", ["anybody", "peers"])
async def test_looking_costs_the_same_among_hundreds_and_among_thousands(sql: SqlStore, wall: str) -> None:
    await sql.run(admin.set_policy, ACT, "research", {"transfer": wall})
    looking = replace(ANN, policy="research")
    await sql.run(people.take, ACT, crowd(90_000, 40, "research"), [])
    await sql.run(people.take, ACT, crowd(0, FEW), [])
    few = await costs(sql, looking)
    await sql.run(people.take, ACT, crowd(FEW, MANY), [])
    away = [replace(user, reference=None) for user in crowd(FEW + MANY, MANY)]
    await sql.run(people.take, ACT, away, [])
    many = await costs(sql, looking)
    assert {query: (few[query], many[query]) for query in QUERIES if many[query] > few[query]} == {}
