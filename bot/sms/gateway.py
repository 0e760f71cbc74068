"""PINs to phones: a `Gateway` for outbox rows of kind `pin`, over whichever carrier is configured.

A row holds a nonce and a text with `{pin}` in it, never the PIN: that is made here, of the nonce and the service's
secret, at the moment it is sent. What is not known to have failed is sent again, with the same PIN: a second SMS does
no harm, a missing one keeps a client out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import aiohttp
import orjson

from bot.domain.pacing import retry_after
from bot.ports import Clock, Invalid, Job, Outcome, TryLater

NUMBER = "number"
"""The code of what is wrong with the number itself: the contact is asked for another."""

CONFIGURATION = timedelta(minutes=1)
ANSWER_LIMIT = 64 * 1024


class Carrier(Protocol):
    """A company that sends SMS; `host` is where."""

    host: str

    async def send(self, to: str, text: str, nonce: str) -> Outcome:
        """`to` is E.164; `nonce` is the same for every try. Never raises for what the outside does."""


class PinGateway:
    """`pin(nonce)` makes the six digits."""

    def __init__(self, carrier: Carrier, pin: Callable[[str], str]) -> None:
        self._carrier = carrier
        self._pin = pin

    async def deliver(self, job: Job) -> Outcome:
        to, nonce, text = (job.values.get(name) for name in ("to", "nonce", "text"))
        if job.kind != "pin" or not (isinstance(to, str) and isinstance(nonce, str) and isinstance(text, str)):
            return Invalid("job")
        return await self._carrier.send(to, text.replace("{pin}", self._pin(nonce)), nonce)

    def host(self, job: Job) -> str:
        return self._carrier.host


@dataclass(frozen=True, slots=True)
class Answered:
    """What a carrier answered; `body` is empty unless it was a JSON object, `wish` is how long we shall wait."""

    status: int
    body: dict[str, Any]
    wish: timedelta | None

    def later(self) -> TryLater | None:
        """That it has too much to do or fails, if it says so."""
        if self.status != 429 and self.status < 500:
            return None
        return TryLater(str(self.status), self.wish, down=self.status >= 500)


def session() -> aiohttp.ClientSession:
    """The client for all carriers: 3 s to connect, 10 s in all, 20 connections to one host."""
    timeout = aiohttp.ClientTimeout(total=10, sock_connect=3)
    connector = aiohttp.TCPConnector(limit_per_host=20)
    return aiohttp.ClientSession(timeout=timeout, connector=connector, cookie_jar=aiohttp.DummyCookieJar())


async def post(http: aiohttp.ClientSession, clock: Clock, url: str, **request: Any) -> Answered | TryLater:
    """The carrier's answer, or that there was none."""
    try:
        async with http.post(url, allow_redirects=False, **request) as response:
            wish = retry_after(response.headers.get("Retry-After", ""), clock.now())
            return Answered(response.status, _object(await response.content.read(ANSWER_LIMIT)), wish)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return TryLater(type(error).__name__, down=True)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
