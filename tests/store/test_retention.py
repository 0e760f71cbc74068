"""Words go when their time is over, and not while something holds them; the record stays whole and says what went."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select
from sqlmodel import SQLModel

from bot.domain.effects import State
from bot.domain.events import Due
from bot.domain.onboarding import Onboarding, Phase
from bot.domain.pins import Code
from bot.keeping import purge
from bot.ports import Contact, PinSent, Row
from bot.store import SqlStore, StoreError, admin, proof, retention
from bot.store.admin import Act
from bot.store.retention import Purged
from bot.store.tables import CONTACTS, INBOX, MESSAGES, ONBOARDINGS
from tests.store.build import ACT, ANN, HOUR, NOW, begin, doing, leave, look, message, new_id, wrote
from tests.store.effort import analysed, counted

YEAR = timedelta(days=366)
NUMBER = "+8613800138777"
THEN = NOW + YEAR + HOUR


async def rows(sql: SqlStore, table: Any, ident: str = "id") -> dict[str, Mapping[str, Any]]:
    def read(connection: Connection) -> dict[str, Mapping[str, Any]]:
        return {row[ident]: dict(row) for row in connection.execute(select(table)).mappings()}

    return await sql.run(read)


async def kept_for(sql: SqlStore, policy: str = "default", retention: str | None = "1y") -> None:
    await sql.run(admin.set_policy, ACT, policy, {"retention": retention})


async def after(sql: SqlStore, now: datetime = THEN) -> Purged:
    return await purge(sql, Act("retention", now))


async def said(sql: SqlStore, thread_id: str, state: State | None = State.SENT, **more: Any) -> str:
    """Ann's words in a thread; their id."""
    words = replace(message(thread_id, "secret words", state=state), **more)
    await sql.handle(Due(new_id(), "", NOW, thread_id), doing(messages=(words,)))
    return words.id


async def ended(sql: SqlStore, openid: str = "o-1") -> str:
    """A thread that was left, with words of both; its id."""
    begun = await begin(sql, openid)
    await said(sql, begun.thread.id)
    await sql.handle(Due(new_id(), "", NOW, begun.thread.id), leave)
    return begun.thread.id


async def test_nothing_goes_without_a_policy_that_says_so(sql: SqlStore) -> None:
    await ended(sql)
    assert await after(sql, NOW + 100 * YEAR) == Purged()


async def test_words_salts_media_and_who_it_was_go_and_the_record_says_so(sql: SqlStore) -> None:
    await kept_for(sql)
    thread_id = await ended(sql)
    edited = await said(sql, thread_id, media="m-1", why="because")
    await sql.handle(Due(new_id(), "", NOW, thread_id), doing(rewords=((edited, "better"),)))
    assert (await after(sql, NOW + YEAR)) == Purged()
    done = await after(sql)
    assert (done.messages, done.contacts) == (3, 1)
    for row in (await rows(sql, MESSAGES)).values():
        assert (row["text"], row["original"], row["media"], row["salt"], row["original_salt"]) == ("", None, "", "", "")
        assert row["purged_at"] == THEN
    assert (await rows(sql, MESSAGES))[edited]["why"] == "because"
    [(ident, contact)] = (await rows(sql, CONTACTS)).items()
    assert (contact["openid"], contact["name"], contact["number"]) == (f"purged:{ident}", "", "")
    entries = [entry async for entry in sql.audit()]
    assert entries[-1].event == "Purged"
    assert edited in entries[-1].body
    assert '"by":"retention"' in entries[-1].body
    verdict = await proof.verify(sql)
    assert (verdict.faults, verdict.messages, verdict.purged) == ((), 3, 3)
    assert await after(sql) == Purged()


async def test_a_contact_who_comes_back_is_a_new_one(sql: SqlStore) -> None:
    await kept_for(sql)
    await ended(sql)
    await after(sql)
    assert (await look(sql, wrote())).contact is None


async def test_what_is_newer_or_under_way_stays_and_with_it_whose_it_is(sql: SqlStore) -> None:
    await kept_for(sql)
    begun = await begin(sql)
    waiting = [await said(sql, begun.thread.id, s) for s in (State.QUEUED, State.SENDING, State.WAITING)]
    waiting.append(await said(sql, begun.thread.id, State.UNCERTAIN))
    newer = await said(sql, begun.thread.id, at=THEN - HOUR)
    assert (await after(sql)).messages == 1
    left = {ident for ident, row in (await rows(sql, MESSAGES)).items() if row["text"]}
    assert left == {*waiting, newer}
    await sql.handle(Due(new_id(), "", NOW, begun.thread.id), leave)
    assert await after(sql) == Purged(4, 0)


async def test_each_user_has_the_retention_of_their_policy(sql: SqlStore) -> None:
    await sql.run(admin.set_policy, ACT, "desk", {})
    await sql.run(admin.assign_policy, ACT, ANN.number, "desk")
    await ended(sql)
    await kept_for(sql)
    await kept_for(sql, "desk", "2y")
    assert await after(sql) == Purged()
    assert await after(sql, NOW + 2 * YEAR + HOUR) == Purged(2, 1)


async def test_words_that_are_nobodys_yet_are_under_the_default_policy(sql: SqlStore) -> None:
    await kept_for(sql)
    contact = (await begin(sql)).contact
    lost = replace(message("", "hello"), author="contact", user_id="", contact_id=contact.id)
    await sql.handle(Due(new_id(), "", NOW, "none"), doing(messages=(lost,)))
    assert (await after(sql)).messages == 2
    assert (await rows(sql, MESSAGES))[lost.id]["purged_at"] == THEN


async def test_automatic_answers_go_when_no_policy_keeps_them(sql: SqlStore) -> None:
    event = wrote()
    await sql.handle(event, doing(answer={"reply": "Welcome, Mr Li"}))
    await kept_for(sql)
    await kept_for(sql, "desk", "3y")
    assert (await after(sql)).answers == 0
    assert (await after(sql, NOW + 3 * YEAR + HOUR)).answers == 1
    assert (await rows(sql, INBOX, "key"))[event.key]["answer"] == {}
    assert await sql.handle(event, doing(answer={"reply": "again"})) == {}


async def test_looking_for_automatic_answers_costs_nothing_for_events_that_have_none(sql: SqlStore) -> None:
    await kept_for(sql)
    await sql.handle(wrote(), doing(answer={"reply": "Welcome, Mr Li"}))
    await sql.run(analysed)
    few = await sql.read(cost_of_looking)
    events = [
        {"key": f"e-{number}", "answer": {"say": "stale"} if number % 2 else {}, "at": NOW} for number in range(2000)
    ]
    await sql.run(lambda connection: connection.execute(insert(INBOX), events))
    await sql.run(analysed)
    assert await sql.read(cost_of_looking) <= few


def cost_of_looking(connection: Connection) -> int:
    with counted(connection) as count:
        assert len(retention.answers(connection, THEN, 500)) == 1
    return sum(count)


@pytest.mark.parametrize("kind", retention.KINDS)
async def test_what_is_held_stays_until_it_is_released(sql: SqlStore, kind: str) -> None:
    await kept_for(sql)
    thread_id = await ended(sql)
    about = (await sql.run(admin.thread, thread_id)).conversation
    subject = {"contact": about.contact.id, "thread": thread_id, "user": ANN.number}[kind]
    held = await sql.run(retention.hold, ACT, "h-1", kind, subject, "case 7")
    assert await sql.run(retention.holds) == [held]
    assert await after(sql) == Purged()
    with pytest.raises(StoreError, match="held already, by hold h-1"):
        await sql.run(retention.hold, ACT, "h-2", kind, subject, "case 8")
    assert await sql.run(retention.release, ACT, "h-1") == held
    assert await after(sql) == Purged(2, 1)
    entries = [entry async for entry in sql.audit()]
    assert [entry.event for entry in entries if entry.event.startswith("Hold")] == ["HoldAdded", "HoldRemoved"]
    assert '"reason":"case 7"' in next(entry.body for entry in entries if entry.event == "HoldAdded")


async def test_what_is_held_after_it_was_found_stays(sql: SqlStore) -> None:
    await kept_for(sql)
    thread_id = await ended(sql)
    found = await sql.read(retention.due, THEN, 10)
    await sql.run(retention.hold, ACT, "h-1", "thread", thread_id, "case 7")
    assert len(found) == 2
    assert await sql.run(retention.purge, Act("test", THEN), found) == Purged()


async def test_nothing_of_a_forgotten_contact_is_left_in_any_table(sql: SqlStore) -> None:
    await kept_for(sql)
    begun = await begin(sql, "o-forgotten")
    contact = replace(begun.contact, name="Li Forgotten", number=NUMBER, validated_at=NOW)
    pin = Row(f"sms/{contact.id}", "pin", "", ref="nonce", values={"to": NUMBER, "nonce": "nonce", "text": "{pin}"})
    sent = PinSent("nonce", "default", contact.id, NUMBER, NOW)
    await sql.handle(Due(new_id(), "", NOW, begun.thread.id), doing(contact=contact, rows=(pin,), pin=sent))
    await sql.handle(Due(new_id(), "", NOW, begun.thread.id), leave)
    private = ("o-forgotten", "Li Forgotten", NUMBER)
    assert [name for name in private if name in await everything(sql)] == list(private)
    assert (await after(sql)).contacts == 1
    assert [name for name in private if name in await everything(sql)] == []


async def on_the_way(sql: SqlStore, **state: Any) -> str:
    """A contact whom nobody has yet, and who wrote something; their id."""
    contact = Contact(new_id(), "default", "o-waits", name="Wu Waits", number=NUMBER)
    code = Code("n", NOW, "salt", "digest")
    way = Onboarding(contact.id, Phase.PIN, NOW, ANN.id, NUMBER, code, **state)
    lost = replace(message("", "hello"), author="contact", user_id="", contact_id=contact.id)
    await sql.handle(wrote("o-waits"), doing(contact=contact, onboarding=way, messages=(lost,)))
    return contact.id


async def test_who_never_came_to_be_connected_is_forgotten_too(sql: SqlStore) -> None:
    await kept_for(sql)
    await on_the_way(sql)
    private = ("o-waits", "Wu Waits", NUMBER)
    assert [name for name in private if name in await everything(sql)] == list(private)
    assert await after(sql, THEN - 2 * HOUR) == Purged()
    assert await after(sql) == Purged(1, 1)
    assert [name for name in private if name in await everything(sql)] == []
    assert (await look(sql, wrote("o-waits"))).contact is None


async def test_who_is_on_the_way_and_still_writes_is_not_forgotten(sql: SqlStore) -> None:
    await kept_for(sql)
    contact_id = await on_the_way(sql)
    newer = replace(message("", "hello?"), author="contact", user_id="", contact_id=contact_id, at=THEN - HOUR)
    await sql.handle(wrote("o-waits"), doing(messages=(newer,)))
    assert await after(sql) == Purged(1, 0)
    assert contact_id in await rows(sql, ONBOARDINGS, "contact_id")


async def test_who_guessed_at_pins_is_kept_or_could_guess_anew(sql: SqlStore) -> None:
    await kept_for(sql)
    contact_id = await on_the_way(sql, failed=1)
    assert await after(sql) == Purged(1, 0)
    assert contact_id in await rows(sql, ONBOARDINGS, "contact_id")
    assert (await rows(sql, CONTACTS))[contact_id]["openid"] == "o-waits"


async def test_who_is_on_the_way_and_held_is_not_forgotten(sql: SqlStore) -> None:
    await kept_for(sql)
    contact_id = await on_the_way(sql)
    held = await sql.run(retention.hold, ACT, new_id(), "contact", contact_id, "a lawsuit")
    assert await after(sql) == Purged()
    await sql.run(retention.release, ACT, held.id)
    assert await after(sql) == Purged(1, 1)


async def everything(sql: SqlStore) -> str:
    """The whole database, as text."""

    def read(connection: Connection) -> str:
        tables = SQLModel.metadata.sorted_tables
        return repr([connection.execute(select(table)).all() for table in tables])

    return await sql.read(read)


async def test_only_what_is_there_can_be_held_or_released(sql: SqlStore) -> None:
    for kind, why in (("contact", "admin contacts list"), ("thread", "admin threads list"), ("user", "users list")):
        with pytest.raises(StoreError, match=why):
            await sql.run(retention.hold, ACT, "h-1", kind, "nobody", "case 7")
    with pytest.raises(StoreError, match="There is no hold"):
        await sql.run(retention.release, ACT, "h-1")


async def test_much_goes_in_portions(sql: SqlStore) -> None:
    await kept_for(sql)
    for number in range(3):
        await ended(sql, f"o-{number}")
    first = await sql.run(retention.purge, Act("test", THEN), await sql.read(retention.due, THEN, 4))
    rest = await after(sql)
    assert (first.messages, rest.messages, first.contacts + rest.contacts) == (4, 2, 3)
