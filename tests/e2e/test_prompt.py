"""How the contact is asked to reply, and that what the user reads about it is true."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.stage import TEMPLATE_WORDS, stage

PROMPT = (
    "You have new messages from this sender. Please reply to the chat to resume the conversation and receive the "
    "latest messages."
)
NOT_ASKED = "could not be asked to reply."


async def test_by_template_once_in_an_inactive_time(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        (banner,) = await on.shown("This chat is now inactive.")
        assert banner.shows("is asked to reply.")
        await on.writes("one", "two")
        assert (await on.phone()).count(TEMPLATE_WORDS) == 1
        (banner,) = await on.shown("This chat is now inactive.")
        assert banner.shows("was asked to reply (")
        await on.begins("back")
        await on.writes("3", "4", "5", "6", "7")
        assert (await on.phone()).count(TEMPLATE_WORDS) == 2


async def test_by_the_slot_that_was_kept(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--prompt", "reserve")) as on:
        await on.begins()
        await on.writes("1", "2", "3", "4", "5")
        assert (await on.phone())[-1] == PROMPT
        (banner,) = await on.shown("This chat is now inactive.")
        assert banner.shows("was asked to reply (")


async def test_not_at_all_when_the_policy_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--prompt", "off")) as on:
        await on.goes_inactive()
        await on.writes("one")
        assert (await on.phone())[-1] == "answer 5"
        (banner,) = await on.shown("This chat is now inactive.")
        assert banner.shows("is not asked to reply. Your messages go when they write.")


async def test_too_late_for_the_slot_that_was_kept(tmp_path: Path) -> None:
    async with stage(tmp_path, template=False) as on:
        await on.begins()
        await on.passes(hours=48)
        await on.writes("one")
        (banner,) = await on.shown("This chat is now inactive.")
        assert banner.shows(NOT_ASKED)
        assert banner.shows("The reply window has closed. Your messages go when they write.")
        assert len(await on.phone()) == 1


async def test_wechat_says_later_that_the_template_did_not_arrive(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.li.switch(template_outcome="user block")
        await on.writes("one")
        await on.anna.sees(NOT_ASKED)
        assert TEMPLATE_WORDS not in await on.phone()
        assert "failed" in (await on.thread())["prompt"]


async def test_wechat_refuses_the_template(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.wechat.phone.change(templates=["another-template"])
        await on.writes("one")
        (banner,) = await on.shown("This chat is now inactive.")
        assert banner.shows(NOT_ASKED)
        assert banner.shows("WeChat did not accept it (40037).")


async def test_once_though_what_waited_was_withdrawn_and_something_else_waits(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.writes("withdrawn")
        await on.anna.clicks("cancel")
        await on.writes("one more")
        assert (await on.phone()).count(TEMPLATE_WORDS) == 1


async def test_the_ledger_shows_every_slot_and_what_it_was_for(tmp_path: Path) -> None:
    async with stage(tmp_path, template=False) as on:
        await on.begins()
        await on.writes("1", "2", "3", "4", "5")
        thread = await on.thread()
        assert [(each["slot"], each["for"], each["state"]) for each in thread["ledger"]] == [
            *((number, "message", "sent") for number in range(1, 5)),
            (5, "prompt", "sent"),
        ]
        assert "5  " in await on.admin("threads", "show", thread["id"])
