"""Contacts, end to end: found from Teams, opened, looked at, saved from a first message; never somebody else's."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.sim.graph import Graph, contact
from cards import outside
from tests.cards.schema import objects, texts
from tests.e2e.stage import NUMBER, Stage, stage

BOB = "+4915100000001"
CSV = """name,company,number,number2,notes
张伟,海港贸易,+86 138 0013 8000,,Prefers mornings
Émilie Dubois,Harbour & Sons,+33 1 23 45 67 89,,
<b>Ann</b> [x](http://evil.example),Ltd,+442071234567,,
"""


async def imported(on: Stage, folder: Path, text: str = CSV, who: str = NUMBER) -> None:
    file = folder / "book.csv"
    file.write_text(text, "utf-8")
    values = {"DATABASE_URL": on.service.settings.database_url.reveal(), "DEV_MODE": "1", "HOST": "127.0.0.1"}
    assert await asyncio.to_thread(cli.main, ["contacts", "import", str(file), "--user", who], values) == 0


async def titles(on: Stage, text: str = "", **details: Any) -> list[str]:
    outcome = await on.anna.searches("contacts", text, parameter="contact", **details)
    return [each["preview"]["content"]["title"] for each in outcome["results"]]


async def test_a_contact_is_found_however_it_is_typed(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await imported(on, tmp_path)
        for text in ("张", "伟", "zhang", "zhangw", "zw", "wei", "海港", "138 0013", "+86 138 0013 8000", "0086138"):
            assert await titles(on, text) == ["张伟"], text
        for text in ("emilie", "ÉMILIE dub", "dubois emilie", "harbour", "sons", "01 23 45", "0033 (0)1 23"):
            assert await titles(on, text) == ["Émilie Dubois"], text
        assert await titles(on, "nobody") == []
        assert len(await titles(on)) == 3
        assert await titles(on, skip=1, count=1) != await titles(on, skip=2, count=1)


async def test_a_hostile_name_is_only_a_name(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await imported(on, tmp_path)
        [title] = await titles(on, "ann")
        assert not set("<>[]&") & set(title)
        assert "Ann" in title


async def test_one_who_never_wrote_cannot_be_written_to(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await imported(on, tmp_path)
        await titles(on, "zhang")
        card = str((await on.anna.picks())["results"][0]["content"])
        assert "张伟" in card
        assert "has not written on WeChat yet" in card
        assert "Ask them to message" in card
        assert "'open'" not in card


async def test_one_without_a_conversation_is_invited_from_their_card(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await imported(on, tmp_path)
        await titles(on, "zhang")
        [card] = (await on.anna.picks())["results"]
        [invite] = [each for each in objects(card["content"]) if each.get("verb") == "invite" and "fallback" in each]
        action = {"type": "Action.Execute", "verb": "invite", "data": invite["data"]}
        for _ in range(2):
            await on.anna.does("invoke", name="adaptiveCard/action", value={"action": action})
        await on.settled()
        await on.anna.sees("WeChat QR code for 张伟")
        assert len(on.wechat.world.tickets) == 1, "two clicks are one invitation"
        [(scene, *_)] = on.wechat.world.tickets.values()
        chen = await on.wechat.phone.contact("Chen", following=False)
        await chen.scans(scene=scene)
        await chen.says("is this you?")
        await on.settled()
        seen = await on.anna.sees("is this you?")
        assert "张伟" not in str(seen.words), "who scans a code is not proved to be the one it was made for"
        bob = await on.colleague()
        said = await bob.does("invoke", name="adaptiveCard/action", value={"action": action})
        await on.settled()
        assert "belongs to someone else" in str(said)
        assert len(on.wechat.world.tickets) == 1


async def test_a_contact_is_searched_for_and_opened_from_a_messages_menu(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await imported(on, tmp_path)
        await on.begins("hello")
        bob = await on.client.user("Bob")
        group = await on.client.group("Desk", on.anna, bob)
        await on.anna.installs(conversation=group)
        said = await bob.says("Call 138 0013 8000", conversation=group, mention=False)
        dialog = (await on.anna.opens("find_contact", said["id"]))["dialog"]
        assert dialog["title"] == "Find a contact"
        recent = [each["data"]["verb"] for each in objects(dialog["card"]) if each.get("type") == "Action.Submit"]
        assert recent == ["find", "open", "details", "details", "details"], "the stranger who wrote comes first"
        found = (await on.anna.clicks("Search", text="1380013"))["dialog"]["card"]
        assert "张伟" in texts(found)
        assert "Dubois" not in texts(found)
        before = len(await on.client.transcript(group))
        assert (await on.anna.clicks("Details"))["message"] == "Shown in your own chat with this app."
        await on.settled()
        seen = await on.anna.sees("This contact has not written on WeChat yet.")
        assert "张伟" in seen.words
        await on.anna.opens("find_contact", said["id"])
        await on.anna.clicks("Open chat")
        await on.settled()
        await on.anna.sees("This WeChat user is not in your contacts")
        assert len(await on.client.transcript(group)) == before, "the group reads nothing of it"
        await on.anna.says("Good morning")
        await on.anna.sees("Good morning")
        assert "not enabled" in (await bob.opens("find_contact", said["id"]))["message"]


async def test_cards_come_to_the_own_chat_after_one_was_used_in_a_chat_of_two_people(tmp_path: Path) -> None:
    """Teams calls such a chat personal, too; the app is not even in it."""
    async with stage(tmp_path) as on:
        await on.begins("hello")
        [sent, *_] = [each for each in await on.client.deliveries() if each["activity"]["type"] != "invoke"]
        two = {"id": "19:ann_bob@unq.gbl.spaces", "conversationType": "personal", "tenantId": on.teams.tenant.id}
        value = {"action": {"type": "Action.Execute", "verb": "help", "data": {"verb": "help"}}}
        invoke = {"type": "invoke", "name": "adaptiveCard/action", "id": "f:1", "value": value, "conversation": two}
        await on.client.deliver(sent["activity"] | invoke)
        await on.settled()
        await on.begins("are you there?")


async def test_a_stranger_is_saved_from_the_first_message_and_then_found(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.li.says("hello")
        await on.anna.sees("hello")
        await on.settled()
        await on.anna.clicks("details")
        await on.settled()
        stranger = await on.anna.sees("This WeChat user is not in your contacts")
        done = {"name": "Li Wei", "company": "Harbour", "numbers": "+86 138 0013 8000", "notes": "Met in May"}
        await on.anna.clicks("save_contact", stranger, **done)
        await on.settled()
        saved = await on.anna.sees("Saved in your contacts.")
        assert saved.id == stranger.id, "the card is updated in place"
        assert {"Li Wei", "Harbour", "+86 138 0013 8000", "Met in May"} <= set(saved.words)
        assert "Li Wei" in (await on.anna.sees("hello")).words, "the conversation's card shows the name at once"
        await on.anna.says("Good morning")
        await on.anna.sees("To Li Wei")
        for text in ("", "li", "1380013", "harbour"):
            found = await on.anna.searches("contacts", text, parameter="contact")
            preview = found["results"][0]["preview"]["content"]
            assert preview["title"] == "Li Wei"
            assert "left" in preview["text"]
            assert preview["images"][0]["url"].endswith("/static/wechat.png")
        chosen = str((await on.anna.picks())["results"][0]["content"])
        assert "'open'" in chosen
        assert "Met in May" not in chosen


async def test_what_cannot_be_saved_is_said_and_changes_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.li.says("hello")
        await on.anna.sees("hello")
        await on.anna.clicks("details")
        await on.settled()
        fields = {"company": "", "notes": ""}
        said = await on.anna.clicks("save_contact", name="Li", numbers="12", **fields)
        assert "number cannot be read" in said["error"]
        said = await on.anna.clicks("save_contact", name=" ", numbers="", **fields)
        assert "needs a name" in said["error"]
        assert await titles(on, "li") == []


async def test_a_change_is_changed_back_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.li.says("hello")
        await on.anna.sees("hello")
        await on.anna.clicks("details")
        await on.settled()
        for name in ("Li", "Wei", "Li", "Wei"):
            await on.anna.clicks("save_contact", name=name, company="", numbers="", notes="")
            await on.settled()
            await on.anna.sees("Saved in your contacts.")
            assert await titles(on) == [name]


async def test_the_book_of_another_user_is_never_seen(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await imported(on, tmp_path)
        await titles(on, "zhang")
        [mine] = (await on.anna.searches("contacts", "zhang", parameter="contact"))["results"]
        tap = mine["preview"]["content"]["tap"]["value"]
        bob = await on.client.user("Bob")
        refused = await bob.searches("contacts", "zhang", parameter="contact")
        assert refused["results"] == []
        assert "not enabled" in refused["message"]
        values = {"DATABASE_URL": on.service.settings.database_url.reveal(), "DEV_MODE": "1", "HOST": "127.0.0.1"}
        who = [
            "--aad-object-id",
            bob.aad,
            "--tenant",
            on.teams.tenant.id,
            "--name",
            "Bob",
            "--number",
            "+4915100000001",
        ]
        assert await asyncio.to_thread(cli.main, ["users", "add", *who], values) == 0
        await bob.installs()
        assert (await bob.searches("contacts", "zhang", parameter="contact"))["results"] == []
        assert (await bob.searches("contacts"))["results"] == []
        chosen = await bob.does("invoke", name="composeExtension/selectItem", value=tap)
        assert chosen["results"] == []
        assert "no longer among yours" in chosen["message"]


@pytest.mark.parametrize("value", [{}, {"entry_id": 5}, {"thread_id": "x"}, [], "x", None])
async def test_an_odd_choice_is_answered(tmp_path: Path, value: Any) -> None:
    async with stage(tmp_path) as on:
        for name in ("composeExtension/selectItem", "composeExtension/query"):
            outcome = await on.anna.does("invoke", name=name, value=value)
            assert outcome["status"] == 200


async def test_the_next_user_does_not_read_the_name_that_the_last_one_gave(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.li.says("hello")
        await on.anna.sees("hello")
        await on.anna.clicks("details")
        await on.settled()
        await on.anna.clicks("save_contact", name="Secret Name", company="", numbers="", notes="")
        await on.settled()
        bob = await on.client.user("Bob")
        values = {"DATABASE_URL": on.service.settings.database_url.reveal(), "DEV_MODE": "1", "HOST": "127.0.0.1"}
        who = [
            "--aad-object-id",
            bob.aad,
            "--tenant",
            on.teams.tenant.id,
            "--name",
            "Bob",
            "--number",
            "+4915100000001",
        ]
        for command in (["users", "add", *who], ["account", "set", "--default-user", BOB]):
            assert await asyncio.to_thread(cli.main, command, values) == 0
        await bob.installs()
        await on.anna.clicks("leave")
        await on.settled()
        await on.anna.clicks("leave_confirmed")
        await on.settled()
        await on.li.says("and now?")
        await bob.sees("and now?")
        await on.settled()
        assert "Secret" not in str(await bob.chat())
        assert await titles(on, "secret") == ["Secret Name"]
        assert (await bob.searches("contacts", "secret", parameter="contact"))["results"] == []
        bobs = (await bob.searches("contacts"))["results"]
        assert len(bobs) == 1
        assert "Secret" not in str(bobs)


async def test_contacts_from_graph_are_found_and_follow_what_changes_there(tmp_path: Path) -> None:
    async with Graph() as graph, stage(tmp_path, GRAPH_CONTACTS="1", GRAPH_BASE_URL=graph.url) as on:
        copier = on.service.contacts
        assert copier is not None
        graph.contacts[on.anna.aad] = [contact("Wang Fang", "+86 138 0013 8000"), contact("Li Na"), contact("Bo")]
        assert await copier.refresh() == 1
        assert await titles(on, "138 0013") == ["Wang Fang"]
        asked = len(graph.calls)
        assert await titles(on, "li") == ["Li Na"]
        assert len(graph.calls) == asked, "no answer asks Graph"
        del graph.contacts[on.anna.aad][1]
        assert await copier.refresh() == 1
        assert await titles(on, "li") == []
        graph.status = 403
        assert await copier.refresh() == 0
        assert await titles(on, "wang") == ["Wang Fang"]


@pytest.mark.parametrize(
    "name", ["<b>Ann</b> **x** [x](http://evil.example)", "evil\u202e\u2066txt", "{{DATE(0)}}", "ش"]
)
async def test_a_hostile_name_is_saved_and_shown_as_it_is(tmp_path: Path, name: str) -> None:
    async with stage(tmp_path) as on:
        await on.li.says("hello")
        await on.anna.sees("hello")
        await on.anna.clicks("details")
        await on.settled()
        await on.anna.clicks("save_contact", name=name, company=name, numbers="", notes=name)
        await on.settled()
        saved = await on.anna.sees("Saved in your contacts.")
        shown = "".join(saved.words)
        assert "\u202e" not in saved.words[1]
        assert outside.one_line(name).replace(" ", "") in shown.replace(" ", "")
        await on.anna.sees("hello")
        assert len(await titles(on)) == 1
