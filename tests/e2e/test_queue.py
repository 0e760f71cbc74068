"""The queue: its places, editing and withdrawing, the full queue, and how it is released."""

from __future__ import annotations

from pathlib import Path

from bot.sim.connector.client import Seen
from tests.e2e.stage import TEMPLATE_WORDS, Stage, stage


async def queued(on: Stage, *texts: str) -> None:
    """The chat is inactive, and these wait."""
    await on.goes_inactive()
    await on.writes(*texts)


async def card_of(on: Stage, text: str) -> Seen:
    (found,) = [seen for seen in await on.chat() if text in seen.words and seen.shows("To ")]
    return found


async def test_each_message_says_its_place_and_can_be_edited(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await queued(on, "first", "second")
        second = await card_of(on, "second")
        assert second.shows("Queued 2 of 5. It goes when")
        outcome = await on.anna.clicks("Save", second, **edit_box(second, "second, better"))
        assert outcome["status"] == 200
        assert "Queued 2 of 5" in await on.own("second, better")
        await on.begins("back")
        assert (await on.phone())[-2:] == ["first", "second, better"]


def edit_box(seen: Seen, text: str) -> dict[str, str]:
    """The input of the card's edit box, filled in."""
    assert seen.card is not None
    opened = next(action["card"] for action in seen.card["actions"] if action["type"] == "Action.ShowCard")
    return {opened["body"][0]["id"]: text}


async def test_a_withdrawn_message_does_not_go_and_the_others_move_up(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await queued(on, "first", "second", "third")
        await on.anna.clicks("cancel", await card_of(on, "first"))
        assert "Cancelled." in await on.own("first")
        assert "Queued 1 of 5" in await on.own("second")
        assert "Queued 2 of 5" in await on.own("third")
        await on.begins("back")
        assert (await on.phone())[-2:] == ["second", "third"]


async def test_the_queue_is_one_card_that_follows_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await queued(on, "first", "second")
        await on.anna.says("queue")
        (queue,) = await on.shown("Queue for")
        assert [word for word in queue.words if word in ("first", "second", "1 of 5", "2 of 5")] == [
            *("1 of 5", "first", "2 of 5", "second")
        ]
        await on.writes("third")
        (queue,) = await on.shown("Queue for")
        assert queue.shows("third")
        await on.anna.clicks("Cancel all", queue)
        (queue,) = await on.shown("No messages are queued.")
        assert not queue.shows("first")
        await on.begins("back")
        assert "first" not in await on.phone()


async def test_asked_for_again_the_queue_comes_below_everything(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await queued(on, "first")
        await on.anna.says("queue")
        await on.writes("second")
        await on.anna.clicks("Show queue")
        (queue,) = await on.shown("Queue for")
        assert (await on.chat())[-1].id == queue.id


async def test_a_full_queue_keeps_the_words_to_be_copied(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await queued(on, "a", "b", "c", "d", "e", "the sixth  message 😀")
        (full,) = await on.shown("Not queued: all 5 places are taken.")
        assert full.shows("the sixth  message 😀")
        assert "the sixth  message 😀" not in [seen.words[-1] for seen in await on.shown("Queued")]
        await on.anna.clicks("cancel", await card_of(on, "a"))
        await on.writes("now it fits")
        assert "Queued 5 of 5" in await on.own("now it fits")


async def test_as_many_go_as_the_limit_allows(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--reply-limit", "2", "--queue-limit", "5")) as on:
        await on.begins()
        await on.writes("1", "2", "a", "b", "c")
        await on.begins("back")
        assert (await on.phone())[-3:] == ["a", "b", TEMPLATE_WORDS]
        (told,) = await on.shown("2 queued messages are on the way.")
        assert told.shows("1 message still waits for the next reply.")
        assert "Queued 1 of 5" in await on.own("c")
        assert (await on.thread())["phase"] == "inactive"
        await on.begins("and again")
        assert (await on.phone())[-1] == "c"
        assert (await on.thread())["phase"] == "active"


async def test_with_review_the_user_decides(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--release", "review")) as on:
        await queued(on, "first", "second")
        await on.begins("back")
        assert "first" not in await on.phone()
        (question,) = await on.shown("2 queued messages wait for your decision.")
        assert question.shows("first")
        await on.writes("third")
        assert "Queued 3 of 5" in await on.own("third")
        await on.begins("and another thing")
        (question,) = await on.shown("3 queued messages wait for your decision.")
        await on.anna.clicks("Send now", question)
        assert (await on.phone())[-3:] == ["first", "second", "third"]
        assert not await on.shown("wait for your decision.")
        (decided,) = [seen for seen in await on.chat() if seen.id == question.id]
        assert decided.shows("No messages are queued.")


async def test_with_review_it_may_be_too_late_to_decide(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--release", "review")) as on:
        await queued(on, "first")
        await on.begins("back")
        await on.passes(hours=48)
        assert not await on.shown("waits for your decision.")
        (queue,) = await on.shown("Queue for")
        assert queue.shows("first")
        assert "first" not in await on.phone()


async def test_with_review_the_user_may_discard_all(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--release", "review")) as on:
        await queued(on, "first", "second")
        await on.begins("back")
        await on.anna.clicks("Discard all")
        assert "Cancelled." in await on.own("second")
        await on.writes("something else")
        assert (await on.phone())[-1] == "something else"


async def test_young_messages_go_by_themselves(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--release", "auto-if-younger-than 12h")) as on:
        await queued(on, "young")
        await on.passes(hours=11)
        await on.begins("back")
        assert (await on.phone())[-1] == "young"


async def test_old_messages_wait_for_the_user(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--release", "auto-if-younger-than 12h")) as on:
        await queued(on, "old")
        await on.passes(hours=13)
        await on.begins("back")
        assert "old" not in await on.phone()
        await on.anna.clicks("Send now")
        assert (await on.phone())[-1] == "old"


async def test_a_queued_message_that_is_changed_in_teams_changes_in_the_queue(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        kept = await on.anna.says("frist")
        gone = await on.anna.says("never mind")
        await on.settled()
        await on.anna.edits(kept["id"], "first")
        await on.anna.deletes(gone["id"])
        assert "Queued 1 of 5" in await on.own("first")
        assert "Cancelled." in await on.own("never mind")
        await on.begins("back")
        assert (await on.phone())[-1] == "first"
