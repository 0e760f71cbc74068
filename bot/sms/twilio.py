"""SMS by Twilio: `POST /2010-04-01/Accounts/{sid}/Messages.json` (twilio.com/docs/messaging/api/message-resource)."""

from __future__ import annotations

import base64
import logging
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from bot.ports import Accepted, Clock, Invalid, Outcome, TryLater
from bot.sms.gateway import CONFIGURATION, NUMBER, post

BASE_URL = "https://api.twilio.com"

NO_SMS = frozenset((21211, 21214, 21217, 21401, 21407, 21408, 21610, 21612, 21614, 21635))
"""Twilio's errors that speak of the receiver: no number, no mobile, a country that is switched off, unsubscribed."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Subscription:
    """`sender` is a number in E.164, an alphanumeric name, or the SID of a messaging service (MG…)."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str = ""


class Twilio:
    """A `Carrier`."""

    def __init__(
        self, http: aiohttp.ClientSession, subscription: Subscription, clock: Clock, base_url: str = BASE_URL
    ) -> None:
        self._http, self._clock = http, clock
        self._sender = subscription.sender
        self.host = urlsplit(base_url).netloc
        signed_in = base64.b64encode(f"{subscription.account_sid}:{subscription.auth_token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {signed_in}"}
        self._url = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{subscription.account_sid}/Messages.json"

    async def send(self, to: str, text: str, nonce: str) -> Outcome:
        sender = "MessagingServiceSid" if self._sender.startswith("MG") else "From"
        form = {"To": to, sender: self._sender, "Body": text}
        answered = await post(self._http, self._clock, self._url, headers=self._headers, data=form)
        if isinstance(answered, TryLater):
            return answered
        code = answered.body.get("code")
        if answered.status in (200, 201):
            return Accepted(str(answered.body.get("sid", "")))
        if code in NO_SMS:
            return Invalid(NUMBER)
        if later := answered.later():
            return later
        log.warning("Twilio refused an SMS", extra={"status": answered.status, "code": code})
        return TryLater(str(code or answered.status), CONFIGURATION)
