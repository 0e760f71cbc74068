"""What comes in wrong: repeated, reordered, replayed, forged, too big, too slow, at a wrong time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.stage import Stage, stage


async def recorded(on: Stage) -> list[str]:
    """What the contact wrote, as the record has it."""
    return [each["text"] for each in (await on.thread())["messages"] if each["author"] == "contact"]


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("duplicate", {}),
        ("duplicate", {"seconds": 0.3}),
        ("late", {"seconds": 0.3}),
        ("concurrent", {"copies": 3}),
        ("concurrent", {"copies": 100}),
    ],
)
async def test_22_a_push_comes_again(tmp_path: Path, kind: str, how: dict[str, Any]) -> None:
    """Also the very first, which opens the conversation."""
    async with stage(tmp_path) as on:
        for text in ("hello", "and again"):
            await on.wechat.phone.fault("push/text", kind, **how)
            assert (await on.li.says(text))["tries"] == 1
        await on.settled()
        assert await recorded(on) == ["hello", "and again"]
        assert [len(await on.shown(text)) for text in ("hello", "and again")] == [1, 1]
        assert len(await on.phone()) == 1  # the welcome
        assert len(await on.listed("threads", "list", "--left")) == 1


async def test_23_pushes_overtake_each_other(tmp_path: Path) -> None:
    """What came late stands in the record where it belongs, and takes nothing back: the window is the newest one's."""
    async with stage(tmp_path) as on:
        await on.begins()
        on.clock.advance(5)
        await on.wechat.phone.fault("push/text", "reorder", seconds=20)
        late = asyncio.create_task(on.li.says("first"))
        await on.li.transcript(after=len(await on.li.transcript()), wait=5)
        on.clock.advance(60)
        await on.li.says("second")
        until = (await on.thread())["active until"]
        assert (await late)["status"] == "answered"
        await on.settled()
        assert await recorded(on) == ["hello", "first", "second"]
        assert (await on.thread())["active until"] == until
        for text in ("first", "second"):
            assert len(await on.shown(text)) == 1


def refused(log: pytest.LogCaptureFixture) -> set[str]:
    """Why the door refused what came since the log was cleared."""
    return {record.__dict__["reason"] for record in log.records if "reason" in record.__dict__}


async def nothing_of_it(on: Stage, log: pytest.LogCaptureFixture, kind: str, reason: str, **how: Any) -> None:
    """The push is refused for this reason, leaves nothing behind, and the same contact's next one is taken."""
    before = await recorded(on)
    log.clear()
    await on.wechat.phone.fault("push/text", kind, times=3, **how)
    assert (await on.li.says(f"not from WeChat: {kind}"))["status"] == "faulty"
    assert refused(log) == {reason}
    await on.wechat.phone.call("DELETE", "faults")
    assert (await on.li.says(f"after {kind}"))["status"] == "answered"
    await on.settled()
    assert await recorded(on) == [*before, f"after {kind}"]
    assert not await on.shown(f"not from WeChat: {kind}")


async def test_24_an_old_push_is_replayed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.change(deliveries=1)
        for seconds in (302, 3600, -400):
            await nothing_of_it(on, caplog, "old_timestamp", "stale", seconds=seconds)


async def test_25_the_signature_is_wrong(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await nothing_of_it(on, caplog, "bad_signature", "signature")


@pytest.mark.parametrize("kind", ["bad_padding", "wrong_app_id"])
async def test_26_the_envelope_is_wrong(tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await nothing_of_it(on, caplog, kind, "envelope")


@pytest.mark.parametrize(
    ("kind", "reason"), [("xml_bomb", "content"), ("external_entity", "content"), ("huge_body", "large")]
)
async def test_27_a_body_is_a_trap(tmp_path: Path, kind: str, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.change(deliveries=1)
        await nothing_of_it(on, caplog, kind, reason)


async def test_27_a_slow_body_keeps_nobody_waiting(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.change(deliveries=1)
        await on.wechat.phone.fault("push/text", "slow_body", seconds=60)
        slow = asyncio.create_task(on.li.says("byte by byte"))
        await on.li.transcript(after=len(await on.li.transcript()), wait=5)
        wang = await on.wechat.phone.contact("Wang Fang")
        assert (await wang.says("quickly"))["tries"] == 1
        assert not slow.done()
        assert (await slow)["status"] == "faulty"
        assert refused(caplog) == {"slow_body"}
        assert await on.shown("quickly") and not await on.shown("byte by byte")


@pytest.mark.parametrize("seconds", [3600, -3600])
async def test_28_the_clock_jumps(tmp_path: Path, seconds: int) -> None:
    """What is waiting goes on in order; what was said is neither lost nor said twice."""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.writes("before")
        await on.wechat.phone.fault("/cgi-bin/message/custom/send", "errcode", errcode=-1)
        await on.writes("waits", "behind it")
        on.clock.advance(seconds)
        await on.writes("after")
        assert (await on.li.says("I am here"))["status"] == "answered"
        await on.passes(seconds=abs(seconds) + 60)
        assert (await on.phone())[1:] == ["before", "waits", "behind it", "after"]
        assert len(await on.shown("I am here")) == 1
