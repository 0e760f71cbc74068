"""What one message costs, counted: statements, round trips and fsyncs do not depend on how busy the machine is."""

import asyncio
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.clock import SystemClock
from bot.domain.events import ContactWrote, Event, UserWrote
from bot.engine import Engine
from bot.ports import Accepted, Job, Outcome
from bot.store import SqlStore, admin
from bot.store.dialect import POOL, is_postgres, raw
from bot.store.store import PostgresStore, SqliteStore
from bot.worker import Worker, report
from cards.wording import text
from tests.store.build import ACT, ANN, HOME, LEASE, NOW, card, doing, new_id, reported, settles, tapped
from tests.store.conftest import opened

FRAMES = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
NUMBERS = count(1)


class Outside:
    """Accepts everything."""

    def __init__(self) -> None:
        self.calls = 0

    def host(self, job: Job) -> str:
        return ""

    async def deliver(self, job: Job) -> Outcome:
        self.calls += 1
        return Accepted(f"remote-{job.id}")


class Spine:
    """Engine, store and worker, with what they cost."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.statements: list[str] = []
        self.teams, self.wechat = Outside(), Outside()
        self.engine = Engine(store, text)
        gateways = {"wechat": self.wechat, "teams": self.teams}
        self.worker = Worker(store, self.engine, gateways, SystemClock(), new_id)

    async def did(self, event: Event) -> None:
        await self.engine.handle(event)
        await self.worker.drain()

    async def cost(self, event: Event) -> int:
        """Statements of the event's own transaction; on PostgreSQL each is a round trip."""
        self.statements.clear()
        await self.engine.handle(event)
        found = [each for each in self.statements if not each.startswith(FRAMES)]
        if isinstance(self.store, SqliteStore):  # which tells of a statement again when a trigger belongs to it
            found = [each for number, each in enumerate(found) if found[number - 1 : number] != [each]]
        return len(found)


def heard(openid: str = "o-1") -> ContactWrote:
    now = SystemClock().now()
    return ContactWrote(new_id(), f"key-{next(NUMBERS)}", now, "default", openid, now, next(NUMBERS), "hello")


async def answered(spine: Spine) -> UserWrote:
    [conversation] = await spine.store.run(admin.threads)
    key, now = f"key-{next(NUMBERS)}", SystemClock().now()
    return UserWrote(new_id(), key, now, ANN.tenant, ANN.aad, HOME, "words", conversation.thread.id)


@pytest.fixture
async def spine(sql: SqlStore) -> Spine:
    """A conversation is open, and everything about it was delivered."""
    spine = Spine(sql)
    await sql.run(admin.set_policy, ACT, "default", {"reply_limit": 1000})
    for _ in range(2):
        await spine.did(heard())
    await sql.run(_watch, spine.statements)
    return spine


def _watch(connection: Connection, seen: list[str]) -> None:
    if is_postgres(connection):
        driver: Any = connection.connection.driver_connection
        driver.add_query_logger(lambda query: seen.append(query.query))
    else:
        raw(connection).set_trace_callback(seen.append)


async def test_statements_of_a_message_from_wechat(spine: Spine) -> None:
    assert 0 < await spine.cost(heard()) <= (11 if isinstance(spine.store, SqliteStore) else 13)


async def test_statements_of_an_answer_from_teams(spine: Spine) -> None:
    assert 0 < await spine.cost(await answered(spine)) <= (16 if isinstance(spine.store, SqliteStore) else 17)


async def test_a_card_that_brings_nothing_new_is_settled_by_itself(spine: Spine) -> None:
    await spine.engine.handle(await answered(spine))
    [text] = await spine.store.claim(SystemClock().now(), LEASE, 1, "wechat")
    await spine.engine.handle(report(text, Accepted(), SystemClock().now(), new_id(), 0.5))
    [card] = await spine.store.claim(SystemClock().now(), LEASE, 1, "teams")
    told = report(card, Accepted("remote"), SystemClock().now(), new_id(), 0.5)
    assert 0 < await spine.cost(told) <= (3 if isinstance(spine.store, SqliteStore) else 4)


async def test_a_card_that_waits_costs_its_lane_nothing(spine: Spine) -> None:
    """Whoever delivers would take it by now anyway."""
    await spine.engine.handle(heard())
    assert 0 < await spine.cost(heard())
    assert [each for each in spine.statements if "outbox" in each and each.startswith("UPDATE")]
    assert not [each for each in spine.statements if each.startswith("UPDATE lanes")]


async def test_a_group_has_no_savepoints_and_looks_once_where_the_record_ends(sqlite_url: str) -> None:
    store = await opened(sqlite_url)
    assert isinstance(store, SqliteStore)
    spine = Spine(store)
    await store.run(_watch, spine.statements)
    before = store.writer.commits
    await asyncio.gather(*(spine.engine.handle(heard(f"o-{number}")) for number in range(32)))
    groups = store.writer.commits - before
    assert groups <= 16
    assert len([each for each in spine.statements if each.startswith("SELECT audit")]) == groups
    assert not [each for each in spine.statements if each.startswith("SAVEPOINT")]
    await store.close()


@pytest.mark.postgres
async def test_round_trips_of_many_at_once(postgres_url: str) -> None:
    """Of 32 contacts on PostgreSQL: they do not grow with what comes together."""
    store = await opened(postgres_url)
    spine = Spine(store)
    everybody = [f"o-{number}" for number in range(32)]
    for openid in everybody:
        await spine.engine.handle(heard(openid))
    await spine.worker.drain()
    await asyncio.gather(*(store.run(_watch_after_a_while, spine.statements) for _ in range(POOL)))
    spine.statements.clear()
    await asyncio.gather(*(spine.engine.handle(heard(openid)) for openid in everybody))
    assert 0 < len(spine.statements) <= 0.5 * len(everybody)
    jobs = await store.claim(SystemClock().now(), LEASE, 64, "teams")
    assert len(jobs) == len(everybody)
    told = [report(job, Accepted("remote"), SystemClock().now(), new_id(), 0.5) for job in jobs]
    spine.statements.clear()
    await asyncio.gather(*(spine.engine.handle(each) for each in told))
    assert 0 < len(spine.statements) <= 0.3 * len(told)
    await store.close()


async def test_a_worker_who_finds_nothing_asked_once(spine: Spine) -> None:
    """For all ways together: on PostgreSQL in one round trip, on SQLite without waiting for the writer."""
    spine.statements.clear()
    assert await spine.store.claimable(SystemClock().now(), ["wechat", "teams", "sms"]) == []
    assert len(spine.statements) == (1 if isinstance(spine.store, PostgresStore) else 0)


def _watch_after_a_while(connection: Connection, seen: list[str]) -> None:
    """The pause sees to it that every connection of the pool is watched."""
    connection.exec_driver_sql("SELECT pg_sleep(0.2)")
    _watch(connection, seen)


async def test_outside_calls_of_a_message(spine: Spine) -> None:
    """In: its card. Out: the text, its confirmation and the number of replies left on the contact's newest card."""
    before = spine.teams.calls, spine.wechat.calls
    await spine.did(heard())
    assert (spine.teams.calls - before[0], spine.wechat.calls - before[1]) == (1, 0)
    await spine.did(await answered(spine))
    assert (spine.teams.calls - before[0], spine.wechat.calls - before[1]) == (3, 1)


async def test_many_answers_at_once_share_what_they_change(spine: Spine) -> None:
    """Eight answers: eight texts and confirmations, and far from eight times the newest card of the contact."""
    before = spine.teams.calls
    for _ in range(8):
        await spine.engine.handle(await answered(spine))
    await spine.worker.drain()
    assert spine.teams.calls - before <= 8 + 2


async def test_fsyncs_of_whole_messages(spine: Spine) -> None:
    """With 32 in flight, one commit for two messages or more, from the push to the settled card."""
    if not isinstance(spine.store, SqliteStore):
        return
    working = asyncio.create_task(spine.worker.run())
    events = iter([heard(f"o-{number % 64}") for number in range(640)])

    async def send() -> None:
        for event in events:
            await spine.engine.handle(event)

    before = spine.store.writer.commits
    await asyncio.gather(*(send() for _ in range(32)))
    await spine.worker.drain()
    spine.worker.stop()
    await working
    assert spine.store.writer.commits - before <= 0.5 * 640


async def test_a_long_lane_costs_no_more_than_a_short_one(sqlite_url: str) -> None:
    """By instructions of SQLite's machine, a hundred at a time: to ask for cards, to claim one, to settle it."""
    store = await opened(sqlite_url)
    spent = [await _steps(store, f"teams/{depth}", depth) for depth in (100, 3000)]
    await store.close()
    assert 0 < spent[1] <= 1.5 * spent[0]


async def _steps(store: SqlStore, lane: str, depth: int) -> int:
    steps: list[int] = []
    await store.handle(tapped(), doing(rows=tuple(card(lane, post=f"in.{number}") for number in range(depth))))
    await store.run(lambda connection: raw(connection).set_progress_handler(lambda: steps.append(1), 100))
    for number in range(20):
        rows = (card(lane, post=f"in.{number + 50}"), card(lane, post=f"new.{number}", again=True))
        await store.handle(tapped(), doing(rows=rows))
        [job] = await store.claim(NOW, LEASE, 1, "teams")
        await store.handle(reported(job), settles)
    await store.run(lambda connection: raw(connection).set_progress_handler(None, 100))
    await store.run(lambda connection: connection.exec_driver_sql("UPDATE lanes SET due_at = NULL").close())
    return len(steps)
