"""All at once, by the seed: each message of either side ends where it belongs, once and in order, or in doubt."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.sim.faults import Fault
from tests.e2e.stage import SEND, Stage, stage

ROUNDS, FAILING, REORDERED = 6, 0.25, 0.05
TO_WECHAT = [
    Fault("reset"),
    Fault("reset", accepted=True),
    Fault("half"),
    Fault("cut"),
    Fault("errcode", errcode=-1),
    Fault("errcode", errcode=40001),
    *(Fault("status", status=status) for status in (412, 429, 500, 502, 504)),
]
TO_TEAMS = [
    Fault("reset"),
    Fault("reset", accepted=True),
    Fault("half"),
    *(Fault("status", status=status, retry_after=after) for status in (412, 429, 503) for after in (None, "20")),
    *(Fault("status", status=status) for status in (500, 502, 504)),
]
FROM_WECHAT = [Fault("duplicate"), Fault("late", seconds=0.05), Fault("concurrent", copies=5)]


@pytest.mark.parametrize("seed", [1, 2])
async def test_all_ends_well(seed: int, tmp_path: Path, empty_url: str) -> None:
    async with stage(tmp_path, DATABASE_URL=empty_url) as on:
        await on.begins()
        troubled(on, seed)
        asked, answered = await talk(on, Random(seed))
        calm(on)
        for text in ("and now?", "and the rest?"):  # what had to wait for a reply is sent
            await on.passes(seconds=800)
            await on.passes(seconds=800)
            asked.append(text)
            await on.li.says(text)
        await on.passes(seconds=800)
        assert await heard(on) == ["hello", *asked]
        assert all([await on.shown(text) for text in asked])
        phone = [text for text in await on.phone() if text in answered]
        assert phone == [text for text in answered if text in phone], "out of order, or twice"
        for text in set(answered) - set(phone):
            shown = [" ".join(seen.words) for seen in await on.shown(text)]
            assert any("May not have arrived" in words for words in shown), (text, shown)
        assert len(phone) > len(answered) / 3
        played = on.teams.faults.played + on.wechat.world.faults.played
        assert played.total() > ROUNDS, "nothing was the matter"


def troubled(on: Stage, seed: int) -> None:
    on.wechat.world.faults.clear(seed)
    on.teams.faults.clear(seed)
    for faults, endpoint, kinds, probability in (
        (on.wechat.world.faults, SEND, TO_WECHAT, FAILING),
        (on.teams.faults, "*/v3/*", TO_TEAMS, FAILING),
        (on.wechat.world.faults, "push/text", FROM_WECHAT, FAILING),
        (on.wechat.world.faults, "push/text", [Fault("reorder", seconds=0.2)], REORDERED),
    ):
        for kind in kinds:
            faults.chance(endpoint, kind, probability=probability / len(kinds))


def calm(on: Stage) -> None:
    """The dice are put away; what was played stays counted."""
    for faults in (on.wechat.world.faults, on.teams.faults):
        played = faults.played.copy()
        faults.clear()
        faults.played.update(played)


async def talk(on: Stage, dice: Random) -> tuple[list[str], list[str]]:
    """What Li and Anna said. Time passes, so that what waits has its turns meanwhile."""
    asked: list[str] = []
    answered: list[str] = []
    for turn in range(ROUNDS):
        on.clock.advance(2)
        asked.append(f"question {turn}")
        ended: dict[str, Any] = await on.li.says(asked[-1])
        assert ended["status"] in ("answered", "replied")
        for number in range(3):
            answered.append(f"answer {turn}.{number}")
            await on.anna.says(answered[-1])
        if dice.random() < 0.5:
            await on.passes(seconds=40)
    return asked, answered


async def heard(on: Stage) -> list[str]:
    return [each["text"] for each in (await on.thread())["messages"] if each["author"] == "contact"]
