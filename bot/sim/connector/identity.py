"""The sign-in side of the Bot Framework: signing keys, Teams' tokens for the bot, the bot's tokens for the connector.

Tokens live by the machine's real clock, whatever the simulated one says: a JWT library cannot be told another time.
The documents have the shapes of the real ones (login.botframework.com, login.microsoftonline.com).
"""

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.sim.connector.people import Json

ISSUER = "https://api.botframework.com"
AUDIENCE = "https://api.botframework.com"
LIFETIME = 3600


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One RSA key pair of the channel; `endorsements` are the channels it may speak for."""

    kid: str
    private: rsa.RSAPrivateKey
    endorsements: tuple[str, ...] = ("msteams", "webchat", "directline")

    @classmethod
    def new(cls, endorsements: tuple[str, ...] = ("msteams", "webchat", "directline")) -> "SigningKey":
        return cls(uuid4().hex, rsa.generate_private_key(public_exponent=65537, key_size=2048), endorsements)

    @property
    def pem(self) -> bytes:
        """The public half, as the HS256 confusion attack would use it."""
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, kind)

    @property
    def jwk(self) -> Json:
        public: Json = jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        named = {"kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid, "n": public["n"], "e": public["e"]}
        return named | {"endorsements": list(self.endorsements)}

    def sign(self, claims: Json, **header: str) -> str:
        return jwt.encode(claims, self.private, algorithm="RS256", headers={"kid": self.kid, "x5t": self.kid} | header)


class Identity:
    """Issues and checks every token of the simulated cloud; counts what it was asked for."""

    def __init__(self, app_id: str, secret: str, tenant: str) -> None:
        self.app_id, self.secret, self.tenant = app_id, secret, tenant
        self.key = SigningKey.new()
        self.unendorsed = SigningKey.new(endorsements=("webchat",))
        self.published = [self.key, self.unendorsed]
        self.checked = True
        self.counts = {"metadata": 0, "keys": 0, "tokens": 0, "tokens_refused": 0, "calls_refused": 0}

    def rotate(self, *, keep_old: bool = True) -> str:
        """Sign with a new key from now on; the old one stays published unless told otherwise. Returns the new kid."""
        self.key = SigningKey.new()
        kept = self.published if keep_old else [self.unendorsed]
        self.published = [self.key, *kept]
        return self.key.kid

    def channel_claims(self, service_url: str) -> Json:
        now = int(time.time())
        claims = {"serviceurl": service_url, "nbf": now - 60, "exp": now + LIFETIME}
        return claims | {"iss": ISSUER, "aud": self.app_id}

    def channel_token(self, service_url: str, forgery: str | None = None) -> str:
        """The token of one delivery to the bot; `forgery` names one of FORGERIES."""
        claims = self.channel_claims(service_url)
        return FORGERIES[forgery](self, claims) if forgery else self.key.sign(claims)

    def connector_token(self) -> str:
        """What the token endpoint hands to the bot."""
        now = int(time.time())
        issuer = f"https://sts.windows.net/{self.tenant}/"
        return self.key.sign(
            {
                "aud": AUDIENCE,
                "iss": issuer,
                "appid": self.app_id,
                "tid": self.tenant,
                "nbf": now,
                "exp": now + LIFETIME,
            }
        )

    def admits(self, authorization: str) -> bool:
        """Whether a call to the connector carries a token of ours for this bot."""
        if not self.checked:
            return True
        scheme, _, token = authorization.partition(" ")
        keys = {key.kid: key for key in self.published}
        try:
            key = keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(token, key.private.public_key(), ["RS256"], audience=AUDIENCE, leeway=60)
            admitted = scheme == "Bearer" and claims.get("appid") == self.app_id
        except (jwt.InvalidTokenError, KeyError):
            admitted = False
        self.counts["calls_refused"] += not admitted
        return admitted

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/.well-known/openidconfiguration", self._metadata),
            web.get("/v1/.well-known/keys", self._keys),
            web.post("/{tenant}/oauth2/v2.0/token", self._token),
        ]

    async def _metadata(self, request: web.Request) -> web.Response:
        self.counts["metadata"] += 1
        return web.json_response(
            {
                "issuer": ISSUER,
                "authorization_endpoint": "https://invalid.botframework.com",
                "jwks_uri": f"{request.url.origin()}/v1/.well-known/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }
        )

    async def _keys(self, _request: web.Request) -> web.Response:
        self.counts["keys"] += 1
        return web.json_response({"keys": [key.jwk for key in self.published]})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.counts["tokens"] += 1
        refusal = self._refusal({name: str(value) for name, value in form.items()})
        if refusal is not None:
            self.counts["tokens_refused"] += 1
            return refusal
        answer = {"token_type": "Bearer", "expires_in": LIFETIME - 1, "ext_expires_in": LIFETIME - 1}
        return web.json_response(answer | {"access_token": self.connector_token()})

    def _refusal(self, form: dict[str, str]) -> web.Response | None:
        if form.get("grant_type") != "client_credentials":
            return _oauth_error(
                400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type."
            )
        if form.get("client_id") != self.app_id:
            return _oauth_error(400, "unauthorized_client", "AADSTS700016: Application was not found in the directory.")
        if not hmac.compare_digest(form.get("client_secret", "").encode(), self.secret.encode()):
            return _oauth_error(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
        if form.get("scope") != f"{AUDIENCE}/.default":
            return _oauth_error(400, "invalid_scope", "AADSTS70011: The provided value for scope is not valid.")
        return None


def _oauth_error(status: int, code: str, description: str) -> web.Response:
    return web.json_response({"error": code, "error_description": description}, status=status)


def _by_hand(header: Json, claims: Json, secret: bytes = b"") -> str:
    """A token that no JWT library would make."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signature = hmac.new(secret, b".".join(parts), sha256).digest() if secret else b""
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def _without(claims: Json, *names: str) -> Json:
    return {name: value for name, value in claims.items() if name not in names}


def _bad_signature(identity: Identity, claims: Json) -> str:
    return SigningKey(identity.key.kid, identity.unendorsed.private).sign(claims)


FORGERIES: dict[str, Callable[[Identity, Any], str]] = {
    "expired": lambda i, c: i.key.sign(c | {"nbf": c["nbf"] - 9000, "exp": int(time.time()) - 3600}),
    "not_yet_valid": lambda i, c: i.key.sign(c | {"nbf": int(time.time()) + 3600, "exp": int(time.time()) + 7200}),
    "other_audience": lambda i, c: i.key.sign(c | {"aud": str(uuid4())}),
    "other_issuer": lambda i, c: i.key.sign(c | {"iss": "https://login.example.com"}),
    "no_issuer": lambda i, c: i.key.sign(_without(c, "iss")),
    "other_service_url": lambda i, c: i.key.sign(c | {"serviceurl": "https://elsewhere.example.com/"}),
    "no_service_url": lambda i, c: i.key.sign(_without(c, "serviceurl")),
    "no_exp": lambda i, c: i.key.sign(_without(c, "exp")),
    "unknown_kid": lambda i, c: SigningKey.new().sign(c),
    "bad_signature": _bad_signature,
    "unendorsed": lambda i, c: i.unendorsed.sign(c),
    "alg_none": lambda i, c: _by_hand({"alg": "none", "typ": "JWT", "kid": i.key.kid}, c),
    "hs256": lambda i, c: _by_hand({"alg": "HS256", "typ": "JWT", "kid": i.key.kid}, c, i.key.pem),
    "garbage": lambda i, c: "not.a.token",
    "missing": lambda i, c: "",
}
"""The bad tokens that a test can ask for, by name."""
