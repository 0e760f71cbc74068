"""How much there may be at once (R13), and that it is shed, not lost, and taken when there is room again."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import app
from bot.clock import SystemClock
from bot.domain.effects import State
from bot.sim.wechat import acts
from bot.sim.wechat.push import Pusher
from bot.sms import gateway as sms
from bot.sms.twilio import Subscription, Twilio
from bot.store import admin
from bot.teams import adapter, sender
from bot.teams.credentials import NoTokens
from bot.teams.hosts import ServiceHosts
from bot.wechat import messages, webhook
from bot.wechat.client import Credentials, OfficialAccount
from tests.e2e.stage import stage
from tests.teams.test_views import CONVERSATION, USER
from tests.teams.test_views import job as card_job
from tests.teams.test_views import message as card_message
from tests.waiting import until
from tests.wechat.test_client import job as text_job

AT_ONCE, BODY, CONNECTIONS = 512, 512 * 1024, 20


def test_the_figures() -> None:
    assert {webhook.IN_FLIGHT, adapter.IN_FLIGHT} == {AT_ONCE}
    assert {messages.BODY_LIMIT, adapter.LARGEST} == {BODY}


async def test_whatever_is_called_has_three_seconds_to_connect_and_ten_in_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every client that the service makes while it talks to Teams, to WeChat and to the one that sends SMS."""
    made: dict[str, list[aiohttp.ClientSession]] = defaultdict(list)
    make = aiohttp.ClientSession

    def noted(*given: Any, **named: Any) -> aiohttp.ClientSession:
        session, maker = make(*given, **named), sys._getframe(1).f_globals["__name__"]
        if maker.startswith("bot.") and not maker.startswith("bot.sim."):
            made[maker].append(session)
        return session

    monkeypatch.setattr(aiohttp, "ClientSession", noted)
    async with stage(tmp_path, working=False, SMS_GATEWAY="twilio") as on:
        await on.begins()
        await on.writes("an answer")
        assert made.keys() == {"bot.teams.sender", "bot.wechat.client", "bot.sms.gateway"}
        for session in chain.from_iterable(made.values()):
            assert (session.timeout.sock_connect, session.timeout.total) == (3, 10)
            assert session.connector is not None
            assert CONNECTIONS in (session.connector.limit, session.connector.limit_per_host)


@dataclass(slots=True)
class Crowded:
    """A host that answers nobody until it is told to, and counts who is there."""

    url: str = ""
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    there: int = 0
    most: int = 0

    async def take(self, request: web.Request) -> web.Response:
        if "token" in request.path:
            return web.json_response({"access_token": "a", "expires_in": 7200})
        self.there += 1
        self.most = max(self.most, self.there)
        await self.let_go.wait()
        self.there -= 1
        return web.json_response({"errcode": 0, "errmsg": "ok", "id": "1", "sid": "1"})


@asynccontextmanager
async def crowded() -> AsyncIterator[Crowded]:
    host = Crowded()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", host.take)
    async with TestServer(application) as server:
        host.url = str(server.make_url("/"))
        yield host


Send = Callable[[], Coroutine[Any, Any, object]]
Way = Callable[[str], AbstractAsyncContextManager[Send]]


@asynccontextmanager
async def to_wechat(url: str) -> AsyncIterator[Send]:
    account = OfficialAccount(Credentials("wx1", "secret"), SystemClock(), base_url=url)
    try:
        yield lambda: account.deliver(text_job())
    finally:
        await account.close()


@asynccontextmanager
async def to_teams(url: str) -> AsyncIterator[Send]:
    hosts = ServiceHosts((urlsplit(url).netloc,), loopback=True)
    assert USER.reference is not None
    there = replace(USER, reference=replace(USER.reference, service_url=url))
    made = replace(
        card_job("confirmation", message=card_message("m1", "x", state=State.SENT), conversation=CONVERSATION),
        user=there,
    )
    async with sender.session() as http:
        out = sender.Sender(http, NoTokens(), hosts, SystemClock())
        yield lambda: out.deliver(made)


@asynccontextmanager
async def to_the_carrier(url: str) -> AsyncIterator[Send]:
    async with sms.session() as http:
        carrier = Twilio(http, Subscription("AC0", "token", "+1800"), SystemClock(), url)
        yield lambda: carrier.send("+4915112345678", "x", "n")


@pytest.mark.parametrize("way", [to_wechat, to_teams, to_the_carrier])
async def test_no_host_sees_more_than_twenty_connections(way: Way) -> None:
    async with crowded() as host, way(host.url) as send:
        sending = [asyncio.create_task(send()) for _ in range(CONNECTIONS + 12)]
        await until(lambda: host.there == CONNECTIONS)
        await asyncio.sleep(0.1)
        assert host.there == CONNECTIONS
        host.let_go.set()
        outcomes = await asyncio.gather(*sending)
        assert {type(each).__name__ for each in outcomes} == {"Accepted"}
        assert host.most <= CONNECTIONS


async def test_who_connects_while_we_are_busy_is_kept_by_the_system() -> None:
    """It is not tried again after a second, and after three: the loop comes to nothing here until all are connected."""
    runner = await app._listen("127.0.0.1", 0, web.Application())
    lines: list[socket.socket] = []
    try:
        for _ in range(AT_ONCE):
            lines.append(socket.create_connection(runner.addresses[0], timeout=5))
    finally:
        for line in lines:
            line.close()
        await runner.cleanup()


async def test_what_is_too_much_at_once_is_shed_and_taken_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The database stands still while more write than there is room for: WeChat is asked to come again, and does."""
    async with stage(tmp_path, working=False) as on:
        world, go = on.wechat.world, threading.Event()
        stuck = asyncio.create_task(on.service.store.run(lambda _: go.wait(60)))
        world.account = world.account.changed({"deliveries": 50, "retry_seconds": 0.2})
        people = [world.add_contact(f"Contact {number}", following=True) for number in range(AT_ONCE + 30)]
        pusher = Pusher(world)
        fields = [acts.message(world, each, "text", {"text": "hello"}, "") for each in people]
        pushes = [asyncio.create_task(pusher.push(*each)) for each in zip(people, fields, strict=True)]
        await until(lambda: any(getattr(record, "reason", "") == "busy" for record in caplog.records))
        go.set()
        await stuck
        ends = await asyncio.gather(*pushes)
        await pusher.close()
        assert {each.status for each in ends} == {"replied"}
        assert max(each.tries for each in ends) > 1
        assert len(await on.service.store.run(admin.threads, 1_000)) == len(people)
        assert (await on.li.says("there is room again"))["tries"] == 1
