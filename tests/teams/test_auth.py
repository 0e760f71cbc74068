"""Every bad token is refused with exactly 401 or 403, and the good ones are not; with real RS256 signatures."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from hashlib import sha256

import aiohttp
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.teams.auth import Authentication, Refused
from bot.teams.hosts import ServiceHosts
from bot.teams.keys import SigningKeys
from tests.teams.support import (
    APP_ID,
    NOW,
    TENANT,
    Bot,
    Json,
    Moment,
    bot,
    claims,
    click,
    jwk,
    key_server,
    private_key,
    token,
)

RAW = click("help")
GOOD = claims(RAW)
SECOND = int(NOW.timestamp())


def by_hand(header: Json, said: Json, secret: bytes = b"") -> str:
    """A token that no library would make."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, said)]
    signature = hmac.new(secret, b".".join(parts), sha256).digest() if secret else b""
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def public_pem() -> bytes:
    return private_key("first").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def without(*names: str) -> Json:
    return {name: value for name, value in GOOD.items() if name not in names}


BAD: dict[str, tuple[Callable[[], str], str]] = {
    "no token": (lambda: "", "no_token"),
    "another scheme": (lambda: "Basic Zm9vOmJhcg==", "no_token"),
    "an empty token": (lambda: "Bearer ", "no_token"),
    "garbage": (lambda: "Bearer not.a.token", "DecodeError"),
    "garbage without dots": (lambda: "Bearer garbage", "DecodeError"),
    "forged": (lambda: f"Bearer {token(GOOD, 'first', signed_by='second')}", "InvalidSignatureError"),
    "expired": (lambda: f"Bearer {token(GOOD | {'exp': SECOND - 300})}", "expired"),
    "not yet valid": (lambda: f"Bearer {token(GOOD | {'nbf': SECOND + 301})}", "not_yet_valid"),
    "another audience": (lambda: f"Bearer {token(GOOD | {'aud': TENANT})}", "InvalidAudienceError"),
    "another issuer": (lambda: f"Bearer {token(GOOD | {'iss': 'https://example.com'})}", "InvalidIssuerError"),
    "an unknown key": (lambda: f"Bearer {token(GOOD, 'second')}", "unknown_key"),
    "no key named": (lambda: f"Bearer {by_hand({'alg': 'RS256', 'typ': 'JWT'}, GOOD)}", "unknown_key"),
    "none": (lambda: f"Bearer {by_hand({'alg': 'none', 'kid': 'first'}, GOOD)}", "algorithm"),
    "HS256 with the public key": (
        lambda: f"Bearer {by_hand({'alg': 'HS256', 'kid': 'first'}, GOOD, public_pem())}",
        "algorithm",
    ),
    "unendorsed": (lambda: f"Bearer {token(GOOD, 'webchat')}", "unendorsed"),
    "exp is a word": (lambda: f"Bearer {token(GOOD | {'exp': 'never'})}", "times"),
    "nbf is a word": (lambda: f"Bearer {token(GOOD | {'nbf': 'always'})}", "times"),
    **{
        f"no {name}": (lambda name=name: f"Bearer {token(without(name))}", "MissingRequiredClaimError")  # type: ignore[misc]
        for name in ("exp", "aud", "iss", "serviceurl")
    },
    "another service URL": (
        lambda: f"Bearer {token(GOOD | {'serviceurl': 'https://smba.trafficmanager.net/emea/'})}",
        "other_service_url",
    ),
}


async def refused(bot: Bot, raw: Json, authorization: str | None = None) -> tuple[int, str]:
    status, body = await bot.hears(raw, authorization)
    assert (bot.engine.events, body) == ([], b"")
    return status, bot.refused[-1]


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_token_is_refused(name: str) -> None:
    made, reason = BAD[name]
    async with bot() as ours:
        ours.microsoft.keys.append(jwk("webchat", ("webchat", "directline")))
        assert await refused(ours, RAW, made()) == (401, reason)


@pytest.mark.parametrize(
    "good", [{}, {"exp": SECOND - 299}, {"nbf": SECOND + 300}, {"nbf": SECOND - 9000}], ids=["now", "exp", "nbf", "old"]
)
async def test_clocks_may_differ_by_five_minutes(good: Json) -> None:
    async with bot() as ours:
        assert (await ours.hears(RAW, f"bearer {token(GOOD | good)}"))[0] == 200


async def test_a_token_without_nbf_is_valid_from_the_beginning() -> None:
    async with bot() as ours:
        assert (await ours.hears(RAW, f"Bearer {token(without('nbf'))}"))[0] == 200


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"channelId": "webchat"}, 401, "channel"),
        ({"channelId": None}, 401, "channel"),
        ({"serviceUrl": "https://evil.example.com/"}, 401, "service_url"),
        ({"serviceUrl": "http://smba.trafficmanager.net/amer/"}, 401, "service_url"),
        ({"channelData": {"tenant": {"id": "another"}}, "conversation": {"id": "a"}}, 403, "tenant"),
        ({"channelData": {"tenant": {"id": "another"}}}, 403, "tenant"),
        ({"channelData": {}, "conversation": {"id": "a"}}, 403, "tenant"),
        ({"channelData": "x", "conversation": "y"}, 403, "tenant"),
    ],
)
async def test_the_place_is_checked_with_and_without_sign_in(
    change: Json, status: int, reason: str, signed_in: bool
) -> None:
    async with bot(signed_in=signed_in) as ours:
        assert await refused(ours, RAW | change) == (status, reason)


async def test_an_activity_without_service_url_is_refused() -> None:
    raw = {name: value for name, value in RAW.items() if name != "serviceUrl"}
    async with bot() as ours:
        assert await refused(ours, raw, f"Bearer {token(GOOD)}") == (401, "other_service_url")
        assert await refused(ours, raw, f"Bearer {token(GOOD | {'serviceurl': ''})}") == (401, "service_url")


async def test_the_tenant_may_be_named_by_the_conversation_alone_and_in_capitals() -> None:
    conversation = RAW["conversation"] | {"tenantId": TENANT.upper()}
    async with bot() as ours:
        assert (await ours.hears(RAW | {"channelData": {}, "conversation": conversation}))[0] == 200
        assert ours.engine.events[0].tenant == TENANT


async def test_without_sign_in_no_token_is_asked_for() -> None:
    async with bot(signed_in=False, hosts=ServiceHosts(("127.0.0.1:56150",), loopback=True)) as ours:
        raw = RAW | {"serviceUrl": "http://127.0.0.1:56150/_connector"}
        assert (await ours.hears(raw, ""))[0] == 200
        assert ours.microsoft.asked == 0


async def test_a_verified_token_is_remembered_until_it_ends() -> None:
    async with bot() as ours:
        good = f"Bearer {token(GOOD)}"
        await ours.hears(RAW, good)
        ours.microsoft.keys.clear()
        ours.clock.pass_by(hours=1, minutes=4, seconds=59)
        assert (await ours.hears(RAW, good))[0] == 200
        ours.clock.pass_by(seconds=1)
        assert (await ours.hears(RAW, good))[0] == 401


async def test_only_so_many_tokens_are_remembered() -> None:
    async with key_server() as microsoft, aiohttp.ClientSession() as http:
        keys = SigningKeys(http, Moment(), microsoft.url)
        ours = Authentication(APP_ID, keys, ServiceHosts(), (TENANT,), Moment(), remembered=2)
        tokens = [f"Bearer {token(GOOD | {'exp': SECOND + number})}" for number in range(3)]
        for good in tokens:
            await ours.admit(good, RAW)
        microsoft.keys.clear()
        await keys.warm()
        for good in tokens[1:]:
            await ours.admit(good, RAW)
        with pytest.raises(Refused, match="unknown_key"):
            await ours.admit(tokens[0], RAW)


async def test_a_remembered_token_is_still_for_its_service_url_alone() -> None:
    async with bot() as ours:
        good = f"Bearer {token(GOOD)}"
        await ours.hears(RAW, good)
        ours.engine.events.clear()
        elsewhere = RAW | {"serviceUrl": "https://smba.trafficmanager.net/emea/"}
        assert await refused(ours, elsewhere, good) == (401, "other_service_url")
