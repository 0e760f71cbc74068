"""Several users talk with one client: what each of them sees, what the phone shows, and what they share."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sim.connector.client import Person
from tests.e2e.stage import Stage, stage
from tests.e2e.test_handover import cards_of, scans

THIRD = "+4915112345680"
TWO = ("--seats", "2")


async def together(on: Stage) -> Person:
    """Ben comes to Anna's client by his QR code."""
    ben = await on.colleague()
    await on.begins()
    assert "You are chatting with Ben Weber now as well." in await scans(on, ben)
    return ben


async def says(on: Stage, person: Person, *texts: str) -> None:
    for text in texts:
        await person.says(text)
        await on.settled()


async def seated(on: Stage) -> list[str]:
    return sorted(each["user"] for each in await on.listed("threads", "list"))


async def test_two_talk_with_one_client(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=TWO) as on:
        ben = await together(on)
        assert await on.shown("Ben Weber is in the conversation with")
        joined = await ben.sees("together with Anna Schmidt")
        assert joined.shows("hello")
        await says(on, ben, "Ben here")
        await says(on, on.anna, "and Anna")
        assert (await on.phone())[-2:] == ["Ben Weber: Ben here", "Anna Schmidt: and Anna"]
        (line,) = await on.shown("Ben here")
        assert line.shows("Ben Weber")
        assert (await ben.sees("and Anna")).shows("Anna Schmidt")
        await on.begins("good morning, both")
        await ben.sees("good morning, both")


async def test_what_one_sends_is_spent_for_both_and_the_client_is_asked_once(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=TWO, template=False) as on:
        ben = await together(on)
        await says(on, ben, "b1", "b2")
        await says(on, on.anna, "a1", "a2", "a3", "a4")
        await says(on, ben, "b3")
        assert await on.shown("This chat is now inactive.")
        await ben.sees("This chat is now inactive.")
        phone = await on.phone()
        assert [text.partition(": ")[2] for text in phone if ": " in text][:4] == ["b1", "b2", "a1", "a2"]
        prompts = [text for text in phone if text.startswith("You have new messages")]
        assert len(prompts) == 1
        await on.li.says("here I am")
        await on.settled()
        waited = [text.partition(": ")[2] for text in (await on.phone())[len(phone) :]]
        assert sorted(each for each in waited if each) == ["a3", "a4", "b3"]


async def test_one_leaves_and_the_other_goes_on(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=TWO) as on:
        ben = await together(on)
        before = await on.phone()
        await on.anna.clicks("leave")
        await on.settled()
        await on.anna.clicks("leave_confirmed")
        await on.settled()
        assert await on.phone() == before
        await ben.sees("Anna Schmidt has left the conversation with")
        await says(on, ben, "alone now")
        assert (await on.phone())[-1] == "alone now"
        await on.li.says("goodbye")
        await ben.sees("goodbye")
        assert not await on.shown("goodbye")
        await ben.clicks("leave")
        await on.settled()
        await ben.clicks("leave_confirmed")
        await on.settled()
        assert "Ben Weber" in (await on.phone())[-1]


async def test_a_third_is_told_who_holds_the_client_and_seats_can_be_raised_and_lowered(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=TWO) as on:
        cara = await on.colleague("Cara Lang", THIRD)
        await together(on)
        assert "at the moment" in await scans(on, cara)
        await cara.sees("scanned your QR code, but is chatting with")
        await on.admin("policy", "set", "default", "--seats", "3")
        await cara.clicks("take_over")
        await on.settled()
        await cara.sees("together with")
        assert await seated(on) == ["Anna Schmidt", "Ben Weber", "Cara Lang"]
        await on.admin("policy", "set", "default", "--seats", "1")
        await says(on, cara, "still here")
        assert (await on.phone())[-1] == "Cara Lang: still here"
        assert await cards_of(on.anna, "still here") == 1


async def test_who_waits_for_one_of_several_comes_in_when_they_leave(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=TWO) as on:
        cara = await on.colleague("Cara Lang", THIRD)
        await together(on)
        await scans(on, cara)
        await cara.clicks("take_over")
        await on.settled()
        await cara.sees("You asked to take over")
        await on.anna.clicks("leave")
        await on.settled()
        await on.anna.clicks("leave_confirmed")
        await on.settled()
        await cara.sees("A colleague left the conversation with")
        await cara.clicks("take_over")
        await on.settled()
        await cara.sees("You joined the conversation with")
        assert await seated(on) == ["Ben Weber", "Cara Lang"]


@pytest.mark.parametrize("seats", ["0", "10"])
async def test_seats_have_bounds(tmp_path: Path, seats: str) -> None:
    async with stage(tmp_path) as on:
        assert "seats must be from 1 to 9" in await on.refused("policy", "set", "default", "--seats", seats)
