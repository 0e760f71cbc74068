"""`python -m bot admin doctor`: is everything set up? Each check is a small function; what it says holds no secret.

A check that another one's failure makes meaningless is named as not made, so that nothing looks sound by silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.clock import FileClock, SystemClock
from bot.doctor import inside, outside, sms, wechat
from bot.doctor.finding import Finding, lines, warning
from bot.doctor.probe import Probe, client
from bot.ports import Clock
from bot.settings import Settings, SettingsError, only
from bot.teams.credentials import Acquire
from bot.teams.keys import OPENID_URL
from bot.teams.registration import application

__all__ = ["Places", "examine", "lines"]
OUTSIDE = (
    "public address",
    "Teams keys",
    "Teams credentials",
    "WeChat token",
    "WeChat template",
    "SMS gateway",
    "clock",
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where Microsoft is, for tests: `open_application` stands for what MSAL does."""

    openid_url: str = OPENID_URL
    open_application: Callable[[], Acquire] | None = None
    clock: Clock | None = None


async def examine(environ: Mapping[str, str], env_file: Path, places: Places | None = None) -> list[Finding]:
    """Every finding, in the order in which they are to be mended."""
    places = places or Places()
    settings, found = inside.environment(environ, env_file)
    clock = places.clock or _clock(settings)
    found += await _database(environ, env_file, settings, clock.now())
    if settings is None:
        return [*found, *(_not_made(what, "the environment") for what in OUTSIDE)]
    async with client() as http:
        return [*found, *await _outside(settings, Probe(http, clock), places)]


async def _outside(settings: Settings, probe: Probe, places: Places) -> list[Finding]:
    found = [await outside.public_address(probe, settings)]
    if settings.dev_mode and places.open_application is None:
        cure = "They are looked at without DEV_MODE."
        found += [warning(what, "not looked at: DEV_MODE is 1", cure) for what in ("Teams keys", "Teams credentials")]
    else:
        found.append(await outside.signing_keys(probe, places.openid_url))
        opened = places.open_application or application(settings)
        found.append(await outside.teams_credentials(settings, opened))
    token, finding = await wechat.token(probe, settings, probe.clock.now())
    found.append(finding)
    found.append(await wechat.template(probe, settings, token) if token else _not_made("WeChat template", "the token"))
    found.append(await sms.gateway(probe, settings, probe.clock.now()))
    return [*found, outside.clocks(probe.ahead)]


def _not_made(what: str, cause: str) -> Finding:
    return warning(what, f"not looked at: mend {cause} first", "Run the doctor again.")


def _clock(settings: Settings | None) -> Clock:
    return FileClock(settings.dev_clock_file) if settings and settings.dev_clock_file else SystemClock()


async def _database(
    environ: Mapping[str, str], env_file: Path, settings: Settings | None, now: datetime
) -> list[Finding]:
    """It is looked at although other settings are wrong."""
    try:
        url = only("DATABASE_URL", environ, env_file).reveal()
    except SettingsError:
        return [_not_made("database", "the environment")]
    return await inside.database(url, now, settings)
