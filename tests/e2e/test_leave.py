"""Leaving: what is asked, what is cancelled, who is told when, and clicks that come twice or too late."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.e2e.stage import COLLEAGUES_NUMBER, NUMBER, Stage, stage

NOTICE = "Anna Schmidt has left this conversation. You can send a message at any time to contact us."


async def leaves(on: Stage) -> None:
    await on.anna.clicks("leave")
    await on.settled()
    await on.anna.clicks("leave_confirmed")
    await on.settled()


async def test_what_waits_is_cancelled_on_record(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.writes("first", "second")
        await on.anna.clicks("leave")
        (question,) = await on.shown("Leave the conversation with")
        assert question.shows("2 queued messages will be cancelled.")
        await on.anna.clicks("leave_confirmed", question)
        (left,) = await on.shown("You left the conversation with")
        assert left.id == question.id
        assert left.shows("2 queued messages were cancelled.")
        assert "Cancelled. You left the conversation." in await on.own("second")
        said = {each["text"]: (each["state"], each["why"]) for each in (await on.thread())["messages"]}
        assert said["first"] == said["second"] == ("cancelled", "left")


async def test_after_leaving_no_card_offers_anything(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.writes("first")
        await on.anna.says("queue")
        await leaves(on)
        newest = await on.shown("hello") + await on.shown("This chat was inactive here.") + await on.shown("first")
        offered = {action["title"] for seen in newest for action in (seen.card or {}).get("actions", ())}
        assert offered == set()


async def test_staying_leaves_no_question_behind(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.anna.clicks("leave")
        (question,) = await on.shown("Leave the conversation with")
        await on.anna.clicks("Stay", question)
        (stayed,) = await on.shown("You stay in the conversation with")
        assert stayed.id == question.id
        assert not await on.shown("Leave the conversation with")
        await on.anna.clicks("leave")
        await on.anna.sees("Leave the conversation with")
        assert not await on.shown("You stay in the conversation with")
        await on.anna.clicks("leave_confirmed")
        assert (await on.phone())[-1] == NOTICE


async def test_what_cannot_be_said_now_is_said_first_when_they_next_write(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        await on.passes(hours=48)
        await leaves(on)
        assert len(await on.phone()) == 1
        assert await on.shown("cannot be reached now and will be told when they next write.")
        await on.admin("account", "set", "--default-user", COLLEAGUES_NUMBER)
        await on.li.says("hello again")
        await ben.sees("hello again")
        answer = (await on.phone())[1]
        assert answer.startswith(NOTICE)
        assert "You are chatting with Ben Weber." in answer
        await on.li.says("and once more")
        assert len(await on.phone()) == 2


async def test_owed_also_to_who_meets_nobody(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.passes(hours=48)
        await leaves(on)
        await on.admin("users", "disable", NUMBER)
        await on.li.says("hello again")
        assert (await on.phone())[1].splitlines()[0] == NOTICE


async def test_the_last_slot_is_free_for_the_notice(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.writes("1", "2", "3", "4")
        await leaves(on)
        assert (await on.phone())[-1] == NOTICE
        ledger = (await on.thread())["ledger"]
        assert (ledger[-1]["slot"], ledger[-1]["for"], ledger[-1]["state"]) == (5, "left", "sent")


async def test_two_clicks_at_the_same_time_leave_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.anna.clicks("leave")
        (question,) = await on.shown("Leave the conversation with")
        await asyncio.gather(*(on.anna.clicks("leave_confirmed", question) for _ in range(3)))
        assert (await on.phone()).count(NOTICE) == 1
        assert len(await on.shown("You left the conversation with")) == 1


async def test_a_late_click_changes_nothing_and_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.anna.clicks("leave")
        (question,) = await on.shown("Leave the conversation with")
        assert question.card is not None
        confirmed = next(action for action in question.card["actions"] if action["verb"] == "leave_confirmed")
        await on.anna.clicks("leave_confirmed", question)
        await on.passes(hours=1)
        await on.anna.does("perform", message=question.id, action=confirmed, data=confirmed["data"])
        assert await on.shown("Nothing was changed: you have already left the conversation with")
        assert (await on.phone()).count(NOTICE) == 1


async def test_the_reply_box_of_a_conversation_that_was_left_keeps_the_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        (heard,) = await on.shown("hello")
        assert heard.card is not None
        reply = next(each["inlineAction"] for each in heard.card["body"] if each["type"] == "Input.Text")
        await leaves(on)
        words = {**reply["data"], "text": "one more thing"}
        await on.anna.does("perform", message=heard.id, action=reply, data=words)
        (kept,) = await on.shown("Not sent: you have left the conversation with")
        assert kept.shows("one more thing")
        assert "one more thing" not in await on.phone()


async def test_written_after_leaving_the_words_are_for_nobody(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await leaves(on)
        await on.writes("one more thing")
        (kept,) = await on.shown("There is nobody to send this to.")
        assert kept.shows("one more thing")
        assert "one more thing" not in await on.phone()
