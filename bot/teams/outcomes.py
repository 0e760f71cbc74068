"""What the Bot Connector's answer means for a card. Pure.

| answer                  | outcome                                                                                |
|-------------------------|----------------------------------------------------------------------------------------|
| 2xx                     | Accepted, with the activity's id (Teams leaves it out where it splits an activity)     |
| 403, 404                | TryLater in 15 min: the app is gone from the chat, blocked or disabled; the card waits |
| 401                     | TryLater: our token is not taken (the sender has already tried with a new one)         |
| 408, 409, 412, 429, 5xx | TryLater, after Retry-After if there is one                                            |
| other 4xx (400, 413 …)  | Invalid: this card will never be taken                                                 |

Codes and statuses: Microsoft's "Status codes from bot conversational APIs".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from bot.domain.pacing import retry_after
from bot.ports import Accepted, Invalid, Outcome, TryLater

GONE = timedelta(minutes=15)
_AGAIN = frozenset({401, 408, 409, 412, 425, 429})


def outcome(status: int, headers: Mapping[str, str], content: bytes, now: datetime) -> Outcome:
    """`headers` must find Retry-After in any case, as aiohttp's do."""
    if 200 <= status < 300:
        return Accepted(_word(_read(content), "id"))
    code = " ".join(filter(None, (str(status), error_code(content))))
    if status in (403, 404):
        return TryLater(code, GONE)
    if 400 <= status < 500 and status not in _AGAIN:
        return Invalid(code)
    return TryLater(code, retry_after(headers.get("Retry-After", ""), now), down=status >= 500)


def error_code(content: bytes) -> str:
    """The code in either of Teams' shapes: `{"error": {"code": …}}`, or `{"message": "{\\"subCode\\": …}"}`."""
    body = _read(content)
    code = _word(_object(body.get("error")), "code") or _word(_read(_word(body, "message").encode()), "subCode")
    return code[:80]


def _read(content: bytes) -> dict[str, Any]:
    try:
        return _object(orjson.loads(content))
    except orjson.JSONDecodeError:
        return {}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
