"""A conversation goes to a colleague: chosen, confirmed, told to all three, and everything of WeChat's goes with it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count
from pathlib import Path

import orjson

from bot.sim.connector.client import Person
from bot.store import admin, people
from tests.cards.schema import objects
from tests.e2e.stage import COLLEAGUES_NUMBER, NUMBER, Stage, stage, who
from tests.e2e.test_bad_input import performs
from tests.store.build import ACT
from tests.store.test_directory import crowd

TOLD = "Anna Schmidt has transferred this conversation to Ben Weber, who will answer you from now on."
NOBODY = "Nothing was changed: this colleague cannot take over the conversation."

_CLICKS = count()


async def chooses(on: Stage, name: str = "Ben") -> None:
    """Anna opens the picker from the message's menu and chooses whom her words find."""
    await on.anna.clicks("transfer")
    await on.settled()
    await on.anna.clicks("transfer_find", colleague=name)
    await on.settled()
    await on.anna.clicks("transfer_to")
    await on.settled()


async def transfers(on: Stage, name: str = "Ben") -> None:
    await chooses(on, name)
    await on.anna.clicks("transfer_confirmed")
    await on.settled()


async def claims(on: Stage, colleague: str) -> None:
    """Anna's click says that this user is to get her newest thread, whatever the card offered."""
    (heard,) = await on.shown("hello")
    thread = (await on.thread())["id"]
    await performs(on.anna, heard, "transfer_confirmed", thread_id=thread, user_id=colleague, once=str(next(_CLICKS)))
    await on.settled()


async def held_by(on: Stage) -> list[str]:
    return [each.user.name for each in await on.service.store.run(admin.threads)]


async def ident(on: Stage, number: str = COLLEAGUES_NUMBER) -> str:
    return (await on.service.store.run(admin.user, number)).id


async def test_all_three_are_told_and_the_colleague_answers(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins("Is the bond report out?")
        await on.writes("I will ask.")
        await chooses(on)
        assert await on.shown("to Ben Weber?")
        assert await held_by(on) == ["Anna Schmidt"]
        await on.anna.clicks("transfer_confirmed")
        assert TOLD in await on.phone()
        done = await on.anna.sees("You transferred the conversation with")
        assert done.shows("is being told who answers now")
        received = await ben.sees("Anna Schmidt transferred the conversation with")
        assert received.shows("Is the bond report out?")
        assert received.shows("I will ask.")
        assert received.shows("Anna Schmidt · ")
        await ben.sees("You can send up to 5 messages before the WeChat user must reply.")
        await ben.says("It is out.")
        assert (await on.phone())[-1] == "It is out."
        await on.li.says("thank you both")
        await ben.sees("thank you both")
        assert not await on.shown("thank you both")
        assert await held_by(on) == ["Ben Weber"]
        entries = [orjson.loads(each.body) async for each in on.service.store.audit()]
        (kept,) = [each for each in entries if each["event"] == "UserTransferred"]
        assert (kept["user"], kept["colleague"]) == (await ident(on, NUMBER), await ident(on))


async def test_the_window_and_the_slots_go_with_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        await on.writes("one", "two", "three")
        await on.passes(hours=1)
        until = (await on.thread())["active until"]
        await transfers(on)
        thread = await on.thread()
        assert (thread["user"], thread["left"], thread["active until"]) == ("Ben Weber", 1, until)
        await ben.says("four")
        await ben.says("waits")
        await ben.sees("You can queue up to 5 messages")
        assert (await on.thread())["queued"] == 1
        assert "waits" not in await on.phone()
        await on.passes(hours=1)
        await on.li.says("yes")
        assert (await on.phone())[-1] == "waits"


async def test_what_waits_is_cancelled_and_an_owed_notice_goes_first(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.goes_inactive()
        await on.writes("in her name")
        await chooses(on)
        assert await on.shown("1 queued message will be cancelled.")
        await on.anna.clicks("transfer_confirmed")
        done = await on.anna.sees("You transferred the conversation with")
        assert done.shows("1 queued message was cancelled.")
        assert done.shows("will be told when they next write")
        assert "You transferred the conversation." in await on.own("in her name")
        await ben.sees("This chat is now inactive.")
        assert TOLD not in await on.phone()
        await on.passes(seconds=2)
        await on.li.says("anybody there?")
        await ben.sees("anybody there?")
        sent = await on.phone()
        assert sent[-1].startswith(TOLD)
        assert "in her name" not in sent


async def test_a_notice_that_wechat_refuses_is_owed_in_the_same_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        await on.wechat.phone.fault("/cgi-bin/message/custom/send", "errcode", errcode=45047, times=1)
        await transfers(on)
        assert TOLD not in await on.phone()
        await on.passes(seconds=2)
        await on.li.says("hm?")
        await ben.sees("hm?")
        assert (await on.phone())[-1].startswith(TOLD)


async def test_what_is_on_its_way_arrives_before_the_colleagues_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        await on.wechat.phone.fault("/cgi-bin/message/custom/send", "errcode", errcode=-1, times=1)
        await on.anna.says("hers")
        await on.anna.sees("Waiting for WeChat")
        await transfers(on)
        await ben.says("his")
        await on.passes(seconds=60)
        assert (await on.phone())[-3:] == ["hers", TOLD, "his"]
        assert "Sent" in await on.own("hers")


async def test_only_those_who_may_get_it_are_offered_and_taken(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.colleague()
        away = await on.client.user("Cara Away")
        await on.admin("users", "add", *who(away, on.teams.tenant.id, "+4915112345680"))
        await on.colleague("Dora Gone", "+4915112345681")
        await on.admin("users", "disable", "+4915112345681")
        await on.begins()
        await on.anna.clicks("transfer")
        picker = (await on.shown("Transfer the conversation with"))[0]
        assert picker.shows("Ben Weber")
        assert not any(picker.shows(name) for name in ("Cara", "Dora", "Anna Schmidt"))
        for number in ("+4915112345680", "+4915112345681", NUMBER):
            await claims(on, await ident(on, number))
        await claims(on, "made up")
        assert len(await on.shown(NOBODY)) == 1  # it takes the picker's place
        assert await held_by(on) == ["Anna Schmidt"]
        other_tenant = ("--aad-object-id", "x", "--tenant", "elsewhere", "--name", "E", "--number", "+4915112345682")
        await on.admin("users", "add", *other_tenant)
        await claims(on, await ident(on, "+4915112345682"))
        assert await held_by(on) == ["Anna Schmidt"]


async def crowded(on: Stage) -> Person:
    """Ben among more colleagues than a card shows."""
    await on.service.store.run(
        people.take, ACT, [replace(each, tenant=on.teams.tenant.id) for each in crowd(0, 40)], []
    )
    return await on.colleague("Zora Beck")


async def test_a_colleague_among_many_is_typed_chosen_and_confirmed(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await crowded(on)
        await on.begins()
        await on.anna.clicks("transfer")
        picker = await on.anna.sees("There are more.")
        assert not picker.shows("Zora Beck")
        [zora] = await on.anna.types("beck", picker, "colleagues")
        assert zora["title"] == "Zora Beck · +49 1511 2345679"
        (button,) = [
            each
            for each in objects(picker.raw["card"])
            if each.get("type") == "Action.Execute" and each["data"].get("user_id") == ""
        ]
        await on.anna.does(
            "perform", message=picker.id, action=button, data={**button["data"], "anybody": zora["value"]}
        )
        await on.settled()
        assert await on.shown("to Zora Beck?")
        await on.anna.clicks("transfer_confirmed")
        await on.settled()
        assert await held_by(on) == ["Zora Beck"]


async def test_a_policy_keeps_departments_apart_or_allows_none(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--transfer", "peers")) as on:
        await on.colleague()
        await on.admin("policy", "set", "research")
        await on.admin("users", "policy", COLLEAGUES_NUMBER, "research")
        await on.begins()
        await on.anna.clicks("transfer")
        assert await on.shown("Nobody was found who can take it over.")
        await claims(on, await ident(on))
        assert await held_by(on) == ["Anna Schmidt"]
        await on.admin("policy", "set", "default", "--transfer", "nobody")
        await claims(on, await ident(on))
        assert await on.shown("your company does not let you transfer conversations")
        await on.admin("users", "policy", COLLEAGUES_NUMBER, "default")
        await on.admin("policy", "set", "default", "--transfer", "peers")
        await on.anna.says("transfer")
        assert await on.shown("Ben Weber")


async def test_a_contact_who_proved_no_number_goes_to_nobody_who_needs_that(tmp_path: Path) -> None:
    async with stage(tmp_path, SMS_GATEWAY="twilio") as on:
        await on.colleague()
        await on.admin("policy", "set", "regulated", "--validate-phone")
        await on.admin("users", "policy", COLLEAGUES_NUMBER, "regulated")
        await on.begins()
        await chooses(on)
        assert await on.shown("has not confirmed their phone number")
        assert await held_by(on) == ["Anna Schmidt"]


async def test_disabled_between_the_choice_and_the_confirmation(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.colleague()
        await on.begins()
        await chooses(on)
        await on.admin("users", "disable", COLLEAGUES_NUMBER)
        await on.anna.clicks("transfer_confirmed")
        assert await on.shown(NOBODY)
        assert await held_by(on) == ["Anna Schmidt"]


async def test_clicks_at_once_transfer_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        await chooses(on)
        (question,) = await on.shown("to Ben Weber?")
        await asyncio.gather(*(on.anna.clicks("transfer_confirmed", question) for _ in range(4)))
        await on.settled()
        await claims(on, await ident(on))
        assert await held_by(on) == ["Ben Weber"]
        assert (await on.phone()).count(TOLD) == 1
        assert len(await received(on, ben)) == 1


async def received(on: Stage, person: Person) -> list[str]:
    await on.settled()
    return [seen.id for seen in await person.chat() if seen.shows("transferred the conversation with")]


async def test_there_and_back_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        await transfers(on)
        await ben.clicks("transfer")
        await on.settled()
        await ben.clicks("transfer_to")
        await on.settled()
        await ben.clicks("transfer_confirmed")
        await on.settled()
        await on.anna.sees("Ben Weber transferred the conversation with")
        await on.anna.says("me again")
        assert (await on.phone())[-1] == "me again"
        thread = await on.thread()
        assert (thread["user"], thread["left"]) == ("Anna Schmidt", 2)


async def test_the_former_user_reads_and_sends_nothing_more(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        (heard,) = await on.shown("hello")
        old = (await on.thread())["id"]
        await transfers(on)
        new = (await on.thread())["id"]
        await ben.says("secret")
        for thread, verb in [(old, "reply"), (new, "reply"), (new, "open"), (new, "queue"), (new, "transfer_to")]:
            await performs(on.anna, heard, verb, thread_id=thread, text="intruding", user_id=await ident(on, NUMBER))
        sent = await on.phone()
        assert sent[-1] == "secret"
        assert "intruding" not in sent
        assert not await on.shown("secret")


async def test_words_in_the_picker_find_names_and_numbers(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for number in range(12):
            await on.colleague(f"Colleague {number:02}", f"+49151123457{number:02}")
        await on.colleague("Zoë Müller", "+4915112345799")
        await on.colleague("张伟", "+8613800138000")
        await on.begins()
        await on.anna.says("transfer")
        first = (await on.shown("Transfer the conversation with"))[0]
        assert first.shows("Colleague 00")
        assert not first.shows("Zoë")
        assert first.shows("There are more.")
        found = {"muller": "Zoë Müller", "0151 123457 99": "Zoë Müller", "07 coll": "Colleague 07", "zhangw": "张伟"}
        for words, name in found.items():
            await on.anna.clicks("transfer_find", colleague=words)
            assert (await on.shown("Transfer the conversation with"))[0].shows(name), words
        await on.anna.clicks("transfer_find", colleague="%_'")
        assert await on.shown("Nobody was found who can take it over.")
        await on.anna.clicks("transfer_find", colleague="")
        await on.anna.says("transfer")
        await on.settled()
        await on.anna.clicks("transfer_find", colleague="07")
        await on.anna.clicks("transfer_to")
        await on.settled()
        await on.anna.clicks("transfer_dismissed")
        assert await on.shown("You stay in the conversation with")
