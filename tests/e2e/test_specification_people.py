"""The specification's sentences on finding people and proving who they are, each a test."""

from __future__ import annotations

import re
from pathlib import Path

from bot.store import admin
from tests.e2e.stage import Stage, stage
from tests.e2e.test_getting_connected import command


async def test_go_to_messages(tmp_path: Path) -> None:
    """Go to Messages."""
    async with stage(tmp_path) as on:
        await on.begins("Is the report out?")
        await on.anna.says("messages")
        await on.settled()
        assert (await on.anna.sees("1–1 of 1")).shows("Is the report out?")


async def test_the_phone_number_may_be_validated(tmp_path: Path) -> None:
    """For regulated users, WeChat users may have their phone number validated for verification purposes."""
    async with stage(tmp_path) as on:
        await command(on, "policy", "set", "default", "--validate-phone")
        asked = await on.li.says("Is the report out?")
        assert "confirm your phone number" in asked["reply"]["text"]
        assert not await on.service.store.run(admin.threads)


async def test_a_bot_sends_a_one_time_pin(tmp_path: Path) -> None:
    """
    Their phone number is validated by a bot who sent them a one-time-PIN (OTP) to confirm their number before it
    connects them to you.
    """
    async with stage(tmp_path) as on:
        await command(on, "policy", "set", "default", "--validate-phone")
        await on.li.says("Is the report out?")
        assert "PIN of 6 digits" in (await on.li.says("138 0013 8000"))["reply"]["text"]
        assert not await on.service.store.run(admin.threads)
        assert "You are chatting with Anna Schmidt" in (await on.li.says(await _pin(on)))["reply"]["text"]
        shown = await on.anna.sees("Is the report out?")
        assert "8613800138000" in "".join(shown.words).replace(" ", "")


async def test_the_conversation_from_the_contact_details(tmp_path: Path) -> None:
    """
    You can find your WeChat conversation with a contact by selecting the WeChat icon from the Contact details
    screen.
    """
    async with stage(tmp_path) as on:
        await on.begins("Is the report out?")
        await on.anna.clicks("details")
        await on.settled()
        stranger = await on.anna.sees("This WeChat user is not in your contacts")
        await on.anna.clicks("save_contact", stranger, name="Li Wei", company="", numbers="", notes="")
        await on.settled()
        details = await on.anna.sees("Saved in your contacts.")
        await on.anna.clicks("open", details)
        await on.settled()
        opened = await on.anna.sees("Messages you type now go to")
        assert opened.shows("Li Wei") and opened.shows("Is the report out?")


async def _pin(on: Stage) -> str:
    await on.settled()
    found = re.search(r"\d{6}", (await on.wechat.phone.sms())[-1]["body"])
    assert found
    return found[0]
