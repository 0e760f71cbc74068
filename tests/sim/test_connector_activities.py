"""What people do reaches the bot in the shapes that Teams' real activities have."""

from typing import Any

import pytest

from bot.sim.connector import NotPossible
from tests.sim.teams_stage import Stage, card, payload, stage


def _same_shape(made: Any, real: Any, path: str = "") -> None:
    """Every field of the real payload is there, with the same kind of value."""
    assert type(made) is type(real), f"{path}: {made!r} is not like {real!r}"
    if isinstance(real, dict):
        assert set(real) <= set(made), f"{path}: {set(real) - set(made)} are missing"
        for name, value in real.items():
            _same_shape(made[name], value, f"{path}.{name}")
    elif isinstance(real, list):
        assert len(made) == len(real), path
        for index, value in enumerate(real):
            _same_shape(made[index], value, f"{path}[{index}]")


async def test_a_personal_message() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt", timezone="Asia/Shanghai")
        await anna.installs()
        await anna.says("Hello & <b>\n你好")
        sent = s.bot.last("message")
        _same_shape(sent, payload("msteams-docs/personal_message_richtext"))
        assert sent["text"] == "Hello & <b>\n你好"
        assert sent["attachments"][0]["content"] == "<p>Hello &amp; &lt;b&gt;</p><p>你好</p>"
        assert sent["localTimestamp"].endswith("+08:00")
        assert sent["conversation"]["tenantId"] == sent["channelData"]["tenant"]["id"] == s.teams.tenant.id
        assert sent["conversation"]["id"].startswith("a:1")
        assert sent["from"] == {"id": anna.mri, "name": "Anna Schmidt", "aadObjectId": anna.aad}
        assert sent["recipient"]["id"] == f"28:{s.teams.tenant.bot.app_id}"


async def test_a_channel_message_mentions_the_bot() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        thread = await s.client.channel("Sales", "General", anna, root="1759881511856")
        await anna.says("reply to thread", conversation=thread)
        sent = s.bot.last("message")
        _same_shape(sent, payload("teams.net/channel_message_mention_html_thread_reply"))
        assert sent["text"] == "<at>MultiLine Messaging</at> reply to thread"
        heard = len(s.bot.received)
        await anna.says("not for the bot", conversation=thread, mention=False)
        assert len(s.bot.received) == heard


async def test_install_and_uninstall() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        kinds = [(a["type"], a.get("action")) for a in s.bot.received]
        assert kinds == [("installationUpdate", "add"), ("conversationUpdate", None)]
        assert {"id": s.teams.tenant.bot.id} in s.bot.received[1]["membersAdded"]
        await anna.uninstalls()
        assert s.bot.received[-1]["action"] == "remove"
        with pytest.raises(NotPossible, match="not installed"):
            await anna.says("hi")
        channel = await s.client.channel("Sales", "General", anna)
        await anna.installs(conversation=channel)
        made, real = s.bot.last("installationUpdate"), payload("msteams-docs/installationUpdate_add_channel")
        assert set(real) <= set(made)
        assert made["channelData"]["settings"] == {"selectedChannel": {"id": channel}}


@pytest.mark.parametrize(
    ("verb", "name", "event"),
    [
        ("edits", "message_edit", "editMessage"),
        ("deletes", "message_softdelete", "softDeleteMessage"),
        ("undeletes", "message_undelete", "undeleteMessage"),
    ],
)
async def test_edit_delete_undelete(verb: str, name: str, event: str) -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        message = (await anna.says("hi"))["id"]
        await getattr(anna, verb)(message, *(["hello"] if verb == "edits" else []))
        sent, real = s.bot.received[-1], payload(f"msteams-docs/{name}")
        _same_shape(sent, real)
        assert (sent["type"], sent["id"], sent["channelData"]["eventType"]) == (real["type"], message, event)
        assert (await anna.chat())[0].deleted is (verb == "deletes")
        assert sent.get("text") == {"edits": "hello", "undeletes": "hi"}.get(verb)


async def test_a_quoted_reply_names_the_message_in_its_html() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        quoted = await s.bot.sends(anna.conversation, card({"type": "TextBlock", "text": "Li Wei: 你好 <3"}))
        await anna.says("my answer", quote=quoted)
        sent = s.bot.last("message")
        html = sent["attachments"][0]["content"]
        assert sent["text"] == "my answer"
        assert f'itemtype="http://schema.skype.com/Reply" itemid="{quoted}"' in html
        assert '<p itemprop="preview">Li Wei: 你好 &lt;3</p>' in html
        assert html.endswith("<p>my answer</p>")


async def test_a_reaction() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        message = await s.bot.sends(anna.conversation, {"type": "message", "text": "hi"})
        await anna.reacts(message)
        sent, real = s.bot.received[-1], payload("msteams-docs/messageReaction_added")
        assert set(real) - {"legacy"} <= set(sent)
        assert (sent["reactionsAdded"], sent["replyToId"]) == ([{"type": "like"}], message)
        assert (await anna.chat())[0].raw["reactions"] == ["like"]
        await anna.reacts(message, removed=True)
        assert (await anna.chat())[0].raw["reactions"] == []


async def test_message_extension_and_dialogs() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        tap = {"type": "invoke", "value": {"contact": 7}}
        found = {"contentType": "x", "content": {}, "preview": {"content": {"title": "Li Wei", "tap": tap}}}
        s.bot.answer = lambda a: {"composeExtension": {"type": "result", "attachments": [found]}}
        await anna.searches("searchCmd", "Toronto", parameter="searchKeywords")
        real = payload("msteams-docs/fragment_composeExtension_query")
        assert {name: s.bot.received[-1][name] for name in real} == real
        await anna.picks(0)
        picked = s.bot.received[-1]
        assert (picked["name"], picked["value"]) == ("composeExtension/selectItem", {"contact": 7})
        with pytest.raises(NotPossible, match="1 results"):
            await anna.picks(3)
        await _fills_in_a_dialog(s)


async def _fills_in_a_dialog(s: Stage) -> None:
    anna = await s.client.user("Anna Schmidt")
    form = card({"type": "Input.Text", "id": "name"}, actions=[{"type": "Action.Submit", "title": "Save"}])
    s.bot.answer = lambda a: {"task": {"type": "continue", "value": {"title": "New", "card": form["attachments"][0]}}}
    assert (await anna.opens("newContact"))["dialog"]["title"] == "New"
    s.bot.answer = lambda a: {"task": {"type": "message", "value": "Saved."}}
    assert (await anna.clicks("Save", name="Li Wei"))["message"] == "Saved."
    sent = s.bot.received[-1]
    assert sent["name"] == "composeExtension/submitAction"
    assert (sent["value"]["commandId"], sent["value"]["data"]) == ("newContact", {"name": "Li Wei"})


async def test_what_makes_no_sense_is_refused_with_a_reason() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        with pytest.raises(NotPossible, match="unexpected keyword"):
            await anna.does("say", text="hi", words="hi")
        with pytest.raises(NotPossible, match="people can"):
            await anna.does("fly")
        with pytest.raises(NotPossible, match="nobody is called"):
            await s.client.ask("GET", "users/Nobody")
