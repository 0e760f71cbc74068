"""SMS by Azure Communication Services: `POST /sms?api-version=2021-03-07`, signed with the resource's access key.

Signing: learn.microsoft.com/rest/api/communication/authentication. The request id makes a repeated try the same SMS.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import uuid
from dataclasses import dataclass, field
from email.utils import format_datetime
from urllib.parse import urlsplit

import aiohttp
import orjson

from bot.ports import Accepted, Clock, Invalid, Outcome, TryLater
from bot.sms.gateway import CONFIGURATION, NUMBER, Answered, post

PATH = "/sms?api-version=2021-03-07"
SIGNED = "x-ms-date;host;x-ms-content-sha256"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Resource:
    """`endpoint` is https://NAME.communication.azure.com, `access_key` Base64, `sender` a number in E.164 or a name."""

    endpoint: str
    access_key: str = field(repr=False)
    sender: str = ""


class AzureSms:
    """A `Carrier`."""

    def __init__(self, http: aiohttp.ClientSession, resource: Resource, clock: Clock) -> None:
        self._http, self._resource, self._clock = http, resource, clock
        self.host = urlsplit(resource.endpoint).netloc

    async def send(self, to: str, text: str, nonce: str) -> Outcome:
        date = format_datetime(self._clock.now(), usegmt=True)
        receiver = {
            "to": to,
            "repeatabilityRequestId": str(uuid.uuid5(uuid.NAMESPACE_OID, nonce)),
            "repeatabilityFirstSent": date,
        }
        body = orjson.dumps({"from": self._resource.sender, "smsRecipients": [receiver], "message": text})
        headers = signed(self._resource, date, body) | {"Content-Type": "application/json"}
        answered = await post(
            self._http, self._clock, self._resource.endpoint.rstrip("/") + PATH, data=body, headers=headers
        )
        return answered if isinstance(answered, TryLater) else _outcome(answered)


def signed(resource: Resource, date: str, body: bytes, method: str = "POST", path: str = PATH) -> dict[str, str]:
    """The headers that prove that a request is ours; `date` is RFC 1123."""
    host = urlsplit(resource.endpoint).netloc
    content = base64.b64encode(hashlib.sha256(body).digest()).decode()
    words = f"{method}\n{path}\n{date};{host};{content}"
    proof = base64.b64encode(hmac.digest(base64.b64decode(resource.access_key), words.encode(), hashlib.sha256))
    authorization = f"HMAC-SHA256 SignedHeaders={SIGNED}&Signature={proof.decode()}"
    return {"x-ms-date": date, "x-ms-content-sha256": content, "Authorization": authorization}


def _outcome(answered: Answered) -> Outcome:
    results = answered.body.get("value")
    result = results[0] if isinstance(results, list) and results and isinstance(results[0], dict) else {}
    status = result.get("httpStatusCode", answered.status)
    if result.get("successful") is True:
        return Accepted(str(result.get("messageId", "")))
    if status == 400 and result:  # the request was fine, this receiver was not
        return Invalid(NUMBER)
    if later := answered.later():
        return later
    log.warning("Azure Communication Services refused an SMS", extra={"status": status})
    return TryLater(str(status), CONFIGURATION)
