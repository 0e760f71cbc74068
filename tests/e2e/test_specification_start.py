"""The start of a conversation as the specification has it, its texts word for word."""

from __future__ import annotations

from pathlib import Path

from bot.sim.connector.client import Seen
from tests.e2e.sentences import message, normal
from tests.e2e.stage import stage

USERS_NOTICE = message("The MultiLine user sees:", "The WeChat user sees:")
CONTACTS_NOTICE = message("The WeChat user sees:", "Validated phone number feature")


def words(seen: Seen) -> str:
    return normal("\n".join(seen.words))


async def test_both_are_told_at_the_start(tmp_path: Path) -> None:
    """At the start of the conversation, MultiLine user and WeChat user are notified of WeChat business policies with
    the following messages (actual message content may vary based on company policy)."""
    own = ("--text", "en", "policy", "{contact} has up to {limit:message|messages}.")
    async with stage(tmp_path, policy=(*own, "--text", "en", "to_contact.welcome", "Hello from {user}.")) as on:
        await on.begins()
        await on.anna.sees("has up to 5 messages.")
        assert (await on.phone())[0].endswith("Hello from Anna Schmidt.")
        await on.begins("and again")
        assert len(await on.shown("has up to 5 messages.")) == 1
        assert len(await on.phone()) == 1


async def test_the_multiline_user_sees(tmp_path: Path) -> None:
    """The MultiLine user sees: A WeChat user (#) is contacting you. For chats to remain active: You can send up to 5
    messages before the WeChat user must reply. WeChat users must reply within 48 hours. For inactive chats, your
    messages will be paused until the WeChat user resumes the conversation."""
    async with stage(tmp_path) as on:
        await on.begins()
        (notice,) = await on.shown("is contacting you")
        assert USERS_NOTICE.replace("#", notice.words[1]) in words(notice)


async def test_up_to_five_messages(tmp_path: Path) -> None:
    """You can send up to 5 messages before the WeChat user must reply."""
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.writes("one too many")
        assert "one too many" not in await on.phone()
        await on.begins("a reply")
        await on.writes("and on we go")
        assert (await on.phone())[-2:] == ["one too many", "and on we go"]


async def test_a_reply_within_48_hours(tmp_path: Path) -> None:
    """WeChat users must reply within 48 hours."""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.passes(hours=47.9)
        await on.begins("just in time")
        await on.passes(hours=47.9)
        await on.writes("still possible")
        assert (await on.phone())[-1] == "still possible"
        assert not await on.shown("This chat is now inactive.")


async def test_paused_until_resumed(tmp_path: Path) -> None:
    """For inactive chats, your messages will be paused until the WeChat user resumes the conversation."""
    async with stage(tmp_path) as on:
        await on.goes_inactive()
        await on.writes("paused")
        await on.passes(hours=100)
        assert "paused" not in await on.phone()
        await on.begins("back again")
        assert (await on.phone())[-1] == "paused"


async def test_the_wechat_user_sees(tmp_path: Path) -> None:
    """The WeChat user sees: Thank you! You can now start chatting. This account can only message you while the chat is
    active. The chat becomes inactive if you do not reply: After receiving 5 messages After 48 hours You can send a
    message at any time to resume the conversation."""
    async with stage(tmp_path) as on:
        await on.begins()
        (welcome,) = await on.phone()
        assert normal(welcome).endswith(CONTACTS_NOTICE)


async def test_you_can_start_chatting(tmp_path: Path) -> None:
    """Thank you! You can now start chatting."""
    async with stage(tmp_path) as on:
        await on.begins()
        (welcome,) = await on.li.transcript(after=1)
        assert (welcome["how"], (await on.li.state())["quota_left"]) == ("passive", 5)
        await on.writes("Welcome")
        assert (await on.phone())[-1] == "Welcome"


async def test_only_while_active(tmp_path: Path) -> None:
    """This account can only message you while the chat is active."""
    async with stage(tmp_path, policy=("--prompt", "off")) as on:
        await on.begins()
        await on.passes(hours=48)
        await on.writes("1", "2", "3")
        await on.passes(hours=1)
        assert len(await on.phone()) == 1
        assert (await on.wechat.phone.counters())["refused"] == {}


async def test_inactive_after_receiving_five(tmp_path: Path) -> None:
    """The chat becomes inactive if you do not reply: After receiving 5 messages"""
    async with stage(tmp_path, template=False) as on:
        await on.begins()
        await on.writes("1", "2", "3", "4", "5")
        assert len((await on.phone())[1:]) == 5
        assert (await on.li.state())["quota_left"] == 0
        assert (await on.thread())["phase"] == "inactive"


async def test_inactive_after_the_window(tmp_path: Path) -> None:
    """After 48 hours"""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.passes(hours=48)
        assert ((await on.thread())["phase"], (await on.thread())["why"]) == ("inactive", "no_reply")


async def test_resume_at_any_time(tmp_path: Path) -> None:
    """You can send a message at any time to resume the conversation."""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.passes(hours=24 * 30)
        await on.begins("a month later")
        assert await on.shown("The chat is active again.")
        await on.writes("Welcome back")
        assert (await on.phone())[-1] == "Welcome back"


async def test_the_validated_number_below_the_name(tmp_path: Path) -> None:
    """The MultiLine user sees this validated phone number below the Contact Name."""
    async with stage(tmp_path) as on:
        await on.begins()
        (contact,) = await on.listed("contacts", "list")
        await on.admin("contacts", "set", contact["id"], "--name", "Li Wei")
        number = "update contacts set number = '+8613800138000'"
        await on.service.store.run(lambda connection: connection.exec_driver_sql(number).rowcount)
        await on.begins("good morning")
        (shown,) = await on.shown("good morning")
        below = shown.words.index("Li Wei") + 1
        assert "+86 138 0013 8000 · validated" in shown.words[below : below + 2]


async def test_the_new_message_notification(tmp_path: Path) -> None:
    """You can also begin chatting by selecting the New Message notification."""
    async with stage(tmp_path) as on:
        await on.begins()
        (contact,) = await on.listed("contacts", "list")
        await on.admin("contacts", "set", contact["id"], "--name", "Li Wei")
        await on.passes(seconds=60)
        await on.begins("Is the report out?")
        newest = (await on.client.notifications(on.anna))[-1]
        assert newest["text"] == "Li Wei: Is the report out?"
        await on.anna.clicks("reply", newest["message"], text="It is.")
        assert (await on.phone())[-1] == "It is."
