"""The simulated sign-in: key documents, channel tokens, forgeries, and the token endpoint."""

from typing import Any

import jwt
import pytest

from bot.sim.connector import FORGERIES, TeamsSimulator
from tests.sim.teams_stage import Stage, stage


async def _keys(s: Stage) -> dict[str, Any]:
    async with s.bot.http.get(s.teams.openid_url) as answer:
        metadata = await answer.json()
    assert metadata["issuer"] == "https://api.botframework.com"
    async with s.bot.http.get(metadata["jwks_uri"]) as answer:
        return {key["kid"]: key for key in (await answer.json())["keys"]}


def _checked(token: str, keys: dict[str, Any], teams: TeamsSimulator) -> dict[str, Any]:
    """What a strict bot does with a token."""
    key = keys[jwt.get_unverified_header(token)["kid"]]
    if "msteams" not in key["endorsements"]:
        raise jwt.InvalidTokenError("not endorsed for Teams")
    public = jwt.PyJWK(key, "RS256").key
    claims: dict[str, Any] = jwt.decode(
        token,
        public,
        algorithms=["RS256"],
        audience=teams.identity.app_id,
        issuer="https://api.botframework.com",
        options={"require": ["exp", "iss", "aud", "serviceurl"]},
    )
    if claims["serviceurl"] != teams.service_url:
        raise jwt.InvalidTokenError("for another service URL")
    return claims


async def test_every_delivery_carries_a_token_that_the_published_keys_verify() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        claims = _checked(s.bot.tokens[0], await _keys(s), s.teams)
        assert claims["aud"] == s.teams.identity.app_id
        assert s.bot.received[0]["serviceUrl"] == claims["serviceurl"]


@pytest.mark.parametrize("forgery", sorted(FORGERIES))
async def test_no_forgery_passes_a_strict_check(forgery: str) -> None:
    async with stage() as s:
        keys = await _keys(s)
        token = s.teams.identity.channel_token(s.teams.service_url, forgery)
        with pytest.raises((jwt.InvalidTokenError, KeyError)):
            _checked(token, keys, s.teams)


async def test_a_fault_named_like_a_forgery_delivers_it() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        await s.client.fault("deliver/message", "expired")
        await anna.says("hi")
        with pytest.raises(jwt.ExpiredSignatureError):
            _checked(s.bot.tokens[-1], await _keys(s), s.teams)
        assert (await s.client.deliveries())[-1]["forgery"] == "expired"


async def test_rotation_signs_with_a_new_key_and_keeps_or_drops_the_old_one() -> None:
    async with stage() as s:
        before = await _keys(s)
        old = s.teams.identity.channel_token(s.teams.service_url)
        kid = (await s.client.ask("POST", "rotate"))["kid"]
        assert kid not in before
        assert jwt.get_unverified_header(s.teams.identity.channel_token(s.teams.service_url))["kid"] == kid
        assert _checked(old, await _keys(s), s.teams)
        await s.client.ask("POST", "rotate", {"keep_old": False})
        with pytest.raises(KeyError):
            _checked(old, await _keys(s), s.teams)


async def test_the_token_endpoint_refuses_what_microsofts_refuses_and_counts() -> None:
    async with stage() as s:
        good = {
            "grant_type": "client_credentials",
            "client_id": s.teams.identity.app_id,
            "client_secret": s.teams.identity.secret,
            "scope": "https://api.botframework.com/.default",
        }

        async def ask(**change: str) -> tuple[int, Any]:
            async with s.bot.http.post(s.teams.token_url, data=good | change) as answer:
                return answer.status, await answer.json()

        status, body = await ask()
        assert (status, body["token_type"], body["expires_in"]) == (200, "Bearer", 3599)
        assert s.teams.identity.admits(f"Bearer {body['access_token']}")
        refusals = [
            await ask(client_secret="wrong"),
            await ask(client_id="other"),
            await ask(grant_type="password"),
            await ask(scope="https://graph.microsoft.com/.default"),
        ]
        assert [(status, body["error"]) for status, body in refusals] == [
            (401, "invalid_client"),
            (400, "unauthorized_client"),
            (400, "unsupported_grant_type"),
            (400, "invalid_scope"),
        ]
        counts = (await s.client.counters())["identity"]
        assert (counts["tokens"], counts["tokens_refused"]) == (5, 4)


async def test_keys_can_be_unreachable() -> None:
    async with stage() as s:
        await s.client.fault("/v1/.well-known/*", "status", status=503)
        async with s.bot.http.get(s.teams.openid_url) as answer:
            assert answer.status == 503
