"""What can go wrong between two machines, on purpose: seeded, scriptable, shared by both simulators.

A simulator builds one `Faults` and gives its middleware to its aiohttp application; every call that comes *in* then
passes through it:

    faults = Faults(seed=7)
    app = web.Application(middlewares=[faults.middleware])
    faults.script("/cgi-bin/message/custom/send", Fault("status", status=503), times=2)  # exactly the next two calls
    faults.script("*", Fault("reset", accepted=True))                      # carried out, then the line goes dead
    faults.chance("*/v3/*", Fault("slow", seconds=0.2), probability=0.05)   # one call in twenty, by the seed

Calls that go *out* (a push to the bot) ask for their fault by a route of the simulator's own naming, and let `carry`
play it:

    fault = faults.take("push/text")             # the same script and chances; None almost always
    answer = await faults.carry(fault, send)     # send() once, twice, late, after the next one …

Endpoints are shell patterns (`fnmatch`) over the request's path or the outgoing route; `/_sim/…` and the pages are
never touched. Scripted faults come first, in the order they were scripted; a call meets at most one fault. Seconds
are real seconds.

| kind          | way | what happens                                                                       |
|---------------|-----|------------------------------------------------------------------------------------|
| `reset`       | in  | connection reset; with `accepted` only after the call was carried out              |
| `hang`        | in  | open and silent for `seconds`, then reset; `accepted` as above                     |
| `hold`        | in  | open and silent until `release`, then carried out and answered                     |
| `slow`        | in  | carried out at once, answered after `seconds`                                      |
| `half`        | in  | carried out; headers and half of the body arrive, then the connection closes       |
| `cut`         | in  | carried out; a complete HTTP answer whose body is the first half of the JSON       |
| `status`      | in  | `status` with `body` and `Retry-After: retry_after` if given; `accepted` as above  |
| `errcode`     | in  | HTTP 200 with a WeChat errcode; `accepted` as above                                |
| `duplicate`   | out | sent again once it was answered (after `seconds`)                                  |
| `late`        | out | sent only after `seconds`                                                          |
| `concurrent`  | out | sent `copies` times at the same moment                                             |
| `reorder`     | out | sent only after the next one was answered (or `seconds`, 10 if 0, went by)         |
| anything else | out | `carry` sends it once; the sender reads `fault.kind` itself (`bad_signature`, …)   |
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, TypeVar

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

Answer = TypeVar("Answer")
Json = dict[str, Any]

INCOMING = frozenset({"reset", "hang", "hold", "slow", "half", "cut", "status", "errcode"})
ORDERING = frozenset({"duplicate", "late", "concurrent", "reorder"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong; the fields that its kind does not use keep their defaults."""

    kind: str
    seconds: float = 0.0
    status: int = 500
    retry_after: str | None = None
    errcode: int = -1
    body: Any = None
    accepted: bool = False
    copies: int = 2

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Fault:
        """A fault from a control call's JSON; a TypeError names a field that does not exist."""
        return cls(**values)


@dataclass(slots=True)
class _Scripted:
    endpoint: str
    fault: Fault
    left: int


@dataclass(frozen=True, slots=True)
class _Chance:
    endpoint: str
    fault: Fault
    probability: float


def plain_refusal(errcode: int) -> Json:
    """The body of an `errcode` fault where the simulator has no better words for it."""
    return {"errcode": errcode, "errmsg": "injected fault"}


class Faults:
    """The script and the dice of one simulator, and the middleware that plays them."""

    def __init__(
        self,
        seed: int = 0,
        *,
        refusal: Callable[[int], Json] = plain_refusal,
        spared: tuple[str, ...] = ("/_sim/", "/phone", "/web/"),
    ) -> None:
        self._refusal = refusal
        self._spared = spared
        self.clear(seed)

    def clear(self, seed: int = 0) -> None:
        """Forget every script, chance and count, and load the dice anew."""
        self._dice = random.Random(seed)
        self._scripted: list[_Scripted] = []
        self._chances: list[_Chance] = []
        self._passed = asyncio.Event()
        self._released = asyncio.Event()
        self.played: Counter[str] = Counter()
        self.held = 0

    def script(self, endpoint: str, fault: Fault, *, times: int = 1) -> None:
        """The next `times` calls that match `endpoint` meet `fault`."""
        self._scripted.append(_Scripted(endpoint, fault, times))

    def chance(self, endpoint: str, fault: Fault, *, probability: float) -> None:
        """Every call that matches `endpoint` meets `fault` with this probability."""
        self._chances.append(_Chance(endpoint, fault, probability))

    def release(self) -> None:
        """Let go of the calls that a `hold` holds, and of those that it will hold."""
        self._released.set()

    def pending(self) -> list[Json]:
        """What is still scripted or left to chance, for a control API to show."""
        scripted = [{"endpoint": s.endpoint, "times": s.left, "kind": s.fault.kind} for s in self._scripted]
        return scripted + [
            {"endpoint": c.endpoint, "probability": c.probability, "kind": c.fault.kind} for c in self._chances
        ]

    def take(self, endpoint: str) -> Fault | None:
        """The fault that this call meets, counted as played."""
        fault = self._next_scripted(endpoint) or self._thrown(endpoint)
        if fault is not None:
            self.played[fault.kind] += 1
        return fault

    def _next_scripted(self, endpoint: str) -> Fault | None:
        for scripted in self._scripted:
            if fnmatchcase(endpoint, scripted.endpoint):
                scripted.left -= 1
                if scripted.left <= 0:
                    self._scripted.remove(scripted)
                return scripted.fault
        return None

    def _thrown(self, endpoint: str) -> Fault | None:
        for chance in self._chances:
            if fnmatchcase(endpoint, chance.endpoint) and self._dice.random() < chance.probability:
                return chance.fault
        return None

    @property
    def middleware(self) -> Middleware:
        """For `web.Application(middlewares=[…])`: every incoming call passes through here."""

        @web.middleware
        async def play(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith(self._spared):
                return await handler(request)
            fault = self.take(request.path)
            return await (handler(request) if fault is None else self._meet(fault, request, handler))

        return play

    async def _meet(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        if fault.kind not in INCOMING:
            return await handler(request)
        if fault.kind == "hold":
            await self._hold()
            return await handler(request)
        answer = web.Response()
        if fault.accepted or fault.kind in {"slow", "half", "cut"}:
            answer = await _carried_out(request, handler)
        if fault.kind in {"slow", "hang"}:
            await asyncio.sleep(fault.seconds)
        if fault.kind in {"reset", "hang"}:
            return _reset(request)
        if fault.kind == "half":
            return await _half(request, answer)
        if fault.kind == "cut":
            return _cut(answer)
        return answer if fault.kind == "slow" else self._said(fault)

    async def _hold(self) -> None:
        self.held += 1
        try:
            await self._released.wait()
        finally:
            self.held -= 1

    def _said(self, fault: Fault) -> web.Response:
        if fault.kind == "errcode":
            return _json(200, self._refusal(fault.errcode))
        response = _json(fault.status, fault.body)
        if fault.retry_after is not None:
            response.headers["Retry-After"] = fault.retry_after
        return response

    async def carry(self, fault: Fault | None, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """Send what goes out as the fault has it; returns the first copy's answer."""
        if fault is not None and fault.kind == "reorder":
            await self._wait_for_next(fault.seconds or 10.0)
            return await send()
        try:
            return await _sent(fault, send)
        finally:
            self._passed.set()
            self._passed = asyncio.Event()

    async def _wait_for_next(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._passed.wait(), seconds)
        except TimeoutError:
            return


async def _sent(fault: Fault | None, send: Callable[[], Awaitable[Answer]]) -> Answer:
    if fault is None or fault.kind not in ORDERING:
        return await send()
    if fault.kind == "concurrent":
        return (await asyncio.gather(*(send() for _ in range(fault.copies))))[0]
    if fault.kind == "late":
        await asyncio.sleep(fault.seconds)
        return await send()
    first = await send()
    await asyncio.sleep(fault.seconds)
    await send()
    return first


async def _carried_out(request: web.Request, handler: Handler) -> web.Response:
    answer = await handler(request)
    if not isinstance(answer, web.Response):
        raise TypeError(f"{request.path} streams its answer: only reset and hang can be played on it")
    return answer


def _reset(request: web.Request) -> web.Response:
    """A TCP reset, not a polite close: linger 0 makes the kernel send RST."""
    transport = request.transport
    if transport is not None:
        line = transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


async def _half(request: web.Request, answer: web.Response) -> web.StreamResponse:
    body = _bytes(answer)
    stream = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
    stream.content_length = len(body)
    await stream.prepare(request)
    await stream.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return stream


def _cut(answer: web.Response) -> web.Response:
    body = _bytes(answer)
    return web.Response(status=answer.status, body=body[: len(body) // 2], content_type=answer.content_type)


def _bytes(answer: web.Response) -> bytes:
    return bytes(answer.body) if isinstance(answer.body, bytes | bytearray) else b""


def _json(status: int, body: Any) -> web.Response:
    content = b"" if body is None else orjson.dumps(body)
    return web.Response(status=status, body=content, content_type="application/json")
