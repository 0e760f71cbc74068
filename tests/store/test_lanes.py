"""Delivery: one row of a lane at a time, in order, under a lease; retries, recalls and cards updated in place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.effects import State
from bot.domain.events import Cause, Delayed, Delivered, Due, Refused, Rejected
from bot.domain.state import Queued
from bot.ports import Store
from tests.store.build import (
    ANN,
    BOB,
    HOME,
    HOUR,
    LEASE,
    NOW,
    SECOND,
    begin,
    card,
    claim_one,
    deliver_all,
    doing,
    message,
    new_id,
    reported,
    settles,
    tapped,
    text,
)


async def put(store: Store, *rows: object) -> None:
    await store.handle(tapped(), doing(rows=rows))


async def test_a_lane_goes_one_by_one_in_order(store: Store) -> None:
    for batch in range(3):
        await put(store, *(card("teams/a", ref=f"a{batch}{n}") for n in range(3)), card("teams/b", ref=f"b{batch}"))
    first = await store.claim(NOW, LEASE, 10, "teams")
    assert [job.ref for job in first] == ["a00", "b0"]
    assert await store.claim(NOW, LEASE, 10, "teams") in ((), [])
    for job in first:
        await store.handle(reported(job), settles)
    rest = [job.ref for job in await deliver_all(store)]
    assert [ref for ref in rest if ref < "b"] == ["a01", "a02", "a10", "a11", "a12", "a20", "a21", "a22"]
    assert [ref for ref in rest if ref > "b"] == ["b1", "b2"]


async def test_a_claim_takes_one_way_and_no_more_than_it_asked_for(store: Store) -> None:
    await put(store, *(card(f"teams/{n}") for n in range(5)), text("t-1"), text("t-2"))
    assert len(await store.claim(NOW, LEASE, 3, "teams")) == 3
    assert len(await store.claim(NOW, LEASE, 3, "teams/")) == 2
    assert {job.lane for job in await store.claim(NOW, LEASE, 9, "wechat")} == {"wechat/t-1", "wechat/t-2"}


async def test_a_lease_that_ran_out_is_claimed_again_with_another_token(store: Store) -> None:
    await put(store, card())
    first = await claim_one(store, "teams")
    assert not await store.claim(NOW + LEASE - SECOND, LEASE, 10, "teams")
    second = await claim_one(store, "teams", NOW + LEASE)
    assert (second.id, second.tries) == (first.id, 0)
    assert second.token != first.token


@pytest.mark.parametrize(("kind", "rest"), [(Refused, (Cause.COUNT,)), (Rejected, ("1",)), (Delayed, (NOW, "1"))])
async def test_a_report_after_the_lease_was_lost_is_ignored(store: Store, kind: type, rest: tuple[object, ...]) -> None:
    await put(store, card(ref="one"), card(ref="two"))
    lost = await claim_one(store, "teams")
    holds = await claim_one(store, "teams", NOW + LEASE)
    assert await store.handle(reported(lost, kind, *rest), doing(answer={"decided": 1})) == {}
    await store.handle(reported(holds), settles)
    assert (await claim_one(store, "teams", NOW + LEASE)).ref == "two"


async def test_a_delivery_counts_even_after_the_lease_was_lost(store: Store) -> None:
    await put(store, card(ref="one"), card(ref="two"))
    lost = await claim_one(store, "teams")
    holds = await claim_one(store, "teams", NOW + LEASE)
    await store.handle(reported(lost), settles)
    assert (await claim_one(store, "teams")).ref == "two"
    assert await store.handle(reported(holds, Rejected, "1"), doing(answer={"decided": 1})) == {}
    assert not await store.claim(NOW, LEASE, 10, "teams")


async def test_a_report_on_a_row_that_never_was_changes_nothing(store: Store) -> None:
    await put(store, card())
    job = replace(await claim_one(store, "teams"), id=999)
    assert await store.handle(reported(job, Rejected, "1"), doing(answer={"decided": 1})) == {}


async def test_a_retry_waits_counts_and_holds_up_its_lane(store: Store) -> None:
    await put(store, card(ref="one"), card(ref="two"))
    job = await claim_one(store, "teams")
    await store.handle(reported(job, Delayed, NOW + HOUR, "45009"), settles)
    assert not await store.claim(NOW + HOUR - SECOND, LEASE, 10, "teams")
    again = await claim_one(store, "teams", NOW + HOUR)
    assert (again.id, again.tries) == (job.id, 1)


async def test_what_is_given_back_keeps_its_place_and_its_tries(store: Store) -> None:
    await put(store, card(ref="one"), card(ref="two"), card("teams/b"))
    held = await store.claim(NOW, LEASE, 10, "teams")
    await store.put_off([(job, NOW + 20 * SECOND) for job in held])
    assert not await store.claim(NOW + 19 * SECOND, LEASE, 10, "teams")
    again = await store.claim(NOW + 20 * SECOND, LEASE, 10, "teams")
    assert [(job.id, job.tries, job.ref) for job in again] == [(job.id, 0, job.ref) for job in held]


async def test_what_is_given_back_is_looked_at_when_it_expires(store: Store) -> None:
    await put(store, text("t-1", before=NOW + 10 * SECOND))
    await store.put_off([(await claim_one(store, "wechat"), NOW + HOUR)])
    assert not await store.claim(NOW + 9 * SECOND, LEASE, 10, "wechat")
    assert await store.claim(NOW + 10 * SECOND, LEASE, 10, "wechat")


async def test_a_claim_that_was_lost_gives_nothing_back(store: Store) -> None:
    await put(store, card())
    lost = await claim_one(store, "teams")
    await claim_one(store, "teams", NOW + LEASE)
    await store.put_off([(lost, NOW)])
    assert not await store.claim(NOW + LEASE + SECOND, LEASE, 10, "teams")


async def test_a_row_that_expires_is_looked_at_when_it_does(store: Store) -> None:
    await put(store, text("t-1", before=NOW + 10 * SECOND))
    job = await claim_one(store, "wechat")
    assert job.before == NOW + 10 * SECOND
    await store.handle(reported(job, Delayed, NOW + HOUR, "-1"), settles)
    assert not await store.claim(NOW + 9 * SECOND, LEASE, 10, "wechat")
    assert (await claim_one(store, "wechat", NOW + 10 * SECOND)).id == job.id


async def test_what_is_recalled_does_not_go(store: Store) -> None:
    begun = await begin(store)
    rows = [text(begun.thread.id, ref) for ref in ("one", "two", "three", "four")]
    await put(
        store, *rows, text("another", "two"), card(f"teams/{begun.thread.id}", thread_id=begun.thread.id, ref="one")
    )
    recall = doing(thread=begun.thread, recalled=("one", "three"))
    await store.handle(Due(new_id(), "", NOW, begun.thread.id), recall)
    assert [job.ref for job in await deliver_all(store, "wechat") if job.lane == rows[0].lane] == ["two", "four"]
    assert [job.ref for job in await deliver_all(store)] == ["one"]


async def test_a_send_that_was_recalled_too_late_is_still_recorded(store: Store) -> None:
    begun = await begin(store)
    await put(store, text(begun.thread.id, "one"))
    job = await claim_one(store, "wechat")
    await store.handle(Due(new_id(), "", NOW, begun.thread.id), doing(thread=begun.thread, recalled=("one",)))
    assert not await store.claim(NOW + HOUR, LEASE, 10, "wechat")
    assert await store.handle(reported(job, Rejected, "1"), doing(answer={"decided": 1})) == {}
    assert await store.handle(reported(job), doing(answer={"decided": 1})) == {"decided": 1}


async def test_a_card_with_a_name_is_posted_once_and_updated_ever_after(store: Store) -> None:
    await put(store, card(post="in.1"), card(post="in.2"), card(post="in.1"), card(post="in.1", user_id=BOB.id), card())
    assert [job.posted for job in await deliver_all(store)] == ["", "", "remote-1", "", ""]
    await put(store, card(post="in.2"))
    job = await claim_one(store, "teams")
    assert job.posted == "remote-2"
    await store.handle(reported(job, Delivered, ""), settles)
    await put(store, card(post="in.2"))
    assert (await claim_one(store, "teams")).posted == "remote-2"


async def test_a_card_that_was_refused_leaves_no_name_behind(store: Store) -> None:
    await put(store, card(post="in.1"), card(post="in.1"))
    await store.handle(reported(await claim_one(store, "teams"), Rejected, "403"), settles)
    assert (await claim_one(store, "teams")).posted == ""


async def test_a_user_who_can_be_reached_again_gets_what_waited(store: Store) -> None:
    await put(store, card("teams/a"), card("teams/b"), card("teams/c", user_id=BOB.id), text("t-1"))
    for way in ("teams", "wechat"):
        for job in await store.claim(NOW, LEASE, 10, way):
            await store.handle(reported(job, Delayed, NOW + HOUR, "no_reference"), settles)
    await store.handle(tapped(), doing(wake_user=ANN.id))
    assert {job.lane for job in await store.claim(NOW, LEASE, 10, "teams")} == {"teams/a", "teams/b"}
    assert not await store.claim(NOW, LEASE, 10, "wechat")


async def test_waking_takes_nothing_out_of_a_workers_hands(store: Store) -> None:
    await put(store, card())
    await claim_one(store, "teams")
    await store.handle(tapped(), doing(wake_user=ANN.id))
    assert not await store.claim(NOW, LEASE, 10, "teams")


async def test_a_job_brings_everything_its_gateway_needs(store: Store) -> None:
    begun, other = await begin(store), await begin(store, "o-2")
    words = [message(begun.thread.id, f"words {n}", state=State.QUEUED) for n in range(3)]
    queued = replace(begun.thread, queue=tuple(Queued(each.id, NOW) for each in reversed(words)))
    values = {"card": "which", "candidates": [other.thread.id, "gone", begun.thread.id], "n": 1, "none": None}
    row = card(f"teams/{queued.id}", thread_id=queued.id, ref=words[1].id, values=values)
    due = Due(new_id(), "", NOW, queued.id)
    await store.handle(due, doing(thread=queued, messages=tuple(words), rows=(row,)))
    job = await claim_one(store, "teams")
    assert (job.kind, job.thread_id, job.ref) == ("card", queued.id, words[1].id)
    assert job.values == {**values, "event": due.id}
    assert (job.message, job.user) == (words[1], ANN)
    assert job.conversation == replace(begun, thread=queued)
    assert job.waiting == tuple(reversed(words))
    assert job.candidates == (other, job.conversation)
    assert job.policy.name == "default"


async def test_a_text_brings_its_words_and_no_queue(store: Store) -> None:
    begun = await begin(store)
    words = message(begun.thread.id, "你好 😀")
    queued = replace(begun.thread, queue=(Queued(words.id, NOW),))
    row = text(queued.id, words.id, slot=3, use="message")
    await store.handle(Due(new_id(), "", NOW, queued.id), doing(thread=queued, messages=(words,), rows=(row,)))
    job = await claim_one(store, "wechat")
    assert (job.message, job.waiting, job.user) == (words, (), ANN)


async def test_values_arrive_as_plain_data(store: Store) -> None:
    await put(store, card(values={"reference": HOME, "after": timedelta(seconds=1), "at": NOW, "state": State.SENT}))
    values = (await claim_one(store, "teams")).values
    assert values["reference"]["conversation_id"] == HOME.conversation_id
    assert (values["after"], values["at"], values["state"]) == (1_000_000, NOW.isoformat(), "sent")


async def test_what_a_clock_that_was_ahead_put_off_waits_no_longer_than_a_lease(store: Store) -> None:
    await begin(store)
    await store.handle(tapped(), doing(rows=(text("t-1"), text("t-2"), text("t-3"), card("teams/t-4"))))
    ahead = await store.claim(NOW, LEASE, 3, "wechat")
    waits = [NOW + 24 * HOUR, NOW + 2 * HOUR, NOW + 48 * HOUR]
    await store.put_off(list(zip(ahead, waits, strict=True)))
    await store.hasten("wechat", NOW + 3 * HOUR, NOW + LEASE)
    assert [job.lane for job in await store.claim(NOW, LEASE, 9, "wechat")] == []
    due = await store.claim(NOW + LEASE, LEASE, 9, "wechat")
    assert {job.lane for job in due} == {ahead[0].lane, ahead[2].lane}
    await store.hasten("teams", NOW, NOW + LEASE)
    assert [job.lane for job in await store.claim(NOW + 2 * HOUR, LEASE, 9, "wechat") if job.lane == ahead[1].lane]
