"""Log lines: one JSON object each, on standard error, without anything that people wrote or are called."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

_CAUSES = 8  # an exception may go in circles
_QUOTES = re.compile(r"[\n(<]")  # where asyncio goes on to show the exception, its words and what it was called with
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """`extra` fields stand beside time, level, logger and message; an exception comes with its trace, in one line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _QUOTES.split(record.getMessage())[0] if record.name == "asyncio" else record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            line["exception"] = _trace(record.exc_info[1])
        # ASCII only: nothing in it can end the line early or steer a terminal, and half a surrogate does no harm.
        return json.dumps(line, default=str)


def _trace(error: BaseException | None) -> str:
    """Where it happened and what it was, never what it says: a database quotes the row, with what people wrote."""
    told: list[str] = []
    while error is not None and len(told) < _CAUSES:
        number = getattr(error, "errno", None) or getattr(getattr(error, "orig", None), "sqlstate", None)
        name = f"{type(error).__module__}.{type(error).__qualname__}" + (f" {number}" if number else "")
        told.append("".join(traceback.format_tb(error.__traceback__)) + name)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nbecause of\n".join(told)


def configure(level: str) -> None:
    """Send every log line of the process to standard error as JSON, from `level` on."""
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[out], force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
