"""What is looked at where SMS are sent from: the account's credentials and whose number stands on an SMS."""

from __future__ import annotations

import base64
from collections.abc import Collection
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final

from bot.doctor.finding import Finding, failed, ok, warning
from bot.doctor.probe import Answer, Probe
from bot.settings import Settings
from bot.sms.azure import Resource, signed

WHAT: Final = "SMS gateway"
NUMBERS: Final = "/phoneNumbers?api-version=2022-12-01"


async def gateway(probe: Probe, settings: Settings, now: datetime) -> Finding:
    """Sends nothing. What no carrier tells (a sender's name, a messaging service) is taken as it is."""
    match settings.sms_gateway:
        case "twilio":
            return await _twilio(probe, settings)
        case "azure":
            return await _azure(probe, settings, now)
    return ok(WHAT, "none is set, so no policy can ask for a proved number")


async def _twilio(probe: Probe, settings: Settings) -> Finding:
    account = f"{settings.twilio_api_base_url}/2010-04-01/Accounts/{settings.twilio_account_sid}"
    words = f"{settings.twilio_account_sid}:{settings.twilio_auth_token.reveal()}"
    headers = {"Authorization": f"Basic {base64.b64encode(words.encode()).decode()}"}
    answer = await probe.ask(f"{account}.json", headers=headers)
    if answer.status != 200:
        cure = "Compare TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN with Twilio console > Account Info."
        return _refused("Twilio", answer, "TWILIO_API_BASE_URL", cure)
    if (status := answer.json.get("status")) != "active":
        return failed(WHAT, f"the Twilio account is {status}", "Look at Twilio console > Account.")
    url = f"{account}/IncomingPhoneNumbers.json"
    numbers = await probe.ask(url, headers=headers, PhoneNumber=settings.twilio_from)
    found = _numbers(numbers.json.get("incoming_phone_numbers"), "phone_number")
    if wrong := _none_of(settings.twilio_from, found, "TWILIO_FROM", "Twilio console > Phone Numbers"):
        return wrong
    if answer.json.get("type") == "Trial":
        return warning(WHAT, "is a trial account, which sends to numbers verified with Twilio alone", "Upgrade it.")
    return ok(WHAT, "Twilio takes the account, and the sender is its own")


async def _azure(probe: Probe, settings: Settings, now: datetime) -> Finding:
    resource = Resource(settings.azure_sms_endpoint, settings.azure_sms_access_key.reveal())
    headers = signed(resource, format_datetime(now, usegmt=True), b"", "GET", NUMBERS)
    answer = await probe.ask(f"{settings.azure_sms_endpoint}{NUMBERS}", headers=headers)
    if answer.status != 200:
        cure = "Compare AZURE_SMS_ACCESS_KEY with Azure portal > your Communication Services > Keys."
        return _refused("Azure", answer, "AZURE_SMS_ENDPOINT", cure)
    found = _numbers(answer.json.get("phoneNumbers"), "phoneNumber")
    wrong = _none_of(settings.azure_sms_from, found, "AZURE_SMS_FROM", "Azure portal > … > Phone numbers")
    return wrong or ok(WHAT, "Azure takes the key, and the sender is its own")


def _refused(whose: str, answer: Answer, address: str, cure: str) -> Finding:
    if not answer.status:
        return failed(WHAT, f"{whose} does not answer: {answer.why}", f"Let this machine reach {address} over https.")
    if answer.status in (401, 403):
        return failed(WHAT, f"{whose} refuses the credentials ({answer.status})", cure)
    return failed(WHAT, f"{whose} answers with status {answer.status}", f"Compare {address} with {whose}'s console.")


def _numbers(found: Any, name: str) -> Collection[str]:
    listed = found if isinstance(found, list) else []
    return {str(each.get(name)) for each in listed if isinstance(each, dict)}


def _none_of(sender: str, numbers: Collection[str], setting: str, where: str) -> Finding | None:
    if not sender.startswith("+") or sender.replace(" ", "") in numbers:
        return None
    return failed(WHAT, f"{setting} is none of the account's numbers", f"Copy one from {where}.")
