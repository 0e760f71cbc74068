"""Prepared statements give just what SQLAlchemy's own execution of them gives, on both databases."""

import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from asyncpg import UniqueViolationError
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.domain.attention import Desk, Settings
from bot.store import SqlStore, open_store
from bot.store.dialect import Moment, Upsert
from bot.store.prepared import Numbering, Prepared
from bot.store.tables import OUTBOX, TOKENS, USERS
from tests.store.build import ANN, BOB, HOME, NOW, card, doing, tapped

BY_ID = select(USERS).where(USERS.c.id.in_(bindparam("ids", expanding=True))).order_by(USERS.c.id)
NAMED = select(TOKENS.c.value, TOKENS.c.expires_at).where(TOKENS.c.name == bindparam("name"))
PUT = Prepared(Upsert(TOKENS, ["name"], ["value"]))


def token(name: str, value: str = "v") -> dict[str, Any]:
    return {"name": name, "value": value, "expires_at": NOW}


@pytest.mark.parametrize("ids", [[], [ANN.id], [BOB.id, ANN.id], ["?", "?", ANN.id], [*"abcd", BOB.id]])
async def test_lists_of_any_length_find_the_same(sql: SqlStore, ids: list[str]) -> None:
    prepared = Prepared(BY_ID)

    def both(connection: Connection) -> tuple[list[Any], list[Any]]:
        return prepared.rows(connection, {"ids": ids}), [list(row) for row in connection.execute(BY_ID, {"ids": ids})]

    ours, theirs = await sql.run(both)
    assert ours == theirs
    assert {row[0] for row in ours} == {ANN.id, BOB.id} & set(ids)


async def test_every_list_goes_where_it_belongs(sql: SqlStore) -> None:
    both = select(USERS.c.id).where(
        USERS.c.name.in_(bindparam("names", expanding=True)), USERS.c.id.in_(bindparam("ids", expanding=True))
    )
    for ids in ([ANN.id], [BOB.id, "?", ANN.id]):
        assert await sql.run(Prepared(both).column, {"ids": ids, "names": [ANN.name, "?"]}) == [ANN.id]


async def test_values_come_out_in_their_types(sql: SqlStore) -> None:
    [row] = await sql.run(Prepared(BY_ID).rows, {"ids": [ANN.id]})
    found = dict(zip(USERS.c.keys(), row, strict=True))
    assert found["enabled"] is True
    assert found["reference"] == HOME
    values = {"card": "x", "n": [1, None]}
    await sql.handle(tapped(), doing(rows=(card(before=NOW + timedelta(seconds=1), values=values),)))
    columns = (OUTBOX.c.before, OUTBOX.c.settled_at, OUTBOX.c["values"])
    before, settled_at, kept = await sql.run(Prepared(select(*columns)).row) or [None] * 3
    assert (before, settled_at) == (NOW + timedelta(seconds=1), None)
    assert kept["n"] == [1, None]


async def test_what_a_statement_holds_itself_goes_with_it(sql: SqlStore) -> None:
    statement = Prepared(select(USERS.c.id).where(USERS.c.name == ANN.name).limit(1))
    assert await sql.run(statement.column) == [ANN.id]
    assert await sql.run(Prepared(select(USERS.c.id).where(USERS.c.name == "nobody")).value) is None
    assert await sql.run(Prepared(select(USERS.c.id).where(USERS.c.name == "nobody")).row) is None


async def test_an_insert_gives_the_columns_that_it_names(sql: SqlStore) -> None:
    columns = [name for name in USERS.c.keys() if name not in ("settings", "desk")]
    given = {**dict.fromkeys(columns, "x"), "enabled": False, "reference": None}
    assert await sql.run(Prepared(insert(USERS), columns).run, given) == 1
    [row] = await sql.run(Prepared(BY_ID).rows, {"ids": ["x"]})
    assert row[-3:] == [None, Settings(), Desk()]


async def test_how_many_rows_were_changed(sql: SqlStore) -> None:
    rename = Prepared(update(USERS).where(USERS.c.id.in_(bindparam("ids", expanding=True))).values(name="same"))
    assert await sql.run(rename.run, {"ids": [ANN.id, BOB.id, "?"]}) == 2
    assert await sql.run(rename.run, {"ids": ["?"]}) == 0


async def test_one_statement_for_many_values(sql: SqlStore) -> None:
    await sql.run(PUT.run_all, [])
    await sql.run(PUT.run_all, [token("a"), token("b"), token("a", "new")])
    assert await sql.run(Prepared(NAMED).row, {"name": "a"}) == ["new", NOW]
    assert sorted(await sql.run(Prepared(delete(TOKENS).returning(TOKENS.c.name)).column)) == ["a", "b"]


async def test_what_each_of_many_brings_comes_in_their_order(sql: SqlStore) -> None:
    put = Prepared(insert(TOKENS).returning(TOKENS.c.value, TOKENS.c.expires_at))
    assert await sql.run(put.each, []) == []
    assert await sql.run(put.each, [token("a", "1")]) == [["1", NOW]]
    assert await sql.run(put.each, [token("c", "3"), token("b", "2")]) == [["3", NOW], ["2", NOW]]


async def test_a_new_row_has_the_number_that_was_given(sql: SqlStore) -> None:
    row: dict[str, Any] = dict.fromkeys(
        ("lane", "kind", "thread_id", "ref", "user_id", "post", "use", "remote_id", "code"), "x"
    )
    row |= {"slot": 0, "before": None, "values": {}, "state": "sent", "tries": 0}
    row |= {"created_at": NOW, "settled_at": None}
    assert await sql.run(Numbering(OUTBOX).numbers, []) == []
    numbers = await sql.run(Numbering(OUTBOX).numbers, [{**row, "lane": lane} for lane in "ab"])
    rows = await sql.run(Prepared(select(OUTBOX.c.id, OUTBOX.c.lane).order_by(OUTBOX.c.id)).rows)
    assert rows == [[numbers[0], "a"], [numbers[1], "b"]]


async def test_rows_that_are_there_are_put_elsewhere(sql: SqlStore) -> None:
    given = select(USERS.c.id, USERS.c.name, bindparam("at", type_=Moment)).where(USERS.c.id == bindparam("user"))
    put = Prepared(Upsert(TOKENS, ["name"], ["value", "expires_at"], given=given))
    assert await sql.run(put.run, {"user": "?", "at": NOW}) == 0
    for at in (NOW, NOW + timedelta(seconds=1)):
        assert await sql.run(put.run, {"user": ANN.id, "at": at}) == 1
        assert await sql.run(Prepared(NAMED).row, {"name": ANN.id}) == [ANN.name, at]


async def test_what_fails_leaves_nothing_behind(sql: SqlStore) -> None:
    put = Prepared(insert(TOKENS))

    def twice(connection: Connection) -> None:
        put.run(connection, token("a"))
        put.run(connection, token("a"))

    with pytest.raises((sqlite3.IntegrityError, UniqueViolationError)):
        await sql.run(twice)
    assert await sql.run(Prepared(NAMED).row, {"name": "a"}) is None


async def test_a_mixed_transaction_is_one(sql: SqlStore) -> None:
    """What SQLAlchemy executes and what goes to the driver stand or fall together."""

    def mixed(connection: Connection) -> None:
        connection.execute(insert(TOKENS), token("a"))
        PUT.run(connection, token("b"))
        assert connection.execute(select(TOKENS.c.name)).scalars().all() == ["a", "b"]
        raise LookupError

    with pytest.raises(LookupError):
        await sql.run(mixed)
    assert not await sql.run(Prepared(select(TOKENS.c.name)).rows)


@pytest.mark.postgres
async def test_a_lost_connection_is_made_anew(postgres_url: str) -> None:
    store = await open_store(postgres_url)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    ours = "pid <> pg_backend_pid()"
    went: list[int] = []

    def lose(connection: Connection) -> None:
        went.append(1)
        if len(went) == 1:
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        connection.exec_driver_sql(f"{others} AND {ours}")

    try:
        await store.run(lose)
        assert len(went) == 2
        await store.run(PUT.run, token("a"))
        assert await store.run(Prepared(NAMED).row, {"name": "a"}) == ["v", NOW]
    finally:
        await store.close()
