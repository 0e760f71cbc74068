"""WeChat's server URL: proves that a push is WeChat's, hands it to the engine, answers within five seconds.

No nonce is remembered. WeChat sends the same push again when we were slow, perhaps with the same timestamp and nonce,
and refusing that would lose a message. A replay by somebody else is the same case: within 300 s it has the key of an
event that was taken already, changes nothing and gets the same (encrypted) answer; after that it is stale.

Before the signature is proved a bad request may learn what is wrong with it. After it every refusal looks the same,
because whoever can sign but not decrypt would otherwise learn the content by trying.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from bot.body import bounded
from bot.domain.events import Event, FromContact
from bot.ports import Clock
from bot.wechat import messages
from bot.wechat.crypto import RANDOM, AccountKeys, Unreadable, encrypt, opened, signature, signer
from bot.wechat.messages import BODY_LIMIT, Format, Push

_log = logging.getLogger(__name__)

FRESH = 300  # seconds either way
IN_FLIGHT = 512
"""What is under way is committed even when it is too late to be answered: WeChat's next try gets its answer at once. So
more is taken than can be answered in time; to take only that much was tried, and WeChat gave up half of a burst."""

DEADLINE = 4.5  # seconds; WeChat hangs up after 5
_TYPES = {Format.XML: "text/xml", Format.JSON: "application/json"}


class Handles(Protocol):
    """The engine, as seen from here: its answer may hold `reply`, a text for the contact in this very response."""

    async def handle(self, event: Event) -> Mapping[str, Any]: ...


class Refused(Exception):
    """This request is not taken; `reason` is counted and logged, the sender sees the status alone."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Taken:
    """A proved push, and what its reply has to be sealed with (None where plain text is allowed)."""

    push: Push
    nonce: str
    seal: tuple[str, bytes] | None = field(repr=False, default=None)


@dataclass(slots=True)
class Door:
    """The two requests that WeChat makes, and what is under way of them.

    `count(reason)` is called for each request that is refused or put off (busy, slow, failed: WeChat sends it again),
    for what fails after it was put off (failed_late), and for a reply that was left out (reply_too_long). `ids()`
    names each event, `deadline` is in seconds. `dev_mode` lets unencrypted pushes in: their signature does not cover
    the body, so this is for loopback only.
    """

    accounts: Mapping[str, AccountKeys]
    engine: Handles
    clock: Clock
    count: Callable[[str], None]
    ids: Callable[[], str]
    dev_mode: bool = False
    deadline: float = DEADLINE
    in_flight: int = IN_FLIGHT
    _requests: int = field(default=0, init=False)
    _late: set[asyncio.Task[Mapping[str, Any]]] = field(default_factory=set, init=False)

    def routes(self) -> list[web.RouteDef]:
        """`GET|POST /wechat/{account}`, to be added to the application."""
        path = "/wechat/{account}"
        return [web.get(path, self.verify, allow_head=False), web.post(path, self.take)]

    async def verify(self, request: web.Request) -> web.Response:
        """Saving the server URL in WeChat's console: the echo string comes back as it is."""
        try:
            keys = self._keys(request)
            timestamp, nonce = self._fresh(request)
            _signer(request, "signature", keys, timestamp, nonce)
        except Refused as refused:
            return self._refusal(request, refused)
        # The signature does not cover the echo string, so it must never be taken for a page.
        return web.Response(text=request.query.get("echostr", ""), headers={"X-Content-Type-Options": "nosniff"})

    async def take(self, request: web.Request) -> web.Response:
        """A push: `success` or a reply once it is committed; 503 asks WeChat to send it again."""
        deadline = asyncio.get_running_loop().time() + self.deadline
        self._requests += 1
        try:
            return await self._take(request, deadline)
        except Refused as refused:
            return self._refusal(request, refused)
        finally:
            self._requests -= 1

    async def _take(self, request: web.Request, deadline: float) -> web.Response:
        keys = self._keys(request)
        if self._requests + len(self._late) > self.in_flight:
            raise Refused(503, "busy")
        timestamp, nonce = self._fresh(request)
        taken = self._proved(request, keys, timestamp, nonce, await _body(request, deadline))
        try:
            event = messages.event(taken.push, request.match_info["account"], self.ids(), self.clock.now())
        except Unreadable:
            raise Refused(403, "content") from None
        if event:
            told = {"action": "wechat_push", "event": type(event).__name__, "event_id": event.id}
            _log.info("from WeChat", extra=told)
        answer = await self._handled(event, deadline) if event else {}
        return self._answered(taken, keys.app_id, answer.get("reply"))

    def _keys(self, request: web.Request) -> AccountKeys:
        keys = self.accounts.get(request.match_info["account"])
        if keys is None:
            raise Refused(404, "account")
        return keys

    def _fresh(self, request: web.Request) -> tuple[str, str]:
        timestamp = request.query.get("timestamp", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise Refused(403, "stale")
        if abs(self.clock.now().timestamp() - int(timestamp)) > FRESH:
            raise Refused(403, "stale")
        return timestamp, request.query.get("nonce", "")

    def _proved(self, request: web.Request, keys: AccountKeys, timestamp: str, nonce: str, body: bytes) -> Taken:
        """The push inside. Plain fields next to a ciphertext (compatible mode) are never looked at."""
        if request.query.get("encrypt_type") != "aes":
            if not self.dev_mode:
                raise Refused(403, "plain")
            _signer(request, "signature", keys, timestamp, nonce)
            return Taken(_push(body), nonce)
        encrypted = _encrypted(body)
        token = _signer(request, "msg_signature", keys, timestamp, nonce, encrypted)
        try:
            content, key = opened(encrypted, keys.aes_keys, keys.app_id)
        except Unreadable:
            raise Refused(403, "envelope") from None
        return Taken(_push(content), nonce, (token, key))

    async def _handled(self, event: FromContact, deadline: float) -> Mapping[str, Any]:
        """The engine's answer. What is not committed in time goes on by itself: WeChat's next try gets its answer."""
        work = asyncio.create_task(_handle(self.engine, event))
        try:
            await asyncio.wait({work}, timeout=deadline - asyncio.get_running_loop().time())
        finally:
            if not work.done():
                self._late.add(work)
                work.add_done_callback(self._ended)
        if not work.done():
            raise Refused(503, "slow")
        if work.cancelled() or work.exception():
            _failed(work, event.id)
            raise Refused(503, "failed")
        return work.result()

    def _ended(self, work: asyncio.Task[Mapping[str, Any]]) -> None:
        self._late.discard(work)
        if work.cancelled() or work.exception():
            self.count("failed_late")
            _failed(work, "")

    def _answered(self, taken: Taken, app_id: str, reply: str | None) -> web.Response:
        if reply and not messages.fits_reply(reply):
            # Sent all the same, the contact would read that the service is faulty.
            self.count("reply_too_long")
            _log.warning("a reply is longer than WeChat shows and was left out")
            reply = None
        if not reply:
            return web.Response(text="success")
        now = self.clock.now()
        body = messages.reply(taken.push, reply, int(now.timestamp()))
        if taken.seal is not None:
            body = _sealed(taken, taken.seal, app_id, body, now)
        return web.Response(body=body, content_type=_TYPES[taken.push.format], charset="utf-8")

    def _refusal(self, request: web.Request, refused: Refused) -> web.Response:
        self.count(refused.reason)
        account = request.match_info["account"]
        extra = {"reason": refused.reason, "status": refused.status}
        if account in self.accounts:  # otherwise it is a stranger's text
            extra["account"] = account
        _log.warning("a request to the WeChat server URL was refused", extra=extra)
        return web.Response(status=refused.status)


async def _body(request: web.Request, deadline: float) -> bytes:
    if (request.content_length or 0) > BODY_LIMIT:
        raise Refused(413, "large")
    try:
        async with asyncio.timeout_at(None if request.content.is_eof() else deadline):
            body = await bounded(request.content, BODY_LIMIT)
    except TimeoutError:
        raise Refused(408, "slow_body") from None
    except (web.RequestPayloadError, OSError):
        raise Refused(400, "body") from None
    if body is None:
        raise Refused(413, "large")
    return body


def _encrypted(body: bytes) -> str:
    try:
        encrypted = messages.fields(body)[1].get("Encrypt", "")
    except Unreadable:
        encrypted = ""
    if not encrypted:
        raise Refused(400, "body")
    return encrypted


def _signer(request: web.Request, name: str, keys: AccountKeys, *signed: str) -> str:
    try:
        return signer(request.query.get(name, ""), keys.tokens, *signed)
    except Unreadable:
        raise Refused(403, "signature") from None


def _push(content: bytes) -> Push:
    try:
        return messages.push(content)
    except Unreadable:
        raise Refused(403, "content") from None


async def _handle(engine: Handles, event: FromContact) -> Mapping[str, Any]:
    return await engine.handle(event)


def _failed(work: asyncio.Task[Mapping[str, Any]], event_id: str) -> None:
    """Names the error alone: a database's message quotes the row, and with it what the contact wrote."""
    error = None if work.cancelled() else work.exception()
    extra = {"error": type(error).__name__, "event": event_id}
    _log.error("an event from WeChat could not be handled", extra=extra)


def _sealed(taken: Taken, seal: tuple[str, bytes], app_id: str, body: bytes, now: datetime) -> bytes:
    token, key = seal
    encrypted = encrypt(body, key, app_id, secrets.token_bytes(RANDOM))
    timestamp = int(now.timestamp())
    proof = signature(token, str(timestamp), taken.nonce, encrypted)
    return messages.envelope(taken.push.format, encrypted, proof, timestamp, taken.nonce)
