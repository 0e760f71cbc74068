"""Many at once, on real databases: one thread, no lost change, nothing claimed twice, and who wakes whom."""

import asyncio
import time
from collections import Counter
from dataclasses import replace

import pytest

from bot.domain.effects import State
from bot.domain.events import Delayed, Due, Event, UserChose
from bot.ports import Changes, Decide, Snapshot
from bot.store import SqlStore, admin, open_store
from bot.store.store import PostgresStore
from tests.store.build import (
    ANN,
    HOME,
    HOUR,
    LEASE,
    NOW,
    begin,
    card,
    doing,
    greet,
    message,
    new_id,
    reported,
    said,
    settles,
    tapped,
    wrote,
)

ROUNDS = 20


async def test_fifty_first_messages_make_one_thread(sql: SqlStore) -> None:
    for number in range(ROUNDS):
        events = [wrote(f"o-{number}") for _ in range(50)]
        answers = await asyncio.gather(*(sql.handle(event, greet) for event in events))
        assert len({answer["thread"] for answer in answers}) == 1
        history = await sql.run(admin.thread, answers[0]["thread"])
        assert len(history.messages) == history.conversation.thread.spell == 50
    assert len(await sql.run(admin.threads)) == ROUNDS


async def test_no_change_is_lost_whoever_makes_it(sql: SqlStore) -> None:
    begun = await begin(sql)

    def count(event: Event, at: Snapshot) -> Changes:
        [about] = [at.conversation] if at.conversation else at.open
        return Changes(thread=replace(about.thread, spell=about.thread.spell + 1))

    kinds = (wrote, said, lambda: said(ANN, begun.thread.id), lambda: Due(new_id(), "", NOW, begun.thread.id))
    await asyncio.gather(*(sql.handle(kind(), count) for kind in kinds for _ in range(15)))
    history = await sql.run(admin.thread, begun.thread.id)
    assert history.conversation.thread.spell == begun.thread.spell + 60


async def test_held_words_go_to_one_contact_however_often_one_is_chosen(sql: SqlStore) -> None:
    begun = [await begin(sql, f"o-{number}") for number in range(8)]
    held = message("")
    await sql.handle(said(), doing(messages=(held,)))

    def choose(event: Event, at: Snapshot) -> Changes:
        assert at.message is not None
        assert at.conversation is not None
        if at.message.thread_id:
            return Changes(answer={"chosen": ""})
        chosen = at.conversation.thread.id
        return Changes(answer={"chosen": chosen}, assigned=((held.id, chosen),), marks=((held.id, State.SENDING, ""),))

    who = (ANN.tenant, ANN.aad, HOME)
    events = [UserChose(new_id(), new_id(), NOW, *who, each.thread.id, held.id) for each in begun]
    answers = await asyncio.gather(*(sql.handle(event, choose) for event in events))
    assert len([answer for answer in answers if answer["chosen"]]) == 1


async def test_eight_claimers_never_hold_the_same_row(sql: SqlStore) -> None:
    lanes, depth = 40, 5
    for number in range(lanes):
        await sql.handle(tapped(), doing(rows=tuple(card(f"teams/{number}", ref=str(n)) for n in range(depth))))
    claimed: list[tuple[str, str]] = []
    held: set[str] = set()

    async def work() -> None:
        while len(claimed) < lanes * depth:
            for job in await sql.claim(NOW, LEASE, 7, "teams"):
                assert job.lane not in held
                held.add(job.lane)
                claimed.append((job.lane, job.ref))
                await asyncio.sleep(0)
                held.remove(job.lane)
                await sql.handle(reported(job), settles)

    await asyncio.gather(*(work() for _ in range(8)))
    assert set(Counter(claimed).values()) == {1}
    for number in range(lanes):
        assert [ref for lane, ref in claimed if lane == f"teams/{number}"] == [str(n) for n in range(depth)]


async def test_rows_that_arrive_while_a_lane_empties_are_not_forgotten(sql: SqlStore) -> None:
    total = 60

    async def fill() -> None:
        for number in range(total):
            await sql.handle(tapped(), doing(rows=(card("teams/one", ref=str(number)),)))

    async def empty() -> list[str]:
        done: list[str] = []
        while len(done) < total:
            for job in await sql.claim(NOW, LEASE, 1, "teams"):
                await sql.handle(reported(job), settles)
                done.append(job.ref)
        return done

    async with asyncio.timeout(60):
        _, done = await asyncio.gather(fill(), empty())
    assert done == [str(number) for number in range(total)]


async def test_the_audit_trail_has_one_end_however_many_write(sql: SqlStore) -> None:
    await asyncio.gather(*(sql.handle(wrote(f"o-{n}"), greet) for n in range(40)))
    assert [entry.seq async for entry in sql.audit()] == list(range(1, 44))


async def test_a_worker_wakes_for_what_came_between_its_claim_and_its_wait(sql: SqlStore) -> None:
    assert not await sql.claimable(NOW, ["wechat", "teams"])
    await sql.handle(tapped(), doing(rows=(card(),)))
    started = time.monotonic()
    await sql.wait(30)
    assert time.monotonic() - started < 10


async def wakes(sql: SqlStore, event: Event, decide: Decide) -> bool:
    """Whether a worker would look again for this."""
    before = sql.bell.rung
    await sql.handle(event, decide)
    return sql.bell.rung > before


async def test_a_worker_is_woken_only_by_what_it_may_claim_now(sql: SqlStore) -> None:
    if isinstance(sql, PostgresStore):
        await sql.wait(30)  # it rings once when it has begun to listen
    busy, held = doing(rows=(card("teams/busy"),)), doing(rows=(card("teams/held", hold=HOUR),))
    assert not await wakes(sql, tapped(), held)
    assert await wakes(sql, tapped(), busy)
    [job] = await sql.claim(NOW, LEASE, 9, "teams")
    assert not await wakes(sql, tapped(), doing(rows=(card("teams/busy", hold=HOUR),)))
    assert not await wakes(sql, reported(job, Delayed, NOW + HOUR / 4, "500"), settles)
    [job] = await sql.claim(NOW + HOUR / 2, LEASE, 9, "teams")
    assert await wakes(sql, reported(job), settles)  # the one behind it
    [job] = await sql.claim(NOW + HOUR / 2, LEASE, 9, "teams")
    assert not await wakes(sql, reported(job), settles)
    assert await wakes(sql, tapped(), doing(wake_user=ANN.id))
    assert not await wakes(sql, tapped(), doing(wake_user=ANN.id))


class Heard:
    """What other processes are told."""

    def __init__(self) -> None:
        self.times = 0

    def tell(self) -> None:
        self.times += 1


async def test_other_processes_are_told_of_what_the_worker_here_may_not_do_alone(sql: SqlStore) -> None:
    told = sql.others = Heard()
    for _ in range(2):
        await sql.handle(tapped(), doing(rows=(card("teams/one"),)))
    assert told.times == 2
    [job] = await sql.claim(NOW, LEASE, 9, "teams")
    assert await wakes(sql, reported(job), settles)
    assert told.times == 2
    sql.wake()
    assert told.times == 3


async def test_a_worker_wakes_when_something_comes_and_not_before(sql: SqlStore) -> None:
    assert not await sql.claimable(NOW, ["teams"])
    await sql.wait(0.01)
    waiting = asyncio.create_task(sql.wait(30))
    await asyncio.sleep(0.05)
    await sql.handle(tapped(), doing(answer={"nothing": "to send"}))
    assert not waiting.done()
    await sql.handle(tapped(), doing(rows=(card(),)))
    async with asyncio.timeout(10):
        await waiting


@pytest.mark.postgres
async def test_a_worker_of_another_process_is_woken_too(postgres_url: str) -> None:
    web, worker = await open_store(postgres_url), await open_store(postgres_url)
    try:
        await worker.wait(30)  # it is woken once it listens
        assert not await worker.claimable(NOW, ["teams"])
        waiting = asyncio.create_task(worker.wait(30))
        await asyncio.sleep(0)
        await web.handle(tapped(), doing(rows=(card(),)))
        async with asyncio.timeout(10):
            await waiting
        assert await worker.claimable(NOW, ["wechat", "teams"]) == ["teams"]
        assert await worker.claim(NOW, LEASE, 1, "teams")
    finally:
        await web.close()
        await worker.close()
