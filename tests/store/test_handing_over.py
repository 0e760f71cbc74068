"""Transfers and requests with the real decisions on real databases, many at once: one seat, one answer, no deadlock."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.colleagues import HandOverAnswered, HandOverAsked, UserTransferred
from bot.domain.events import ContactFollowed, Event, Reference, RequestLapsed, UserAsked, UserLeft
from bot.domain.handover import LIFE
from bot.engine import Engine
from bot.engine.reception import Means
from bot.keys import Keys
from bot.ports import User
from bot.store import SqlStore, StoreError, admin, people
from bot.store.tables import HANDOVERS, INVITATIONS, OUTBOX
from cards.wording import text
from tests.e2e import record
from tests.store.build import ACT, ANN, BOB, HOME, NOW, new_id, wrote

TEAM = [replace(ANN, id=f"u-{n}", aad=f"aad-{n}", name=f"N{n}", number=f"+49151000010{n:02}") for n in range(6)]
ROUNDS = 5


def engine(sql: SqlStore) -> Engine:
    return Engine(sql, text, means=Means(keys=Keys("secret")))


def who(user: User) -> tuple[str, str, datetime, str, str, Reference]:
    ident = new_id()
    return (ident, f"key-{ident}", NOW, user.tenant, user.aad, HOME)


def transfer(user: User, thread_id: str, colleague: str) -> UserTransferred:
    return UserTransferred(*who(user), thread_id, colleague)


async def holder(sql: SqlStore) -> tuple[str, User]:
    """The only open thread and whose it is."""
    (found,) = await sql.run(admin.threads)
    return found.thread.id, found.user


async def begun(sql: SqlStore, *team: User) -> Engine:
    for user in team:
        await sql.run(admin.add_user, ACT, user)
    on = engine(sql)
    await on.handle(wrote())
    return on


async def test_many_transfers_at_once_leave_one_seat(sql: SqlStore) -> None:
    on = await begun(sql, *TEAM)
    for _ in range(ROUNDS):
        thread_id, user = await holder(sql)
        others = [each for each in (ANN, *TEAM) if each.id != user.id]
        clicks: list[Event] = [transfer(user, thread_id, other.id) for other in others]
        await asyncio.gather(*(on.handle(event) for event in (*clicks, wrote(), wrote())))
        assert (await holder(sql))[1].id in {other.id for other in others}
    await record.holds(sql)


async def test_transfers_that_cross_wait_for_each_other(sql: SqlStore) -> None:
    one, other = TEAM[:2]
    on = await begun(sql, one, other)
    await sql.run(admin.set_default_user, ACT, "default", one.id)
    first = (await holder(sql))[0]
    await on.handle(transfer(ANN, first, other.id))
    await on.handle(wrote("o-2"))
    for _ in range(ROUNDS):
        talks = {each.user.id: each.thread.id for each in await sql.run(admin.threads)}
        await asyncio.gather(
            on.handle(transfer(one, talks[one.id], other.id)), on.handle(transfer(other, talks[other.id], one.id))
        )
        assert sorted(each.user.id for each in await sql.run(admin.threads)) == [one.id, other.id]
    await record.holds(sql)


async def asked_for(sql: SqlStore, on: Engine, asker: User) -> str:
    """The asker's code is scanned by the contact, and they ask; the request's id."""
    await on.handle(UserAsked(*who(asker), "invite"))
    scenes = await sql.run(lambda c: {row.user_id: row.scene for row in c.execute(INVITATIONS.select())})
    ident = new_id()
    await on.handle(ContactFollowed(ident, f"key-{ident}", NOW, "default", "o-1", scenes[asker.id]))
    (request,) = await sql.run(
        lambda c: c.execute(HANDOVERS.select().where(HANDOVERS.c.asker == asker.id)).mappings().all()
    )
    await on.handle(HandOverAsked(*who(asker), request["id"]))
    return str(request["id"])


async def stages(sql: SqlStore) -> dict[str, str]:
    return await sql.run(lambda c: {row.asker: row.stage for row in c.execute(HANDOVERS.select())})


async def test_a_held_contact_who_scans_a_hundred_times_is_one_offer(sql: SqlStore) -> None:
    on = await begun(sql)
    await on.handle(UserAsked(*who(BOB), "invite"))
    (scene,) = await sql.run(lambda c: [row.scene for row in c.execute(INVITATIONS.select())])
    ids = [new_id() for _ in range(100)]
    await asyncio.gather(*(on.handle(ContactFollowed(id, id, NOW, "default", "o-1", scene)) for id in ids))
    assert await stages(sql) == {BOB.id: "offered"}
    told = await sql.run(
        lambda c: [row._mapping["values"] for row in c.execute(OUTBOX.select().where(OUTBOX.c.user_id == BOB.id))]
    )
    assert len([each for each in told if each.get("card") == "takeover"]) == 1


async def test_of_many_answers_one_counts(sql: SqlStore) -> None:
    boss, *askers = TEAM
    on = await begun(sql, *TEAM)
    await sql.run(admin.set_policy, ACT, "default", {"supervisor": boss.id})
    requests = [await asked_for(sql, on, asker) for asker in askers]
    answers = [
        HandOverAnswered(*who(user), request, agreed)
        for request in requests
        for user, agreed in ((ANN, True), (boss, True))
    ]
    await asyncio.gather(*(on.handle(event) for event in answers))
    came_to = await stages(sql)
    assert sorted(came_to.values()) == ["agreed", *["moved"] * (len(askers) - 1)]
    assert came_to[(await holder(sql))[1].id] == "agreed"
    await record.holds(sql)


async def test_a_leave_and_an_agreement_at_once(sql: SqlStore) -> None:
    on = await begun(sql, TEAM[0])
    request = await asked_for(sql, on, TEAM[0])
    thread_id, _ = await holder(sql)
    await asyncio.gather(
        on.handle(UserLeft(*who(ANN), thread_id)),
        on.handle(HandOverAnswered(*who(ANN), request, True)),
    )
    held = [each.user.id for each in await sql.run(admin.threads)]
    assert (held, await stages(sql)) in (([], {TEAM[0].id: "freed"}), ([TEAM[0].id], {TEAM[0].id: "agreed"}))
    await record.holds(sql)


async def test_a_supervisor_is_not_removed_and_an_asker_may_be(sql: SqlStore) -> None:
    await sql.run(admin.set_policy, ACT, "default", {"supervisor": BOB.id})
    with pytest.raises(StoreError, match="is the supervisor of policy default"):
        await sql.run(people.remove, ACT, BOB.number)
    await sql.run(admin.set_policy, ACT, "default", {"supervisor": None})
    on = await begun(sql, TEAM[0])
    await asked_for(sql, on, TEAM[0])
    await sql.run(lambda c: c.execute(INVITATIONS.delete()))
    assert await sql.run(people.remove, ACT, TEAM[0].number) == TEAM[0]
    assert await stages(sql) == {}


async def test_what_nobody_answered_lapses_once_on_any_number_of_machines(sql: SqlStore) -> None:
    on = await begun(sql, *TEAM[:2])
    request, _ = [await asked_for(sql, on, asker) for asker in TEAM[:2]]
    thread_id, _ = await holder(sql)
    assert await sql.lapsed(NOW + LIFE - timedelta(microseconds=1), 9) == []
    over = NOW + LIFE
    assert len(await sql.lapsed(over, 1)) == 1
    found = await sql.lapsed(over, 9)
    assert (thread_id, request) in found and len(found) == 2
    events = [RequestLapsed(new_id(), "", over, *each) for each in [*found, *found, *found]]
    await asyncio.gather(*(on.handle(event) for event in events))
    assert await stages(sql) == {TEAM[0].id: "expired", TEAM[1].id: "expired"}
    assert await sql.lapsed(over, 9) == []
    entries = [each async for each in sql.audit() if each.event == "RequestLapsed"]
    assert len(entries) == 2
    await record.holds(sql)
