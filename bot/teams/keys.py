"""The public keys that Teams signs its requests with: fetched without stopping the loop, kept, and renewed in time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import jwt

from bot.ports import Clock

OPENID_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
FRESH = timedelta(hours=24)
UNKNOWN_EVERY = timedelta(hours=1)
AFTER_FAILURE = timedelta(seconds=30)

log = logging.getLogger(__name__)


class KeysUnavailable(Exception):
    """The keys could not be fetched, so nobody can say whether this one is Teams'; worth trying again."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`endorsements` are the channels that this key may speak for."""

    public: Any
    endorsements: frozenset[str]


class SigningKeys:
    """Cached keys by their id. Old keys serve on while the metadata server is down.

    They are renewed behind the requests' backs after `fresh`; an unknown id makes us look at most once in
    `unknown_every`, so that made-up ids cannot turn us into a hammer, and after a failed fetch not for `after_failure`.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        clock: Clock,
        openid_url: str = OPENID_URL,
        *,
        fresh: timedelta = FRESH,
        unknown_every: timedelta = UNKNOWN_EVERY,
        after_failure: timedelta = AFTER_FAILURE,
        timeout: float = 5.0,
    ) -> None:
        self._http, self._clock, self._openid_url = http, clock, openid_url
        self._fresh, self._unknown_every, self._after_failure = fresh, unknown_every, after_failure
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._unknown_at: datetime | None = None
        self._lock = asyncio.Lock()
        self._renewal: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> SigningKey | None:
        """The key with this id, None when Teams has none. Raises KeysUnavailable when we cannot know."""
        if kid in self._keys:
            self._renew_behind()
            return self._keys[kid]
        async with self._lock:
            if kid not in self._keys and self._may_look():
                if self._fetched_at is not None:
                    self._unknown_at = self._clock.now()
                await self._fetch()
        if kid not in self._keys and self._failed_at is not None:
            raise KeysUnavailable
        return self._keys.get(kid)

    async def warm(self) -> None:
        """Fetch the keys before the first request needs them; a failure is only logged."""
        async with self._lock:
            await self._fetch()

    async def close(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    def _may_look(self) -> bool:
        if self._failed_at is not None:
            return self._passed(self._failed_at, self._after_failure)
        return self._unknown_at is None or self._passed(self._unknown_at, self._unknown_every)

    def _renew_behind(self) -> None:
        stale = self._fetched_at is not None and self._passed(self._fetched_at, self._fresh)
        resting = self._failed_at is not None and not self._passed(self._failed_at, self._after_failure)
        if stale and not resting and (self._renewal is None or self._renewal.done()):
            self._renewal = asyncio.create_task(self.warm())

    def _passed(self, since: datetime, span: timedelta) -> bool:
        return self._clock.now() - since >= span

    async def _fetch(self) -> None:
        try:
            metadata = await self._json(self._openid_url)
            document = await self._json(metadata["jwks_uri"])
            keys = dict(filter(None, map(_read, document["keys"])))
        except (aiohttp.ClientError, TimeoutError, ValueError, TypeError, KeyError) as error:
            self._failed_at = self._clock.now()
            log.warning(
                "Teams' signing keys could not be fetched",
                extra={"action": "keys_failed", "error": type(error).__name__},
            )
            return
        self._keys, self._fetched_at, self._failed_at = keys, self._clock.now(), None
        log.info("Teams' signing keys fetched", extra={"action": "keys_fetched", "keys": len(keys)})

    async def _json(self, url: str) -> Any:
        async with self._http.get(url, timeout=self._timeout, raise_for_status=True) as answer:
            return await answer.json(content_type=None)


def _read(raw: Any) -> tuple[str, SigningKey] | None:
    """None for a key that is not one of RSA: it cannot have signed for Teams."""
    try:
        if raw["kty"] != "RSA":
            return None
        endorsements = frozenset(raw.get("endorsements") or ())
        return raw["kid"], SigningKey(jwt.PyJWK(raw, "RS256").key, endorsements)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        return None
