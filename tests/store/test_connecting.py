"""Getting connected with the real decisions on real databases, many at once: one thread, one seat, no limit passed.

Fifty at once, twice in the usual run; ROUNDS=200 for the full promise.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.events import ContactFollowed, ContactWrote, UserAsked
from bot.domain.onboarding import Phase
from bot.domain.pins import ACCOUNT_SENDS
from bot.engine import Engine
from bot.engine.reception import Means
from bot.keys import Keys
from bot.numbers import PhoneNumbers
from bot.store import SqlStore, StoreError, admin, connecting
from bot.store.desk import SqlDesk
from bot.store.tables import INVITATIONS, ONBOARDINGS, PINS
from cards.wording import text
from tests.e2e import record
from tests.store.build import ACT, ANN, BOB, HOME, NOW, new_id, wrote

ROUNDS = int(os.environ.get("ROUNDS", "2"))
KEYS = Keys("secret")
MINE = "+8613800138000"


@pytest.fixture(autouse=True)
async def replayed(sql: SqlStore) -> AsyncIterator[None]:
    """Whatever happened: the record gives the stored threads."""
    yield
    await record.holds(sql)


def engine(sql: SqlStore) -> Engine:
    return Engine(sql, text, means=Means(PhoneNumbers(), KEYS, sms=True))


async def policy(sql: SqlStore, **values: Any) -> None:
    await sql.run(admin.set_policy, ACT, "default", values)


async def together(sql: SqlStore, *events: Any) -> list[Mapping[str, Any]]:
    on = engine(sql)
    return list(await asyncio.gather(*(on.handle(event) for event in events)))


def said(openid: str, words: str, after: int = 0) -> ContactWrote:
    at = NOW + timedelta(seconds=after)
    event = wrote(openid, words, at=at)
    return replace(event, order=int(event.id[1:]))


async def open_threads(sql: SqlStore) -> int:
    return len(await sql.run(admin.threads, 1000))


async def counted(sql: SqlStore, table: Any) -> int:
    return len(await sql.run(lambda connection: connection.execute(table.select()).all()))


async def test_fifty_first_messages_make_one_thread_and_one_seat(sql: SqlStore) -> None:
    for number in range(ROUNDS):
        await together(sql, *(said(f"o-{number}", f"message {at}") for at in range(50)))
        assert await open_threads(sql) == number + 1
    found = await sql.run(admin.thread, (await sql.run(admin.threads))[0].thread.id)
    assert len([each for each in found.messages if each.message.author == "contact"]) == 50


async def test_fifty_first_messages_are_all_kept_and_delivered_once(sql: SqlStore) -> None:
    await policy(sql, validate_phone=True)
    for number in range(ROUNDS):
        openid, began = f"o-{number}", number * 60  # a round a minute, as the account may send a hundred PINs an hour
        await together(sql, *(said(openid, f"message {at}", began) for at in range(50)))
        await together(sql, said(openid, f"+86 138 0013 {1000 + number}", began + 5))
        [state] = [each for each in await sql.run(connecting.waiting) if each.phase is Phase.PIN]
        assert state.code is not None
        pin = KEYS.pin(state.code.nonce)
        await together(sql, *(said(openid, pin, began + 10) for _ in range(10)))
        assert await open_threads(sql) == number + 1
        assert await counted(sql, ONBOARDINGS) == 0
        [newest] = await sql.run(admin.threads, 1)
        history = await sql.run(admin.thread, newest.thread.id)
        words = [each.message.text for each in history.messages if each.message.kind == "text"]
        assert sorted(each for each in words if each.startswith("message")) == sorted(f"message {n}" for n in range(50))


async def test_a_thousand_scans_of_one_code_let_one_contact_in(sql: SqlStore) -> None:
    await policy(sql, unasked="refuse")
    wish = UserAsked(new_id(), new_id(), NOW, BOB.tenant, BOB.aad, HOME, "invite")
    await together(sql, wish)
    [row] = await sql.run(lambda connection: connection.execute(INVITATIONS.select()).all())
    scans = [
        ContactFollowed(new_id(), new_id(), NOW, "default", f"o-{number % 50}", row.scene) for number in range(1000)
    ]
    answers = await together(sql, *scans)
    let_in = {
        scan.openid for scan, answer in zip(scans, answers, strict=True) if "You can now reach Bob" in answer["reply"]
    }
    assert len(let_in) == 1
    assert await counted(sql, ONBOARDINGS) == 1


async def test_whoever_is_held_by_somebody_else_reads_by_whom_and_how_to_go_on(sql: SqlStore) -> None:
    await together(sql, said("o-1", "hello"))
    await together(sql, UserAsked(new_id(), new_id(), NOW, BOB.tenant, BOB.aad, HOME, "invite"))
    [row] = await sql.run(lambda connection: connection.execute(INVITATIONS.select()).all())
    [answer] = await together(sql, ContactFollowed(new_id(), new_id(), NOW, "default", "o-1", row.scene))
    assert answer["reply"].startswith("You are chatting with Ann Lee at the moment.")
    [answer] = await together(sql, ContactFollowed(new_id(), new_id(), NOW, "default", "o-2", row.scene))
    assert "You can now reach Bob Ray" in answer["reply"]
    assert await open_threads(sql) == 1


async def test_the_account_sends_no_more_than_a_hundred_in_an_hour(sql: SqlStore) -> None:
    await policy(sql, validate_phone=True)
    people = [f"o-{number}" for number in range(ACCOUNT_SENDS + 10)]
    await together(sql, *(said(openid, "hello") for openid in people))
    answers = await together(sql, *(said(each, f"+86 138 0013 {1000 + at}", 5) for at, each in enumerate(people)))
    assert sum("PIN of 6 digits" in answer["reply"] for answer in answers) == ACCOUNT_SENDS
    assert await counted(sql, PINS) == ACCOUNT_SENDS


async def test_one_number_is_sent_one_pin_a_minute_whoever_asks(sql: SqlStore) -> None:
    await policy(sql, validate_phone=True)
    for number in range(3):
        await together(sql, said(f"o-{number}", "hello"))
        await together(sql, said(f"o-{number}", MINE, 5))
    assert await counted(sql, PINS) == 1


async def test_a_pin_is_in_no_row_and_no_entry(sql: SqlStore) -> None:
    await policy(sql, validate_phone=True)
    await together(sql, said("o-1", "hello"))
    await together(sql, said("o-1", MINE, 5))
    [state] = await sql.run(connecting.waiting)
    assert state.code is not None
    pin = KEYS.pin(state.code.nonce)
    wrong = f"{(int(pin) + 1) % 10**6:06}"
    await together(sql, said("o-1", wrong, 10))
    await together(sql, said("o-1", pin, 20))
    assert await open_threads(sql) == 1
    entries = [entry.body async for entry in sql.audit()]
    history = await sql.run(admin.thread, (await sql.run(admin.threads))[0].thread.id)
    assert not [body for body in entries if pin in body or wrong in body or MINE in body]
    assert not [each for each in history.messages if pin in each.message.text]
    assert any("pin_wrong" in body for body in entries)
    assert any("pin_right" in body for body in entries)


async def test_codes_and_releases_of_who_does_not_exist_are_refused(sql: SqlStore) -> None:
    for work in (
        sql.run(connecting.set_code, ACT, ANN.number, "  "),
        sql.run(connecting.set_code, ACT, "nobody", "x"),
        sql.run(connecting.release, ACT, "nobody"),
    ):
        with pytest.raises(StoreError):
            await work


@pytest.mark.parametrize("words", ["émile dupont", "ÉMILE  DUPONT", "Émile Dupont"])
async def test_a_name_is_the_same_in_capitals_whatever_its_letters(sql: SqlStore, words: str) -> None:
    await sql.run(
        admin.add_user, ACT, replace(ANN, id="emile", aad="emile", number="+4915112345699", name="Émile Dupont")
    )
    found = await sql.run(lambda connection: SqlDesk(connection).asked_for((), words))
    assert found is not None
    assert found.id == "emile"
