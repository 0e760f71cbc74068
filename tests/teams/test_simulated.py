"""The incoming side against the simulated Teams, which was written from the documentation and not from this code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.domain.events import UserAsked, UserEdited, UserInstalled, UserRemoved, UserWrote
from bot.ports import Accepted
from bot.sim.connector import TeamsClient, TeamsSimulator
from bot.sim.connector.client import Person
from bot.sim.connector.identity import FORGERIES
from bot.sim.faults import Fault
from bot.teams.adapter import TeamsAdapter, routes
from bot.teams.auth import Authentication
from bot.teams.credentials import NoTokens
from bot.teams.handler import Conversations
from bot.teams.hosts import ServiceHosts
from bot.teams.keys import SigningKeys
from bot.teams.sender import Sender, session
from tests.fake_book import FakeBook
from tests.teams.support import Moment, Recorder
from tests.teams.test_views import CONVERSATION, USER, job, message


@dataclass(slots=True)
class World:
    teams: TeamsSimulator
    anna: Person
    engine: Recorder
    sender: Sender


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    port, engine, clock = unused_port(), Recorder(), Moment(datetime.now(UTC))
    async with TeamsSimulator(f"http://127.0.0.1:{port}/api/messages") as teams, session() as http:
        hosts = ServiceHosts((urlsplit(teams.service_url).netloc,), loopback=True)
        keys = SigningKeys(http, clock, teams.openid_url)
        authentication = Authentication(teams.identity.app_id, keys, hosts, (teams.tenant.id,), clock)
        app = web.Application()
        adapter = TeamsAdapter(authentication, lambda reason: None)
        app.add_routes(routes(adapter, Conversations(engine, clock, lambda: "id", FakeBook(), "")))
        async with TestServer(app, port=port), TeamsClient(teams.url) as client:
            anna = await client.user("Anna Schmidt")
            yield World(teams, anna, engine, Sender(http, NoTokens(), hosts, clock))


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_forged_deliveries_are_refused(forgery: str) -> None:
    async with world() as ours:
        ours.teams.faults.script("deliver/*", Fault(forgery), times=9)
        await ours.anna.installs()
        assert [entry["status"] for entry in ours.teams.delivery.log] == [401] * len(ours.teams.delivery.log)
        assert ours.engine.events == [] and ours.teams.delivery.log


async def test_rotated_keys_are_found() -> None:
    async with world() as ours:
        await ours.anna.installs()
        ours.teams.identity.rotate(keep_old=False)
        assert (await ours.anna.says("good morning"))["status"] == 200


async def test_a_day_in_teams() -> None:
    async with world() as ours:
        await ours.anna.installs()
        first = await ours.anna.says("  Good  morning\n\n5 < 6 ")
        await ours.anna.says("No, Tuesday", quote=first["id"])
        await ours.anna.edits(first["id"], "Good evening")
        await ours.anna.deletes(first["id"])
        await ours.anna.says("help")
        await ours.anna.uninstalls()
        events = ours.engine.events
        assert {type(event) for event in events[:2]} == {UserInstalled}
        words = [event for event in events if isinstance(event, UserWrote)]
        assert [event.text for event in words] == ["  Good  morning\n\n5 < 6 ", "No, Tuesday"]
        edits = [event for event in events if isinstance(event, UserEdited)]
        assert [(edit.activity_key, edit.deleted, edit.text) for edit in edits] == [
            (words[0].key, False, "Good evening"),
            (words[0].key, True, ""),
        ]
        assert isinstance(events[-2], UserAsked) and isinstance(events[-1], UserRemoved)


async def test_a_click_that_is_delivered_four_times_has_one_key() -> None:
    async with world() as ours:
        await ours.anna.installs()
        ours.teams.identity.checked = False
        user = replace(USER, reference=ours.engine.events[0].reference)
        card = job("incoming", message=message("m1"), conversation=CONVERSATION)
        sent = await ours.sender.deliver(replace(card, user=user))
        assert isinstance(sent, Accepted)
        ours.engine.events.clear()
        ours.teams.delivery.repeat_after = 0.2
        ours.teams.faults.script("deliver/invoke*", Fault("concurrent", copies=2), times=1)
        await ours.anna.clicks("reply", text="ok")
        await ours.anna.clicks("reply", text="ok!")
        assert [getattr(event, "text", "") for event in ours.engine.events] == ["ok", "ok", "ok!"]
        assert len({event.key for event in ours.engine.events}) == 2
