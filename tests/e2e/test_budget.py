"""The budget in plain sight, how a chat becomes inactive, and the banner that says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sim.connector.client import Seen
from tests.e2e.stage import SEND, stage

INACTIVE = "This chat is now inactive. You can queue up to 5 messages to be sent after the WeChat user responds."
MONDAY = "2026-11-23T09:00:00+00:00"


def status(seen: Seen) -> str:
    """The line that says what is left and until when."""
    runs = [word for word in seen.words if "left" in word or "ctive until" in word or "queued" in word]
    return "".join(runs)


async def test_every_card_of_a_thread_shows_what_is_left_and_until_when(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        on.clock.set(MONDAY)
        await on.begins()
        await on.writes("first", "second")
        (heard,) = await on.shown("hello")
        assert status(heard) == "3 of 5 messages left · active until Wed 10:00"
        (own,) = await on.shown("second")
        assert status(own) == "3 of 5 messages left · active until Wed 10:00"
        await on.anna.says("status")
        standing = (await on.chat())[-1]
        assert status(standing) == "3 of 5 messages left · active until Wed 10:00"


async def test_the_status_card_is_updated_in_place(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.anna.says("status")
        standing = (await on.chat())[-1]
        count = len(await on.chat())
        await on.writes("one")
        again = next(seen for seen in await on.chat() if seen.id == standing.id)
        assert "4 of 5 messages left" in status(again)
        assert len(await on.chat()) == count + 1
        await on.anna.says("status")
        moved = (await on.chat())[-1]
        assert "4 of 5 messages left" in status(moved)
        assert standing.id not in {seen.id for seen in await on.chat()}


async def test_what_bites_first_comes_first(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        on.clock.set(MONDAY)
        await on.begins()
        await on.passes(hours=45)
        await on.writes("one")
        (heard,) = await on.shown("hello")
        assert status(heard) == "Active until Wed 10:00 · 4 of 5 messages left"
        await on.writes("two", "three", "four")
        (heard,) = await on.shown("hello")
        assert status(heard) == "1 of 5 messages left · active until Wed 10:00"


async def test_without_a_template_the_user_keeps_four_and_the_prompt_gets_the_fifth(tmp_path: Path) -> None:
    async with stage(tmp_path, template=False) as on:
        await on.begins()
        assert await on.shown("You can send up to 4 messages before the WeChat user must reply.")
        (heard,) = await on.shown("hello")
        assert "4 of 4 messages left" in status(heard)
        await on.writes("1", "2", "3", "4")
        (banner,) = await on.shown(INACTIVE)
        assert banner.shows("You have sent 4 messages without a reply from")
        await on.writes("5")
        ledger = (await on.thread())["ledger"]
        assert [(each["slot"], each["for"]) for each in ledger][-1] == (5, "prompt")


async def test_a_user_in_china_reads_it_in_chinese_and_in_their_own_time(tmp_path: Path) -> None:
    async with stage(tmp_path, locale="zh-CN") as on:
        on.clock.set(MONDAY)
        await on.begins()
        (heard,) = await on.shown("hello")
        assert heard.shows("还可发送 5/5 条")
        assert heard.shows("有效期至周三 10:00")


async def test_a_warning_four_hours_before_the_window_closes(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.passes(hours=43.9)
        assert not await on.shown("This chat becomes inactive at")
        await on.passes(hours=0.2)
        (warning,) = await on.shown("This chat becomes inactive at")
        assert warning.shows("You can still send 5 messages before then.")
        await on.passes(hours=1)
        assert len(await on.shown("This chat becomes inactive at")) == 1
        await on.begins("still here")
        (past,) = await on.shown("This chat was about to become inactive here.")
        assert past.id == warning.id


async def test_no_warning_when_the_contact_has_answered(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.passes(hours=43)
        await on.begins("still here")
        await on.passes(hours=2)
        assert not await on.shown("This chat becomes inactive at")


async def test_how_long_before_is_policy(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--warn-before", "12h")) as on:
        await on.begins()
        await on.passes(hours=36.1)
        assert await on.shown("This chat becomes inactive at")


@pytest.mark.parametrize("sends", [3, 0], ids=["45047 though two are left", "45015 though time is left"])
async def test_wechats_refusal_wins_over_our_ledger(tmp_path: Path, sends: int) -> None:
    async with stage(tmp_path) as on:
        if sends:
            await on.wechat.phone.change(message_limit=sends)
        else:
            await on.wechat.phone.change(window_seconds=1)
        await on.begins()
        on.clock.advance(5)
        await on.writes("1", "2", "3", "4")
        (banner,) = await on.shown(INACTIVE)
        assert banner.shows("WeChat does not accept messages to")
        assert (await on.phone())[1 : sends + 1] == ["1", "2", "3"][:sends]
        assert "Queued 1 of 5" in await on.own(["4", "1"][sends == 0])
        thread = await on.thread()
        assert (thread["phase"], thread["why"], thread["queued"]) == ("inactive", "refused", 4 - sends)
        assert [each["code"] for each in thread["ledger"] if each["state"] == "refused"] != []


async def test_who_stops_following_makes_it_inactive(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.li.unfollows()
        (banner,) = await on.shown(INACTIVE)
        assert banner.shows("no longer follows the account and cannot be reached until they follow it again.")
        await on.writes("Are you there?")
        assert "Queued 1 of 5" in await on.own("Are you there?")
        assert len(await on.phone()) == 1
        await on.li.follows()
        await on.begins("Sorry")
        assert (await on.phone())[-1] == "Are you there?"


async def test_who_refuses_messages_is_not_asked(tmp_path: Path) -> None:
    async with stage(tmp_path, template=False) as on:
        await on.begins()
        await on.li.switch(refuses=48002)
        await on.writes("one")
        (banner,) = await on.shown(INACTIVE)
        assert banner.shows("could not be asked to reply.")
        assert banner.shows("does not receive messages from this account.")
        assert len(await on.phone()) == 1


async def test_a_refused_slot_is_given_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, "errcode", errcode=45002)
        await on.writes("refused", "taken")
        assert "Not sent. WeChat did not accept it (45002)." in await on.own("refused")
        (heard,) = await on.shown("hello")
        assert "4 of 5 messages left" in status(heard)


async def test_the_banner_of_an_inactive_time_becomes_history_when_the_contact_replies(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.begins("back")
        assert not await on.shown(INACTIVE)
        (banner,) = await on.shown("This chat was inactive here.")
        assert not banner.shows("Leave Conversation")
