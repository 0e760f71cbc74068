"""A colleague's name typed into a card: what Teams asks, who is offered, and that it is asked in one's own name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from bot.teams import typeahead
from tests.fake_book import FakeBook
from tests.teams.support import TENANT, Json, bot, click
from tests.teams.test_views import USER

BEN = replace(USER, id="ben", name="Ben <b>Weber</b>\u202e", number="+4915112345679")


def typing(text: str, **value: Any) -> Json:
    """As Teams' documentation shows the invoke."""
    asked = {"queryText": text, "queryOptions": {"skip": 0, "top": 15}, "dataset": "colleagues", **value}
    return click() | {"name": "application/search", "value": asked}


async def offered(raw: Json, book: FakeBook) -> list[Json]:
    async with bot(book=book) as ours:
        status, body = await ours.hears(raw)
        assert (status, ours.engine.events) == (200, [])
        answer = orjson.loads(body)
        assert (answer["statusCode"], answer["type"]) == (200, "application/vnd.microsoft.search.searchResponse")
        found: list[Json] = answer["value"]["results"]
        return found


async def test_those_whom_the_words_find_are_offered_to_who_is_signed_in() -> None:
    book, raw = FakeBook(people=[BEN, USER]), typing("be")
    assert await offered(raw, book) == [
        {"title": "Ben <b>Weber</b> · +49 1511 2345679", "value": "ben"},
        {"title": "Anna · +49 1511 2345678", "value": "u"},
    ]
    assert book.asked == [(TENANT, raw["from"]["aadObjectId"], "be")]


@pytest.mark.parametrize(
    "raw",
    [
        typing("be", dataset="clients"),
        typing("be", dataset=None),
        typing("be", queryOptions={"skip": 15, "top": 15}),
        click() | {"name": "application/search", "value": None},
        typing("be") | {"from": {"id": "29:x"}},
    ],
)
async def test_nobody_is_looked_up_for_anything_else(raw: Json) -> None:
    book = FakeBook(people=[BEN])
    assert (await offered(raw, book), book.asked) == ([], [])


@pytest.mark.parametrize("value", [{"dataset": "colleagues"}, {"dataset": "colleagues", "queryText": 5}])
def test_nothing_typed_is_for_the_first_by_name(value: Json) -> None:
    assert typeahead.sought({"value": value}) == ""
