"""Clicks repeated and late, users removed, apps away: nothing is lost, and nothing reaches the wrong one."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.stage import NUMBER, Stage, stage


async def repeated(on: Stage, verb: str, times: int = 2) -> None:
    """Teams did not get our answer to the last click of this kind, and sends it again under new ids."""
    clicks = [each["activity"] for each in await on.client.deliveries() if each["activity"].get("name")]
    last = [each for each in clicks if each["value"].get("action", {}).get("verb") == verb][-1]
    for number in range(times):
        await on.client.deliver(last | {"id": f"f:again-{number}"})
    await on.settled()


async def test_a_click_that_teams_repeats_under_a_new_id_is_one(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.anna.clicks("reply", text="once")
        await repeated(on, "reply")
        assert (await on.phone())[1:] == ["once"]
        assert (await on.thread())["left"] == 4
        await on.anna.clicks("leave")
        await on.settled()
        await on.anna.clicks("leave_confirmed")
        await repeated(on, "leave_confirmed")
        assert len([text for text in await on.phone() if "left this conversation" in text]) == 1


async def test_a_card_from_last_month_does_what_is_right_today(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        (old,) = await on.shown("hello")
        await on.passes(hours=24 * 31)
        await on.anna.clicks("reply", old, text="late")
        assert "Queued 1 of 5" in await on.own("late")
        assert "late" not in await on.phone()
        await on.begins("I am back")
        assert "late" in await on.phone()
        await on.anna.clicks("leave")
        await on.settled()
        await on.anna.clicks("leave_confirmed")
        await on.passes(hours=24 * 31)
        await on.anna.clicks("reply", old, text="too late")
        assert await on.shown("Not sent: you have left the conversation")
        await on.begins("and once more")
        await on.anna.clicks("reply", old, text="to the old one")
        assert not {"too late", "to the old one"} & set(await on.phone())


async def test_a_user_who_was_removed_in_between_can_do_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        ben = await on.colleague()
        await on.admin("users", "remove", ben.aad)
        for act in (ben.says("messages"), ben.says("hello?"), ben.clicks("Messages")):
            assert (await act)["status"] == 200
        await on.settled()
        told = await ben.sees("WeChat is not enabled for you")
        assert told.shows("Please ask your MultiLine administrator.")
        assert "not enabled" in (await ben.searches("contacts"))["message"]


async def test_the_admin_sees_what_waits_for_an_app_that_is_away(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.anna.uninstalls()
        await on.li.says("are you there?")
        await on.settled()
        waiting = await on.listed("outbox", "list")
        assert [(each["what"], each["code"]) for each in waiting] == [("incoming", "not installed")], waiting
        assert "are you there?" not in str(waiting)
        assert (await on.listed("users", "show", NUMBER))["app installed"] is False
        await on.anna.installs()
        await on.settled()
        assert await on.shown("are you there?")
        assert await on.listed("outbox", "list") == []


async def test_nothing_is_sent_to_wechat_that_nobody_wrote(tmp_path: Path) -> None:
    """WeChat could be told that somebody is typing. Teams does not tell us who is, so nobody is."""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.writes("Good morning")
        calls = (await on.wechat.phone.counters())["calls"]
        assert calls["/cgi-bin/message/custom/send"] == 1
        assert not [path for path in calls if "typing" in path]
