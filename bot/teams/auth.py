"""Who may talk to us: strict authentication of Teams' requests, behind botbuilder's own seam for it.

The stock one answers 500 to most bad tokens, takes a token without `exp` and an activity without channel or service
URL, fetches keys with blocking calls, and never learns of a new key. This one asks for all of: a bearer token of
Teams' (RS256 by a key that is endorsed for msteams, issuer, audience, times, service URL), the channel msteams, a
service URL of Microsoft's, one tenant, and that one allowed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from typing import Any

import jwt

from bot.ports import Clock
from bot.teams.activity import Json, tenants, word
from bot.teams.hosts import ServiceHosts
from bot.teams.keys import SigningKeys
from bot.teams.sdk import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
    UserTokenClient,
)

CHANNEL = "msteams"
ISSUER = "https://api.botframework.com"
SKEW = 300.0
"""Seconds that clocks may differ (Microsoft's own figure)."""
REMEMBERED = 1024

Claims = Mapping[str, Any]


class Refused(PermissionError):
    """This request is not taken: `status` is 401 or 403; `reason` is counted and logged, the sender sees the status."""

    def __init__(self, reason: str, status: int = 401) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


class NoConnector(ConnectorFactory):
    """botbuilder builds a connector client for every turn; ours answers through the outbox, so there is none."""

    async def create(self, service_url: str, audience: str) -> Any:
        raise LookupError("cards go out through bot.teams.sender")


class Authentication(BotFrameworkAuthentication):
    """The rules of a real deployment."""

    def __init__(
        self,
        app_id: str,
        keys: SigningKeys,
        hosts: ServiceHosts,
        tenants: Collection[str],
        clock: Clock,
        *,
        issuer: str = ISSUER,
        remembered: int = REMEMBERED,
    ) -> None:
        self._app_id, self._keys, self._issuer, self._clock = app_id, keys, issuer, clock
        self._place, self._remembered = Place(hosts, tenants), remembered
        self._verified: OrderedDict[str, Claims] = OrderedDict()

    async def admit(self, header: str, activity: Json) -> Claims:
        """The claims of the sender. Raises Refused, or KeysUnavailable when Teams' keys cannot be had."""
        claims = await self._claims(_bearer(header))
        if claims["serviceurl"] != word(activity, "serviceUrl"):
            raise Refused("other_service_url")
        self._place.check(activity)
        return claims

    async def _claims(self, token: str) -> Claims:
        """Verifying takes 110 µs and Teams uses a token for an hour, so verified ones are remembered."""
        claims = self._verified.get(token) or await self._verify(token)
        self._in_time(claims)
        self._verified[token] = claims
        self._verified.move_to_end(token)
        if len(self._verified) > self._remembered:
            self._verified.popitem(last=False)
        return claims

    async def _verify(self, token: str) -> Claims:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != "RS256":
                raise Refused("algorithm")
            key = await self._keys.find(str(header.get("kid", "")))
            if key is None:
                raise Refused("unknown_key")
            if CHANNEL not in key.endorsements:
                raise Refused("unendorsed")
            # Times are checked by our own clock, for remembered tokens too.
            options: Any = {"require": ["exp", "iss", "aud", "serviceurl"]} | dict.fromkeys(
                ("verify_exp", "verify_nbf", "verify_iat"), False
            )
            return dict(
                jwt.decode(token, key.public, ["RS256"], audience=self._app_id, issuer=self._issuer, options=options)
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Refused(type(error).__name__) from None

    def _in_time(self, claims: Claims) -> None:
        now = self._clock.now().timestamp()
        begin, end = claims.get("nbf", now), claims["exp"]
        if not isinstance(begin, int | float) or not isinstance(end, int | float):
            raise Refused("times")
        if now < begin - SKEW:
            raise Refused("not_yet_valid")
        if now >= end + SKEW:
            raise Refused("expired")

    # botbuilder's seam

    async def authenticate_request(self, activity: Any, auth_header: str) -> Any:
        """botbuilder's view of `admit`; Refused is a PermissionError, which it knows."""
        claims = await self.admit(auth_header, _json_of(activity))
        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity(dict(claims), True)
        result.audience = self._issuer
        result.connector_factory = NoConnector()
        return result

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> Any:
        raise Refused("streaming")

    def create_connector_factory(self, claims_identity: Any) -> NoConnector:
        return NoConnector()

    async def create_user_token_client(self, claims_identity: Any) -> UserTokenClient:
        raise LookupError("nobody signs in through the bot")


class NoSignIn(Authentication):
    """DEV_MODE, on loopback: anybody may speak without a token, but still only as Teams, from an allowed place."""

    def __init__(self, hosts: ServiceHosts, tenants: Collection[str]) -> None:
        self._place, self._issuer = Place(hosts, tenants), ISSUER

    async def admit(self, header: str, activity: Json) -> Claims:
        self._place.check(activity)
        return {}


class Place:
    """Where a request may come from, token or not."""

    def __init__(self, hosts: ServiceHosts, tenants: Collection[str]) -> None:
        self._hosts, self._tenants = hosts, frozenset(tenant.lower() for tenant in tenants)

    def check(self, activity: Json) -> None:
        """Raises Refused: 401 for another channel or service, 403 for another tenant, or two tenants at once."""
        if word(activity, "channelId") != CHANNEL:
            raise Refused("channel")
        if not self._hosts.allow(word(activity, "serviceUrl")):
            raise Refused("service_url")
        named = tenants(activity)
        if len(named) != 1 or not named <= self._tenants:
            raise Refused("tenant", 403)


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused("no_token")
    return token


def _json_of(activity: Any) -> Json:
    """What the rules look at, from botbuilder's Activity."""
    return {
        "channelId": activity.channel_id,
        "serviceUrl": activity.service_url,
        "channelData": activity.channel_data,
        "conversation": {"tenantId": getattr(activity.conversation, "tenant_id", None)},
    }
