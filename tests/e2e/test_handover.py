"""Somebody asks for a client whom a colleague holds: told, asked, answered, and whatever may happen meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
import pytest

from bot.sim.connector.client import Person
from bot.store import admin, book
from tests.e2e.stage import COLLEAGUES_NUMBER, NUMBER, Stage, stage
from tests.e2e.test_bad_input import performs
from tests.e2e.test_transfer import held_by, transfers

ASKS = "Ben Weber asks to take over the conversation with"
OVER = "is over."
SUPERVISOR = "+4915112345690"


async def scans(on: Stage, person: Person) -> str:
    """The contact scans a QR code of this user's; what the phone answers."""
    known = set(on.wechat.world.tickets)
    await person.says("invite")
    await on.settled()
    (ticket,) = set(on.wechat.world.tickets) - known
    ended = await on.li.scans(scene=on.wechat.world.tickets[ticket][0])
    await on.settled()
    return str((ended.get("reply") or {}).get("text", ""))


async def wanted(on: Stage) -> Person:
    """Ben, whose QR code was scanned by Anna's client, and who asked for them."""
    ben = await on.colleague()
    await on.begins()
    await scans(on, ben)
    await asks(on, ben)
    return ben


async def asks(on: Stage, ben: Person) -> None:
    await ben.clicks("take_over")
    await on.settled()


async def answers(on: Stage, verb: str, person: Person | None = None) -> None:
    await (person or on.anna).clicks(verb)
    await on.settled()


async def cards_of(person: Person, text: str) -> int:
    return len([seen for seen in await person.chat() if seen.by_bot and not seen.deleted and seen.shows(text)])


async def test_a_client_who_scans_a_colleagues_code_may_be_asked_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        assert "You are chatting with Anna Schmidt at the moment." in await scans(on, ben)
        offered = await ben.sees("scanned your QR code, but is chatting with Anna Schmidt")
        assert not any(offered.shows(secret) for secret in ("hello", "Li Wei"))
        assert not await on.shown(ASKS)
        await asks(on, ben)
        await ben.sees("You asked to take over the conversation")
        assert await on.shown(ASKS)
        await answers(on, "hand_over")
        assert await held_by(on) == ["Ben Weber"]
        await ben.sees("was transferred to you.")
        await ben.sees("Anna Schmidt transferred the conversation with")
        assert await on.shown("was transferred to Ben Weber.")
        assert any("transferred this conversation to Ben Weber" in text for text in await on.phone())
        await ben.says("Good morning")
        assert (await on.phone())[-1] == "Good morning"


async def test_who_is_declined_waits_a_day(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await wanted(on)
        await answers(on, "keep")
        await ben.sees("was declined.")
        assert await held_by(on) == ["Anna Schmidt"]
        declined = await on.anna.sees("was declined.")
        assert not declined.shows("Decline")
        await scans(on, ben)
        assert await cards_of(ben, "scanned your QR code") == 0
        await on.passes(hours=24)
        await scans(on, ben)
        await asks(on, ben)
        assert len(await on.shown(ASKS)) == 1


async def test_asking_again_and_scanning_again_ask_nobody_twice(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await wanted(on)
        asked = await ben.sees("You asked to take over")
        request = await request_id(on)
        for _ in range(3):
            await performs(ben, asked, "take_over", request_id=request)
            await scans(on, ben)
        assert len(await on.shown(ASKS)) == 1
        assert await cards_of(ben, "You asked to take over") == 1


async def test_an_answer_in_words_to_the_request_does_not_go_to_the_client(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await wanted(on)
        before = await on.phone()
        (request,) = await on.shown(ASKS)
        await on.anna.says("No, Ben, he is mine", quote=request.id)
        assert await on.shown("Send to …?")
        assert await on.phone() == before


async def test_a_client_in_ones_own_book_may_be_asked_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        await transfers(on)
        await ben.clicks("details")
        await on.settled()
        await ben.clicks("save_contact", name="Mr Li", company="", numbers="", notes="")
        await on.settled()
        await transfers_back(on, ben)
        details = await ben.sees("Saved in your contacts.")
        await performs(ben, details, "details", entry_id=await entry_id(on))
        await on.settled()
        held = await ben.sees("This contact is chatting with Anna Schmidt on WeChat.")
        assert held.shows("Mr Li")
        await ben.searches("contacts", "Li", parameter="contact")
        chosen = str((await ben.picks())["results"][0]["content"])
        assert "This contact is chatting with Anna Schmidt on WeChat." in chosen
        group = await on.client.group("About Li", ben, on.anna)
        await ben.says("connect Mr Li", conversation=group)
        await on.settled()
        there = [seen for seen in await on.client.transcript(group) if seen.by_bot]
        assert any(seen.shows("No client of yours is called that.") for seen in there)
        assert not any(seen.shows("is chatting with") for seen in there)
        assert await cards_of(ben, "This contact is chatting with Anna Schmidt on WeChat.") == 2
        await asks(on, ben)
        assert (await ben.sees("You asked to take over")).shows("Mr Li")
        await answers(on, "hand_over")
        assert await held_by(on) == ["Ben Weber"]


async def transfers_back(on: Stage, ben: Person) -> None:
    for verb in ("transfer", "transfer_to", "transfer_confirmed"):
        await ben.clicks(verb)
        await on.settled()


async def entry_id(on: Stage) -> str:
    """Of the only one in Ben's book."""
    ben = await on.service.store.run(admin.user, COLLEAGUES_NUMBER)
    (entry,) = await on.service.store.run(book.listed, ben.id, 9)
    return entry.id


async def request_id(on: Stage) -> str:
    """Of the newest request that was made."""
    entries = [orjson.loads(each.body) async for each in on.service.store.audit()]
    return str([each for each in entries if each["event"] == "HandOverAsked"][-1]["request"])


async def test_the_supervisor_may_answer_too_and_the_first_answer_counts(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        boss = await on.colleague("Sue Supervisor", SUPERVISOR)
        await on.admin("policy", "set", "default", "--supervisor", SUPERVISOR)
        ben = await wanted(on)
        await boss.sees(ASKS)
        await asyncio.gather(boss.clicks("hand_over"), on.anna.clicks("keep"))
        await on.settled()
        agreed = await held_by(on) == ["Ben Weber"]
        await ben.sees("was transferred to you." if agreed else "was declined.")
        told = "was transferred to Ben Weber." if agreed else "was declined."
        await on.anna.sees(told)
        await boss.sees(told)
        sent = [text for text in await on.phone() if "transferred this conversation" in text]
        assert len(sent) == agreed


async def test_a_supervisor_decides_in_the_holders_place(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        boss = await on.colleague("Sue Supervisor", SUPERVISOR)
        await on.admin("policy", "set", "default", "--supervisor", SUPERVISOR)
        ben = await wanted(on)
        await answers(on, "hand_over", boss)
        assert await held_by(on) == ["Ben Weber"]
        await on.anna.sees("Sue Supervisor transferred the conversation with")
        await ben.sees("Sue Supervisor transferred the conversation with")
        assert any(text.startswith("Anna Schmidt has transferred") for text in await on.phone())
        entries = [orjson.loads(each.body) async for each in on.service.store.audit()]
        (kept,) = [each for each in entries if each["event"] == "UserTransferred"]
        assert kept["by"] != kept["user"]
        assert kept["request"] == await request_id(on)


async def test_a_request_ends_by_itself(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await wanted(on)
        asked = (await on.shown(ASKS))[0]
        await on.passes(hours=72)
        expired = await ben.sees("was not answered in time.")
        assert expired.shows("Ask to take over")
        (over,) = await on.shown(OVER)
        assert over.id == asked.id and not over.shows("Decline")
        await performs(on.anna, asked, "hand_over", request_id=await request_id(on))
        await on.settled()
        assert await held_by(on) == ["Anna Schmidt"]
        await performs(ben, expired, "take_over", request_id=await request_id(on))
        await on.settled()
        assert len(await on.shown(ASKS)) == 1


async def test_who_asked_is_disabled_meanwhile(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await wanted(on)
        await on.admin("users", "disable", COLLEAGUES_NUMBER)
        await answers(on, "hand_over")
        assert await held_by(on) == ["Anna Schmidt"]
        assert await on.shown("Ben Weber cannot take over the conversation with")


async def test_the_holder_leaves_meanwhile(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await wanted(on)
        await on.anna.clicks("leave")
        await on.settled()
        await answers(on, "leave_confirmed")
        freed = await ben.sees("is no longer chatting with a colleague.")
        assert freed.shows("Invite them with your QR code")
        assert await on.shown(OVER)
        assert "You can now reach Ben Weber" in await scans(on, ben)
        await on.li.says("hello Ben")
        await ben.sees("hello Ben")


async def test_somebody_else_gets_them_meanwhile(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.colleague("Cara Lang", "+4915112345680")
        ben = await wanted(on)
        await transfers(on, "Cara")
        assert await held_by(on) == ["Cara Lang"]
        await ben.sees("went to another colleague.")
        assert await on.shown(OVER)


async def test_a_transfer_to_who_asked_is_the_answer(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await wanted(on)
        await transfers(on)
        await ben.sees("was transferred to you.")
        assert not await on.shown("asks to take over")


@pytest.mark.parametrize(("reveal", "shown"), [("held", "is chatting with a colleague at the moment"), ("nothing", "")])
async def test_policy_says_what_colleagues_learn(tmp_path: Path, reveal: str, shown: str) -> None:
    async with stage(tmp_path, policy=("--reveal", reveal)) as on:
        ben = await on.colleague()
        await on.begins()
        await scans(on, ben)
        assert not await cards_of(ben, "Anna Schmidt")
        assert await cards_of(ben, "scanned your QR code") == (1 if shown else 0)
        if shown:
            assert (await ben.sees("scanned your QR code")).shows(shown)
            await asks(on, ben)
            assert await on.shown(ASKS)


async def test_nobody_asks_or_answers_in_anothers_name(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        cara = await on.colleague("Cara Lang", "+4915112345680")
        ben = await wanted(on)
        request = await request_id(on)
        welcome = await cara.sees("WeChat in Teams")
        for person, verb in [(cara, "hand_over"), (cara, "keep"), (cara, "take_over"), (ben, "hand_over")]:
            outcome = await performs(
                person, welcome if person is cara else await ben.sees("You asked"), verb, request_id=request
            )
            assert outcome["status"] == 200
            await on.settled()
            await person.sees("Nothing was changed: this conversation belongs to someone else.")
        await performs(cara, welcome, "take_over", entry_id="made up")
        await performs(cara, welcome, "take_over")
        await performs(cara, welcome, "keep", request_id="made up")
        await on.settled()
        assert await held_by(on) == ["Anna Schmidt"]
        assert len(await on.shown("asks to take over")) == 1
        await answers(on, "hand_over")
        assert await held_by(on) == ["Ben Weber"]


async def test_what_may_not_be_transferred_cannot_be_asked_for(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--transfer", "nobody")) as on:
        ben = await wanted(on)
        await ben.sees("this conversation cannot be transferred to you")
        assert not await on.shown("asks to take over")


async def test_a_supervisor_must_be_somebody_and_may_be_nobody(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        assert "There is no user" in await on.refused("policy", "set", "default", "--supervisor", "+4915199999999")
        await on.admin("policy", "set", "default", "--supervisor", NUMBER)
        assert NUMBER in await on.admin("policy", "show", "default")
        await on.admin("policy", "set", "default", "--supervisor", "")
        await wanted(on)
        assert len(await on.shown(ASKS)) == 1
