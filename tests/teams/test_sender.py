"""Cards on their way to a simulated Teams, over HTTP, and all that can happen to them there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.domain.effects import State
from bot.domain.events import Reference
from bot.ports import Accepted, Invalid, Job, Outcome, TryLater
from bot.sim.connector import TeamsSimulator
from bot.sim.connector.people import User as Person
from bot.sim.faults import Fault
from bot.teams.credentials import NoToken
from bot.teams.hosts import ServiceHosts
from bot.teams.sender import Sender, address, session
from tests.teams.support import Moment
from tests.teams.test_views import CONVERSATION, USER, job, message

GONE = timedelta(minutes=15)


@dataclass(slots=True)
class Given:
    """A token source that gives these tokens, the next one after each drop."""

    tokens: list[str]
    dropped: list[str] = field(default_factory=list)

    async def token(self) -> str | None:
        if not self.tokens:
            raise NoToken("no token: test")
        return self.tokens[0]

    def drop(self, token: str) -> None:
        self.dropped.append(token)
        self.tokens.remove(token)


@dataclass(slots=True)
class Way:
    """A sender, and the Teams that it sends to."""

    sender: Sender
    teams: TeamsSimulator
    anna: Person
    tokens: Given
    to: Reference

    def job(self, card: str = "confirmation", **more: Any) -> Job:
        user = replace(USER, reference=self.to)
        made = job(card, message=message("m1", "Good morning", state=State.SENT), conversation=CONVERSATION)
        return replace(made, **({"user": user} | more))

    async def delivers(self, **more: Any) -> Outcome:
        return await self.sender.deliver(self.job(**more))

    def fails(self, kind: str = "status", times: int = 1, **how: Any) -> None:
        self.teams.faults.script("*", Fault(kind, **how), times=times)

    @property
    def shown(self) -> list[Any]:
        return [each.activity for each in self.teams.tenant.chat(self.anna).messages.values()]


@asynccontextmanager
async def way() -> AsyncIterator[Way]:
    async with TeamsSimulator("http://127.0.0.1:1/") as teams, session() as http:
        anna = teams.tenant.add_user("Anna", installed=True)
        chat = teams.tenant.chat(anna)
        chat.bot_present = True
        tokens = Given([teams.identity.connector_token()])
        hosts = ServiceHosts((urlsplit(teams.service_url).netloc,), loopback=True)
        to = Reference(teams.service_url, chat.id, teams.tenant.bot.id, anna.mri, teams.tenant.id)
        yield Way(Sender(http, tokens, hosts, Moment()), teams, anna, tokens, to)


async def test_a_card_arrives_with_its_preview() -> None:
    async with way() as ours:
        outcome = await ours.delivers()
        assert isinstance(outcome, Accepted) and outcome.remote_id
        (shown,) = ours.shown
        assert shown["summary"] and "text" not in shown
        (attachment,) = shown["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert "Good morning" in str(attachment["content"])


async def test_a_posted_card_is_changed_in_place() -> None:
    async with way() as ours:
        first = await ours.delivers()
        assert isinstance(first, Accepted)
        assert await ours.delivers(posted=first.remote_id) == first
        assert (len(ours.shown), ours.teams.connector.counts["update"]) == (1, 1)


async def test_a_card_that_moves_is_posted_below_and_the_old_one_is_taken_away() -> None:
    async with way() as ours:
        first = await ours.delivers()
        assert isinstance(first, Accepted)
        moved = await ours.delivers(posted=first.remote_id, values={"card": "confirmation", "moves": True})
        assert isinstance(moved, Accepted) and moved.remote_id != first.remote_id
        assert (len(ours.shown), ours.teams.connector.counts["delete"]) == (2, 1)


async def test_a_card_that_cannot_be_posted_below_stays_where_it_is() -> None:
    async with way() as ours:
        first = await ours.delivers()
        assert isinstance(first, Accepted)
        ours.fails(status=503)
        moved = await ours.delivers(posted=first.remote_id, values={"card": "confirmation", "moves": True})
        assert isinstance(moved, TryLater)
        assert ours.teams.connector.counts["delete"] == 0


async def test_a_posted_card_that_is_gone_is_posted_anew() -> None:
    async with way() as ours:
        outcome = await ours.delivers(posted="1234567890123")
        assert isinstance(outcome, Accepted) and outcome.remote_id not in ("", "1234567890123")
        assert len(ours.shown) == 1


async def test_an_update_that_tells_no_id_keeps_the_old_one() -> None:
    async with way() as ours:
        first = await ours.delivers()
        ours.fails(status=200, body={})
        assert isinstance(first, Accepted) and await ours.delivers(posted=first.remote_id) == first


@pytest.mark.parametrize(
    ("status", "retry_after", "expected"),
    [
        (412, None, TryLater("412")),
        (429, "7", TryLater("429", timedelta(seconds=7))),
        (500, None, TryLater("500", down=True)),
        (502, None, TryLater("502", down=True)),
        (503, "3", TryLater("503", timedelta(seconds=3), down=True)),
        (504, None, TryLater("504", down=True)),
        (400, None, Invalid("400")),
        (413, None, Invalid("413")),
        (403, None, TryLater("403", GONE)),
    ],
)
async def test_refusals(status: int, retry_after: str | None, expected: Outcome) -> None:
    async with way() as ours:
        ours.fails(status=status, retry_after=retry_after)
        assert await ours.delivers() == expected
        assert ours.shown == []


async def test_an_uninstalled_app_is_tried_again_later() -> None:
    async with way() as ours:
        ours.teams.tenant.chat(ours.anna).bot_present = False
        assert await ours.delivers() == TryLater("403 BotNotInConversationRoster", GONE)
        assert await ours.delivers(posted="1") == TryLater("403 BotNotInConversationRoster", GONE)


async def test_a_conversation_that_is_not_there_is_tried_again_later() -> None:
    async with way() as ours:
        lost = replace(USER, reference=replace(ours.to, conversation_id="a:lost"))
        assert await ours.delivers(user=lost) == TryLater("404 ConversationNotFound", GONE)
        assert await ours.delivers(user=lost, posted="1") == TryLater("404 ConversationNotFound", GONE)


async def test_a_refused_token_is_changed_once() -> None:
    async with way() as ours:
        good = ours.tokens.tokens[0]
        ours.tokens.tokens.insert(0, "old")
        assert isinstance(await ours.delivers(), Accepted)
        assert (ours.tokens.dropped, ours.tokens.tokens) == (["old"], [good])


async def test_a_token_that_is_never_taken_is_tried_later(caplog: pytest.LogCaptureFixture) -> None:
    async with way() as ours:
        ours.tokens.tokens[:] = ["one", "two", "three"]
        assert await ours.delivers() == TryLater("401 BotNotRegistered")
        assert ours.tokens.dropped == ["one"]
        assert "Teams does not take our token" in caplog.text


async def test_without_a_token_it_is_tried_later() -> None:
    async with way() as ours:
        ours.tokens.tokens.clear()
        assert await ours.delivers() == TryLater("no token: test", down=True)


@pytest.mark.parametrize(
    ("kind", "how", "shown"),
    [
        ("reset", {}, 0),
        ("reset", {"accepted": True}, 1),
        ("half", {}, 1),
    ],
)
async def test_a_broken_line_is_tried_again_even_if_the_card_may_have_arrived(
    kind: str, how: dict[str, Any], shown: int
) -> None:
    async with way() as ours:
        ours.fails(kind, **how)
        outcome = await ours.delivers()
        assert isinstance(outcome, TryLater) and outcome.after is None and outcome.down
        assert len(ours.shown) == shown


async def test_half_an_answer_is_an_answer() -> None:
    async with way() as ours:
        ours.fails("cut")
        assert await ours.delivers() == Accepted("")


async def test_silence_is_a_timeout() -> None:
    async with way() as ours, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.1)) as impatient:
        hosts = ServiceHosts((urlsplit(ours.teams.service_url).netloc,), loopback=True)
        ours.fails("hang", seconds=0.3)
        outcome = await Sender(impatient, ours.tokens, hosts, Moment()).deliver(ours.job())
        assert outcome == TryLater("timeout", down=True)


async def test_the_host_is_the_service_urls_and_nobody_elses() -> None:
    async with way() as ours:
        assert ours.sender.host(ours.job()) == urlsplit(ours.teams.service_url).netloc
        elsewhere = replace(USER, reference=replace(ours.to, service_url="https://thief.example/emea"))
        hosts = [ours.sender.host(ours.job(user=user)) for user in (elsewhere, replace(USER, reference=None))]
        assert hosts == ["", ""]


async def test_nobody_there() -> None:
    async with way() as ours:
        port = unused_port()
        hosts = ServiceHosts((f"127.0.0.1:{port}",), loopback=True)
        there = replace(USER, reference=replace(ours.to, service_url=f"http://127.0.0.1:{port}/"))
        async with session() as http:
            outcome = await Sender(http, ours.tokens, hosts, Moment()).deliver(ours.job(user=there))
    assert outcome == TryLater("ClientConnectorError", down=True)


async def test_a_token_is_shown_to_nobody_else() -> None:
    """Neither a stored reference nor a redirect takes it anywhere that is not allowed."""
    seen: list[str] = []

    async def steal(request: web.Request) -> web.Response:
        seen.append(request.path)
        raise web.HTTPTemporaryRedirect("/stolen")

    thief = web.Application()
    thief.add_routes([web.route("*", "/{path:.*}", steal)])
    async with way() as ours, TestServer(thief) as server, session() as http:
        url = str(server.make_url("/amer/"))
        there = ours.job(user=replace(USER, reference=replace(ours.to, service_url=url)))
        assert await ours.sender.deliver(there) == TryLater("service URL not allowed", GONE, down=None)
        assert seen == []
        allowed = ServiceHosts((f"127.0.0.1:{server.port}",), loopback=True)
        assert await Sender(http, ours.tokens, allowed, Moment()).deliver(there) == TryLater("307")
        assert len(seen) == 1


@pytest.mark.parametrize("user", [None, replace(USER, reference=None)])
async def test_a_person_without_the_app_waits(user: Any) -> None:
    async with way() as ours:
        assert await ours.delivers(user=user) == TryLater("not installed", GONE, down=None)


@pytest.mark.parametrize("values", [{}, {"card": "no such card"}, {"card": "incoming"}])
async def test_a_card_that_cannot_be_drawn_is_not_lost(values: dict[str, Any]) -> None:
    async with way() as ours:
        outcome = await ours.delivers(values=values, message=None)
        assert outcome == TryLater("card not drawn", down=None)


async def test_no_token_where_none_is_needed() -> None:
    class Nothing:
        async def token(self) -> str | None:
            return None

        def drop(self, token: str) -> None:
            raise AssertionError("there is none")

    async with way() as ours, session() as http:
        hosts = ServiceHosts((urlsplit(ours.teams.service_url).netloc,), loopback=True)
        sender = Sender(http, Nothing(), hosts, Moment())
        assert await sender.deliver(ours.job()) == TryLater("401 BotNotRegistered")
        ours.teams.identity.checked = False
        assert isinstance(await sender.deliver(ours.job()), Accepted)


async def test_a_thousand_cards_take_few_connections() -> None:
    lines: set[object] = set()

    async def take(request: web.Request) -> web.Response:
        lines.add(request.transport and request.transport.get_extra_info("peername"))
        await request.read()
        return web.json_response({"id": "1"}, status=201)

    app = web.Application()
    app.add_routes([web.post("/{path:.*}", take)])
    async with TestServer(app) as server, session() as http:
        hosts = ServiceHosts((f"127.0.0.1:{server.port}",), loopback=True)
        sender = Sender(http, Given(["token"]), hosts, Moment())
        reference = Reference(str(server.make_url("/amer/")), "a:1", "28:bot", "29:anna", "tenant")
        there = replace(job("help"), user=replace(USER, reference=reference))
        for _ in range(10):
            assert {*await asyncio.gather(*(sender.deliver(there) for _ in range(100)))} == {Accepted("1")}
    assert len(lines) <= 20


def test_ids_with_odd_characters_stay_inside_the_path() -> None:
    to = Reference("https://smba.trafficmanager.net/amer", "19:a/../b@thread.tacv2;messageid=1?x#y", "", "", "")
    assert address(to) == (
        "https://smba.trafficmanager.net/amer/v3/conversations/"
        "19%3Aa%2F..%2Fb%40thread.tacv2%3Bmessageid%3D1%3Fx%23y/activities"
    )
