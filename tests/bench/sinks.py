"""Both outside worlds as cheaply as they can be had: they accept everything and count what arrived.

`GET /seen?side=teams|wechat&run=N` tells how many different marks of that run came in, when the last one did, and how
many requests there were in all; `GET /times` of the same when each mark came first (monotonic). `PUT /delay?seconds=N`:
from now on every answer to a message takes so long.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict

from aiohttp import web

from tests.bench.marks import marks
from tests.bench.processes import arguments, serve

_CONVERSATION = "/amer/v3/conversations/{conversation}/activities"


class Sink:
    """What was accepted, by side and run."""

    def __init__(self) -> None:
        self._times: defaultdict[tuple[str, int], dict[int, float]] = defaultdict(dict)
        self._last: dict[tuple[str, int], float] = {}
        self._requests = 0
        self._delay = 0.0

    async def posted(self, request: web.Request) -> web.Response:
        """A new message in Teams."""
        self._note("teams", await request.read())
        await self._late()
        return web.json_response({"id": f"16000{self._requests:08}"}, status=201)

    async def put(self, request: web.Request) -> web.Response:
        """A message in Teams drawn anew."""
        self._note("teams", await request.read())
        await self._late()
        return web.json_response({"id": request.match_info["activity"]})

    async def sent(self, request: web.Request) -> web.Response:
        """A message to WeChat."""
        self._note("wechat", await request.read())
        await self._late()
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def token(self, request: web.Request) -> web.Response:
        """WeChat's access token."""
        await request.read()
        return web.json_response({"access_token": "token", "expires_in": 7200})

    async def seen(self, request: web.Request) -> web.Response:
        of = _of(request)
        told = {"count": len(self._times[of]), "last": self._last.get(of, 0.0), "requests": self._requests}
        return web.json_response(told)

    async def times(self, request: web.Request) -> web.Response:
        return web.json_response(self._times[_of(request)])

    async def delay(self, request: web.Request) -> web.Response:
        self._delay = float(request.query["seconds"])
        return web.Response()

    async def _late(self) -> None:
        if self._delay:
            await asyncio.sleep(self._delay)

    def _note(self, side: str, body: bytes) -> None:
        self._requests += 1
        for run, number in marks(body):
            times = self._times[side, run]
            if number not in times:
                times[number] = self._last[side, run] = time.monotonic()


def _of(request: web.Request) -> tuple[str, int]:
    return request.query["side"], int(request.query["run"])


def application() -> web.Application:
    sink, app = Sink(), web.Application()
    app.add_routes(
        [
            web.post(_CONVERSATION, sink.posted),
            web.post(f"{_CONVERSATION}/{{activity}}", sink.posted),
            web.put(f"{_CONVERSATION}/{{activity}}", sink.put),
            web.post("/cgi-bin/message/custom/send", sink.sent),
            web.post("/cgi-bin/stable_token", sink.token),
            web.get("/seen", sink.seen),
            web.get("/times", sink.times),
            web.put("/delay", sink.delay),
        ]
    )
    return app


if __name__ == "__main__":
    arguments(lambda port: serve(application(), port))
