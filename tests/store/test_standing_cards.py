"""Cards that are only ever updated, and the result of a prompt that comes before the answer to its send."""

from dataclasses import replace

from bot.domain.events import Delayed, Delivered, PromptReported
from bot.domain.state import Prompt
from bot.ports import Job, Store
from tests.store.build import (
    BOB,
    HOUR,
    LEASE,
    NOW,
    SECOND,
    begin,
    card,
    claim_one,
    deliver_all,
    doing,
    look,
    new_id,
    reported,
    settles,
    tapped,
)


async def put(store: Store, *rows: object) -> None:
    await store.handle(tapped(), doing(rows=rows))


async def test_a_card_that_was_never_posted_is_not_updated(store: Store) -> None:
    await put(store, card(post="queue.t", again=True), card(ref="something else"))
    assert [job.ref for job in await deliver_all(store)] == ["something else"]


async def test_a_card_that_was_posted_is_updated(store: Store) -> None:
    await put(store, card(post="queue.t"))
    (posted,) = await deliver_all(store)
    await put(store, card(post="queue.t", again=True))
    (again,) = await deliver_all(store)
    assert again.posted == f"remote-{posted.id}"


async def test_a_card_that_still_waits_becomes_what_is_asked_for_next_and_keeps_its_place(store: Store) -> None:
    await put(store, card(post="queue.t", ref="old", values={"n": 1, "alert": True}), card(ref="between"))
    await put(store, card(post="queue.t", again=True, ref="new", values={"n": 2}), card(post="status.t", again=True))
    first, second = await deliver_all(store)
    assert (first.post, first.ref, first.values["n"], first.values["alert"]) == ("queue.t", "new", 2, True)
    assert second.ref == "between"


async def test_a_card_in_a_workers_hands_is_updated_after_it(store: Store) -> None:
    await put(store, card(post="queue.t", ref="old"))
    job = await claim_one(store, "teams")
    for ref in ("new", "newest"):
        await put(store, card(post="queue.t", again=True, ref=ref), card(post="status.t", again=True))
    await store.handle(reported(job, Delivered, "remote"), settles)
    (after,) = await deliver_all(store)
    assert (job.ref, after.ref, after.posted) == ("old", "newest", "remote")


async def overtaken(store: Store, *later: object) -> Job:
    """A job whose worker stood still for so long that others have done it, and what came later, before it reports."""
    await put(store, card(post="in.1", ref="posted"))
    await deliver_all(store)
    await put(store, card(post="in.1", ref="first"), *later)
    late = await claim_one(store, "teams")
    await store.handle(reported(await claim_one(store, "teams", NOW + LEASE), Delivered, ""), settles)
    await deliver_all(store)
    return late


async def test_a_card_that_a_late_worker_changed_back_is_shown_again_as_it_is_to_be(store: Store) -> None:
    late = await overtaken(store, card(post="in.2"), card(post="in.1", ref="second"), card(post="in.1", ref="third"))
    await store.handle(reported(late, Delivered, ""), settles)
    (shown,) = await deliver_all(store)
    assert (shown.post, shown.ref) == ("in.1", "third")


async def test_a_late_worker_that_changed_nothing_back_is_no_reason_to_show_it_again(store: Store) -> None:
    late = await overtaken(store, card(post="in.2", ref="another card"))
    await store.handle(reported(late, Delivered, ""), settles)
    assert await deliver_all(store) == []


async def test_a_card_that_stands_elsewhere_by_now_is_not_shown_again(store: Store) -> None:
    late = await overtaken(store, card(post="in.1", ref="below", values={"moves": True}))
    await store.handle(reported(late, Delivered, ""), settles)
    assert await deliver_all(store) == []


async def test_a_late_worker_whose_card_is_a_new_one_has_changed_nothing_back(store: Store) -> None:
    late = await overtaken(store, card(post="in.1", ref="second"))
    await store.handle(reported(late, Delivered, "another activity"), settles)
    assert await deliver_all(store) == []


async def test_a_card_that_moves_stands_below_everything(store: Store) -> None:
    moving = {"moves": True}
    await put(store, card(post="review.t"), card(ref="between"))
    await put(store, card(post="review.t", values=moving))
    await put(store, card(post="review.t"))
    assert [job.values.get("moves", job.ref) for job in await deliver_all(store)] == ["", "between", True, ""]


async def test_only_the_same_card_of_the_same_user_and_lane_becomes_another(store: Store) -> None:
    await put(store, card(post="in.1"))
    others = (card(post="in.2"), card(post="in.1", user_id=BOB.id), card("teams/t-2", post="in.1"), card(), card())
    await put(store, *others)
    assert len(await deliver_all(store)) == 6


async def test_a_card_with_a_hold_waits_for_what_will_change_it(store: Store) -> None:
    await put(store, card(post="out.1", ref="sending", hold=SECOND))
    assert not await store.claim(NOW, LEASE, 10, "teams")
    await put(store, card(post="out.1", ref="sent"))
    assert (await claim_one(store, "teams")).ref == "sent"


async def test_a_hold_ends_by_itself_and_by_whatever_else_comes(store: Store) -> None:
    await put(store, card(post="out.1", hold=SECOND), card("teams/t-2", post="out.2", hold=SECOND))
    await put(store, card(post="out.1", hold=SECOND), card("teams/t-2", ref="words"))
    assert [job.post for job in await store.claim(NOW, LEASE, 10, "teams")] == ["out.2"]
    assert [job.post for job in await store.claim(NOW + SECOND, LEASE, 10, "teams")] == ["out.1"]


async def test_a_card_that_waits_for_its_next_try_is_not_hastened(store: Store) -> None:
    await put(store, card(post="in.1", ref="old"))
    await store.handle(reported(await claim_one(store, "teams"), Delayed, NOW + HOUR, "503"), settles)
    await put(store, card(post="in.1", ref="new"), card())
    assert not await store.claim(NOW + HOUR - SECOND, LEASE, 10, "teams")
    again = await claim_one(store, "teams", NOW + HOUR)
    assert (again.ref, again.tries) == ("new", 1)


async def test_a_hold_in_a_lane_where_others_wait_is_none(store: Store) -> None:
    await put(store, card(ref="first"))
    await put(store, card(post="out.1", hold=SECOND))
    assert [job.post for job in await deliver_all(store)] == ["", "out.1"]


async def test_a_card_of_somebody_else_does_not_count(store: Store) -> None:
    await put(store, card(post="queue.t", user_id=BOB.id))
    await deliver_all(store)
    await put(store, card(post="queue.t", again=True))
    assert await deliver_all(store) == []


async def test_a_result_before_the_answer_to_its_send_finds_the_prompt_that_is_under_way(store: Store) -> None:
    begun = await begin(store)
    result = PromptReported(new_id(), new_id(), NOW, "default", "o-1", "42", "block")
    assert (await look(store, result)).conversation is None
    asking = replace(begun.thread, prompt=Prompt.SENDING)
    await store.handle(tapped(), doing(thread=asking))
    found = (await look(store, replace(result, key=new_id()))).conversation
    assert found is not None
    assert found.thread == asking
