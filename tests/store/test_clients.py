"""Many threads of one user: what words without an address find, the list, Teams conversations, what was quoted."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asyncpg import UniqueViolationError
from sqlalchemy import insert, select, update

from bot.domain.attention import Care, Desk, Settings
from bot.domain.events import FromUser, UserAsked, UserConnected, UserDisconnected, UserWrote
from bot.domain.policy import Terms
from bot.domain.state import Phase, Queued, Thread
from bot.ports import Contact, Conversation, Job, Listing, Message, Row
from bot.store import SqlStore
from bot.store.listing import history, listing
from bot.store.records import care_values, contact_values, thread_values
from bot.store.tables import CONTACTS, THREADS, USERS
from tests.store.build import (
    ANN,
    BOB,
    HOME,
    LEASE,
    NOW,
    SECOND,
    begin,
    card,
    claim_one,
    deliver_all,
    doing,
    look,
    message,
    new_id,
    said,
    wrote,
)

GROUP = replace(HOME, conversation_id="19:group", kind="groupChat")


async def has(sql: SqlStore, **changes: Any) -> None:
    """These changes happened."""
    await sql.handle(said(), doing(**changes))


async def many(sql: SqlStore, count: int, user_id: str = ANN.id) -> list[str]:
    """So many threads of the user's, the last one the newest."""
    contacts, threads = [], []
    for number in range(count):
        ident, at = f"{user_id}-{number:05}", NOW + number * SECOND
        contacts.append(contact_values(Contact(f"c-{ident}", "default", f"o-{ident}", f"Client {number}")))
        state = Thread(ident, Terms(), at, 1, "m", Phase.INACTIVE if number % 2 else Phase.ACTIVE)
        row = thread_values(state) | care_values(ident, Care(number % 3, at))
        row |= {"id": row.pop("ident"), "contact_id": f"c-{ident}", "user_id": user_id, "account": "default"}
        threads.append(row | {"opened_at": at})
    await sql.run(lambda connection: connection.execute(insert(CONTACTS), contacts))
    await sql.run(lambda connection: connection.execute(insert(THREADS), threads))
    return [row["id"] for row in threads]


async def found(sql: SqlStore, event: FromUser) -> tuple[str, list[str]]:
    """The thread that the event is about, and the user's others."""
    at = await look(sql, event)
    return at.conversation.thread.id if at.conversation else "", [each.thread.id for each in at.open]


def typed(**more: Any) -> UserWrote:
    return replace(said(), **more)


# ---- what words without an address find


async def test_desk_settings_and_care_come_back_as_they_were_written(sql: SqlStore) -> None:
    thread = (await begin(sql)).thread
    desk = Desk(thread.id, NOW, NOW + SECOND, "before", NOW)
    care = Care(2, NOW, "m", True, GROUP, "card", ("a", "b"), NOW)
    await has(sql, desk=(ANN.id, desk), settings=(ANN.id, Settings("zh", "UTC", False)), cares=((thread.id, care),))
    at = await look(sql, typed())
    assert at.user is not None
    assert (at.user.desk, at.user.settings, at.open[0].care) == (desk, Settings("zh", "UTC", False), care)
    by_contact = (await look(sql, wrote())).conversation
    assert by_contact is not None and by_contact.care == care


async def test_writing_the_user_leaves_desk_and_settings_alone(sql: SqlStore) -> None:
    await has(sql, desk=(ANN.id, Desk("t")), settings=(ANN.id, Settings("zh")))
    await has(sql, user=replace(ANN, name="Ann"))
    user = (await look(sql, typed())).user
    assert user is not None and (user.desk, user.settings, user.name) == (Desk("t"), Settings("zh"), "Ann")


async def test_of_thousands_only_those_are_read_that_matter(sql: SqlStore) -> None:
    idents = await many(sql, 2000)
    await many(sql, 5, BOB.id)
    await has(sql, desk=(ANN.id, Desk(idents[0], NOW, NOW)))
    late = Care(1, NOW + timedelta(days=1))
    await has(sql, cares=((idents[7], late),))
    _, mine = await found(sql, typed())
    assert mine[0] == idents[0], "the current one"
    assert {idents[7], *idents[-9:]} <= set(mine), "the newest, and whoever has news"
    assert len(mine) < 25
    assert all(ident.startswith(ANN.id) for ident in mine)


async def test_a_thread_that_was_left_is_none_of_them(sql: SqlStore) -> None:
    one, other = (await begin(sql)).thread, (await begin(sql, "o-2")).thread
    await has(sql, desk=(ANN.id, Desk(one.id, NOW, NOW)), thread=replace(one, phase=Phase.LEFT))
    assert await found(sql, typed()) == ("", [other.id])


async def test_a_quotation_finds_the_card_or_the_users_own_words(sql: SqlStore) -> None:
    one, other = (await begin(sql)).thread, (await begin(sql, "o-2")).thread
    posted = await sql.claim(NOW, LEASE, 1, "teams")
    assert not posted
    await has(sql, rows=(card(f"teams/{other.id}", thread_id=other.id, post="in.x"),))
    [job] = await deliver_all(sql)
    await has(sql, messages=(message(one.id, activity_key="own"),))
    assert (await found(sql, typed(quoted=f"remote-{job.id}", quoted_key="k")))[0] == other.id
    assert (await found(sql, typed(quoted="1", quoted_key="own")))[0] == one.id
    assert (await found(sql, typed(quoted="1", quoted_key="k")))[0] == ""
    assert (await found(sql, typed()))[0] == ""
    bobs = replace(said(BOB), quoted=f"remote-{job.id}", quoted_key="own")
    assert (await found(sql, bobs))[0] == ""


async def test_a_number_from_elsewhere_is_not_taken_for_one_of_the_personal_chat(sql: SqlStore) -> None:
    thread = (await begin(sql)).thread
    row = card(f"teams/{thread.id}", thread_id=thread.id, post="in.x@19:group")
    await has(sql, rows=(row,))
    [job] = await deliver_all(sql)
    assert (await found(sql, typed(quoted=f"remote-{job.id}", quoted_key="k")))[0] == ""


async def test_a_bound_conversation_leads_to_its_thread_whoever_asks(sql: SqlStore) -> None:
    thread = (await begin(sql)).thread
    await has(sql, cares=((thread.id, Care(place=GROUP)),))
    for user in (ANN, BOB, replace(BOB, aad="stranger")):
        assert (await found(sql, replace(said(user), reference=GROUP)))[0] == thread.id
        asked = UserAsked(new_id(), "", NOW, user.tenant, user.aad, GROUP, "status")
        assert (await found(sql, asked))[0] == thread.id
        assert (await found(sql, UserDisconnected(new_id(), "", NOW, user.tenant, user.aad, GROUP)))[0] == thread.id
    assert (await found(sql, typed()))[0] == ""


async def test_a_conversation_is_bound_to_one_thread_only(sql: SqlStore) -> None:
    one, other = (await begin(sql)).thread, (await begin(sql, "o-2")).thread
    await has(sql, cares=((one.id, Care(place=GROUP)),))
    with pytest.raises((sqlite3.IntegrityError, UniqueViolationError)):
        await has(sql, cares=((other.id, Care(place=GROUP)),))


@pytest.mark.parametrize(
    ("query", "numbers"),
    [("client 7", [7]), (" CLIENT 11 ", [11]), ("Client 1", [1]), ("lient 1", [11, 10, 1]), ("nobody", []), ("%", [])],
)
async def test_connect_finds_whom_the_words_mean(sql: SqlStore, query: str, numbers: list[int]) -> None:
    idents = await many(sql, 12)
    await many(sql, 12, BOB.id)
    event = UserConnected(new_id(), "", NOW, ANN.tenant, ANN.aad, GROUP, query)
    assert sorted((await found(sql, event))[1]) == sorted(idents[number] for number in numbers)


# ---- the list


async def page(sql: SqlStore, show: str = "", skip: int = 0, user_id: str = ANN.id) -> Listing:
    return await sql.run(listing, user_id, {"show": show, "skip": skip, "limit": 8})


async def test_the_list_goes_through_all_the_newest_first(sql: SqlStore) -> None:
    idents = await many(sql, 20)
    await many(sql, 3, BOB.id)
    pages = [await page(sql, skip=skip) for skip in (0, 8, 16, 800)]
    assert [each.total for each in pages] == [20] * 4
    assert [each.skip for each in pages] == [0, 8, 16, 16]
    shown = [about.thread.id for each in pages[:3] for about, _ in each.entries]
    assert shown == idents[::-1]


@pytest.mark.parametrize(("show", "count"), [("unread", 8), ("active", 6), ("inactive", 6), ("queued", 1), ("x", 12)])
async def test_filters(sql: SqlStore, show: str, count: int) -> None:
    idents = await many(sql, 12)
    waiting = Thread(idents[0], Terms(), NOW, 1, "m", queue=(Queued("q", NOW),))
    await has(sql, thread=waiting)
    assert (await page(sql, show)).total == count


async def test_each_shows_its_last_words_and_no_notice(sql: SqlStore) -> None:
    one, other = await many(sql, 2)
    system = replace(message(one, "notice"), author="system", at=NOW + 3 * SECOND)
    later = replace(message(one, "last"), at=NOW + SECOND)
    await has(sql, messages=(message(one, "first"), later, system))
    words = {about.thread.id: last.text if last else "" for about, last in (await page(sql)).entries}
    assert words == {one: "last", other: ""}


async def test_the_history_ends_with_the_newest(sql: SqlStore) -> None:
    [ident] = await many(sql, 1)
    await has(sql, messages=tuple(replace(message(ident, f"{n}"), at=NOW + n * SECOND) for n in range(9)))
    told: Sequence[Message] = await sql.run(history, ident, 3)
    assert [each.text for each in told] == ["6", "7", "8"]


async def test_a_card_gets_the_page_the_history_the_burst_and_who_is_current(sql: SqlStore) -> None:
    one, other = await many(sql, 2)
    first, second = message(one, "first"), replace(message(one, "second"), at=NOW + SECOND)
    values = {"list": {"show": "", "skip": 0, "limit": 8}, "history": 1, "burst": [first.id, second.id]}
    row = Row("teams/x", "card", one, user_id=ANN.id, values=values)
    await has(sql, messages=(first, second), desk=(ANN.id, Desk(other)), rows=(row,))
    job: Job = await claim_one(sql, "teams")
    assert [each.text for each in job.burst] == ["first", "second"]
    assert [each.text for each in job.history] == ["second"]
    assert job.listing is not None and job.listing.total == 2
    assert isinstance(job.current, Conversation) and job.current.thread.id == other


async def test_a_card_with_a_history_gets_the_colleagues_who_wrote_in_it(sql: SqlStore) -> None:
    [ident] = await many(sql, 1)
    copied = replace(message(ident, "copied"), author="colleague", user_id=BOB.id)
    row = Row("teams/x", "card", ident, user_id=ANN.id, values={"history": 6})
    await has(sql, messages=(message(ident, "hers"), copied), rows=(row,))
    job: Job = await claim_one(sql, "teams")
    assert [each.name for each in job.colleagues] == [BOB.name]


async def test_it_is_an_index_that_finds_the_page(sql: SqlStore) -> None:
    """A row of another user costs nothing: the statements are answered from the user's own part of an index."""
    await many(sql, 3)
    plan = await sql.run(_plan)
    assert "ix_threads_listed" in plan


def _plan(connection: Any) -> str:
    statement = select(THREADS.c.id).where(THREADS.c.user_id == ANN.id, THREADS.c.phase != "left")
    ordered = str(
        statement.order_by(THREADS.c.heard_at.desc())
        .limit(8)
        .compile(connection, compile_kwargs={"literal_binds": True})
    )
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return str(connection.exec_driver_sql(f"EXPLAIN {ordered}").all())
    return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {ordered}").all())


async def test_a_user_from_before_has_the_usual_settings(sql: SqlStore) -> None:
    await sql.run(lambda connection: connection.execute(update(USERS).values(desk={}, settings={})))
    user = (await look(sql, typed())).user
    assert user is not None and (user.desk, user.settings) == (Desk(), Settings())
