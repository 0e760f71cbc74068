"""Dead letters, and the figures of what stands in the database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select
from sqlalchemy import text as sql_text

from bot.domain.effects import Use
from bot.domain.events import Delayed, Due, Refused, Rejected
from bot.domain.state import Phase, Queued, Slot, Why
from bot.ports import Row
from bot.store import SqlStore, StoreError, admin, letters
from bot.store.dialect import is_postgres
from bot.store.figures import DEAD, figures
from bot.store.tables import OUTBOX
from bot.wechat.access import AccessToken
from tests.store.build import (
    ACT,
    ANN,
    HOUR,
    NOW,
    SECOND,
    begin,
    card,
    claim_one,
    deliver_all,
    doing,
    new_id,
    reported,
    settles,
    tapped,
    text,
)


async def put(store: SqlStore, *rows: Row) -> None:
    await store.handle(tapped(), doing(rows=rows))


async def bury(store: SqlStore, way: str = "teams") -> int:
    """The head of the only due lane is rejected; its row."""
    job = await claim_one(store, way)
    await store.handle(reported(job, Rejected, "400 BadSyntax"), settles)
    return job.id


async def test_what_waits_is_listed_the_oldest_first(sql: SqlStore) -> None:
    await put(sql, card(values={"card": "help"}), card(values={"card": "status"}))
    job = await claim_one(sql, "teams")
    await sql.handle(reported(job, Delayed, NOW + HOUR, "503"), settles)
    first, second = await sql.run(letters.waiting, 10)
    assert (first.what, first.tries, first.code, first.due_at) == ("help", 1, "503", NOW + HOUR)
    assert (second.what, second.state, second.due_at) == ("status", "pending", None)


async def test_a_dead_card_is_seen_and_sent_again_before_what_waits(sql: SqlStore) -> None:
    await put(sql, card(values={"card": "help"}), card(values={"card": "status"}))
    row = await bury(sql)
    [dead] = await sql.run(letters.dead, 10)
    assert (dead.row, dead.what, dead.code) == (row, "help", "400 BadSyntax")
    assert [each.row for each in await sql.run(letters.requeue, ACT, [])] == [row]
    assert await sql.run(letters.dead, 10) == []
    assert [job.values["card"] for job in await deliver_all(sql)] == ["help", "status"]


async def test_a_lane_that_was_empty_moves_again(sql: SqlStore) -> None:
    await put(sql, card(values={"card": "help"}))
    row = await bury(sql)
    await sql.run(letters.requeue, ACT, [row])
    [job] = await deliver_all(sql)
    assert (job.id, job.tries) == (row, 0)


async def test_a_row_in_a_workers_hands_is_left_to_it(sql: SqlStore) -> None:
    await put(sql, card(values={"card": "help"}), card(values={"card": "status"}))
    row = await bury(sql)
    held = await claim_one(sql, "teams")
    await sql.run(letters.requeue, ACT, [row])
    await sql.handle(reported(held), settles)
    assert [job.id for job in await deliver_all(sql)] == [row]


async def test_only_dead_cards_are_sent_again(sql: SqlStore) -> None:
    begun = await begin(sql)
    template = replace(text(begun.thread.id, use="prompt"), kind="template")
    await sql.handle(Due(new_id(), "", NOW, begun.thread.id), doing(rows=(template,)))
    row = await bury(sql, "wechat")
    with pytest.raises(StoreError, match="not a template"):
        await sql.run(letters.requeue, ACT, [row])
    with pytest.raises(StoreError, match="Not dead letters: 4711"):
        await sql.run(letters.requeue, ACT, [row, 4711])
    assert await sql.run(letters.requeue, ACT, []) == []


async def test_a_refused_message_is_no_dead_letter(sql: SqlStore) -> None:
    begun = await begin(sql)
    await sql.handle(Due(new_id(), "", NOW, begun.thread.id), doing(rows=(text(begun.thread.id),) * 2))
    for kind in (Rejected, Refused):
        job = await claim_one(sql, "wechat")
        told = reported(job, Rejected, "45002") if kind is Rejected else reported(job, Refused, "count", "45047")
        await sql.handle(told, settles)
    assert await sql.run(letters.dead, 10) == []


# ---- figures


async def test_an_empty_service_stands_at_nothing(sql: SqlStore) -> None:
    found = await sql.run(figures, NOW)
    assert (found.windows, found.queued, found.slots, found.waiting, found.age, found.late) == ({}, 0, 0, {}, {}, 0)
    assert (found.users, found.enabled, found.tokens, found.dead, found.latest) == (2, 2, {}, {}, 0)


async def test_what_stands_is_counted(sql: SqlStore) -> None:
    one, two = await begin(sql), await begin(sql, "o-2")
    queue = tuple(Queued(f"q{n}", NOW) for n in range(3))
    inactive = replace(one.thread, phase=Phase.INACTIVE, why=Why.LIMIT, queue=queue)
    words = replace(two.thread, slots=(Slot("m", Use.MESSAGE, 1), Slot("n", Use.MESSAGE, 1)))
    for thread in (inactive, words):
        await sql.handle(Due(new_id(), "", NOW, thread.id), doing(thread=thread))
    await put(sql, card(), card("teams/t-2"))
    await bury_one(sql)
    await sql.run(admin.enable_user, ACT, ANN.number, False)
    await sql.shelf(AccessToken).put("wx1", AccessToken("secret", NOW + HOUR))
    late = words.due or NOW
    found = await sql.run(figures, late + 90 * SECOND)
    assert found.windows == {("active", ""): 1, ("inactive", "limit"): 1}
    assert (found.queued, found.longest_queue, found.slots) == (3, 3, 2)
    assert (found.waiting, found.dead) == ({"teams": 1}, {"card": 1})
    assert found.age == {"teams": (late + 90 * SECOND - NOW).total_seconds()}
    assert (found.late, found.latest) == (1, 90)
    assert (found.users, found.enabled) == (2, 1)
    assert found.tokens == {"wx1": (NOW + HOUR - late).total_seconds() - 90}


async def bury_one(store: SqlStore) -> None:
    job, other = await store.claim(NOW, timedelta(seconds=30), 10, "teams")
    await store.handle(reported(job, Rejected, "400"), settles)
    await store.handle(reported(other, Delayed, NOW, "503"), settles)


async def test_dead_letters_are_found_without_reading_all_that_was_sent(sql: SqlStore) -> None:
    def plan(connection: Connection) -> str:
        wanted = select(OUTBOX.c.id).where(DEAD).compile(connection, compile_kwargs={"literal_binds": True})
        if is_postgres(connection):
            connection.execute(sql_text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN" if is_postgres(connection) else "EXPLAIN QUERY PLAN"
        return " ".join(str(row) for row in connection.execute(sql_text(f"{explain} {wanted}")))

    assert "ix_outbox_dead" in await sql.run(plan)
