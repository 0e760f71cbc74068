"""Many clients in one chat, over HTTP: listed, opened, asked about, given a chat of their own, notified of."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from bot import cli
from bot.sim.connector.client import Seen
from bot.sim.wechat.client import Contact
from tests.e2e.stage import Stage, stage


async def writes(on: Stage, who: Contact, text: str) -> Seen:
    """The contact writes, and Anna has it on her screen."""
    await who.says(text)
    await on.settled()
    return await on.anna.sees(text)


async def another(on: Stage, name: str = "Bo Chen") -> Contact:
    return await on.wechat.phone.contact(name)


def thread_of(card: Seen) -> str:
    """The thread that a card is bound to."""
    return _first(card.card, "thread_id")


def _first(found: Any, name: str) -> str:
    if isinstance(found, dict):
        if found.get(name):
            return str(found[name])
        found = list(found.values())
    each = (_first(item, name) for item in found) if isinstance(found, list) else iter(())
    return next(filter(None, each), "")


async def opens(on: Stage, thread_id: str) -> None:
    """*Open* on the list, as the button of that thread says it."""
    await on.anna.says("messages")
    await on.settled()
    cards = [seen for seen in await on.anna.chat() if seen.card and "Messages" in seen.words]
    await on.anna.does(
        "perform",
        message=cards[-1].id,
        action={"type": "Action.Execute", "verb": "open", "title": "Open"},
        data={"verb": "open", "thread_id": thread_id, "message_id": ""},
    )
    await on.settled()


async def newest(on: Stage) -> Seen:
    await on.settled()
    return (await on.anna.chat())[-1]


async def test_free_words_are_asked_about_and_go_where_the_tap_says(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        bo = await another(on)
        li_card, bo_card = await writes(on, on.li, "from Li"), await writes(on, bo, "from Bo")
        await on.anna.says("For whom?")
        asked = await on.anna.sees("Send to …?")
        assert asked.shows("none is current")
        candidates = asked.raw["card"]["body"]
        assert thread_of(li_card) != thread_of(bo_card)
        choose = {"verb": "choose", "thread_id": thread_of(bo_card), "message_id": _first(candidates, "message_id")}
        action = {"type": "Action.Execute", "verb": "choose", "title": "Send"}
        await on.anna.does("perform", message=asked.id, action=action, data=choose)
        await on.settled()
        assert (await bo.sees(2))[-1] == "For whom?"
        assert "For whom?" not in await on.li.sees()
        confirmed = next(seen for seen in await on.anna.chat() if seen.id == asked.id)
        assert confirmed.shows("To #") and confirmed.shows("Current: ")
        await on.anna.says("And this")
        await on.settled()
        assert (await bo.sees(3))[-1] == "And this"


async def test_the_list_names_everybody_and_open_makes_one_current(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        bo = await another(on)
        li_card = await writes(on, on.li, "from Li")
        await writes(on, bo, "from Bo")
        await on.anna.says("messages")
        await on.settled()
        listed = await on.anna.sees("1–2 of 2")
        assert listed.shows("from Li") and listed.shows("from Bo") and listed.shows("1 unread")
        await opens(on, thread_of(li_card))
        opened = await newest(on)
        assert opened.shows("Messages you type now go to") and opened.shows("from Li")
        await on.anna.says("Dear Li")
        await on.settled()
        assert (await on.li.sees(2))[-1] == "Dear Li"
        await on.anna.clicks("Unread", listed)
        await on.settled()
        again = next(seen for seen in await on.anna.chat() if seen.id == listed.id)
        assert again.shows("1–1 of 1") and not again.shows("from Li")


async def test_it_is_asked_when_another_wrote_and_after_a_pause(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        bo = await another(on)
        li_card = await writes(on, on.li, "from Li")
        await writes(on, bo, "from Bo")
        on.clock.advance(2)
        await opens(on, thread_of(li_card))
        on.clock.advance(2)
        await writes(on, bo, "Bo again")
        await on.anna.says("held one")
        await on.settled()
        assert (await on.anna.sees("held one")).shows("Somebody else wrote")
        await opens(on, thread_of(li_card))
        on.clock.advance(31 * 60)
        await on.anna.says("held two")
        await on.settled()
        assert (await on.anna.sees("held two")).shows("Some time has passed")
        assert not {"held one", "held two"} & {*await on.li.sees(), *await bo.sees()}


async def test_a_quoted_reply_goes_to_the_quoted_messages_client(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        bo = await another(on)
        li_card, bo_card = await writes(on, on.li, "from Li"), await writes(on, bo, "from Bo")
        await on.anna.says("Dear Li", quote=li_card.id)
        await on.anna.says("Dear Bo", quote=bo_card.id)
        await on.settled()
        assert (await on.li.sees(2))[-1] == "Dear Li"
        assert (await bo.sees(2))[-1] == "Dear Bo"
        own = next(seen for seen in await on.anna.chat() if seen.text == "Dear Li")
        await on.anna.says("More for Li", quote=own.id)
        await on.settled()
        assert (await on.li.sees(3))[-1] == "More for Li"
        await on.anna.says("help")
        helped = await newest(on)
        await on.anna.says("About nothing", quote=helped.id)
        await on.settled()
        assert (await on.anna.sees("About nothing")).shows("not known which chat")


async def test_a_group_chat_of_a_clients_own(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        carl = await on.client.user("Carl Berg")
        await writes(on, on.li, "from Li")
        await writes(on, await another(on), "from Bo")
        group = await on.client.group("About Li", on.anna, carl)
        label = (await on.anna.sees("from Li")).words[1]
        await on.anna.says("hello?", conversation=group)
        await on.settled()
        assert any(seen.shows("this chat has no client") for seen in await on.client.transcript(group))
        await on.anna.says(f"connect {label}", conversation=group)
        await on.settled()
        assert any(seen.shows(f"This chat is connected to {label}.") for seen in await on.client.transcript(group))
        await on.anna.says("Dear WeChat client", conversation=group)
        await on.settled()
        assert (await on.li.sees(2))[-1] == "Dear WeChat client"
        await carl.says("I say so too", conversation=group)
        await on.settled()
        assert any(seen.shows("You are reading along") for seen in await on.client.transcript(group))
        await on.li.says("only for the group")
        await on.settled()
        assert any(seen.shows("only for the group") for seen in await on.client.transcript(group))
        assert not any(seen.shows("only for the group") for seen in await on.anna.chat())
        await carl.does("click", action="reply", conversation=group, inputs={"text": "from Carl"})
        await carl.says("disconnect", conversation=group)
        await on.anna.says("disconnect", conversation=group)
        await on.settled()
        assert any(seen.shows("no longer connected") for seen in await on.client.transcript(group))
        await on.anna.says("not any more", conversation=group)
        await on.settled()
        said = await on.li.sees()
        assert not {"I say so too", "from Carl", "not any more", "disconnect"} & set(said)


async def test_an_app_taken_out_of_a_group_loses_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        carl = await on.client.user("Carl Berg")
        label = (await writes(on, on.li, "from Li")).words[1]
        group = await on.client.group("About Li", on.anna, carl)
        await on.anna.says(f"connect {label}", conversation=group)
        await on.settled()
        await carl.uninstalls(conversation=group)
        await writes(on, on.li, "and now?")
        await on.anna.says("I am here")
        await on.settled()
        assert (await on.li.sees(2))[-1] == "I am here"


async def test_a_burst_is_one_card_and_one_notification(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await writes(on, on.li, "one")
        before = len(await on.client.notifications(on.anna))
        await writes(on, on.li, "two")
        card = await writes(on, on.li, "three")
        assert card.shows("one") and card.shows("two")
        assert len(await on.client.notifications(on.anna)) == before
        on.clock.advance(30)
        assert not (await writes(on, on.li, "four")).shows("three")
        told = (await on.client.notifications(on.anna))[-1]
        assert "four" in told["text"] and "#" in told["text"]
        await on.anna.clicks("mute")
        await on.settled()
        on.clock.advance(60)
        count = len(await on.client.notifications(on.anna))
        await writes(on, on.li, "five")
        assert len(await on.client.notifications(on.anna)) == count


async def test_settings_are_kept_and_speak_for_themselves(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.anna.says("settings")
        await on.settled()
        await on.anna.clicks("settle", language="zh", timezone="Asia/Shanghai", notifications="off")
        await on.settled()
        assert (await newest(on)).shows("设置已保存。")
        await on.li.says("hello")
        await on.settled()
        card = (await newest(on)).raw["versions"][-1]
        assert "channelData" not in card


async def test_words_wait_while_the_app_is_away_and_nobody_disabled_sends(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        bo = await another(on)
        li_card = await writes(on, on.li, "from Li")
        await on.anna.uninstalls()
        await on.li.says("while away")
        await bo.says("Bo, while away")
        await on.settled()
        await on.anna.installs()
        await on.passes(seconds=3600)
        assert (await on.anna.sees("Bo, while away")).shows("Bo, while away")
        assert (await on.anna.sees("while away")).card
        await on.anna.says("held")
        asked = await on.anna.sees("Send to …?")
        values = {"DATABASE_URL": on.service.settings.database_url.reveal()}
        assert await asyncio.to_thread(cli.main, ["users", "disable", on.anna.aad], values) == 0
        data = {"verb": "choose", "thread_id": thread_of(li_card), "message_id": _first(asked.card, "message_id")}
        action = {"type": "Action.Execute", "verb": "choose", "title": "Send"}
        await on.anna.does("perform", message=asked.id, action=action, data=data)
        await on.settled()
        assert "held" not in await on.li.sees()
