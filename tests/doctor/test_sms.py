"""What the doctor says of the company that sends the PINs, Twilio or Azure; nothing is sent to find out."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.doctor.finding import Finding, State
from tests.doctor.build import Patient, admin, patient

KEY = base64.b64encode(b"an access key").decode()
NUMBER = "+18005550100"
TWILIO = "Compare TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN with Twilio console > Account Info."


async def gateway(folder: Path, account: dict[str, str] | None = None, **values: str) -> Finding:
    async with patient(folder) as ill:
        ill.values |= values
        if account:
            await simulates(ill, account)
        found = await ill.finding("SMS gateway")
        async with aiohttp.ClientSession() as http, http.get(f"{ill.wechat.url}/_sim/sms") as sent:
            assert await sent.json() == []
    return found


async def simulates(ill: Patient, account: dict[str, str]) -> None:
    async with aiohttp.ClientSession() as http, http.post(f"{ill.wechat.url}/_sim/sms", json=account) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("values", "said", "cure"),
    [
        ({"TWILIO_AUTH_TOKEN": "old"}, "Twilio refuses the credentials (401)", TWILIO),
        ({"TWILIO_ACCOUNT_SID": "AC" + "6" * 32}, "Twilio refuses the credentials (401)", TWILIO),
        (
            {"TWILIO_FROM": "+12025550199"},
            "TWILIO_FROM is none of the account's numbers",
            "Copy one from Twilio console > Phone Numbers.",
        ),
        (
            {"TWILIO_API_BASE_URL": "http://127.0.0.1:1"},
            "Twilio does not answer: nobody takes the connection",
            "Let this machine reach TWILIO_API_BASE_URL over https.",
        ),
    ],
)
async def test_what_is_wrong_with_twilio(values: dict[str, str], said: str, cure: str, tmp_path: Path) -> None:
    found = await gateway(tmp_path, None, **values)
    assert (found.state, found.said, found.cure) == (State.FAILED, said, cure)


async def test_an_account_that_is_suspended(tmp_path: Path) -> None:
    found = await gateway(tmp_path, {"status": "suspended"})
    assert (found.state, found.said) == (State.FAILED, "the Twilio account is suspended")


async def test_an_account_on_trial(tmp_path: Path) -> None:
    found = await gateway(tmp_path, {"type": "Trial"})
    assert found.state is State.WARNING and "numbers verified with Twilio alone" in found.said


@pytest.mark.parametrize("sender", ["MultiLine", "MG" + "0" * 32])
async def test_a_sender_that_is_no_number_is_taken_as_it_is(sender: str, tmp_path: Path) -> None:
    assert (await gateway(tmp_path, TWILIO_FROM=sender)).state is State.OK


async def test_none_is_needed_until_a_policy_asks_for_it(tmp_path: Path) -> None:
    found = await gateway(tmp_path, SMS_GATEWAY="")
    assert (found.state, found.said) == (State.OK, "none is set, so no policy can ask for a proved number")


async def test_a_policy_that_asks_for_proved_numbers_with_nobody_to_send_the_pins(tmp_path: Path) -> None:
    async with patient(tmp_path) as ill:
        await admin(ill.values, "policy", "set", "regulated", "--parent", "default", "--validate-phone")
        assert not [found for found in await ill.examined() if found.what == "policies"]
        ill.values["SMS_GATEWAY"] = ""
        found = await ill.finding("policies")
    assert found.state is State.FAILED
    assert found.said == "regulated: numbers are to be proved, but nobody sends the PINs"
    assert found.cure == "Set SMS_GATEWAY, or: python -m bot admin policy set NAME --no-validate-phone"


# ---- Azure


async def numbers(request: web.Request) -> web.Response:
    """The resource's numbers, for whoever signs as Azure wants it."""
    content = base64.b64encode(hashlib.sha256(b"").digest()).decode()
    words = f"GET\n{request.path_qs}\n{request.headers['x-ms-date']};{request.host};{content}"
    proof = base64.b64encode(hmac.digest(b"an access key", words.encode(), hashlib.sha256)).decode()
    wanted = f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={proof}"
    if request.headers["Authorization"] != wanted or request.headers["x-ms-content-sha256"] != content:
        return web.json_response({"error": {"code": "Denied"}}, status=401)
    return web.json_response({"phoneNumbers": [{"phoneNumber": NUMBER}]})


async def elsewhere(_: web.Request) -> web.Response:
    return web.Response(status=404)


Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]
WRONG_KEY = base64.b64encode(b"another access key").decode()


@pytest.mark.parametrize(
    ("answers", "values", "state", "said"),
    [
        (numbers, {}, State.OK, "Azure takes the key, and the sender is its own"),
        (numbers, {"AZURE_SMS_FROM": "MultiLine"}, State.OK, "Azure takes the key, and the sender is its own"),
        (numbers, {"AZURE_SMS_FROM": "+18005550199"}, State.FAILED, "AZURE_SMS_FROM is none of the account's numbers"),
        (numbers, {"AZURE_SMS_ACCESS_KEY": WRONG_KEY}, State.FAILED, "Azure refuses the credentials (401)"),
        (elsewhere, {}, State.FAILED, "Azure answers with status 404"),
    ],
)
async def test_azure(answers: Answers, values: dict[str, Any], state: State, said: str, tmp_path: Path) -> None:
    app = web.Application()
    app.router.add_get("/phoneNumbers", answers)
    async with TestServer(app) as server:
        azure = {"SMS_GATEWAY": "azure", "AZURE_SMS_ENDPOINT": f"http://127.0.0.1:{server.port}"}
        azure |= {"AZURE_SMS_ACCESS_KEY": KEY, "AZURE_SMS_FROM": NUMBER}
        found = await gateway(tmp_path, **{**azure, **values})
    assert (found.state, found.said) == (state, said)
    assert KEY not in found.cure
