"""Times as the reader says them: in their language and time zone, absolute, so that a card never goes out of date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from cards.view import Reader

_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ZH_DAYS = "一二三四五六日"

# From the seventh day on a weekday alone would name two days.
_NEAR = timedelta(days=6)


def when(at: datetime, reader: Reader, now: datetime | None) -> str:
    """`Tue 14:05`; with the date when more than 6 days off, in another year, or when nobody said what time it is."""
    zone, suffix = _zone(reader.timezone)
    local = at.astimezone(zone)
    today = now.astimezone(zone) if now else None
    near = today is not None and abs(local - today) <= _NEAR and local.year == today.year
    far_year = today is None or local.year != today.year
    day = _zh(local, near, far_year) if reader.language == "zh" else _en(local, near, far_year)
    return f"{day} {local.hour:02}:{local.minute:02}{suffix}"


def _en(local: datetime, near: bool, far_year: bool) -> str:
    weekday = _EN_DAYS[local.weekday()]
    if near:
        return weekday
    year = f" {local.year}" if far_year else ""
    return f"{weekday} {local.day} {_EN_MONTHS[local.month - 1]}{year},"


def _zh(local: datetime, near: bool, far_year: bool) -> str:
    weekday = f"周{_ZH_DAYS[local.weekday()]}"
    if near:
        return weekday
    year = f"{local.year}年" if far_year else ""
    return f"{year}{local.month}月{local.day}日 {weekday}"


def _zone(name: str) -> tuple[tzinfo, str]:
    """The zone; one that we do not know becomes UTC, and the text says so."""
    try:
        return ZoneInfo(name), ""
    except (KeyError, ValueError, OSError):
        return UTC, " UTC"
