"""HTTP as the doctor uses it: one question, its answer or why there is none, and what time it is out there."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
import orjson

from bot.ports import Clock

LARGEST: Final = 1024 * 1024
PATIENCE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """When nothing came back `status` is 0 and `why` says why; `json` is empty for anything but an object."""

    status: int
    json: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""


@dataclass(slots=True)
class Probe:
    """Asks, and notes by how much this machine's clock is ahead of each other's (`ahead`)."""

    http: aiohttp.ClientSession
    clock: Clock
    ahead: dict[str, timedelta] = field(default_factory=dict)

    async def ask(
        self,
        url: str,
        body: Mapping[str, Any] | None = None,
        *,
        whose: str = "",
        headers: Mapping[str, str] | None = None,
        **query: str,
    ) -> Answer:
        """GET, or POST of a JSON body. `whose` names a foreign machine, whose clock is compared with ours."""
        method, content = ("GET", None) if body is None else ("POST", orjson.dumps(body))
        try:
            async with self.http.request(
                method, url, data=content, headers=headers, params=query or None, allow_redirects=False
            ) as response:
                if whose:
                    self._compare(whose, response.headers.get("Date", ""))
                return Answer(response.status, _object(await response.content.read(LARGEST)))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Answer(0, why=_why(error))

    def _compare(self, whose: str, date: str) -> None:
        try:
            there: datetime = parsedate_to_datetime(date)
        except ValueError:
            return
        if there.tzinfo is not None:
            self.ahead[whose] = self.clock.now() - there


def client() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE), cookie_jar=aiohttp.DummyCookieJar())


def _why(error: BaseException) -> str:
    """In words, without the address: a token may stand in it."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "its name is not known here"
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLError() | aiohttp.ClientSSLError():
            return "its certificate is not valid"
        case aiohttp.ClientConnectorError():
            return "nobody takes the connection"
        case TimeoutError():
            return f"no answer within {PATIENCE:g} seconds"
    return f"the connection broke ({type(error).__name__})"


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
