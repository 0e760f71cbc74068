"""The service is asked to stop in the middle of its work: what it began it ends, what it took it keeps."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.sim.connector import TeamsClient, TeamsSimulator
from bot.sim.service import Service, ServiceFailed, environment, free_port
from bot.sim.wechat.server import WeChat
from tests.e2e.stage import SEND, enable


async def test_2_it_is_asked_to_stop(tmp_path: Path) -> None:
    """One message is on its way to WeChat, one behind it, a card hangs: after the next start each arrives once."""
    port = free_port()
    async with (
        WeChat() as wechat,
        TeamsSimulator(f"http://127.0.0.1:{port}/api/messages") as teams,
        TeamsClient(teams.url) as client,
    ):
        teams.identity.checked = False
        service = Service(environment(wechat, teams, tmp_path, port) | {"DEV_CLOCK_FILE": ""}, tmp_path)
        wechat.call_back(f"{service.url}/wechat/default")
        anna = await client.user("Anna Schmidt")
        await enable(service.environment, anna, teams.tenant.id, ())
        await service.start()
        try:
            await anna.installs()
            li = await wechat.phone.contact("Li Wei")
            await li.says("hello")
            await anna.sees("hello")
            await wechat.phone.fault(SEND, "hold")
            await anna.says("on its way")
            await anna.says("behind it")
            while not wechat.world.faults.held:
                await wechat.world.change(0.05)
            stopping = asyncio.create_task(service.stop())
            await asyncio.sleep(0.2)
            assert not stopping.done()
            wechat.world.faults.release()
            await stopping
            assert (await li.sees())[1:] == ["on its way"]
            assert service.pid == 0
            await service.start()
            assert (await li.sees(3))[1:] == ["on its way", "behind it"]
        finally:
            await service.kill()


async def test_a_taken_port_is_a_refusal_before_any_work_is_begun(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with WeChat() as wechat, TeamsSimulator("http://127.0.0.1:1/api/messages") as teams:
        taken = int(wechat.url.rpartition(":")[2])
        service = Service(environment(wechat, teams, tmp_path, taken) | {"DEV_CLOCK_FILE": ""}, tmp_path)
        await service.admin("migrate")
        capfd.readouterr()
        with pytest.raises(ServiceFailed, match="ended while it started"):
            await service.start()
    said = capfd.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in said] == ["Refused to start"]
    assert "address already in use" in said[0]
