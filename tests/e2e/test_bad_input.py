"""Everything that should not happen and does: each has a defined, friendly outcome."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.sim.connector.client import Person, Seen
from tests.e2e.stage import stage
from tests.waiting import until

UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"


async def performs(person: Person, seen: Seen, verb: str, **data: Any) -> dict[str, Any]:
    """Click something that the card may never have offered."""
    action = {"type": "Action.Execute", "verb": verb}
    return await person.does("perform", message=seen.id, action=action, data={"verb": verb, **data})


async def test_a_card_from_an_old_version(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        (heard,) = await on.shown("hello")
        thread = (await on.thread())["id"]
        outcome = await performs(on.anna, heard, "answerThread", thread_id=thread, text="old words")
        assert outcome["status"] == 200
        assert await on.shown("Nothing was changed: this was already done or is out of date.")
        assert len(await on.phone()) == 1


@pytest.mark.parametrize("verb", ["reply", "leave_confirmed", "release", "cancel", "leave", "queue"])
async def test_a_forged_thread_id(tmp_path: Path, verb: str) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        (heard,) = await on.shown("hello")
        outcome = await performs(on.anna, heard, verb, thread_id="0" * 32, text="words", message_id="")
        assert outcome["status"] == 200
        assert await on.shown("Nothing was changed: this conversation belongs to someone else.")
        assert len(await on.phone()) == 1
        assert (await on.thread())["phase"] == "active"


@pytest.mark.parametrize("verb", ["reply", "leave_confirmed", "release", "cancel", "leave", "queue", "status"])
async def test_a_click_by_another_user(tmp_path: Path, verb: str) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        await on.settled()
        welcome = await ben.sees("WeChat in Teams")
        await performs(ben, welcome, verb, thread_id=(await on.thread())["id"], text="words", message_id="")
        await on.settled()
        await ben.sees("Nothing was changed: this conversation belongs to someone else.")
        assert len(await on.phone()) == 1
        assert not (await ben.sees("Nothing was changed")).shows("hello")


async def test_a_second_click_at_the_same_time(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        (heard,) = await on.shown("hello")
        await asyncio.gather(*(on.anna.clicks("reply", heard, text="once") for _ in range(4)))
        assert (await on.phone())[1:] == ["once"]
        assert len(await on.shown("once")) == 1


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
async def test_an_empty_message(tmp_path: Path, text: str) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.anna.clicks("reply", text=text)
        assert await on.shown("Not sent: the message has no text.")
        assert len(await on.phone()) == 1
        assert (await on.thread())["left"] == 5


async def test_a_file(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        file = {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "report.pdf"}
        await on.anna.says("the report", attachments=[file])
        assert await on.shown("Not sent: files and pictures cannot be sent to WeChat yet.")
        assert len(await on.phone()) == 1


async def test_content_that_wechat_does_not_pass_on(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.li.sends("unsupported")
        (shown,) = await on.shown("Sent something that WeChat does not pass on.")
        assert shown.words.index("Sent something that WeChat does not pass on. WeChat says:") < shown.words.index(
            UNSUPPORTED
        )
        assert "can only read text. Please send it as text." in (await on.phone())[-1]


@pytest.mark.parametrize(("kind", "said"), [("image", "a photo"), ("voice", "a voice message"), ("video", "a video")])
async def test_content_that_we_cannot_show(tmp_path: Path, kind: str, said: str) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.li.sends(kind)
        assert await on.shown(f"Sent {said}.")
        assert "can only read text. Please send it as text." in (await on.phone())[-1]


async def test_a_clock_that_jumps_ahead(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.passes(hours=24 * 365)
        assert len(await on.shown("This chat is now inactive.")) == 1
        assert not await on.shown("This chat becomes inactive at")
        await on.begins("a year later")
        await on.writes("Welcome back")
        assert (await on.phone())[-1] == "Welcome back"


async def test_a_clock_that_jumps_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.passes(hours=-2)
        await on.writes("said before it was heard")
        assert (await on.phone())[-1] == "said before it was heard"
        await on.begins("heard before it was said")
        await on.writes("and on")
        assert (await on.phone())[-1] == "and on"
        assert not await on.shown("This chat is now inactive.")


async def test_messages_out_of_order(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault("push/text", "reorder")
        first = asyncio.create_task(on.li.says("said first"))
        await until(lambda: on.wechat.world.faults.played["reorder"])
        on.clock.advance(2)
        await on.li.says("said second")
        await first
        (burst,) = [seen for seen in await on.chat() if seen.shows("said ")]
        assert [word for word in burst.words if word.startswith("said ")] == ["said second", "said first"]
        assert any("left" in word for word in burst.words)
        await on.writes("answer")
        (second,) = await on.shown("said second")
        assert second.shows("4 of 5 messages left")
        assert (await on.thread())["spell"] == 2


async def test_the_same_message_three_times(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault("push/text", "concurrent", copies=3)
        await on.begins("only once")
        assert len(await on.shown("only once")) == 1
        assert len(await on.phone()) == 1


async def test_a_tap_on_a_message_menu_does_not_open_the_window(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.writes("waits")
        await on.li.says("Continue", menu_id="101")
        assert await on.shown("Continue")
        assert "waits" not in await on.phone()
        assert (await on.thread())["phase"] == "inactive"
