"""Commands that need no working service: `admin migrate`, `doctor` and `backup`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot import doctor
from bot.commands import Arguments, Bare, FoundWrong, Shown
from bot.doctor.finding import State
from bot.settings import Settings, SettingsError
from bot.store import migrations
from bot.store.backup import backup


def database_url(environ: Mapping[str, str]) -> str:
    """Administration needs the database and nothing else, so a half-filled .env does not stand in its way."""
    try:
        return Settings.load(environ, Path(".env")).database_url.reveal()
    except SettingsError as refused:
        wrong = [problem for problem in refused.problems if problem.name in ("DATABASE_URL", "DEV_MODE")]
        if wrong:
            raise SettingsError(wrong) from None
        return Settings.load(
            {**environ, "DEV_MODE": "1", "HOST": "127.0.0.1", "SMS_GATEWAY": ""}, None
        ).database_url.reveal()


async def _migrate(environ: Mapping[str, str], _: Arguments) -> Shown:
    return f"The database has version {await migrations.upgrade(database_url(environ))}."


async def _backup(environ: Mapping[str, str], wish: Arguments) -> Shown:
    size = await backup(database_url(environ), Path(wish.file))
    return f"{wish.file} holds the whole database: {size:,} bytes."


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
)
