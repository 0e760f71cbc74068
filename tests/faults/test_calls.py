"""Calls that are answered badly, in WeChat and in Teams.

Each message of Anna's ends in one of two ways: it is on the phone once and she reads "Sent"; or nobody can know whether
it arrived, she reads that, and it is not sent again by itself. A card is rather shown twice than never.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.stage import SEND, Stage, stage

CARDS = "*/v3/*"


async def ends_sent(on: Stage, text: str, *waits: float) -> None:
    for seconds in waits:
        await on.passes(seconds=seconds)
    assert (await on.phone()).count(text) == 1
    assert "Sent" in await on.own(text)


async def ends_in_doubt(on: Stage, text: str, arrived: int) -> None:
    """It is never sent again by itself."""
    await on.passes(seconds=600)
    assert (await on.phone()).count(text) == arrived
    assert "May not have arrived" in await on.own(text)


async def appears(on: Stage, text: str, *waits: float) -> None:
    """The card that failed appears after this time, and not before it."""
    for seconds in waits:
        assert not await on.shown(text)
        await on.passes(seconds=seconds)
    assert len(await on.shown(text)) == 1


async def test_13_the_answer_is_lost_after_acceptance(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, "reset", accepted=True)
        await on.writes("who knows")
        await ends_in_doubt(on, "who knows", 1)
        await on.client.fault(CARDS, "reset", accepted=True)
        await on.li.says("a card twice rather than never")
        await on.passes(seconds=10)
        assert len(await on.shown("a card twice rather than never")) == 2


@pytest.mark.parametrize("kind", ["half", "cut"])
async def test_14_half_an_answer(tmp_path: Path, kind: str) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, kind)
        await on.writes("who knows")
        await ends_in_doubt(on, "who knows", 1)
        await on.client.fault(CARDS, kind)
        await on.li.says("shown")
        await on.passes(seconds=10)
        assert await on.shown("shown")


@pytest.mark.parametrize(("retry_after", "waits"), [(None, (8,)), ("50", (40, 22))])
async def test_15_too_many_requests(tmp_path: Path, retry_after: str | None, waits: tuple[float, ...]) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        how: dict[str, Any] = {"retry_after": retry_after} if retry_after else {}
        await on.wechat.phone.fault(SEND, "status", status=429, **how)
        await on.writes("patience")
        assert "patience" not in await on.phone()
        await ends_sent(on, "patience", *waits)
        await on.client.fault(CARDS, status=429, **how)
        await on.li.says("shown")
        await on.settled()
        await appears(on, "shown", *waits)


@pytest.mark.parametrize("status", [412, 502, 504])
async def test_16_a_gateway_fails(tmp_path: Path, status: int) -> None:
    await answered_with(tmp_path, status)


async def test_17_an_internal_error(tmp_path: Path) -> None:
    await answered_with(tmp_path, 500)


async def answered_with(folder: Path, status: int) -> None:
    """Who answers 5xx may have passed the message on; 412 never does."""
    async with stage(folder) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, "status", status=status)
        await on.writes("did it go?")
        if status < 500:
            await ends_sent(on, "did it go?", 800)
        else:
            await ends_in_doubt(on, "did it go?", 0)
        await on.client.fault(CARDS, status=status)
        await on.li.says("shown")
        await on.settled()
        await appears(on, "shown", 8)


async def test_18_an_error_in_a_good_answer(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, "errcode", errcode=-1)
        await on.writes("later")
        assert "Waiting for WeChat" in await on.own("later")
        await ends_sent(on, "later", 8)
        await on.wechat.phone.fault(SEND, "errcode", errcode=40008)
        await on.writes("never", "after it")
        assert "Not sent. WeChat did not accept it (40008)." in await on.own("never")
        await ends_sent(on, "after it")


@pytest.mark.parametrize("ended", ["expire", "invalidate"])
async def test_19_the_token_ends_while_we_send(tmp_path: Path, ended: str) -> None:
    """42001 and 40001: one more token, one more try, at once."""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.writes("with the first token")
        getattr(on.wechat.world.tokens, ended)()
        await on.writes("with the second token")
        await ends_sent(on, "with the second token")
        assert on.wechat.world.calls["/cgi-bin/stable_token"] == 2


async def test_20_somebody_else_refreshes_the_token(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        for number in range(3):
            await on.writes(f"message {number}")
            on.clock.advance(60)
            assert isinstance(on.wechat.world.tokens.stable(force=True), tuple)
        await on.writes("the last")
        assert (await on.phone())[1:] == ["message 0", "message 1", "message 2", "the last"]


@pytest.mark.parametrize("errcode", [45047, 45015])
async def test_21_the_window_is_closed_earlier_than_we_thought(tmp_path: Path, errcode: int) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.wechat.phone.fault(SEND, "errcode", errcode=errcode)
        await on.writes("one", "two")
        await on.anna.sees("This chat is now inactive.")
        assert len(await on.phone()) <= 2  # the welcome, and perhaps the template that asks for a reply
        await on.li.says("go on")
        await on.passes(seconds=10)
        assert (await on.phone())[-2:] == ["one", "two"]


@pytest.mark.parametrize(
    "gone", ["ConversationNotFound", "BotNotInConversationRoster", "ConversationBlockedByUser", "BotDisabledByAdmin"]
)
async def test_30_the_conversation_is_gone(tmp_path: Path, gone: str) -> None:
    """The card waits, the contact's words are kept, and what the contact is owed does not wait for Teams."""
    async with stage(tmp_path) as on:
        await on.begins()
        await on.client.fault(CARDS, refusal=gone, times=1000)
        assert (await on.li.says("kept"))["status"] == "answered"
        await on.passes(hours=1)
        assert not await on.shown("kept")
        on.teams.faults.clear()
        await on.passes(seconds=1200)
        assert len(await on.shown("kept")) == 1


async def test_30_the_user_uninstalls_the_app_and_installs_it_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        await on.anna.uninstalls()
        assert (await on.li.says("kept"))["status"] == "answered"
        await on.settled()
        await on.anna.installs()
        await on.settled()
        assert len(await on.shown("kept")) == 1
