"""What each message that the user writes is said to have become, and that it is true."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.stage import SEND, stage


async def test_it_waits_for_wechat_and_then_goes(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, "errcode", errcode=-1)
        await on.writes("patience")
        assert "Waiting for WeChat. It goes as soon as WeChat answers." in await on.own("patience")
        count = len(await on.chat())
        await on.passes(seconds=60)
        assert (await on.phone())[-1] == "patience"
        assert "Sent" in await on.own("patience")
        assert len(await on.chat()) == count


async def test_what_follows_a_waiting_message_stays_behind_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, "errcode", errcode=-1)
        await on.writes("first", "second")
        assert len(await on.phone()) == 1
        await on.passes(seconds=60)
        assert (await on.phone())[1:] == ["first", "second"]


async def test_it_may_not_have_arrived_and_can_be_sent_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, "reset", accepted=True)
        await on.writes("who knows")
        assert "May not have arrived: WeChat did not confirm it." in await on.own("who knows")
        await on.passes(seconds=600)
        assert (await on.phone()).count("who knows") == 1
        await on.anna.clicks("Send again")
        assert (await on.phone()).count("who knows") == 2
        assert "Sent" in await on.own("who knows")
        thread = await on.thread()
        assert [each["state"] for each in thread["ledger"]] == ["uncertain", "sent"]
        assert thread["left"] == 3


async def test_the_policy_may_send_it_again_by_itself(tmp_path: Path) -> None:
    async with stage(tmp_path, policy=("--on-uncertain", "resend")) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, "reset", accepted=True)
        await on.writes("who knows")
        await on.passes(seconds=10)
        assert (await on.phone()).count("who knows") == 2
        assert "Sent" in await on.own("who knows")


async def test_it_is_refused_with_the_reason(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, "errcode", errcode=45002)
        await on.writes("not acceptable", "acceptable")
        assert "Not sent. WeChat did not accept it (45002)." in await on.own("not acceptable")
        assert "Sent" in await on.own("acceptable")


async def test_changed_in_teams_after_it_went_the_contact_keeps_what_was_sent(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        said = await on.anna.says("as it was")
        await on.settled()
        await on.anna.edits(said["id"], "as it never was")
        await on.anna.sees("You changed the message in Teams only.")
        await on.anna.deletes(said["id"])
        await on.anna.sees("You deleted the message in Teams only.")
        assert (await on.phone())[1:] == ["as it was"]
        texts = [each["text"] for each in (await on.thread())["messages"]]
        assert "as it was" in texts
        assert "as it never was" in texts


async def test_changing_what_was_refused_does_not_send_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        said = await on.anna.says("x" * 2049)
        await on.settled()
        await on.anna.edits(said["id"], "shorter")
        await on.anna.sees("This message was not sent, and changing it does not send it.")
        assert len(await on.phone()) == 1


async def test_an_outage_of_teams_delays_the_cards_and_nothing_else(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.client.fault("*/v3/*", status=503, times=2)
        await on.writes("sent meanwhile")
        assert (await on.phone())[-1] == "sent meanwhile"
        assert not await on.shown("sent meanwhile")
        for seconds in (10, 60):
            await on.passes(seconds=seconds)
        assert on.teams.faults.played == {"status": 2}
        assert "Sent" in await on.own("sent meanwhile")
