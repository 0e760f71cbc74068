"""QR codes over HTTP: asked for in Teams, scanned on the phone, by strangers and followers, once and too often."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from bot.sim.wechat.client import Contact
from tests.e2e.stage import Stage, stage
from tests.e2e.test_getting_connected import asking, command, connected, leave, pin, says


async def invited(on: Stage, words: str = "invite") -> str:
    """Anna asks for a code; the scene that WeChat holds for it."""
    known = set(on.wechat.world.tickets)
    await on.anna.says(words)
    await on.settled()
    await on.anna.sees("Your QR code for WeChat")
    (ticket,) = set(on.wechat.world.tickets) - known
    return on.wechat.world.tickets[ticket][0]


async def scans(on: Stage, contact: Contact, scene: str) -> str:
    ended = await contact.scans(scene=scene)
    await on.settled()
    return said_at_follow(ended)


async def test_a_stranger_scans_and_reaches_the_one_who_invited(tmp_path: Path) -> None:
    async with asking(tmp_path, "--unasked", "refuse") as on:
        scene = await invited(on)
        assert on.anna.aad not in scene
        chen = await on.wechat.phone.contact("Chen", following=False)
        assert "You can now reach Anna Schmidt" in await scans(on, chen, scene)
        assert "You are chatting with Anna Schmidt" in await says(on, chen, "hello, it is me")
        await on.anna.sees("hello, it is me")


async def test_a_follower_scans_and_has_to_prove_their_number(tmp_path: Path) -> None:
    async with asking(tmp_path, "--unasked", "refuse", "--validate-phone") as on:
        scene = await invited(on)
        assert "confirm your phone number" in await scans(on, on.li, scene)
        await says(on, on.li, "13800138000")
        assert "You are chatting with Anna Schmidt" in await says(on, on.li, await pin(on))
        await on.anna.sees("Confirmed the phone number")


async def test_one_code_is_for_one_client(tmp_path: Path) -> None:
    async with asking(tmp_path, "--unasked", "refuse") as on:
        scene = await invited(on)
        people = [await on.wechat.phone.contact(f"Client {number}", following=bool(number % 2)) for number in range(20)]
        said = await asyncio.gather(*(scans(on, one, scene) for one in people))
        assert sum("You can now reach" in text for text in said) == 1
        assert sum("no longer valid" in text for text in said) == 19
        winner = people[[("You can now reach" in text) for text in said].index(True)]
        assert "You can now reach" in await scans(on, winner, scene)


async def test_one_for_a_business_card_is_for_everybody_for_ever(tmp_path: Path) -> None:
    async with asking(tmp_path, "--unasked", "refuse") as on:
        scene = await invited(on, "business card")
        await on.passes(hours=24 * 365)
        for number in range(3):
            contact = await on.wechat.phone.contact(f"Client {number}", following=False)
            assert "You can now reach" in await scans(on, contact, scene)


async def test_expired_and_made_up_codes_get_a_friendly_way_on(tmp_path: Path) -> None:
    async with asking(tmp_path, "--unasked", "ask") as on:
        scene = await invited(on)
        for made_up in ("1", "qrscene_x", scene[:-1], "'; drop table"):
            assert "no longer valid" in await scans(on, await on.wechat.phone.contact("Mallory"), made_up)
        await on.passes(hours=24 * 7)
        said = await scans(on, on.li, scene)
        assert "no longer valid" in said
        assert "Whom would you like to reach?" in said


async def test_a_scan_while_talking_changes_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, working=False) as on:
        scene = await invited(on)
        await says(on, on.li, "hello")
        assert "already chatting with Anna Schmidt" in await scans(on, on.li, scene)
        assert await connected(on) == 1
        await leave(on)
        await on.passes(seconds=2)
        assert "You can now reach" in await scans(on, on.li, scene)


async def test_a_user_who_was_disabled_is_reached_by_nobody(tmp_path: Path) -> None:
    async with asking(tmp_path, "--unasked", "refuse") as on:
        scene = await invited(on)
        assert "You can now reach" in await scans(on, on.li, scene)
        await command(on, "users", "disable", "+4915112345678")
        assert "Nobody is available" in await says(on, on.li, "hello")
        await command(on, "users", "enable", "+4915112345678")
        await says(on, on.li, "hello?")
        assert await connected(on) == 1
        await on.anna.sees("hello")


async def test_who_follows_again_is_greeted_and_asked_again(tmp_path: Path) -> None:
    async with asking(
        tmp_path, "--unasked", "ask", "--text", "en", "to_contact.followed", "Welcome to Northwind!"
    ) as on:
        chen = await on.wechat.phone.contact("Chen", following=False)
        first = said_at_follow(await chen.follows())
        assert first.startswith("Welcome to Northwind!")
        assert "Whom would you like to reach?" in first
        await chen.unfollows()
        await on.passes(seconds=2)
        assert said_at_follow(await chen.follows()) == first
        assert "You are chatting with Anna Schmidt" in await says(on, chen, "+49 151 12345678")


async def test_nothing_is_said_to_who_follows_unless_the_company_wants_it(tmp_path: Path) -> None:
    async with stage(tmp_path, working=False) as on:
        chen = await on.wechat.phone.contact("Chen", following=False)
        assert said_at_follow(await chen.follows()) == ""


def said_at_follow(ended: dict[str, Any]) -> str:
    return str((ended.get("reply") or {}).get("text", ""))


async def test_a_code_that_wechat_refuses_is_told(tmp_path: Path) -> None:
    async with stage(tmp_path, working=False) as on:
        await on.wechat.phone.fault("/cgi-bin/qrcode/create", "errcode", errcode=40053, times=1)
        await on.anna.says("invite")
        await on.settled()
        await on.anna.sees("WeChat did not make a QR code")
