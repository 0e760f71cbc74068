"""The access token: one fetch for everybody, renewed early, shared through the shelf."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.ports import TryLater
from bot.wechat.access import Access, AccessToken, granted
from tests.wechat.door import Still
from tests.wechat.samples import APP_ID, NOW

HOUR = timedelta(hours=1)


@dataclass
class Source:
    """Gives `answers` in order, the last one again and again, after a moment."""

    answers: list[AccessToken | TryLater]
    calls: int = 0

    async def __call__(self) -> AccessToken | TryLater:
        self.calls += 1
        await asyncio.sleep(0.01)
        return self.answers[min(self.calls, len(self.answers)) - 1]


@dataclass
class Shelf:
    kept: dict[str, AccessToken] = field(default_factory=dict)

    async def get(self, app_id: str) -> AccessToken | None:
        return self.kept.get(app_id)

    async def put(self, app_id: str, token: AccessToken) -> None:
        self.kept[app_id] = token


def fresh(value: str) -> AccessToken:
    return AccessToken(value, NOW + HOUR)


async def test_fifty_at_once_are_one_fetch() -> None:
    source = Source([fresh("a"), fresh("b")])
    access = Access(APP_ID, source, Still())
    tokens = await asyncio.gather(*(access.token() for _ in range(50)))
    assert {token.value for token in tokens if isinstance(token, AccessToken)} == {"a"}
    assert (source.calls, await access.token()) == (1, fresh("a"))


async def test_fifty_refusals_at_once_are_one_fetch_even_if_the_same_token_comes_back() -> None:
    source = Source([fresh("a"), fresh("a")])
    access = Access(APP_ID, source, Still())
    first = await access.token()
    assert isinstance(first, AccessToken)
    again = await asyncio.gather(*(access.token(first) for _ in range(50)))
    late = await access.token(first)
    assert source.calls == 2
    assert all(token is late for token in again)


async def test_a_failed_fetch_is_everybodys_answer_and_the_next_one_tries_again() -> None:
    source = Source([TryLater("x"), fresh("a")])
    access = Access(APP_ID, source, Still())
    assert await asyncio.gather(*(access.token() for _ in range(9))) == [TryLater("x")] * 9
    assert (source.calls, await access.token()) == (1, fresh("a"))


async def test_one_who_gives_up_waiting_does_not_stop_the_others() -> None:
    source = Source([fresh("a")])
    access = Access(APP_ID, source, Still())
    first, second = asyncio.create_task(access.token()), asyncio.create_task(access.token())
    await asyncio.sleep(0)
    first.cancel()
    assert (await second, source.calls) == (fresh("a"), 1)


async def test_a_token_is_renewed_before_it_ends() -> None:
    clock = Still()
    source = Source([fresh("a"), AccessToken("b", NOW + 2 * HOUR)])
    access = Access(APP_ID, source, clock)
    await access.token()
    clock.at = NOW + HOUR
    assert await access.token() == AccessToken("b", NOW + 2 * HOUR)


async def test_machines_share_the_token_on_the_shelf() -> None:
    shelf, source = Shelf(), Source([fresh("a"), fresh("b")])
    one, other = Access(APP_ID, source, Still(), shelf), Access(APP_ID, source, Still(), shelf)
    assert await one.token() == await other.token() == fresh("a")
    refused = await one.token()
    assert isinstance(refused, AccessToken)
    assert await one.token(refused) == fresh("b")
    theirs = await other.token()
    assert isinstance(theirs, AccessToken)
    assert await other.token(theirs) == fresh("b")
    assert source.calls == 2


async def test_an_old_token_on_the_shelf_is_left_there() -> None:
    shelf = Shelf({APP_ID: AccessToken("old", NOW)})
    assert await Access(APP_ID, Source([fresh("a")]), Still(), shelf).token() == fresh("a")
    assert shelf.kept == {APP_ID: fresh("a")}


@pytest.mark.parametrize(
    ("seconds", "life"), [(7200, 6900), (300, 30), (0, 30), (-5, 30), (10**9, 6900), (1000, 700), (True, 30)]
)
def test_how_long_a_token_is_used(seconds: int, life: int) -> None:
    token = granted({"access_token": "a", "expires_in": seconds}, NOW)
    assert token == AccessToken("a", NOW + timedelta(seconds=life))


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": "a"},
        {"access_token": "a", "expires_in": "7200"},
        {"access_token": "", "expires_in": 7200},
        {"access_token": "a" * 513, "expires_in": 7200},
        {"access_token": "a\nb", "expires_in": 7200},
        {"access_token": 5, "expires_in": 7200},
    ],
)
def test_what_is_no_token(answer: dict[str, Any]) -> None:
    assert granted(answer, NOW) is None


def test_a_token_is_never_shown() -> None:
    assert "hush" not in repr(fresh("hush"))
