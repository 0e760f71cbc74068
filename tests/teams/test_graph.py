"""Graph's answers, good and bad: pages, patience, refusals in words, and a token that goes nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sim.graph import Graph as Directory
from bot.sim.graph import person
from bot.teams.credentials import NoToken, NoTokens
from bot.teams.graph import TRIES, Graph, GraphError, Installed


class Fixed:
    async def token(self) -> str | None:
        return "the-token"

    def drop(self, token: str) -> None:
        """It is always the same."""


class Refused(Fixed):
    async def token(self) -> str | None:
        raise NoToken("no token: invalid_client")


@asynccontextmanager
async def directory() -> AsyncIterator[tuple[Directory, Graph]]:
    async with Directory() as there, aiohttp.ClientSession() as http:
        yield there, Graph(http, NoTokens(), there.url)


async def members(graph: Graph, group: str) -> list[str]:
    return [member.name async for member in graph.members(group)]


async def test_a_group_is_read_page_by_page() -> None:
    async with directory() as (there, graph):
        there.group("Bond's desk", *(person(f"Person {number}") for number in range(5)))
        assert await members(graph, "Bond's desk") == [f"Person {number}" for number in range(5)]
        assert len(there.calls) == 4


async def test_installing_once_twice_and_not() -> None:
    async with directory() as (there, graph):
        ident = there.publish("app")
        assert await graph.catalog_id("app") == ident
        assert await graph.install("anna", ident) is Installed.NEW
        assert await graph.install("anna", ident) is Installed.THERE
        assert await graph.install("anna", "gone") is Installed.FAILED


async def test_patience_has_an_end() -> None:
    async with directory() as (there, graph):
        there.busy = TRIES - 1
        with pytest.raises(GraphError, match="There is no group"):
            await members(graph, "gone")
        there.busy = TRIES
        with pytest.raises(GraphError, match="answers 429 TooManyRequests"):
            await members(graph, "gone")


async def scripted(answer: Any, status: int = 200, tokens: Any = None) -> tuple[list[str], str]:
    """The tokens that a Graph which always answers so was shown, and what the client complained of."""
    shown: list[str] = []

    async def say(request: web.Request) -> web.Response:
        shown.append(request.headers.get("Authorization", ""))
        return web.Response(body=answer, status=status, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", say)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        graph = Graph(http, tokens or Fixed(), str(server.make_url("")))
        try:
            await members(graph, "00000000-0000-0000-0000-000000000009")
        except GraphError as error:
            return shown, str(error)
    return shown, ""


async def test_a_list_that_goes_on_elsewhere_is_not_followed() -> None:
    shown, complaint = await scripted(b'{"value": [], "@odata.nextLink": "https://elsewhere.example/v1.0/x"}')
    assert shown == ["Bearer the-token"] * 2 and "not its own" in complaint


@pytest.mark.parametrize(
    ("status", "answer", "complaint"),
    [
        (401, b"", "does not take our token"),
        (403, b'{"error": {"code": "Authorization_RequestDenied"}}', "(Graph says Authorization_RequestDenied)"),
        (200, b"not json", ""),
        (500, b"{}", "There is no group"),
    ],
)
async def test_refusals_are_said_in_words(status: int, answer: bytes, complaint: str) -> None:
    _, said = await scripted(answer, status)
    assert complaint in said and "the-token" not in said


async def test_without_token_or_network() -> None:
    shown, said = await scripted(b"{}", tokens=Refused())
    assert shown == [] and "No token for Graph (no token: invalid_client)" in said
    async with aiohttp.ClientSession() as http:
        with pytest.raises(GraphError, match="cannot be reached"):
            await members(Graph(http, NoTokens(), "http://127.0.0.1:1"), "gone")
