"""The SMS side of the simulated world: Twilio's `Messages.json`, whose SMS the phone page and tests read.

Every request must be signed in with the made-up account below. A number whose text ends in 0000 is no mobile (21614).
"""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from bot.sim.wechat.world import World

ACCOUNT_SID = "AC" + "5" * 32
AUTH_TOKEN = "simulated-twilio-token"
SENDER = "+12025550100"
NO_MOBILE = "0000"
ACCOUNT = "/2010-04-01/Accounts/{sid}"


class Twilio:
    """Takes SMS; `down` makes it answer 503. `account` is what it says of the made-up one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sent: list[dict[str, Any]] = []
        self.down = False
        self.account = {"sid": ACCOUNT_SID, "status": "active", "type": "Full"}

    def routes(self) -> list[web.RouteDef]:
        """Twilio's own calls, and the simulator's `GET /_sim/sms` and `POST /_sim/sms` ({down, status, type})."""
        return [
            web.post(f"{ACCOUNT}/Messages.json", self.send),
            web.get(f"{ACCOUNT}.json", self.whose),
            web.get(f"{ACCOUNT}/IncomingPhoneNumbers.json", self.numbers),
            web.get("/_sim/sms", self.all),
            web.post("/_sim/sms", self.switch),
        ]

    async def send(self, request: web.Request) -> web.Response:
        if self.down:
            return web.Response(status=503)
        if not _signed_in(request):
            return _unknown()
        form = await request.post()
        to, sender, body = (str(form.get(name, "")) for name in ("To", "From", "Body"))
        if not to.startswith("+") or not sender or not body:
            return _refused(21211, "The 'To' number is not a valid phone number.")
        if to.endswith(NO_MOBILE):
            return _refused(21614, "'To' number is not a valid mobile number")
        sms = {"sid": "SM" + secrets.token_hex(16), "to": to, "from": sender, "body": body, "at": self._now()}
        self.sent.append(sms)
        self._world.publish({"type": "sms", "sms": sms})
        return web.json_response({**sms, "status": "queued"}, status=201)

    async def whose(self, request: web.Request) -> web.Response:
        return web.json_response(self.account) if _signed_in(request) else _unknown()

    async def numbers(self, request: web.Request) -> web.Response:
        if not _signed_in(request):
            return _unknown()
        owned = [{"phone_number": SENDER}] if request.query.get("PhoneNumber") == SENDER else []
        return web.json_response({"incoming_phone_numbers": owned})

    async def all(self, _: web.Request) -> web.Response:
        return web.json_response(self.sent)

    async def switch(self, request: web.Request) -> web.Response:
        told = await request.json()
        self.down = told.get("down") is True
        self.account |= {name: told[name] for name in ("status", "type") if name in told}
        return web.json_response({"down": self.down})

    def _now(self) -> str:
        now: datetime = self._world.clock.now()
        return now.isoformat()


def _signed_in(request: web.Request) -> bool:
    right = "Basic " + base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
    return request.headers.get("Authorization") == right and request.match_info["sid"] == ACCOUNT_SID


def _unknown() -> web.Response:
    return web.json_response({"code": 20003, "message": "Authenticate", "status": 401}, status=401)


def _refused(code: int, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message, "status": 400}, status=400)
