"""Teams' keys: rotation works, nobody can make us ask all the time, and an outage costs nothing while we have keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from bot.teams.keys import KeysUnavailable, SigningKeys
from tests.teams.support import KeyServer, Moment, bot, claims, click, jwk, key_server, token

RAW = click("help")


@asynccontextmanager
async def cached() -> AsyncIterator[tuple[SigningKeys, KeyServer, Moment]]:
    clock = Moment()
    async with key_server() as microsoft, aiohttp.ClientSession() as http:
        keys = SigningKeys(http, clock, microsoft.url)
        yield keys, microsoft, clock
        await keys.close()


async def settled() -> None:
    """Let what was started behind our backs come to its end."""
    await asyncio.gather(*(task for task in asyncio.all_tasks() if "warm" in repr(task.get_coro())))


async def test_a_new_key_works_at_once() -> None:
    async with bot() as ours:
        assert (await ours.hears(RAW))[0] == 200
        ours.microsoft.keys = [jwk("second")]
        assert (await ours.hears(RAW, f"Bearer {token(claims(RAW), 'second')}"))[0] == 200
        assert ours.microsoft.asked == 2


async def test_an_unknown_key_makes_us_ask_once_an_hour() -> None:
    async with cached() as (keys, microsoft, clock):
        assert await keys.find("first") is not None
        for _ in range(3):
            assert await keys.find("made up") is None
        assert microsoft.asked == 2
        clock.pass_by(minutes=59, seconds=59)
        assert await keys.find("made up") is None
        assert microsoft.asked == 2
        clock.pass_by(seconds=1)
        assert await keys.find("made up") is None
        assert microsoft.asked == 3


async def test_many_first_requests_are_one_fetch() -> None:
    async with cached() as (keys, microsoft, _):
        found = await asyncio.gather(*(keys.find("first") for _ in range(20)))
        assert None not in found
        assert microsoft.asked == 1


async def test_warmed_keys_are_there_for_the_first_request() -> None:
    async with cached() as (keys, microsoft, _):
        await keys.warm()
        await keys.find("first")
        assert microsoft.asked == 1


async def test_keys_are_renewed_after_a_day_while_the_old_one_serves() -> None:
    async with cached() as (keys, microsoft, clock):
        await keys.find("first")
        microsoft.keys = [jwk("first", ("msteams", "more"))]
        clock.pass_by(hours=24)
        old = await keys.find("first")
        await keys.find("first")
        await settled()
        new = await keys.find("first")
        assert old and new and (set(old.endorsements), set(new.endorsements)) == ({"msteams"}, {"msteams", "more"})
        assert microsoft.asked == 2


async def test_old_keys_serve_on_while_microsoft_is_down() -> None:
    async with cached() as (keys, microsoft, clock):
        await keys.find("first")
        microsoft.down = True
        clock.pass_by(days=3)
        for _ in range(3):
            assert await keys.find("first") is not None
            await settled()
        assert microsoft.asked == 2
        clock.pass_by(seconds=30)
        await keys.find("first")
        await settled()
        assert microsoft.asked == 3


async def test_without_any_key_nobody_gets_in_and_teams_may_come_again() -> None:
    async with bot() as ours:
        ours.microsoft.down = True
        assert await ours.hears(RAW) == (503, b"")
        assert (await ours.hears(RAW))[0] == 503
        assert (ours.engine.events, ours.microsoft.asked, ours.refused) == ([], 1, ["keys_unavailable"] * 2)
        ours.microsoft.down = False
        ours.clock.pass_by(seconds=30)
        assert (await ours.hears(RAW))[0] == 200


async def test_a_server_that_is_not_there_is_no_exception() -> None:
    async with aiohttp.ClientSession() as http:
        keys = SigningKeys(http, Moment(), f"http://127.0.0.1:{unused_port()}/openid")
        await keys.warm()
        with pytest.raises(KeysUnavailable):
            await keys.find("first")


@pytest.mark.parametrize(
    "broken",
    [{"kty": "EC", "kid": "x"}, {"kid": "x"}, {"kty": "RSA", "kid": "x"}, "text", None, {"kty": "RSA", "n": 1}],
)
async def test_a_broken_key_does_not_spoil_the_others(broken: object) -> None:
    async with cached() as (keys, microsoft, _):
        microsoft.keys = [broken, jwk("first")]  # type: ignore[list-item]
        assert await keys.find("first") is not None
        assert await keys.find("x") is None
