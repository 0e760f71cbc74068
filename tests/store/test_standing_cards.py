"""Cards that are only ever updated, and the result of a prompt that comes before the answer to its send."""

from dataclasses import replace

from bot.domain.events import PromptReported
from bot.domain.state import Prompt
from bot.ports import Store
from tests.store.build import BOB, NOW, begin, card, deliver_all, doing, look, new_id, tapped


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


async def test_a_card_that_is_about_to_be_posted_is_updated_after_it(store: Store) -> None:
    await put(store, card(post="queue.t"))
    await put(store, card(post="queue.t", again=True), card(post="status.t", again=True))
    assert [job.post for job in await deliver_all(store)] == ["queue.t", "queue.t"]


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
