"""The specification's overview, "Before you start" and "Starting WeChat Messaging", sentence by sentence."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.stage import COLLEAGUES_NUMBER, NUMBER, stage


async def test_compliant_messaging_inside_multiline(tmp_path: Path) -> None:
    """MultiLine's WeChat Messaging Channel allows compliant WeChat messaging directly inside MultiLine."""
    async with stage(tmp_path) as on:
        await on.begins("Is the report out?")
        await on.anna.clicks("reply", text="It is.")
        assert (await on.phone())[-1] == "It is."
        assert (await on.listed("audit", "verify"))["intact"] is True
        said = [
            (each["author"], each["text"]) for each in (await on.thread())["messages"] if each["author"] != "system"
        ]
        assert said == [("contact", "Is the report out?"), ("user", "It is.")]


async def test_users_send_read_and_reply(tmp_path: Path) -> None:
    """MultiLine users can send WeChat messages to contacts, and they can read and reply to WeChat messages on the
    MultiLine messages screen"""
    async with stage(tmp_path) as on:
        await on.begins("Are you there?")
        await on.anna.clicks("reply", text="A reply on the message")
        await on.writes("A message of its own")
        assert (await on.phone())[1:] == ["A reply on the message", "A message of its own"]


async def test_messages_come_from_the_official_account(tmp_path: Path) -> None:
    """WeChat users receive messages from the MultiLine user as coming from an official WeChat business account."""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.writes("Good morning")
        newest = (await on.li.transcript())[-1]
        assert (newest["how"], newest["text"]) == ("custom", "Good morning")
        calls = (await on.wechat.phone.counters())["calls"]
        assert calls["/cgi-bin/message/custom/send"] == 1


async def test_it_is_enabled_by_the_administrator(tmp_path: Path) -> None:
    """Using WeChat from MultiLine Messaging Microsoft Teams app requires it to be enabled by your MultiLine
    administrator."""
    async with stage(tmp_path) as on:
        await on.admin("users", "disable", NUMBER)
        await on.li.says("hello")
        assert await on.phone() == ["Nobody is available for you right now. Please try again later."]
        await on.writes("hi there")
        await on.anna.sees("WeChat is not enabled for you. Please ask your MultiLine administrator.")
        await on.admin("users", "enable", NUMBER)
        await on.begins("hello again")


async def test_wechat_users_begin(tmp_path: Path) -> None:
    """WeChat has policies that must be followed by business accounts:
    WeChat users must initiate conversations with business accounts"""
    async with stage(tmp_path) as on:
        await on.writes("May I introduce myself?")
        await on.anna.sees("There is nobody to send this to.")
        await on.anna.sees("May I introduce myself?")
        assert await on.phone() == []
        await on.begins()
        assert len(await on.phone()) == 1


async def test_inactive_after_48_hours(tmp_path: Path) -> None:
    """WeChat will make a chat inactive when: WeChat users do not reply after 48 hours"""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.passes(hours=47.9)
        assert not await on.shown("This chat is now inactive.")
        await on.passes(hours=0.2)
        (banner,) = await on.shown("This chat is now inactive.")
        assert banner.shows("has not replied for 48 hours.")
        await on.writes("Are you there?")
        assert "Queued 1 of 5" in await on.own("Are you there?")


async def test_inactive_after_five_messages(tmp_path: Path) -> None:
    """WeChat users do not reply after approximately 5 messages"""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.writes("1", "2", "3", "4")
        assert not await on.shown("This chat is now inactive.")
        await on.writes("5", "6")
        (banner,) = await on.shown("This chat is now inactive.")
        assert banner.shows("You have sent 5 messages without a reply from")
        assert [text for text in await on.phone() if text.isdigit()] == ["1", "2", "3", "4", "5"]


async def test_queue_and_prompt_as_the_policy_says(tmp_path: Path) -> None:
    """When chats are inactive, MultiLine users will be able to queue up a certain number of messages according to
    company policy and the WeChat user will be prompted to reinstate the inactive chat."""
    async with stage(tmp_path, template=False, policy=("--reply-limit", "3", "--queue-limit", "2")) as on:
        await on.begins()
        await on.writes("1", "2", "3", "4", "5")
        assert "Queued 1 of 2" in await on.own("3")
        assert "Queued 2 of 2" in await on.own("4")
        assert await on.shown("Not queued: all 2 places are taken.")
        assert (await on.phone())[-1].startswith("You have new messages from this sender. Please reply to the chat")
        await on.begins("Here I am")
        assert (await on.phone())[-2:] == ["3", "4"]


async def test_the_wechat_icon(tmp_path: Path) -> None:
    """In your message threads, the WeChat icon indicates the conversation is happening on WeChat."""
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.writes("answer 6")
        for text in ("is contacting you", "hello", "answer 1", "answer 6", "This chat is now inactive."):
            assert [seen.words[0] for seen in await on.shown(text)] == ["WeChat"], text


async def test_select_the_message(tmp_path: Path) -> None:
    """Select the message to begin chatting."""
    async with stage(tmp_path) as on:
        await on.begins("Good morning")
        (message,) = await on.shown("Good morning")
        await on.anna.clicks("reply", message, text="Good morning to you")
        assert (await on.phone())[-1] == "Good morning to you"


async def test_select_the_message_with_the_icon(tmp_path: Path) -> None:
    """Select a message indicated by the WeChat icon."""
    async with stage(tmp_path) as on:
        await on.begins("first")
        await on.begins("second")
        first, second = [seen for text in ("first", "second") for seen in await on.shown(text)]
        assert first.words[0] == second.words[0] == "WeChat"
        await on.anna.clicks("reply", first, text="to the first")
        assert (await on.phone())[-1] == "to the first"


async def test_type_and_send(tmp_path: Path) -> None:
    """Type your message in the field and select send to message."""
    async with stage(tmp_path) as on:
        await on.begins()
        outcome = await on.anna.clicks("Send", text="Typed into the field")
        assert outcome["status"] == 200
        assert (await on.phone())[-1] == "Typed into the field"
        assert "Sent" in await on.own("Typed into the field")


async def test_with_the_add_on(tmp_path: Path) -> None:
    """With the WeChat add-on, MultiLine users can message with WeChat users."""
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.admin("account", "set", "--default-user", COLLEAGUES_NUMBER)
        await on.li.says("hello")
        await ben.sees("hello")
        await ben.says("Ben here")
        assert (await on.phone())[-1] == "Ben here"
