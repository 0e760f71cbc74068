"""What the tests of bot.teams share: a clock, an engine that records, Microsoft's key server, the bot under test."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import jwt
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.domain.events import FromUser
from bot.teams.adapter import TeamsAdapter, routes
from bot.teams.auth import ISSUER, Authentication, NoSignIn
from bot.teams.handler import Conversations
from bot.teams.hosts import ServiceHosts
from bot.teams.keys import SigningKeys
from tests.fake_book import FakeBook

DATA = Path(__file__).parent.parent / "data/teams"
APP_ID = "aabdbd62-bc97-4afb-83ee-575594577de5"
TENANT = "56653e9d-2158-46ee-90d7-675c39642038"
NOW = datetime(2026, 1, 7, 6, 5, tzinfo=UTC)

Json = dict[str, Any]


def payload(name: str) -> Json:
    """A captured activity, as it came."""
    loaded: Json = json.loads((DATA / name).read_text("utf-8"))
    return loaded


def click(verb: str = "", **data: Any) -> Json:
    """The captured Action.Execute with other data in it."""
    raw = payload("teams.net/adaptivecard_action_invoke_personal.json")
    raw["value"]["action"]["data"] = ({"verb": verb} if verb else {}) | data
    return raw


def typed(text: str, html: str | None = None, **more: Any) -> Json:
    """A message in the same personal chat, and its HTML twin if there is one."""
    raw = click()
    del raw["value"], raw["name"], raw["replyToId"]
    raw |= {"type": "message", "id": "1767765500000", "text": text, "textFormat": "plain"} | more
    if html is not None:
        raw["attachments"] = [{"contentType": "text/html", "content": html}, *raw.get("attachments", [])]
    return raw


@dataclass(slots=True)
class Moment:
    """A clock that stands still until it is moved."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass(slots=True)
class Recorder:
    """An engine that remembers its events and answers what it was told to."""

    answer: Mapping[str, Any] = field(default_factory=dict)
    failure: Exception | None = None
    events: list[FromUser] = field(default_factory=list)

    async def handle(self, event: FromUser) -> Mapping[str, Any]:
        self.events.append(event)
        if self.failure is not None:
            raise self.failure
        return self.answer


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """An RSA key of this name, the same for a whole test run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(kid: str, endorsements: tuple[str, ...] = ("msteams",)) -> Json:
    public: Json = jwt.algorithms.RSAAlgorithm.to_jwk(private_key(kid).public_key(), as_dict=True)
    return public | {"kid": kid, "endorsements": list(endorsements)}


def claims(raw: Json, at: datetime = NOW) -> Json:
    """What a real token of Teams' says for this activity."""
    begin = int(at.timestamp())
    return {"iss": ISSUER, "aud": APP_ID, "nbf": begin, "exp": begin + 3600, "serviceurl": raw["serviceUrl"]}


def token(said: Json, kid: str = "first", signed_by: str = "") -> str:
    return jwt.encode(said, private_key(signed_by or kid), "RS256", headers={"kid": kid})


@dataclass(slots=True)
class KeyServer:
    """login.botframework.com: its keys, how often it was asked, and whether it answers."""

    keys: list[Json] = field(default_factory=lambda: [jwk("first")])
    asked: int = 0
    down: bool = False
    url: str = ""

    async def metadata(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.down:
            raise web.HTTPServiceUnavailable
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{request.url.origin()}/keys"})

    async def published(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": self.keys})


@asynccontextmanager
async def key_server() -> AsyncIterator[KeyServer]:
    served = KeyServer()
    app = web.Application()
    app.add_routes([web.get("/openid", served.metadata), web.get("/keys", served.published)])
    async with TestServer(app) as server:
        served.url = str(server.make_url("/openid"))
        yield served


@dataclass(slots=True)
class Bot:
    """The bot as Teams reaches it."""

    client: TestClient[web.Request, web.Application]
    engine: Recorder
    clock: Moment
    microsoft: KeyServer
    refused: list[str]

    async def hears(self, raw: Json, authorization: str | None = None) -> tuple[int, bytes]:
        """Status and body for an activity; by default with a good token."""
        given = f"Bearer {token(claims(raw, self.clock.at))}" if authorization is None else authorization
        headers = {"Authorization": given} if given else {}
        async with self.client.post("/api/messages", json=raw, headers=headers) as answer:
            return answer.status, await answer.read()


@asynccontextmanager
async def bot(
    *,
    tenants: tuple[str, ...] = (TENANT,),
    hosts: ServiceHosts | None = None,
    signed_in: bool = True,
    in_flight: int = 512,
    wrap: Callable[[Recorder], Any] = lambda engine: engine,
    book: FakeBook | None = None,
) -> AsyncIterator[Bot]:
    """The whole incoming side on a port of its own."""
    clock, engine, refused, hosts = Moment(), Recorder(), list[str](), hosts or ServiceHosts()
    async with key_server() as microsoft, aiohttp.ClientSession() as http:
        keys = SigningKeys(http, clock, microsoft.url)
        strict = Authentication(APP_ID, keys, hosts, tenants, clock)
        adapter = TeamsAdapter(strict if signed_in else NoSignIn(hosts, tenants), refused.append, in_flight=in_flight)
        ids = iter(f"event-{number}" for number in range(10_000))
        app = web.Application()
        app.add_routes(routes(adapter, Conversations(wrap(engine), clock, lambda: next(ids), book or FakeBook(), "")))
        async with TestClient(TestServer(app)) as client:
            yield Bot(client, engine, clock, microsoft, refused)
        await keys.close()
