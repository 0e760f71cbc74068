"""Many clients write to one person at once, and Teams counts: we stay within its limits, everything arrives."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from tests.e2e.stage import stage

CLIENTS = 6
"""Each brings two cards to the same chat: who they are and what the rules are, and what they wrote."""


@pytest.mark.parametrize(("rate", "throttled"), [("30", False), ("0", True)], ids=["paced", "as fast as it goes"])
async def test_teams_never_has_to_say_too_many(
    rate: str, throttled: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot.worker")
    async with stage(tmp_path, TEAMS_REQUESTS_PER_SECOND=rate) as on:
        await on.client.settings(limits=True)
        contacts = [await on.wechat.phone.contact(f"Client {number}") for number in range(CLIENTS)]
        await asyncio.gather(*(contact.says(f"hello from {at}") for at, contact in enumerate(contacts)))
        for at in range(CLIENTS):
            await on.anna.sees(f"hello from {at}", within=30)
        codes = [str(getattr(record, "code", "")) for record in caplog.records]
        assert any(code.startswith("429") for code in codes) is throttled
