"""Every fault of the incoming side, on a server of its own, and the dice behind them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

import aiohttp
import pytest
from aiohttp import web

from bot.sim.faults import Fault, Faults
from bot.sim.wechat import WeChat

BROKEN = (aiohttp.ClientError, ConnectionError)


class Counter:
    """A server that counts what it carried out."""

    def __init__(self) -> None:
        self.faults = Faults(seed=7)
        self.carried_out = 0
        self.url = ""
        app = web.Application(middlewares=[self.faults.middleware])
        app.router.add_post("/{name:.*}", self._count)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def _count(self, _: web.Request) -> web.Response:
        self.carried_out += 1
        return web.json_response({"carried_out": self.carried_out, "padding": "x" * 200})


@pytest.fixture
async def server() -> AsyncIterator[Counter]:
    server = Counter()
    await server.runner.setup()
    await web.TCPSite(server.runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{server.runner.addresses[0][1]}"
    yield server
    await server.runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def call(server: Counter, session: aiohttp.ClientSession, path: str = "/work") -> tuple[int, str]:
    # POST, as every call that matters is: aiohttp would quietly repeat a GET whose connection was reset.
    async with session.post(server.url + path) as response:
        return response.status, await response.text()


@pytest.mark.parametrize(("accepted", "carried_out"), [(False, 0), (True, 1)])
@pytest.mark.parametrize("kind", ["reset", "hang"])
async def test_the_line_goes_dead(
    server: Counter, session: aiohttp.ClientSession, kind: str, accepted: bool, carried_out: int
) -> None:
    server.faults.script("/work", Fault(kind, accepted=accepted, seconds=0.05))
    with pytest.raises(BROKEN):
        await call(server, session)
    assert server.carried_out == carried_out
    assert (await call(server, session))[0] == 200


async def test_a_call_is_held_until_it_is_let_go(server: Counter, session: aiohttp.ClientSession) -> None:
    server.faults.script("/work", Fault("hold"))
    holding = asyncio.create_task(call(server, session))
    while not server.faults.held:
        await call(server, session, "/other")
    server.carried_out = 0
    assert (await call(server, session))[0] == 200
    assert (server.carried_out, holding.done()) == (1, False)
    server.faults.release()
    assert (await holding)[0] == 200
    assert (server.carried_out, server.faults.held) == (2, 0)


async def test_half_an_answer(server: Counter, session: aiohttp.ClientSession) -> None:
    server.faults.script("/work", Fault("half"))
    with pytest.raises(aiohttp.ClientPayloadError):
        await call(server, session)
    assert server.carried_out == 1


async def test_cut_json_in_a_complete_answer(server: Counter, session: aiohttp.ClientSession) -> None:
    server.faults.script("/work", Fault("cut"))
    status, text = await call(server, session)
    assert (status, text[:14], text[-1]) == (200, '{"carried_out"', "x")


async def test_slow_but_right(server: Counter, session: aiohttp.ClientSession) -> None:
    server.faults.script("/work", Fault("slow", seconds=0.1))
    began = monotonic()
    assert (await call(server, session))[0] == 200
    assert monotonic() - began >= 0.1


@pytest.mark.parametrize("status", [412, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("retry_after", [None, "7"])
async def test_status(server: Counter, session: aiohttp.ClientSession, status: int, retry_after: str | None) -> None:
    server.faults.script("/work", Fault("status", status=status, retry_after=retry_after, body={"error": "busy"}))
    async with session.post(f"{server.url}/work") as response:
        assert response.status == status
        assert response.headers.get("Retry-After") == retry_after
        assert await response.json() == {"error": "busy"}
    assert server.carried_out == 0


async def test_a_script_is_played_exactly_and_in_order(server: Counter, session: aiohttp.ClientSession) -> None:
    server.faults.script("/work", Fault("status", status=503), times=2)
    server.faults.script("/w*", Fault("status", status=429))
    assert len(server.faults.pending()) == 2
    statuses = [(await call(server, session))[0] for _ in range(4)]
    assert (await call(server, session, "/other"))[0] == 200
    assert statuses == [503, 503, 429, 200]
    assert server.faults.played == {"status": 3}
    assert server.faults.pending() == []


async def test_the_control_calls_are_spared(server: Counter, session: aiohttp.ClientSession) -> None:
    server.faults.chance("*", Fault("status", status=500), probability=1)
    assert (await call(server, session))[0] == 500
    assert (await call(server, session, "/_sim/state"))[0] == 200


def test_the_same_seed_throws_the_same_dice() -> None:
    def thrown(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.chance("*", Fault("reset"), probability=0.3)
        return [faults.take("/x") is not None for _ in range(200)]

    assert thrown(1) == thrown(1) != thrown(2)
    assert 30 < sum(thrown(1)) < 90


async def test_an_errcode_speaks_wechats_words_and_counts_as_a_call() -> None:
    async with WeChat() as wechat, aiohttp.ClientSession() as session:
        await wechat.phone.fault("/cgi-bin/message/custom/send", "errcode", errcode=45011)
        async with session.post(f"{wechat.url}/cgi-bin/message/custom/send") as response:
            answer = await response.json()
        assert answer["errcode"] == 45011
        assert answer["errmsg"].startswith("api minute-quota reach limit, must slower, retry next minute rid: ")
        counted = await wechat.phone.counters()
        assert counted["calls"] == {"/cgi-bin/message/custom/send": 1}
        assert counted["faults"] == {"errcode": 1}


async def test_a_send_that_is_reset_after_acceptance_still_reaches_the_phone() -> None:
    async with WeChat() as wechat, aiohttp.ClientSession() as session:
        contact = await wechat.phone.contact("Li Wei")
        await contact.says("hello")
        token, _ = wechat.world.tokens.stable()  # type: ignore[misc]
        await wechat.phone.fault("/cgi-bin/message/custom/send", "reset", accepted=True)
        body = {"touser": contact.openid, "msgtype": "text", "text": {"content": "did it arrive?"}}
        with pytest.raises(BROKEN):
            await session.post(f"{wechat.url}/cgi-bin/message/custom/send?access_token={token}", json=body)
        assert await contact.sees(1) == ["did it arrive?"]
