"""Many events in one transaction on PostgreSQL: each stands or falls alone, and none waits for somebody else's row."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, String, cast, distinct, func, literal_column, select

from bot.domain.events import ContactWrote, Event
from bot.metrics import Metrics
from bot.ports import Changes, Decide, Snapshot
from bot.store import SqlStore, open_store
from bot.store.dialect import begun
from bot.store.prepared import Prepared
from bot.store.store import PostgresStore
from bot.store.tables import AUDIT, CONTACTS, INBOX, MESSAGES, OUTBOX
from tests.e2e import record
from tests.store.build import begin, card, greet, look, wrote
from tests.store.conftest import opened
from tests.waiting import until

pytestmark = pytest.mark.postgres
PEOPLE = tuple(f"o-{number}" for number in range(8))


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[PostgresStore]:
    store = await opened(postgres_url)
    assert isinstance(store, PostgresStore)
    for openid in PEOPLE:
        await begin(store, openid)
    yield store
    await record.proved(store)
    await store.close()


async def together(store: SqlStore, events: Sequence[Event], decide: Decide) -> list[Any]:
    """All but the first in one group, for they come while it is at work."""
    first = asyncio.create_task(store.handle(wrote(PEOPLE[0]), greet))
    await asyncio.sleep(0)
    tasks = [asyncio.create_task(store.handle(event, decide)) for event in events]
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    await first
    return answers


async def spells(store: SqlStore, openid: str) -> int:
    """How often `greet` has moved the open thread."""
    found = (await look(store, wrote(openid))).conversation
    assert found is not None
    return found.thread.spell


async def count(store: SqlStore, column: Any, value: str) -> int:
    found = await store.run(lambda connection: connection.execute(select(column).where(column == value)).all())
    return len(found)


def transactions(connection: Connection, events: Sequence[Event]) -> int:
    """In how many the entries of the events were written."""
    asked = select(func.count(distinct(cast(literal_column("xmin"), String)))).select_from(AUDIT)
    found: int = connection.execute(asked.where(AUDIT.c.key.in_([event.key for event in events]))).scalar_one()
    return found


async def test_many_events_are_one_transaction(store: PostgresStore) -> None:
    events = [wrote(openid) for openid in PEOPLE[1:]]
    await together(store, events, greet)
    assert await store.run(transactions, events) == 1
    assert [await spells(store, openid) for openid in PEOPLE] == [2] * len(PEOPLE)


async def test_several_rows_of_each_stay_in_their_order(store: PostgresStore) -> None:
    events = [wrote(openid) for openid in PEOPLE[1:4]]

    def decide(event: Event, at: Snapshot) -> Changes:
        return replace(greet(event, at), rows=tuple(card(f"teams/{event.id}", ref=ref) for ref in "abc"))

    await together(store, events, decide)
    assert await store.run(transactions, events) == 1
    found = await store.run(Prepared(select(OUTBOX.c.lane, OUTBOX.c.ref).order_by(OUTBOX.c.id)).rows)
    assert [[ref for lane, ref in found if lane == f"teams/{event.id}"] for event in events] == [[*"abc"]] * 3


async def test_one_that_fails_harms_no_other(store: PostgresStore, caplog: pytest.LogCaptureFixture) -> None:
    events = [wrote(openid) for openid in PEOPLE[1:]]

    def decide(event: Event, at: Snapshot) -> Changes:
        if event is events[2]:
            raise LookupError("on purpose")
        return greet(event, at)

    with caplog.at_level(logging.INFO, "bot.store.groups"):
        answers = await together(store, events, decide)
    assert [record.__dict__["error"] for record in caplog.records] == ["LookupError"]
    assert [isinstance(answer, LookupError) for answer in answers] == [event is events[2] for event in events]
    assert [await spells(store, openid) for openid in PEOPLE[1:]] == [2, 2, 1, 2, 2, 2, 2]
    assert [await count(store, INBOX.c.key, event.key) for event in events] == [1, 1, 0, 1, 1, 1, 1]


async def test_a_group_that_fails_is_counted(store: PostgresStore, postgres_url: str) -> None:
    metrics = Metrics()
    counting = await open_store(postgres_url, metrics.group_failed)

    def decide(event: Event, at: Snapshot) -> Changes:
        raise LookupError("on purpose")

    await together(counting, [wrote(PEOPLE[1])], greet)
    counted = 'multiline_groups_failed_total{event="ContactWrote"} '
    assert counted not in metrics.page(None).decode()
    await together(counting, [wrote(PEOPLE[1])], decide)
    assert f"{counted}1.0" in metrics.page(None).decode()
    await counting.close()


async def test_the_database_refuses_one_and_takes_the_others(store: PostgresStore) -> None:
    events = [wrote(openid) for openid in PEOPLE[1:]]

    def decide(event: Event, at: Snapshot) -> Changes:
        changes = greet(event, at)
        wrong = replace(changes.messages[0], text="\x00")  # which PostgreSQL does not keep
        return replace(changes, messages=(wrong,)) if event is events[2] else changes

    answers = await together(store, events, decide)
    assert [isinstance(answer, Exception) for answer in answers] == [event is events[2] for event in events]
    assert [await count(store, MESSAGES.c.id, event.id) for event in events] == [1, 1, 0, 1, 1, 1, 1]


async def test_two_of_one_contact_come_after_each_other(store: PostgresStore) -> None:
    events = [wrote(openid, text=f"{number}") for number in range(3) for openid in PEOPLE[1:4]]
    await together(store, events, greet)
    assert [await spells(store, openid) for openid in PEOPLE[1:4]] == [4, 4, 4]


async def test_the_same_twice_gets_the_same_answer_and_changes_nothing(store: PostgresStore) -> None:
    events = [wrote(openid, key=f"again-{openid}") for openid in PEOPLE[1:4]]
    again: list[ContactWrote] = [replace(event, id=f"{event.id}-2") for event in events]
    answers = await together(store, [*events, *again], greet)
    assert answers[:3] == answers[3:]
    assert [await spells(store, openid) for openid in PEOPLE[1:4]] == [2, 2, 2]


async def held(store: PostgresStore, openid: str, let_go: asyncio.Event) -> asyncio.Task[None]:
    """Somebody else has the contact's row until they let go of it."""
    has = asyncio.Event()

    async def hold() -> None:
        async with begun(store._engine) as connection:
            await connection.execute(select(CONTACTS.c.id).where(CONTACTS.c.openid == openid).with_for_update())
            has.set()
            await let_go.wait()

    holding = asyncio.create_task(hold())
    await has.wait()
    return holding


async def test_whoever_is_held_by_somebody_else_keeps_nobody_waiting(store: PostgresStore) -> None:
    let_go = asyncio.Event()
    holding = await held(store, PEOPLE[2], let_go)
    waiting = asyncio.create_task(together(store, [wrote(openid) for openid in PEOPLE[1:4]], greet))
    async with asyncio.timeout(60):
        while [await store.read(_count, openid) for openid in (PEOPLE[1], PEOPLE[3])] != [2, 2]:
            pass
    assert await store.read(_count, PEOPLE[2]) == 1
    let_go.set()
    await asyncio.gather(waiting, holding)
    assert await spells(store, PEOPLE[2]) == 2


async def test_a_lone_message_that_must_wait_keeps_nobody_waiting_and_its_place(store: PostgresStore) -> None:
    let_go = asyncio.Event()
    holding = await held(store, PEOPLE[2], let_go)
    order: list[str] = []

    def noted(event: Event, at: Snapshot) -> Changes:
        order.append(getattr(event, "text", ""))
        return greet(event, at)

    first = asyncio.create_task(store.handle(wrote(PEOPLE[2], text="first"), noted))
    await until(lambda: bool(store._groups[ContactWrote]._singly))
    second = asyncio.create_task(store.handle(wrote(PEOPLE[2], text="second"), noted))
    async with asyncio.timeout(60):
        await store.handle(wrote(PEOPLE[1], text="other"), noted)
    let_go.set()
    await asyncio.gather(first, second, holding)
    assert order == ["other", "first", "second"]


def _count(connection: Connection, openid: str) -> int:
    """Messages of the contact."""
    asked = select(MESSAGES.c.id).join(CONTACTS, CONTACTS.c.id == MESSAGES.c.contact_id)
    return len(connection.execute(asked.where(CONTACTS.c.openid == openid)).all())


async def test_new_contacts_beside_known_ones(store: PostgresStore) -> None:
    await together(store, [wrote(openid) for openid in ("new-1", "new-2", "new-1", *PEOPLE[1:3])], greet)
    assert [await spells(store, openid) for openid in ("new-1", "new-2", *PEOPLE[1:3])] == [2, 1, 2, 2]


async def test_each_has_its_own_entry_in_the_record(store: PostgresStore) -> None:
    events = [wrote(openid) for openid in PEOPLE[1:]]
    await together(store, events, greet)
    assert [await count(store, AUDIT.c.key, event.key) for event in events] == [1] * len(events)


async def test_whoever_goes_away_does_not_stop_the_others(store: PostgresStore) -> None:
    tasks = [asyncio.create_task(store.handle(wrote(openid), greet)) for openid in PEOPLE]
    await asyncio.sleep(0)
    tasks[3].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(answer, asyncio.CancelledError) for answer in answers] == [openid == "o-3" for openid in PEOPLE]
    await store.handle(wrote(PEOPLE[0]), greet)
    assert [await spells(store, openid) for openid in PEOPLE] == [3, *[2] * 7]
