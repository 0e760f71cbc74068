"""The access token: one for everybody who needs it, fetched once, renewed before it ends.

`stable_token` in normal mode, because asking twice gives the same token and disturbs nobody else; never with
`force_refresh`, which kills the token that other machines are using (and is limited to 20 a day).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.ports import Clock, TryLater

EARLY = timedelta(minutes=5)  # WeChat gives a new token in the last five minutes of the old one
_SHORTEST = timedelta(seconds=30)  # so that an odd `expires_in` does not make us ask for every message
_LONGEST = 7200


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token (at most 512 characters) and the time (aware, UTC) from which a new one is asked for."""

    value: str = field(repr=False)
    fresh_until: datetime


class TokenShelf(Protocol):
    """Where machines share the token; `app_id` names it."""

    async def get(self, app_id: str) -> AccessToken | None: ...

    async def put(self, app_id: str, token: AccessToken) -> None: ...


Fetch = Callable[[], Awaitable[AccessToken | TryLater]]


class Access:
    """The current token of one account, in memory and on the shelf."""

    def __init__(self, app_id: str, fetch: Fetch, clock: Clock, shelf: TokenShelf | None = None) -> None:
        self._app_id = app_id
        self._fetch = fetch
        self._clock = clock
        self._shelf = shelf
        self._current: AccessToken | None = None
        self._flight: asyncio.Task[AccessToken | TryLater] | None = None

    async def token(self, refused: AccessToken | None = None) -> AccessToken | TryLater:
        """A token to use now, other than the one that WeChat `refused`; or why there is none.

        Everybody who asks while a fetch is under way gets its result, good or bad. A renewed token is a new object
        even when WeChat gives the same value again, so many refusals at once still lead to one fetch.
        """
        current = self._current
        if current is not None and current is not refused and self._fresh(current):
            return current
        if self._flight is None:
            self._flight = asyncio.create_task(self._renew(refused))
            self._flight.add_done_callback(self._landed)
        return await asyncio.shield(self._flight)

    async def _renew(self, refused: AccessToken | None) -> AccessToken | TryLater:
        shared = await self._shelf.get(self._app_id) if self._shelf else None
        if shared is not None and self._fresh(shared) and (refused is None or shared.value != refused.value):
            self._current = shared
            return shared
        fetched = await self._fetch()
        if isinstance(fetched, AccessToken):
            self._current = fetched
            if self._shelf is not None:
                await self._shelf.put(self._app_id, fetched)
        return fetched

    def _fresh(self, token: AccessToken) -> bool:
        return self._clock.now() < token.fresh_until

    def _landed(self, flight: asyncio.Task[AccessToken | TryLater]) -> None:
        self._flight = None


def granted(answer: Mapping[str, Any], now: datetime) -> AccessToken | None:
    """The token in WeChat's answer, None if there is no usable one in it; `now` aware, from before the request."""
    value, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(value, str) or not 0 < len(value) <= 512 or not value.isprintable():
        return None
    if not isinstance(seconds, int):
        return None
    life = timedelta(seconds=max(0, min(seconds, _LONGEST)))
    return AccessToken(value, now + max(life - EARLY, _SHORTEST))
