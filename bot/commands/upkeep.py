"""Commands that need no working service: `admin migrate`, `doctor`, `backup` and `restore`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot import doctor, settings
from bot.commands import Arguments, Bare, FoundWrong, Shown, act
from bot.doctor.finding import State
from bot.store import migrations
from bot.store.backup import backup, restore


def database_url(environ: Mapping[str, str]) -> str:
    """Administration needs the database and nothing else, so a half-filled .env does not stand in its way."""
    return str(settings.only("DATABASE_URL", environ, Path(".env")).reveal())


async def _migrate(environ: Mapping[str, str], _: Arguments) -> Shown:
    return f"The database has version {await migrations.upgrade(database_url(environ))}."


async def _backup(environ: Mapping[str, str], wish: Arguments) -> Shown:
    size = await backup(database_url(environ), Path(wish.file))
    return f"{wish.file} holds the whole database: {size:,} bytes."


async def _restore(environ: Mapping[str, str], wish: Arguments) -> Shown:
    kept = await restore(database_url(environ), Path(wish.file), act())
    told = f"The database is as {wish.file} holds it, brought up to date."
    return f"{told} What was there before is kept in {kept}." if kept else told


async def _doctor(environ: Mapping[str, str], wish: Arguments) -> Shown:
    findings = await doctor.examine(environ, Path(".env"))
    shown: Shown = [finding.record() for finding in findings] if wish.json else doctor.lines(findings)
    if any(finding.state is State.FAILED for finding in findings):
        raise FoundWrong(shown)
    return shown


COMMANDS = (
    Bare("migrate", "bring the database up to date", {}, _migrate),
    Bare("doctor", "look whether everything is set up, and say how to mend what is not", {}, _doctor),
    Bare(
        "backup",
        "copy an SQLite database while the service runs",
        {"file": {"metavar": "FILE", "help": "where the copy goes; it must not be there yet"}},
        _backup,
    ),
    Bare(
        "restore",
        "put a copy in an SQLite database's place, while the service is stopped",
        {"file": {"metavar": "FILE", "help": "as `admin backup` made it"}},
        _restore,
    ),
)
