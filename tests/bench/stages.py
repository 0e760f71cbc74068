"""Where the time of a profile belongs: each function to a stage, by the file it is in. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import CodeType
from typing import Any

_FILES = (
    ("/bot/wechat/", "WeChat: signature, AES, XML, client"),
    ("/bot/teams/", "Teams: door, views, sender"),
    ("/bot/domain/", "rules"),
    ("/bot/engine/", "engine"),
    ("/bot/store/", "store"),
    ("/cards/", "cards"),
    ("/bot/", "worker, pacing, figures, log lines"),
    ("/logging/", "worker, pacing, figures, log lines"),
    ("/prometheus_client/", "worker, pacing, figures, log lines"),
    ("/json/", "worker, pacing, figures, log lines"),
    ("/sqlalchemy/", "SQLAlchemy"),
    ("/sqlite3/", "database driver"),
    ("/asyncpg/", "database driver"),
    ("/botbuilder/", "botbuilder"),
    ("/botframework/", "botbuilder"),
    ("/msrest/", "botbuilder"),
    ("/aiohttp/", "HTTP"),
    ("/yarl/", "HTTP"),
    ("/multidict/", "HTTP"),
    ("/urllib/", "HTTP"),
    ("/ipaddress.py", "HTTP"),
    ("/dataclasses.py", "records: dataclasses made and replaced"),
    ("<string>", "records: dataclasses made and replaced"),
    ("/asyncio/", "event loop and threads"),
    ("/selectors.py", "event loop and threads"),
    ("/threading.py", "event loop and threads"),
    ("/concurrent/", "event loop and threads"),
    ("/queue.py", "event loop and threads"),
    ("/xml/", "WeChat: signature, AES, XML, client"),
    ("/defusedxml/", "WeChat: signature, AES, XML, client"),
    ("/cryptography/", "WeChat: signature, AES, XML, client"),
)
_BUILTINS = (
    ("sqlite3.", "SQLite itself"),
    ("orjson.", "JSON"),
    ("dumps", "JSON"),
    ("loads", "JSON"),
)
OTHER = "other"
_BENCH = "/tests/bench/"

Times = Mapping[str, float]


def of_file(name: str) -> str:
    """The stage of a file of ours or of a library."""
    path = name.replace("\\", "/")
    return next((stage for part, stage in _FILES if part in path), OTHER)


def of_builtin(name: str, caller: str) -> str:
    """A function in C belongs to whoever calls it, but for those that are a stage of their own."""
    return next((stage for part, stage in _BUILTINS if part in name), caller)


def times(entries: Iterable[Any]) -> dict[str, float]:
    """Seconds by stage, of the entries of a `cProfile.Profile`."""
    found: defaultdict[str, float] = defaultdict(float)
    for entry in entries:
        if not isinstance(entry.code, CodeType) or _BENCH in entry.code.co_filename:
            continue
        stage = of_file(entry.code.co_filename)
        found[stage] += entry.inlinetime
        for called in entry.calls or ():
            if isinstance(called.code, str):
                found[of_builtin(called.code, stage)] += called.inlinetime
    return dict(found)


def less(after: Times, before: Times) -> dict[str, float]:
    """What was added since."""
    return {stage: seconds - before.get(stage, 0.0) for stage, seconds in after.items()}


def scaled(found: Times, whole: float) -> dict[str, float]:
    """The parts of the whole, the largest first; a profile slows what it measures, so only its shares count."""
    total = sum(found.values()) or 1.0
    return {stage: seconds / total * whole for stage, seconds in sorted(found.items(), key=lambda each: -each[1])}
