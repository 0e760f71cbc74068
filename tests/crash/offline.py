"""Kills in what an administrator runs: the upgrade of the database and the export of the record.

After SQLite's fault loops: the n-th pass is deadly, n = 1, 2, 3 …, until the command gets through untouched.
"""

from __future__ import annotations

from pathlib import Path

from bot.store import migrations
from tests.crash.child import Birth, Doom
from tests.crash.lives import PATIENCE, Life, LifeFailed, last_words
from tests.crash.stage import Stage


async def upgraded(folder: Path, database: str) -> int:
    """The number of kills until the empty database was brought up to date; LifeFailed when one left half of it."""
    values = {"DATABASE_URL": database, "DEV_MODE": "1"}
    kills = 0
    while await _dies(Birth(("admin", "migrate"), values, folder, Doom("upgrade-step", kills + 1))):
        kills += 1
        if left := await migrations.current(database):
            raise LifeFailed(f"an upgrade that was killed at step {kills} left version {left}")
    if await migrations.current(database) != migrations.newest():
        raise LifeFailed(f"the upgrade came to no good end: {last_words(folder)}")
    return kills


async def exported(on: Stage) -> int:
    """The number of kills until the record was exported: at the 1st, 2nd, 4th … line.

    LifeFailed when what is left of one that was killed looks whole.
    """
    kills = 0
    while await _dies(Birth(_export(on, kills), on.values, on.folder, Doom("audit-export", 2**kills))):
        if _manifest(on, kills).exists():
            raise LifeFailed("an export that was killed looks as if it had come to its end")
        kills += 1
    if not _manifest(on, kills).exists():
        raise LifeFailed(f"the export came to no good end: {on.last_words()}")
    return kills


def _export(on: Stage, number: int) -> tuple[str, ...]:
    return ("admin", "audit", "export", "--to", str(_manifest(on, number).parent))


def _manifest(on: Stage, number: int) -> Path:
    """The file that an export writes last."""
    return on.folder / f"export-{number}" / "manifest.json"


async def _dies(birth: Birth) -> bool:
    """Whether this life came to the point of its death; LifeFailed when it failed in any other way."""
    life = await Life.begin(birth)
    if not await life.ended(PATIENCE) or not (life.killed or life.code == 0):
        raise LifeFailed(f"{' '.join(birth.words)} failed: {last_words(birth.folder)}")
    return life.killed
