"""The simulator's own API, for tests, the demo and the phone page; not part of WeChat. JSON under `/_sim/`.

    GET    state                             account, time, contacts, faults still pending
    POST   contacts                          {name, following?, openid?}: the contact
    GET    contacts, contacts/{openid}       follow state, quota left, typing
    PATCH  contacts/{openid}                 {name?, refuses?, template_outcome?}: the contact
    POST   contacts/{openid}/{act}?wait=1    how the push ended: {status, tries, reply, reasons, msgid?};
                                             without `wait` {"status": "sent"} at once. Acts:
             message                         {kind?: text image voice video shortvideo location link unsupported,
                                             text?, menu_id?, data? (Base64), content_type?, …}
             follow, unfollow                {}
             scan                            {ticket}, {scene} or {url}, what stands in the code
             click, view                     {key}
    GET    contacts/{openid}/transcript      ?after=number&wait=seconds: what the phone shows, in order
    GET    events                            Server-Sent Events: entry, contact, clock, reset
    GET|POST clock                           {advance} seconds, {set} ISO, {run: true}, {reset: true}
    GET|PUT  settings                        any fields of `Account`: all of them
    GET|POST|DELETE faults                   {endpoint, times? or probability?, kind, …}; DELETE {seed?}
    GET    counters                          calls by path, refusals by errcode, token calls, pushes, faults played
    POST   tokens                            {"do": "invalidate" or "expire"}: 40001, or 42001, at the next call
    POST   verify                            {verified}: the server URL's echo
    POST   reset                             everything as on the first day

409 says why something cannot be done, 400 what was not understood: {error}.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from bot.sim.faults import INCOMING, ORDERING, Fault
from bot.sim.wechat import acts
from bot.sim.wechat.account import UnknownSetting
from bot.sim.wechat.forgery import FORGERIES
from bot.sim.wechat.push import Outcome, Pusher
from bot.sim.wechat.world import Contact, Json, World

REFUSALS = (0, 43004, 48002, 50005)
TEMPLATE_OUTCOMES = ("success", "user block", "system failed")


class Control:
    """The control calls over one world."""

    def __init__(self, world: World, pusher: Pusher) -> None:
        self._world = world
        self._pusher = pusher

    def routes(self) -> list[web.RouteDef]:
        """Everything under `/_sim/`."""
        plain: list[tuple[str, str, Callable[[web.Request], Awaitable[Any]]]] = [
            ("GET", "state", self.state),
            ("GET", "contacts", self.contacts),
            ("POST", "contacts", self.add_contact),
            ("GET", "contacts/{openid}", self.contact),
            ("PATCH", "contacts/{openid}", self.change_contact),
            ("GET", "contacts/{openid}/transcript", self.transcript),
            ("POST", "contacts/{openid}/{act}", self.act),
            ("GET", "clock", self.clock),
            ("POST", "clock", self.move_clock),
            ("GET", "settings", self.settings),
            ("PUT", "settings", self.change_settings),
            ("GET", "faults", self.faults),
            ("POST", "faults", self.add_fault),
            ("DELETE", "faults", self.clear_faults),
            ("GET", "counters", self.counters),
            ("POST", "tokens", self.tokens),
            ("POST", "verify", self.verify),
            ("POST", "reset", self.reset),
        ]
        routes = [web.route(method, f"/_sim/{path}", _answered(call)) for method, path, call in plain]
        return [
            *routes,
            web.get("/_sim/events", self.events),
            web.get("/_sim/media/{media_id}", self.media),
        ]

    async def state(self, request: web.Request) -> Json:
        account = self._world.account
        return {
            "account": {"name": account.name, "app_id": account.app_id, "gh_id": account.gh_id},
            **await self.clock(request),
            "contacts": await self.contacts(request),
            "faults": self._world.faults.pending(),
        }

    async def contacts(self, _: web.Request) -> list[Json]:
        now = self._world.clock.now()
        return [contact.as_json(now) for contact in self._world.contacts.values()]

    async def add_contact(self, request: web.Request) -> Json:
        body = await _body(request)
        name, openid = str(body.get("name") or "").strip(), body.get("openid")
        if not name or openid in self._world.contacts:
            raise acts.NotPossible("a contact needs a name, and an openid of its own")
        contact = self._world.add_contact(name, following=body.get("following", True) is True, openid=openid)
        return contact.as_json(self._world.clock.now())

    async def contact(self, request: web.Request) -> Json:
        return self._contact(request).as_json(self._world.clock.now())

    async def change_contact(self, request: web.Request) -> Json:
        contact, body = self._contact(request), await _body(request)
        refuses, outcome = body.get("refuses", contact.refuses), body.get("template_outcome", contact.template_outcome)
        if refuses not in REFUSALS or outcome not in TEMPLATE_OUTCOMES:
            raise acts.NotPossible(f"refuses is one of {REFUSALS}, template_outcome one of {TEMPLATE_OUTCOMES}")
        contact.name = str(body.get("name", contact.name))
        contact.refuses, contact.template_outcome = refuses, outcome
        self._world.show(contact)
        return contact.as_json(self._world.clock.now())

    async def act(self, request: web.Request) -> Json:
        contact, body = self._contact(request), await _body(request)
        fields = self._done(request, contact, body)
        push = self._world.spawn(self._pusher.push(contact, fields))
        receipt = {"msgid": str(fields["MsgId"])} if "MsgId" in fields else {}
        if request.query.get("wait") != "1":
            return receipt | {"status": "sent"}
        outcome: Outcome = await asyncio.shield(push)
        return receipt | outcome.as_json()

    def _done(self, request: web.Request, contact: Contact, body: Json) -> Json:
        world, act = self._world, request.match_info["act"]
        if act == "message":
            return acts.message(world, contact, str(body.get("kind", "text")), body, str(request.url.origin()))
        if act == "follow":
            return acts.follow(world, contact)
        if act == "unfollow":
            return acts.unfollow(world, contact)
        if act == "scan":
            return acts.scan(world, contact, *self._scanned(body))
        if act in ("click", "view"):
            return acts.menu(world, contact, act.upper(), str(body.get("key", "")))
        raise web.HTTPNotFound

    def _scanned(self, body: Json) -> tuple[str, str]:
        ticket = str(body.get("ticket", "")) or self._world.codes.get(str(body.get("url", "")), "")
        if "scene" in body:
            return str(body["scene"]), ticket or "gQ_simulated_ticket"
        scene, expires = self._world.tickets.get(ticket, ("", None))
        if not scene or (expires is not None and self._world.clock.now() >= expires):
            raise acts.NotPossible("the QR code is unknown or has expired")
        return scene, ticket

    async def transcript(self, request: web.Request) -> list[Json]:
        contact = self._contact(request)
        after, wait = int(request.query.get("after", 0)), float(request.query.get("wait", 0))
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait
        while True:
            new = [entry.as_json() for entry in contact.transcript if entry.number > after]
            if new or loop.time() >= deadline:
                return new
            await self._world.change(deadline - loop.time())

    async def clock(self, _: web.Request) -> Json:
        return {"now": self._world.clock.now().isoformat(), "frozen": self._world.clock.frozen}

    async def move_clock(self, request: web.Request) -> Json:
        body, clock = await _body(request), self._world.clock
        if "set" in body:
            clock.set(str(body["set"]))
        if body.get("reset") is True:
            clock.reset()
        if body.get("run") is True:
            clock.run()
        clock.advance(float(body.get("advance", 0)))
        told = await self.clock(request)
        self._world.publish({"type": "clock", **told})
        for contact in self._world.contacts.values():
            self._world.show(contact)
        return told

    async def settings(self, _: web.Request) -> Json:
        return dataclasses.asdict(self._world.account)

    async def change_settings(self, request: web.Request) -> Json:
        self._world.account = self._world.account.changed(await _body(request))
        return await self.settings(request)

    async def faults(self, _: web.Request) -> list[Json]:
        return self._world.faults.pending()

    async def add_fault(self, request: web.Request) -> list[Json]:
        body, faults = await _body(request), self._world.faults
        endpoint, times, chance = body.pop("endpoint"), body.pop("times", 1), body.pop("probability", None)
        fault = Fault.from_json(body)
        if fault.kind not in INCOMING | ORDERING | FORGERIES:
            raise acts.NotPossible(f"there is no fault {fault.kind!r}")
        if chance is None:
            faults.script(endpoint, fault, times=times)
        else:
            faults.chance(endpoint, fault, probability=chance)
        return faults.pending()

    async def clear_faults(self, request: web.Request) -> list[Json]:
        self._world.faults.clear((await _body(request)).get("seed", 0))
        return []

    async def counters(self, _: web.Request) -> Json:
        world = self._world
        return {
            "calls": dict(world.calls),
            "refused": dict(world.refused),
            "pushes": dict(world.pushes),
            "faults": dict(world.faults.played),
            "token_calls": world.calls["/cgi-bin/token"] + world.calls["/cgi-bin/stable_token"],
        }

    async def tokens(self, request: web.Request) -> Json:
        what = (await _body(request)).get("do")
        if what not in ("invalidate", "expire"):
            raise acts.NotPossible("do is invalidate or expire")
        (self._world.tokens.invalidate if what == "invalidate" else self._world.tokens.expire)()
        return {"done": what}

    async def verify(self, _: web.Request) -> Json:
        return {"verified": await self._pusher.verify()}

    async def reset(self, _: web.Request) -> Json:
        self._world.reset()
        self._pusher.reset()
        return {"done": "reset"}

    async def media(self, request: web.Request) -> web.Response:
        media = self._world.find_media(request.match_info["media_id"])
        if media is None:
            raise web.HTTPNotFound
        headers = {"Content-Type": media.content_type, "X-Content-Type-Options": "nosniff"}
        headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return web.Response(body=media.content, headers=headers)

    async def events(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        stream = web.StreamResponse(headers=headers)
        await stream.prepare(request)
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._world.listeners.add(queue)
        try:
            await stream.write(b": hello\n\n")
            while (event := await queue.get()) is not None:
                await stream.write(b"data: " + orjson.dumps(event) + b"\n\n")
        except ConnectionError:
            pass
        finally:
            self._world.listeners.discard(queue)
        return stream

    def _contact(self, request: web.Request) -> Contact:
        contact = self._world.contacts.get(request.match_info["openid"])
        if contact is None:
            raise web.HTTPNotFound(text="no such contact")
        return contact


def _answered(call: Callable[[web.Request], Awaitable[Any]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """JSON out; 409 with the reason for what cannot be done, 400 for what cannot be understood."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return _json(200, await call(request))
        except acts.NotPossible as reason:
            return _json(409, {"error": str(reason)})
        except (UnknownSetting, orjson.JSONDecodeError, KeyError, TypeError, ValueError) as reason:
            return _json(400, {"error": str(reason)})

    return handle


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    body = orjson.loads(raw) if raw else {}
    if not isinstance(body, dict):
        raise TypeError("the body is a JSON object")
    return body


def _json(status: int, body: Any) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
