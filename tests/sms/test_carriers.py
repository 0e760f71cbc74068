"""What each carrier is sent, and what its answers mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.clock import SystemClock
from bot.ports import Accepted, Invalid, Job, Outcome, TryLater
from bot.sim import sms as simulated
from bot.sim.faults import Fault
from bot.sim.wechat.server import WeChat
from bot.sms.azure import AzureSms, Resource
from bot.sms.gateway import Carrier, PinGateway, session
from bot.sms.twilio import Subscription, Twilio

KEY = base64.b64encode(b"an access key").decode()
TO = "+8613800138000"
WISH = timedelta(seconds=40)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with session() as opened:
        yield opened


@pytest.fixture
async def wechat() -> AsyncIterator[WeChat]:
    async with WeChat() as running:
        yield running


def twilio(http: aiohttp.ClientSession, url: str, token: str = simulated.AUTH_TOKEN) -> Twilio:
    return Twilio(http, Subscription(simulated.ACCOUNT_SID, token, simulated.SENDER), SystemClock(), url)


def job(**values: str) -> Job:
    given = {"to": TO, "nonce": "n", "text": "{pin} is your PIN"} | values
    return Job(1, "sms/c", "t", "pin", "", "n", 0, None, given)


async def test_the_gateway_makes_the_pin_and_sends_it(http: aiohttp.ClientSession, wechat: WeChat) -> None:
    gateway = PinGateway(twilio(http, wechat.url), lambda nonce: f"<{nonce}>")
    assert isinstance(await gateway.deliver(job()), Accepted)
    (sms,) = await wechat.phone.sms()
    assert (sms["to"], sms["from"], sms["body"]) == (TO, simulated.SENDER, "<n> is your PIN")


async def test_a_job_of_another_kind_is_refused(http: aiohttp.ClientSession) -> None:
    gateway = PinGateway(twilio(http, "http://127.0.0.1:1"), str)
    assert await gateway.deliver(Job(1, "sms/c", "t", "text", "", "", 0, None, {})) == Invalid("job")


async def test_twilios_refusals(http: aiohttp.ClientSession, wechat: WeChat) -> None:
    carrier = twilio(http, wechat.url)
    assert await carrier.send("+8613800130000", "x", "n") == Invalid("number")
    assert await carrier.send("8613800138000", "x", "n") == Invalid("number")
    wrong = await twilio(http, wechat.url, "wrong").send(TO, "x", "n")
    assert isinstance(wrong, TryLater)
    assert wrong.code == "20003"
    await wechat.phone.call("POST", "sms", {"down": True})
    assert await carrier.send(TO, "x", "n") == TryLater("503", down=True)
    assert await wechat.phone.sms() == []


async def test_nobody_answers(http: aiohttp.ClientSession) -> None:
    assert await twilio(http, "http://127.0.0.1:1").send(TO, "x", "n") == TryLater("ClientConnectorError", down=True)


@pytest.mark.parametrize(("status", "down"), [(429, False), (503, True)])
async def test_twilio_asks_for_patience(http: aiohttp.ClientSession, status: int, down: bool) -> None:
    async def take(_: web.Request) -> web.Response:
        return web.json_response({}, status=status, headers={"Retry-After": "40"})

    application = web.Application()
    application.router.add_post("/{path:.*}", take)
    async with TestServer(application) as server:
        outcome = await twilio(http, str(server.make_url("/"))).send(TO, "x", "n")
    assert outcome == TryLater(str(status), WISH, down=down)


async def test_a_carrier_that_hangs_is_given_up(wechat: WeChat) -> None:
    wechat.world.faults.script("*/Messages.json", Fault("hold"))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.2)) as impatient:
        assert await twilio(impatient, wechat.url).send(TO, "x", "n") == TryLater("TimeoutError", down=True)
    wechat.world.faults.release()


async def test_the_gateway_names_the_carriers_host(http: aiohttp.ClientSession) -> None:
    resource = Resource("https://ours.communication.azure.com/", KEY, "+18005550100")
    carriers: list[Carrier] = [twilio(http, "https://api.twilio.com"), AzureSms(http, resource, SystemClock())]
    hosts = [PinGateway(carrier, str).host(job()) for carrier in carriers]
    assert hosts == ["api.twilio.com", "ours.communication.azure.com"]


# ---- Azure

Answer = Callable[[web.Request], Awaitable[web.Response]]


def result(**values: Any) -> dict[str, Any]:
    return {"value": [{"to": TO, "messageId": "m-1", "httpStatusCode": 202, "successful": True, **values}]}


async def azure(http: aiohttp.ClientSession, answer: web.Response, seen: list[Any]) -> Outcome:
    """Send one SMS through a server that checks the signature as Azure does."""

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        content = base64.b64encode(hashlib.sha256(body).digest()).decode()
        words = f"POST\n{request.path_qs}\n{request.headers['x-ms-date']};{request.host};{content}"
        proof = base64.b64encode(hmac.digest(b"an access key", words.encode(), hashlib.sha256)).decode()
        signed = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + proof
        if request.headers["Authorization"] != signed or request.headers["x-ms-content-sha256"] != content:
            return web.json_response({"error": {"code": "Denied"}}, status=401)
        seen.append(await request.json())
        return answer

    application = web.Application()
    application.router.add_post("/sms", take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return await AzureSms(http, Resource(url, KEY, "+18005550100"), SystemClock()).send(TO, "words", "nonce")
    finally:
        await runner.cleanup()


async def test_azure_takes_what_is_signed(http: aiohttp.ClientSession) -> None:
    seen: list[Any] = []
    assert await azure(http, web.json_response(result(), status=202), seen) == Accepted("m-1")
    assert await azure(http, web.json_response(result(), status=202), seen) == Accepted("m-1")
    assert seen[0]["from"] == "+18005550100"
    assert seen[0]["message"] == "words"
    assert seen[0]["smsRecipients"][0]["to"] == TO
    first, second = (each["smsRecipients"][0]["repeatabilityRequestId"] for each in seen)
    assert first == second


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (202, result(successful=False, httpStatusCode=400), Invalid("number")),
        (429, {}, TryLater("429", WISH)),
        (503, {}, TryLater("503", WISH, down=True)),
    ],
)
async def test_azures_refusals(http: aiohttp.ClientSession, status: int, body: Any, outcome: Outcome) -> None:
    answer = web.json_response(body, status=status, headers={"Retry-After": "40"})
    assert await azure(http, answer, []) == outcome


async def test_azure_with_a_wrong_key(http: aiohttp.ClientSession) -> None:
    found = await azure(http, web.json_response({}, status=401), [])
    assert isinstance(found, TryLater)
    assert found.code == "401"
