"""Delivers what contacts do to the account's server, as WeChat does: signed, sealed, within five seconds, three times.

An answer that is neither an acknowledgement nor a valid reply, and silence after the last delivery, end with the fault
notice on the contact's phone (1.6).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import aiohttp

from bot.sim.faults import Fault
from bot.sim.wechat import crypto, forgery, replies
from bot.sim.wechat.account import Account
from bot.sim.wechat.world import FAULT_NOTICE, Contact, Json, World

_SILENT = frozenset({"unsubscribe", "TEMPLATESENDJOBFINISH", "VIEW"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a push ended: `withheld`: nothing went out (a MarkFail pause, or no server URL)."""

    status: Literal["answered", "replied", "faulty", "withheld"]
    tries: int = 0
    reply: replies.PassiveReply | None = None
    reasons: list[str] = field(default_factory=list)

    def as_json(self) -> Json:
        """For the control API."""
        reply = None if self.reply is None else {"kind": self.reply.kind, "text": self.reply.text, **self.reply.detail}
        return {"status": self.status, "tries": self.tries, "reply": reply, "reasons": self.reasons}


class Pusher:
    """The line from WeChat to the account's server."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._session: aiohttp.ClientSession | None = None
        self._failures = 0
        self._paused_until: datetime | None = None

    async def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()

    def reset(self) -> None:
        """Forget failures and pauses."""
        self._failures, self._paused_until = 0, None

    async def push(self, contact: Contact, fields: Mapping[str, Any]) -> Outcome:
        """Deliver one message or event, and show on the phone what came of it."""
        world = self._world
        if not world.account.callback:
            return Outcome("withheld", reasons=["the account has no server URL"])
        if self._paused_until is not None and world.clock.now() < self._paused_until:
            world.pushes["withheld"] += 1
            return Outcome("withheld")
        route = "push/" + str(fields.get("Event") or fields["MsgType"]).lower()
        fault = world.faults.take(route)
        outcome = await world.faults.carry(fault, lambda: self._deliver(contact.openid, fields, fault))
        world.pushes[outcome.status] += 1
        self._show(contact, fields, outcome)
        return outcome

    async def verify(self) -> bool:
        """What the console does when the owner saves the server URL: the echo must come back unchanged (1.2)."""
        account = self._world.account
        echo, nonce = str(secrets.randbelow(10**19)), str(secrets.randbelow(2**31))
        timestamp = str(self._world.clock.seconds())
        query = {"timestamp": timestamp, "nonce": nonce, "echostr": echo}
        query["signature"] = crypto.signature(account.token, timestamp, nonce)
        try:
            async with self._line().get(account.callback, params=query, timeout=_limit(account)) as response:
                return response.status == 200 and await response.read() == echo.encode()
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _deliver(self, openid: str, fields: Mapping[str, Any], fault: Fault | None) -> Outcome:
        account, reasons = self._world.account, list[str]()
        for attempt in range(1, account.deliveries + 1):
            self._world.pushes["deliveries"] += 1
            try:
                reply = replies.read(await self._post(account, openid, fields, fault), account, openid)
            except replies.BadAnswer as error:
                reasons.append(str(error))
                if not account.retry_bad_answers:
                    return Outcome("faulty", attempt, None, reasons)
            except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
                reasons.append(str(error) or type(error).__name__)
            else:
                return Outcome("replied" if reply else "answered", attempt, reply, reasons)
            if attempt < account.deliveries:
                await asyncio.sleep(account.retry_seconds)
        return Outcome("faulty", account.deliveries, None, reasons)

    async def _post(self, account: Account, openid: str, fields: Mapping[str, Any], fault: Fault | None) -> bytes:
        letter = forgery.write(account, openid, fields, self._world.clock.seconds(), fault)
        kind = "application/json" if account.format == "json" else "text/xml"
        async with self._line().post(
            account.callback,
            params=letter.query,
            data=letter.stream(),
            headers={"Content-Type": kind, "User-Agent": "Mozilla/4.0"},
            timeout=_limit(account),
            allow_redirects=False,
        ) as response:
            if response.status != 200:
                raise ConnectionError(f"HTTP {response.status}")
            return await response.read()

    def _show(self, contact: Contact, fields: Mapping[str, Any], outcome: Outcome) -> None:
        world = self._world
        if outcome.status == "faulty":
            self._mark_failure()
            if fields.get("Event") not in _SILENT:
                world.record(contact, "fault", "notice", FAULT_NOTICE, {"reasons": outcome.reasons})
            return
        self._failures = 0
        if outcome.reply is not None:
            if world.account.passive_counts:
                contact.quota, _ = contact.quota.spend(world.clock.now())
            world.record(contact, "passive", outcome.reply.kind, outcome.reply.text, outcome.reply.detail)

    def _mark_failure(self) -> None:
        account = self._world.account
        self._failures += 1
        if account.markfail_after and self._failures >= account.markfail_after:
            self._failures = 0
            self._paused_until = self._world.clock.now() + timedelta(seconds=account.markfail_seconds)

    def _line(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._session


def _limit(account: Account) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=account.deadline_seconds)
