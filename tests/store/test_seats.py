"""Seats with the real decisions on real databases, many at once: never more than there are, one thread for each user.

Fifty at once, twice in the usual run; ROUNDS=200 for the full promise.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.domain.colleagues import UserTransferred
from bot.domain.events import ContactFollowed, Event, UserLeft, UserWrote
from bot.engine import Engine
from bot.ports import Changes, Snapshot
from bot.store import SqlStore, StoreError, admin
from bot.store.tables import INVITATIONS, MESSAGES, THREADS
from tests.e2e import record
from tests.store.build import ACT, ANN, NOW, new_id, wrote
from tests.store.test_handing_over import TEAM, begun, who

ROUNDS = int(os.environ.get("ROUNDS", "2"))


async def invited(sql: SqlStore, seats: int) -> Engine:
    """Ann has the contact; everybody of the team has a code that lasts."""
    on = await begun(sql, *TEAM)
    await sql.run(admin.set_policy, ACT, "default", {"seats": seats})
    codes = [
        {"scene": f"s-{user.id}", "account": "default", "user_id": user.id, "made_at": NOW, "expires_at": None}
        | {"contact_id": "", "entry_id": ""}
        for user in TEAM
    ]
    await sql.run(lambda connection: connection.execute(insert(INVITATIONS), codes))
    return on


def scans(user: str, openid: str = "o-1") -> ContactFollowed:
    ident = new_id()
    return ContactFollowed(ident, ident, NOW, "default", openid, f"s-{user}")


async def sitting(sql: SqlStore) -> dict[int, str]:
    """Seat to user."""
    found = await sql.run(admin.threads, 1_000)
    seats = {each.thread.seat: each.user.id for each in found}
    assert len(seats) == len(found)
    return seats


@pytest.mark.parametrize("seats", [2, 3])
async def test_fifty_scans_at_once_never_take_more_seats_than_there_are(sql: SqlStore, seats: int) -> None:
    on = await invited(sql, seats)
    for _ in range(ROUNDS):
        events: list[Event] = [scans(TEAM[number % len(TEAM)].id) for number in range(50)]
        await asyncio.gather(*(on.handle(event) for event in (*events, wrote(), wrote())))
        taken = await sitting(sql)
        assert sorted(taken) == list(range(seats))
        assert len(set(taken.values())) == seats
        talks = await sql.run(admin.threads, 1_000)
        everybody = {each.thread.id for each in talks}
        assert all({each.thread.id, *each.thread.others} == everybody for each in talks)
        for each in talks:
            if each.user.id != ANN.id:
                await on.handle(UserLeft(*who(each.user), each.thread.id))
        assert await sitting(sql) == {0: ANN.id}
    await record.holds(sql)


async def test_what_several_send_at_once_is_never_more_than_the_contact_may_get(sql: SqlStore) -> None:
    on = await invited(sql, 3)
    for user in TEAM[:2]:
        await on.handle(scans(user.id))
    for _ in range(ROUNDS):
        talks = await sql.run(admin.threads, 1_000)
        words = [UserWrote(*who(each.user), "hi", each.thread.id) for each in talks for _ in range(5)]
        await asyncio.gather(*(on.handle(event) for event in words))
        for each in await sql.run(admin.threads, 1_000):
            assert len(each.thread.slots) <= each.thread.terms.reply_limit
        await on.handle(replace(wrote(), at=NOW, created_at=NOW, order=int(new_id()[1:])))
    await record.holds(sql)


async def test_the_database_itself_lets_nobody_take_a_seat_twice(sql: SqlStore) -> None:
    on = await invited(sql, 2)
    await on.handle(scans(TEAM[0].id))
    rows = await sql.run(lambda c: [dict(row) for row in c.execute(THREADS.select()).mappings()])
    for wrong in ({"seat": 5}, {"user_id": TEAM[1].id}):
        row = {**rows[0], **wrong, "id": new_id()}
        with pytest.raises(IntegrityError):
            await sql.run(lambda c, row=row: c.execute(insert(THREADS), [row]))  # type: ignore[misc]


async def test_each_thread_has_the_contacts_words_on_its_own_record(sql: SqlStore) -> None:
    on = await invited(sql, 2)
    await on.handle(scans(TEAM[0].id))
    await on.handle(wrote("o-1", "to you both"))
    said = await sql.run(
        lambda c: c.execute(MESSAGES.select().where(MESSAGES.c.text == "to you both")).mappings().all()
    )
    assert {each["thread_id"] for each in said} == {each.thread.id for each in await sql.run(admin.threads)}
    assert len({each["salt"] for each in said}) == 2


async def test_a_transfer_keeps_the_seat_and_never_goes_to_who_sits_there(sql: SqlStore) -> None:
    on = await invited(sql, 2)
    await on.handle(scans(TEAM[0].id))
    mine = next(each.thread.id for each in await sql.run(admin.threads) if each.user.id == ANN.id)
    await on.handle(UserTransferred(*who(ANN), mine, TEAM[0].id))
    assert await sitting(sql) == {0: ANN.id, 1: TEAM[0].id}
    await on.handle(UserTransferred(*who(ANN), mine, TEAM[1].id))
    assert await sitting(sql) == {0: TEAM[1].id, 1: TEAM[0].id}
    one, other = await sql.run(admin.threads)
    assert (one.thread.others, other.thread.others) == ((other.thread.id,), (one.thread.id,))
    await record.holds(sql)


async def test_what_cannot_be_done_in_one_thread_is_done_in_none(sql: SqlStore) -> None:
    on = await invited(sql, 2)
    await on.handle(scans(TEAM[0].id))
    before = await sql.run(admin.threads)

    def breaks(event: Event, at: Snapshot) -> Changes:
        changes = on.decide(event, at)
        (theirs,) = changes.shared
        assert theirs.thread is not None
        return replace(changes, shared=(replace(theirs, thread=replace(theirs.thread, id="nobody's")),))

    mine = next(each for each in before if each.user.id == ANN.id)
    with pytest.raises(StoreError, match="never opened"):
        await sql.handle(UserWrote(*who(ANN), "lost", mine.thread.id), breaks)
    assert await sql.run(admin.threads) == before
    assert not await sql.run(lambda c: c.execute(MESSAGES.select().where(MESSAGES.c.text == "lost")).all())
    await record.holds(sql)
