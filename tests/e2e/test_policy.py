"""Policies: inherited numbers, own texts in both languages, and spells that keep what they announced."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.stage import NUMBER, stage


async def test_a_policy_inherits_what_it_does_not_set(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--reply-limit", "4", "--queue-limit", "3")) as on:
        await on.admin("policy", "set", "desk", "--queue-limit", "1")
        await on.admin("policy", "set", "london", "--parent", "desk", "--reply-window", "24h")
        shown = await on.listed("policy", "show", "london")
        assert (shown["reply-limit"], shown["queue-limit"], shown["reply-window"]) == (4, 1, "24h")
        await on.admin("users", "policy", NUMBER, "london")
        await on.begins()
        assert await on.shown("You can send up to 4 messages before the WeChat user must reply.")
        assert await on.shown("WeChat users must reply within 24 hours.")
        await on.writes("1", "2", "3", "4", "5", "6")
        assert "Queued 1 of 1" in await on.own("5")
        assert await on.shown("Not queued: all 1 places are taken.")


async def test_own_texts_on_both_sides_and_back_to_ours(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        own = ("--text", "en", "inactive", "Paused. {queue_limit} places.")
        await on.admin("policy", "set", "default", *own, "--text", "zh", "to_contact.who", "我是{user}。")
        await on.goes_inactive("Paused. 5 places.")
        assert (await on.listed("policy", "show", "default"))["wording"] == {
            "en.inactive": "Paused. {queue_limit} places.",
            "zh.to_contact.who": "我是{user}。",
        }
        await on.admin("policy", "set", "default", "--text", "en", "inactive", "")
        await on.writes("6")
        assert await on.shown("This chat is now inactive. You can queue up to 5 messages")


async def test_a_text_that_may_be_left_out_is_silenced_by_a_blank(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.admin("policy", "set", "default", "--text", "en", "to_contact.who", " ")
        assert (await on.listed("policy", "show", "default"))["wording"] == {"en.to_contact.who": ""}
        await on.begins()
        await on.settled()
        assert not [text for text in await on.phone() if "chatting with" in text or not text.strip()]
        assert "must not be empty" in await on.refused("policy", "set", "default", "--text", "en", "inactive", " ")


async def test_an_unknown_placeholder_is_refused_by_its_name(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        why = await on.refused("policy", "set", "default", "--text", "en", "inactive", "Hello {friend}")
        assert "{friend}" in why
        assert "{queue_limit}" in why
        assert "no text 'nonsense'" in await on.refused("policy", "set", "default", "--text", "en", "nonsense", "x")
        long = await on.refused("policy", "set", "default", "--text", "zh", "to_contact.welcome", "好" * 683)
        assert "is 1 bytes too long: WeChat takes 2048" in long
        assert "at least 1" in await on.refused("policy", "set", "default", "--reply-limit", "0")
        assert "shorter than reply-window" in await on.refused("policy", "set", "default", "--reply-window", "2h")


async def test_a_change_breaks_nothing_under_way(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.admin("policy", "set", "default", "--reply-limit", "2", "--reply-window", "24h")
        await on.writes("1", "2", "3")
        assert (await on.phone())[-1] == "3"
        (heard,) = await on.shown("hello")
        assert heard.shows("2 of 5 messages left")
        await on.passes(hours=30)
        assert (await on.thread())["phase"] == "active"
        await on.begins("the next one")
        (heard,) = await on.shown("the next one")
        assert heard.shows("2 of 2 messages left")


async def test_a_contact_reads_chinese_when_the_policy_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--language", "zh")) as on:
        await on.begins("您好")
        (welcome,) = await on.phone()
        assert "感谢您的联系！现在可以开始沟通了。" in welcome
        assert "您已收到 5 条消息" in welcome


async def test_a_contacts_own_language_comes_before_the_policys(tmp_path: Path) -> None:
    async with stage(tmp_path, template=False) as on:
        await on.begins()
        assert "Thank you!" in (await on.phone())[0]
        (contact,) = await on.listed("contacts", "list")
        assert contact["language"] == "(the policy's)"
        await on.admin("contacts", "set", contact["id"], "--language", "zh", "--name", "李伟")
        await on.writes("1", "2", "3", "4", "5")
        assert (await on.phone())[-1] == "您有来自此联系人的新消息。请回复以恢复会话并接收最新消息。"
        (banner,) = await on.shown("This chat is now inactive.")
        assert banner.shows("You have sent 4 messages without a reply from 李伟.")


async def test_what_cannot_be_set_of_a_contact_is_said(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        assert "There is no contact 'nobody'" in await on.refused("contacts", "set", "nobody", "--language", "zh")
        assert "nothing to set" in await on.refused("contacts", "set", "nobody")


async def test_a_text_that_is_too_long_is_refused_with_the_exact_excess(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.writes("好" * 682 + "ab")
        assert (await on.phone())[-1] == "好" * 682 + "ab"
        await on.writes("好" * 682 + "abc")
        (long,) = await on.shown("Not sent: 1 byte too long. WeChat takes 2048 bytes.")
        assert long.shows("好" * 682 + "abc")
        await on.writes("😀" * 600)
        assert await on.shown("Not sent: 352 bytes too long. WeChat takes 2048 bytes.")
        assert len(await on.phone()) == 2
        (heard,) = await on.shown("hello")
        assert heard.shows("4 of 5 messages left")
