"""The specification's "WeChat Message Queuing" and "Leave a Conversation", sentence by sentence."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.sentences import message, normal
from tests.e2e.stage import COLLEAGUES_NUMBER, Stage, stage

INACTIVE = message("they'll see the following message:", "When chats become inactive and queued messages")
PROMPT = message("WeChat users will see the following message:", "Leave a Conversation")


async def leaves(on: Stage) -> None:
    await on.anna.clicks("leave")
    await on.settled()
    await on.anna.clicks("leave_confirmed")
    await on.settled()


async def test_the_message_at_the_limit(tmp_path: Path) -> None:
    """Once the MultiLine user reaches the message limit, they'll see the following message: This chat is now inactive.
    You can queue up to 5 messages to be sent after the WeChat user responds."""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.writes("1", "2", "3", "4")
        assert not await on.shown(INACTIVE)
        await on.writes("5")
        (banner,) = await on.shown(INACTIVE)
        assert INACTIVE in banner.words
        fifth = next(at for at, seen in enumerate(await on.chat()) if "5" in seen.words)
        assert [seen.id for seen in await on.chat()].index(banner.id) == fifth + 1


async def test_the_chat_is_inactive(tmp_path: Path) -> None:
    """This chat is now inactive."""
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        (message,) = await on.shown("hello")
        assert message.shows("Inactive")
        assert not any("left" in word for word in message.words)


async def test_queue_up_to_five(tmp_path: Path) -> None:
    """You can queue up to 5 messages to be sent after the WeChat user responds."""
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.writes("a", "b", "c", "d", "e", "f")
        for position, text in enumerate("abcde", start=1):
            assert f"Queued {position} of 5" in await on.own(text)
        (full,) = await on.shown("Not queued: all 5 places are taken.")
        assert full.shows("f")
        await on.begins("I am back")
        assert (await on.phone())[-5:] == ["a", "b", "c", "d", "e"]


async def test_the_prompt(tmp_path: Path) -> None:
    """When chats become inactive and queued messages are waiting, WeChat users will see the following message: You have
    new messages from this sender. Please reply to the chat to resume the conversation and receive the latest
    messages."""
    async with stage(tmp_path, template=False) as on:
        await on.begins()
        await on.writes("1", "2", "3", "4")
        assert (await on.phone())[-1] == "4"
        await on.writes("5", "6")
        assert [normal(text) for text in await on.phone()][-2:] == ["4", PROMPT]


async def test_reply_to_receive_the_latest(tmp_path: Path) -> None:
    """Please reply to the chat to resume the conversation and receive the latest messages."""
    async with stage(tmp_path, template=False) as on:
        await on.begins()
        await on.writes("1", "2", "3", "4", "the latest", "the very latest")
        assert (await on.phone())[-1].startswith("You have new messages from this sender.")
        await on.begins("ok")
        assert (await on.phone())[-2:] == ["the latest", "the very latest"]


async def test_one_user_at_a_time(tmp_path: Path) -> None:
    """WeChat limits the number of business users who can speak with WeChat users."""
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        await ben.says("Let me help as well")
        await on.settled()
        await ben.sees("There is nobody to send this to.")
        assert len(await on.phone()) == 1


async def test_leave_for_a_colleague(tmp_path: Path) -> None:
    """To allow other people in your business to message with a WeChat user, you can leave the conversation when you're
    done with your interaction."""
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.begins()
        await leaves(on)
        await on.admin("account", "set", "--default-user", COLLEAGUES_NUMBER)
        await on.li.says("Anybody there?")
        await ben.sees("Anybody there?")
        await ben.says("Ben here")
        assert (await on.phone())[-1] == "Ben here"
        assert not await on.shown("Anybody there?")


async def test_the_message_menu(tmp_path: Path) -> None:
    """Select the Message menu."""
    async with stage(tmp_path) as on:
        await on.begins()
        (message,) = await on.shown("hello")
        assert message.card is not None
        menu = [action["title"] for action in message.card["actions"] if action.get("mode") == "secondary"]
        assert "Leave Conversation" in menu


async def test_select_leave_conversation(tmp_path: Path) -> None:
    """Select Leave Conversation."""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.anna.clicks("Leave Conversation")
        await on.settled()
        await on.anna.sees("Leave the conversation with")
        assert (await on.thread())["phase"] == "active"


async def test_confirm(tmp_path: Path) -> None:
    """Confirm you want to leave the conversation."""
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.writes("waiting 1", "waiting 2")
        await on.anna.clicks("leave")
        await on.settled()
        (question,) = await on.shown("Leave the conversation with")
        assert question.shows("2 queued messages will be cancelled.")
        await on.anna.clicks("leave_confirmed")
        await on.settled()
        assert (await on.thread())["phase"] == "left"


async def test_both_are_told_of_the_leave(tmp_path: Path) -> None:
    """When complete, both users will see an automessage letting them know you left the conversation."""
    async with stage(tmp_path) as on:
        await on.begins()
        await leaves(on)
        assert len(await on.shown("You left the conversation with")) == 1
        left = "Anna Schmidt has left this conversation. You can send a message at any time to contact us."
        assert (await on.phone())[1:] == [left]
