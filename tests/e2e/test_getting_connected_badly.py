"""On the way to being connected: PINs that belong elsewhere, two accounts of one person, two invitations at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.store import admin
from tests.e2e.test_getting_connected import MINE, asking, connected, pin, says
from tests.e2e.test_invitations import scans

OTHER = "+86 139 0013 9000"


async def test_a_pin_for_another_number_connects_nobody(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone") as on:
        await says(on, on.li, "hello")
        await says(on, on.li, OTHER)
        for_the_other = await pin(on)
        await says(on, on.li, "2")
        await on.passes(seconds=61)
        assert "PIN of 6 digits" in await says(on, on.li, MINE)
        assert await pin(on) != for_the_other
        assert "not the PIN" in await says(on, on.li, for_the_other)
        assert await connected(on) == 0
        await says(on, on.li, await pin(on))
        (found,) = await on.service.store.run(admin.threads)
        assert found.contact.number == MINE.replace(" ", "")


async def test_a_pin_that_was_sent_to_somebody_else_connects_nobody(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone") as on:
        mallory = await on.wechat.phone.contact("Mallory")
        await says(on, mallory, "hello")
        await says(on, mallory, OTHER)
        await says(on, on.li, "hello")
        await says(on, on.li, MINE)
        of_li = await pin(on)
        assert "not the PIN" in await says(on, mallory, of_li)
        assert await connected(on) == 0
        assert "You are chatting with Anna Schmidt" in await says(on, on.li, of_li)


async def test_a_new_wechat_account_is_a_stranger_who_proves_the_number_anew(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone") as on:
        await says(on, on.li, "hello")
        await says(on, on.li, MINE)
        await says(on, on.li, await pin(on))
        anew = await on.wechat.phone.contact("Li Wei's new phone")
        assert "confirm your phone number" in await says(on, anew, "It is me, Li Wei")
        await on.passes(seconds=61)
        await says(on, anew, MINE)
        assert await connected(on) == 1
        assert "You are chatting with Anna Schmidt" in await says(on, anew, await pin(on))
        assert await connected(on) == 2
        await on.li.unfollows()
        await on.settled()
        await on.anna.sees("no longer follows the account")
        assert await says(on, anew, "still here") == ""


async def test_words_that_are_no_number_are_kept_and_asked_about_again(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone") as on:
        await says(on, on.li, "hello")
        for words in ("my number?", "一三八", "12", "+86 138", "+999 123456789", "☎️"):
            assert "This is not a mobile number" in await says(on, on.li, words), words
        await says(on, on.li, MINE)
        await says(on, on.li, await pin(on))
        await on.anna.sees("my number?")
        await on.anna.sees("一三八")


async def test_two_invitations_scanned_at_once_lead_to_one_user(tmp_path: Path) -> None:
    async with asking(tmp_path, "--unasked", "refuse") as on:
        ben = await on.colleague()
        scenes = []
        for person in (on.anna, ben):
            known = set(on.wechat.world.tickets)
            await person.says("invite")
            await on.settled()
            (ticket,) = set(on.wechat.world.tickets) - known
            scenes.append(on.wechat.world.tickets[ticket][0])
        said = await asyncio.gather(*(scans(on, on.li, scene) for scene in scenes))
        assert all("You can now reach" in each for each in said)
        answers = await asyncio.gather(*(says(on, on.li, f"message {number}") for number in range(5)))
        assert sum("You are chatting with" in each for each in answers) == 1
        assert await connected(on) == 1


async def test_who_is_transferred_stays_proved(tmp_path: Path) -> None:
    async with asking(tmp_path, "--validate-phone") as on:
        ben = await on.colleague()
        await says(on, on.li, "hello")
        await says(on, on.li, MINE)
        await says(on, on.li, await pin(on))
        for verb in ("transfer", "transfer_to", "transfer_confirmed"):
            await on.anna.clicks(verb)
            await on.settled()
        received = await ben.sees("Anna Schmidt transferred the conversation with")
        assert received.shows("Validated")
