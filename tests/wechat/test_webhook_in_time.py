"""The server URL under time: what is late, fails, is too much at once or hangs up."""

from __future__ import annotations

import asyncio

import pytest

from tests.waiting import until
from tests.wechat.door import Engine, open_door
from tests.wechat.samples import OPENID, xml


async def test_what_is_not_committed_in_time_is_asked_for_again_and_goes_on() -> None:
    engine = Engine(hold=asyncio.Event())
    async with open_door(engine, deadline=0.3) as line:
        assert (await line.push(xml()))[:2] == (503, b"")
        assert (engine.taken, line.refused) == ([], ["slow"])
        assert engine.hold is not None
        engine.hold.set()
        await until(lambda: len(engine.taken) == 1)


@pytest.mark.parametrize("error", [RuntimeError(f"insert ... {OPENID} 你好"), asyncio.CancelledError()])
async def test_a_failure_is_asked_for_again_and_told_without_content(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_door(Engine(error=error)) as line:
        assert (await line.push(xml()))[:2] == (503, b"")
        assert line.refused == ["failed"]
    engine = Engine(error=error, hold=asyncio.Event())
    async with open_door(engine, deadline=0.3) as line:
        assert (await line.push(xml()))[:2] == (503, b"")
        assert engine.hold is not None
        engine.hold.set()
        await until(lambda: line.refused == ["slow", "failed_late"])
    shown = [str(vars(record)) for record in caplog.records]
    assert len(shown) == 4
    assert not any(OPENID in record or "你好" in record for record in shown)


async def test_more_than_the_limit_at_once_is_asked_for_again_and_so_is_what_runs_late() -> None:
    engine = Engine(hold=asyncio.Event())
    async with open_door(engine, deadline=0.5, in_flight=3) as line:
        statuses = await asyncio.gather(*(line.push(xml(MsgId=number + 1)) for number in range(5)))
        assert [status for status, *_ in statuses] == [503] * 5
        assert sorted(line.refused) == ["busy", "busy", "slow", "slow", "slow"]
        assert (await line.push(xml()))[0] == 503
        assert line.refused[-1] == "busy"
        assert engine.hold is not None
        engine.hold.set()
        await until(lambda: len(engine.taken) == 3)
        assert (await line.push(xml()))[0] == 200


async def test_a_caller_who_hangs_up_takes_nothing_back() -> None:
    engine = Engine(hold=asyncio.Event())
    async with open_door(engine) as line:
        pushing = asyncio.create_task(line.push(xml()))
        await until(lambda: engine.begun == 1)
        pushing.cancel()
        assert engine.hold is not None
        engine.hold.set()
        await until(lambda: len(engine.taken) == 1)
