"""Contacts from Microsoft Graph, simulated: copied whole or not at all, kept up to date, never in the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from bot.ports import Entry, User
from bot.sim.graph import Graph, contact
from bot.teams.contacts import GraphContacts, read
from bot.teams.credentials import NoToken
from bot.teams.sender import session
from tests.teams.support import NOW, Moment

ANNA = User("u-anna", "tenant", "aad-anna", "Anna", "+4915112345678")
BOB = User("u-bob", "tenant", "aad-bob", "Bob", "+4915112345679")
GUEST = User("u-guest", "elsewhere", "aad-guest", "Guest", "+4915112345670")


@dataclass(slots=True)
class Kept:
    """Copies in memory."""

    users: Sequence[User] = (ANNA, BOB, GUEST)
    books: dict[str, list[Entry]] = field(default_factory=dict)

    async def owners(self) -> Sequence[User]:
        return self.users

    async def replace(self, user_id: str, entries: Sequence[Entry], at: datetime) -> None:
        assert at == NOW
        self.books[user_id] = list(entries)


@dataclass(slots=True)
class Bearer:
    """Tokens from a list; with none left there is none to be had."""

    left: list[str]

    async def token(self) -> str | None:
        if not self.left:
            raise NoToken("no token")
        return self.left[0]

    def drop(self, token: str) -> None:
        self.left.remove(token)


@asynccontextmanager
async def graph(tokens: Bearer) -> AsyncIterator[tuple[Graph, GraphContacts, Kept]]:
    kept = Kept()
    async with Graph() as simulated, session() as http:
        copier = GraphContacts(http, tokens, kept, Moment(NOW), tenant="tenant", base_url=simulated.url + "/")
        yield simulated, copier, kept


async def test_everybodys_contacts_are_copied_page_by_page() -> None:
    async with graph(Bearer(["secret"])) as (simulated, copier, kept):
        simulated.token = "secret"
        simulated.contacts = {ANNA.aad: [contact(f"Contact {at}") for at in range(5)], BOB.aad: [], GUEST.aad: []}
        assert await copier.refresh() == 2
        assert [entry.name for entry in kept.books[ANNA.id]] == [f"Contact {at}" for at in range(5)]
        assert kept.books[BOB.id] == []
        assert GUEST.id not in kept.books, "our token is not for that tenant"
        assert len(simulated.calls) == 4


@pytest.mark.parametrize("status", [403, 429, 500, 302])
async def test_what_graph_refuses_leaves_the_book_as_it_is(status: int) -> None:
    async with graph(Bearer(["secret"])) as (simulated, copier, kept):
        simulated.contacts[ANNA.aad] = [contact("Li")]
        simulated.status = status
        assert await copier.refresh() == 0
        assert kept.books == {}


async def test_one_without_a_mailbox_does_not_stop_the_others() -> None:
    async with graph(Bearer(["secret"])) as (simulated, copier, kept):
        simulated.contacts[BOB.aad] = [contact("Li")]
        assert await copier.refresh() == 1
        assert list(kept.books) == [BOB.id]


async def test_a_token_that_is_refused_is_dropped() -> None:
    async with graph(Bearer(["old", "new"])) as (simulated, copier, _):
        simulated.contacts = {ANNA.aad: [], BOB.aad: []}
        simulated.token = "new"
        assert await copier.refresh() == 1
        assert await copier.refresh() == 2


async def test_without_a_token_nothing_is_asked() -> None:
    async with graph(Bearer([])) as (simulated, copier, _):
        assert await copier.refresh() == 0
        assert len(simulated.calls) == 0


async def test_a_next_page_elsewhere_is_not_followed() -> None:
    async with graph(Bearer(["secret"])) as (simulated, copier, kept):
        simulated.contacts[ANNA.aad] = [contact(f"Contact {at}") for at in range(5)]
        simulated.next_at = "http://127.0.0.1:1"
        assert await copier.refresh() == 0
        assert kept.books == {}


def test_a_contact_is_read_as_graph_tells_it() -> None:
    raw = contact("Li  Wei", "0151 99999999", "nonsense", "+86 138 0013 8000", company="Co", notes=" n ")
    found = read(raw, ANNA)
    assert found is not None
    assert (found.name, found.company, found.notes, found.source) == ("Li Wei", "Co", "n", "graph")
    assert found.numbers == ("+4915199999999", "+8613800138000")
    again, bobs = read(raw, ANNA), read(raw, BOB)
    assert again == found
    assert bobs is not None
    assert bobs.id != found.id


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ({"id": "1", "givenName": "Li", "surname": "Wei"}, "Li Wei"),
        ({"id": "1", "companyName": "Co"}, "Co"),
        ({"id": "1", "displayName": "x" * 999}, "x" * 300),
        ({"id": "1", "displayName": 5}, None),
        ({"displayName": "Li"}, None),
        ({"id": "1", "displayName": "Li", "mobilePhone": 5, "businessPhones": "x", "homePhones": [5]}, "Li"),
        ({}, None),
    ],
)
def test_an_odd_contact(raw: dict[str, Any], name: str | None) -> None:
    found = read(raw, ANNA)
    assert (found.name if found else None) == name
