"""Commands as they are typed, on a database of a test's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bot import cli
from bot.domain.events import Rejected
from bot.store import open_store
from tests.store.build import LEASE, card, doing, reported, settles, tapped

TENANT = "c0a7e4d2-91b6-4f58-8d3a-6b1f2e9c5a07"
HEAD = "aad_object_id,name,number"


def line(number: int, name: str = "", phone: str = "") -> str:
    return f"{UUID(int=number)},{name or f'Person {number}'},{phone or f'+49151{number:08}'}"


@dataclass(slots=True)
class Desk:
    """An administrator at a terminal; `said` and `complained` are of the last command."""

    folder: Path
    screen: pytest.CaptureFixture[str]
    values: dict[str, str] = field(default_factory=dict)
    said: str = ""
    complained: str = ""

    async def types(self, *words: str) -> int:
        """The exit code."""
        values: Mapping[str, str] = {
            "DEV_MODE": "1",
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.folder}/desk.db",
            "MicrosoftAppTenantId": TENANT,
            **self.values,
        }
        code = await asyncio.to_thread(cli.main, list(words), values)
        self.said, self.complained = self.screen.readouterr()
        return code

    async def reads(self, *words: str, code: int = 0) -> Any:
        """What a command says with --json."""
        assert await self.types(*words, "--json") == code, self.complained
        return json.loads(self.said)

    def file(self, *rows: str, head: str = HEAD) -> str:
        """A CSV file; its name."""
        path = self.folder / "people.csv"
        path.write_text("\n".join([head, *rows]) + "\n", "utf-8-sig")
        return str(path)


async def bury(url: str, now: datetime) -> int:
    """A card becomes a dead letter; its row."""
    store = await open_store(url)
    try:
        await store.handle(replace(tapped(), at=now), doing(rows=(card(values={"card": "help"}),)))
        [job] = await store.claim(now, LEASE, 1, "teams")
        await store.handle(reported(job, Rejected, "400 BadSyntax", at=now), settles)
        return job.id
    finally:
        await store.close()


async def desk(folder: Path, screen: pytest.CaptureFixture[str]) -> Desk:
    found = Desk(folder, screen)
    assert await found.types("migrate") == 0
    return found
