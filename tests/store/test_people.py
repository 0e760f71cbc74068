"""Many people at once, people who go, and the cards that tell them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Row, Table

from bot.domain.events import Delivered, UserAsked
from bot.domain.onboarding import Onboarding, Phase
from bot.domain.pins import Code
from bot.engine import Engine
from bot.engine.reception import Means
from bot.keys import Keys
from bot.ports import Contact, Entry
from bot.store import SqlStore, StoreError, admin, audit, book, connecting, desk, people, retention
from bot.store.people import NOTED_AT_ONCE
from bot.store.tables import BOOK, BOOK_WORDS, INVITATIONS, LANES, ONBOARDINGS, OUTBOX, USER_CODES
from cards.wording import text
from tests.store.build import (
    ACT,
    ANN,
    BOB,
    HOME,
    LEASE,
    NOW,
    begin,
    deliver_all,
    doing,
    reported,
    settles,
    wrote,
)

CAT = replace(BOB, id="u-cat", aad="aad-cat", number="+4915100000003", name="Cat")


async def test_many_are_taken_with_few_entries_on_record(sql: SqlStore) -> None:
    crowd = [replace(CAT, id=f"u-{n}", aad=f"a-{n}", number=f"+49152{n:08}") for n in range(NOTED_AT_ONCE + 1)]
    await sql.run(people.take, ACT, crowd, [])
    assert len(await sql.run(admin.users)) == len(crowd) + 2
    entries = [entry async for entry in sql.audit()]
    assert [entry.event for entry in entries][-2:] == ["UsersAdded", "UsersAdded"]
    assert not list(audit.verify(entries)) and crowd[0].number not in entries[-2].body


async def test_taking_is_all_or_nothing(sql: SqlStore) -> None:
    with pytest.raises(StoreError, match="Nothing was changed"):
        await sql.run(people.take, ACT, [CAT, replace(CAT, id="u-2")], [])
    assert await sql.run(admin.users) == [ANN, BOB]


async def test_who_is_enabled_again_is_welcomed_once(sql: SqlStore) -> None:
    for enabled in (False, False, True, True):
        await sql.run(people.switch, ACT, ANN.number, enabled)
    assert [job.values["card"] for job in await deliver_all(sql)] == ["not_enabled", "welcome"]
    await sql.run(people.switch, ACT, ANN.number, False)
    await deliver_all(sql)
    await sql.run(people.take, ACT, [], [ANN])
    assert [job.values["card"] for job in await deliver_all(sql)] == ["welcome"]
    assert (await sql.run(admin.user, ANN.number)).enabled


async def test_who_never_installed_the_app_cannot_be_told(sql: SqlStore) -> None:
    await sql.run(people.switch, ACT, BOB.number, False)
    assert await deliver_all(sql) == []
    assert people.nowhere(BOB).kind == "" and people.nowhere(ANN) == ANN.reference


async def test_somebody_without_a_past_is_removed(sql: SqlStore) -> None:
    assert await sql.run(people.remove, ACT, BOB.number) == BOB
    assert await sql.run(admin.users) == [ANN]
    assert [entry.event async for entry in sql.audit()][-1] == "UserRemoved"


async def test_whoever_goes_takes_their_book_codes_and_invitations_with_them(sql: SqlStore) -> None:
    asked = UserAsked("e", "e", NOW, BOB.tenant, BOB.aad, HOME, "invite")
    await Engine(sql, text, means=Means(keys=Keys("secret"))).handle(asked)
    await sql.run(connecting.set_code, ACT, BOB.number, "bob")
    await sql.run(book.save, [Entry(f"e-{user.id}", user.id, "Li") for user in (ANN, BOB)], NOW)
    owned = (INVITATIONS, USER_CODES, BOOK, BOOK_WORDS)
    assert BOB.id in {row.user_id for table in owned for row in await rows(sql, table)}
    await sql.run(people.remove, ACT, BOB.number)
    assert {row.user_id for table in owned for row in await rows(sql, table)} == {ANN.id}


async def test_nothing_is_left_that_leads_to_who_was_removed(sql: SqlStore) -> None:
    cat = replace(CAT, reference=HOME)
    await sql.run(people.take, ACT, [cat], [])
    for enabled in (False, True):
        await sql.run(people.switch, ACT, cat.number, enabled)
    [job] = await sql.claim(NOW, LEASE, 1, "teams")  # in a worker's hand when its person goes
    for number, user in enumerate((cat, BOB)):
        contact = Contact(f"c-{number}", "default", f"o-{number}")
        code = Code("n", NOW, "salt", "digest")
        state = Onboarding(contact.id, Phase.PIN, NOW, user.id, "+8613800138000", code, failed=3)
        await sql.handle(wrote(f"o-{number}"), doing(contact=contact, onboarding=state))
    await sql.run(people.remove, ACT, cat.number)
    assert not [row for table in (OUTBOX, LANES) for row in await rows(sql, table) if row.user_id == cat.id]
    left = [desk.onboarding(row.state) for row in await rows(sql, ONBOARDINGS)]
    assert {(state.contact_id, state.user_id, state.phase, state.failed, state.code is None) for state in left} == {
        ("c-0", "", Phase.PERSON, 3, True),
        ("c-1", BOB.id, Phase.PIN, 3, False),
    }
    await sql.handle(reported(job, Delivered, "remote"), settles)
    assert await deliver_all(sql) == []


async def test_whoever_is_held_stays_until_the_hold_ends(sql: SqlStore) -> None:
    await sql.run(book.save, [Entry("e-li", BOB.id, "Li")], NOW)
    held = await sql.run(retention.hold, ACT, "h-1", "user", BOB.number, "case 17")
    with pytest.raises(StoreError, match="legal hold"):
        await sql.run(people.remove, ACT, BOB.number)
    assert [row.user_id for row in await rows(sql, BOOK)] == [BOB.id]
    await sql.run(retention.release, ACT, held.id)
    await sql.run(people.remove, ACT, BOB.number)
    assert await sql.run(admin.users) == [ANN]


async def rows(sql: SqlStore, table: Table) -> Sequence[Row[Any]]:
    return await sql.run(lambda connection: connection.execute(table.select()).all())


async def test_whoever_the_record_needs_stays(sql: SqlStore) -> None:
    with pytest.raises(StoreError, match="gets the contacts that ask for nobody"):
        await sql.run(people.remove, ACT, ANN.number)
    begun = await begin(sql)
    assert await sql.run(people.conversations, ANN.id) == (1, 1)
    assert await sql.run(people.open_threads, ANN.id) == [begun.thread.id]
    with pytest.raises(StoreError, match="part of conversations on record"):
        await sql.run(people.remove, ACT, ANN.number)
