"""Log lines: one JSON object each, on standard error, without anything that people wrote or are called."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """`extra` fields stand beside time, level, logger and message; an exception comes with its trace, in one line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # ASCII only: nothing in it can end the line early or steer a terminal, and half a surrogate does no harm.
        return json.dumps(line, default=str)


def configure(level: str) -> None:
    """Send every log line of the process to standard error as JSON, from `level` on."""
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[out], force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
