"""Hosts that are not there, do not speak, or are slow: what waits for them arrives when they are back, once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.e2e.stage import SEND, Stage, stage
from tests.faults.relay import relayed


async def arrived(on: Stage, *texts: str) -> None:
    """Each text is on the phone, once and in order, and Anna reads that it was sent."""
    await on.passes(seconds=200)
    phone = [text for text in await on.phone() if text in texts]
    assert phone == list(texts)
    for text in texts:
        assert "Sent" in await on.own(text)


async def test_10_the_connection_is_refused(tmp_path: Path) -> None:
    async with relayed(tmp_path) as (on, wechat, teams):
        await on.begins()
        await wechat.refuses()
        await teams.refuses()
        assert (await on.anna.says("first"))["status"] == 200
        assert (await on.li.says("nobody hears us"))["status"] == "answered"
        await on.settled()
        assert "first" not in await on.phone()
        await wechat.opens()
        await teams.opens()
        await arrived(on, "first")
        await on.anna.sees("nobody hears us")


async def test_11_the_connection_is_never_taken(tmp_path: Path) -> None:
    async with relayed(tmp_path) as (on, wechat, teams):
        await on.begins()
        await wechat.swallows()
        await teams.swallows()
        assert (await on.anna.says("first"))["status"] == 200
        assert (await on.li.says("nobody hears us"))["status"] == "answered"
        await on.settled()
        await wechat.opens()
        await teams.opens()
        await arrived(on, "first")
        await on.anna.sees("nobody hears us")


async def test_12_nothing_is_ever_answered(tmp_path: Path) -> None:
    """What WeChat may have taken is not sent twice by itself; the card is."""
    async with relayed(tmp_path) as (on, wechat, teams):
        await on.begins()
        await on.writes("the token was got for this")
        await wechat.opens(mute=True)
        await teams.opens(mute=True)
        assert (await on.anna.says("who knows"))["status"] == 200
        assert (await on.li.says("nobody hears us"))["status"] == "answered"
        await on.settled()
        await wechat.opens()
        await teams.opens()
        await on.passes(seconds=200)
        assert "May not have arrived" in await on.own("who knows")
        assert "who knows" not in await on.phone()
        await on.anna.clicks("Send again")
        await arrived(on, "who knows")


async def held(on: Stage, count: int) -> None:
    """So many calls hang, in Teams and in WeChat together."""
    async with asyncio.timeout(20):
        while on.teams.faults.held + on.wechat.world.faults.held < count:
            await on.wechat.world.change(0.05)


async def test_a_teams_that_hangs_delays_no_answer_to_wechat_and_no_message_to_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.client.fault("*/v3/*", "hold", times=1000)
        for number in range(5):
            assert (await on.li.says(f"question {number}"))["tries"] == 1
        await held(on, 1)
        assert (await on.anna.says("answer"))["deliveries"] == 1
        assert (await on.li.sees(2))[-1] == "answer"
        assert on.teams.faults.held
        on.teams.faults.release()
        for number in range(5):
            await on.anna.sees(f"question {number}")


async def test_a_wechat_that_hangs_delays_no_card_and_no_answer_to_teams(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, "hold", times=1000)
        assert (await on.anna.says("answer"))["deliveries"] == 1
        await held(on, 1)
        assert (await on.li.says("question"))["tries"] == 1
        await on.anna.sees("question")
        assert (await on.anna.says("status"))["deliveries"] == 1
        assert on.wechat.world.faults.held
        on.wechat.world.faults.release()
        assert (await on.li.sees(2))[-1] == "answer"


async def test_a_thread_that_hangs_delays_no_other(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        ben = await on.colleague()
        await on.wechat.phone.fault(SEND, "hold")
        await on.anna.says("it hangs")
        await held(on, 1)
        wang = await on.wechat.phone.contact("Wang Fang")
        await on.admin("account", "set", "--default-user", "+4915112345679")
        assert (await wang.says("and we?"))["tries"] == 1
        await ben.sees("and we?")
        await ben.says("go on")
        assert (await wang.sees(2))[-1] == "go on"
        assert on.wechat.world.faults.held == 1
        on.wechat.world.faults.release()
        assert (await on.li.sees(2))[-1] == "it hangs"
