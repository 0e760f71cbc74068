"""A message from WeChat reaches Teams and the answer reaches WeChat, over HTTP, as the two platforms really speak."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.stage import stage


async def test_a_wechat_message_reaches_teams_and_the_answer_reaches_wechat(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ended = await on.li.says("  你好！Is the bond report out? 😀\n")
        assert ended["status"] == "replied"
        await on.anna.sees("Is the bond report out?")
        await on.anna.clicks("reply", text="Good morning!  Yes & <no> 😀")
        assert (await on.li.sees(2))[1] == "Good morning!  Yes & <no> 😀"
        await on.anna.sees("Sent")


async def test_free_text_goes_to_the_only_live_thread(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.li.says("hello")
        await on.anna.sees("hello")
        await on.anna.says("Free words")
        assert (await on.li.sees(2))[1] == "Free words"


async def test_five_messages_then_the_queue_the_prompt_and_the_release(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.li.says("hello")
        await on.anna.sees("hello")
        for number in range(1, 6):
            await on.anna.says(f"answer {number}")
        await on.li.sees(6)
        await on.anna.sees("This chat is now inactive. You can queue up to 5 messages")
        on.clock.advance(60)
        await on.anna.says("answer 6")
        await on.anna.sees("ueued 1 of 5")
        await on.settled()
        await on.li.says("Sorry, I was away")
        await on.anna.sees("Sorry, I was away")
        await on.settled()
        assert (await on.li.sees())[-1] == "answer 6"


async def test_forty_eight_hours_without_a_reply(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.li.says("hello")
        await on.anna.sees("hello")
        await on.passes(hours=44, seconds=1)
        await on.anna.sees("This chat becomes inactive at")
        await on.passes(hours=4)
        await on.anna.sees("This chat is now inactive")
        await on.anna.says("Are you there?")
        await on.anna.sees("ueued 1 of 5")


async def test_leaving_tells_both_sides(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.li.says("hello")
        await on.anna.sees("hello")
        await on.anna.clicks("leave")
        await on.anna.sees("Leave the conversation with")
        await on.anna.clicks("leave_confirmed")
        await on.settled()
        assert "left this conversation" in (await on.li.sees())[-1]
        await on.anna.sees("You left")
