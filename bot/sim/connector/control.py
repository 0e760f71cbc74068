"""The control API under /_sim/: tests, the demo and the chat page act as people and look through it. JSON both ways."""

import asyncio
import inspect
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from bot.sim.connector import package
from bot.sim.connector.cards import NotPossible
from bot.sim.connector.errors import REFUSALS, Refused
from bot.sim.connector.people import Conversation, Json
from bot.sim.faults import Fault

if TYPE_CHECKING:
    from bot.sim.connector.server import TeamsSimulator

_HEARTBEAT = 15.0
VERBS = (
    *("install", "uninstall", "block", "say", "edit", "delete", "undelete", "react", "click", "perform", "refresh"),
    *("submit_dialog", "close_dialog", "search", "pick", "open", "typeahead", "invoke"),
)


class Control:
    """The handlers of /_sim/."""

    def __init__(self, world: "TeamsSimulator") -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sim/about", self._about),
            web.get("/_sim/users", self._users),
            web.post("/_sim/users", self._add_user),
            web.get("/_sim/users/{user}", self._user),
            web.post("/_sim/users/{user}/{verb}", self._do),
            web.get("/_sim/conversations", self._conversations),
            web.post("/_sim/conversations", self._add_conversation),
            web.get("/_sim/conversations/{conversation}", self._conversation),
            web.post("/_sim/activities", self._deliver),
            web.get("/_sim/deliveries", self._deliveries),
            web.get("/_sim/notifications", self._notifications),
            web.get("/_sim/counters", self._counters),
            web.get("/_sim/clock", self._clock),
            web.post("/_sim/clock", self._clock),
            web.get("/_sim/faults", self._faults),
            web.post("/_sim/faults", self._add_fault),
            web.delete("/_sim/faults", self._clear_faults),
            web.post("/_sim/settings", self._settings),
            web.post("/_sim/rotate", self._rotate),
            web.post("/_sim/token", self._token),
            web.post("/_sim/reset", self._reset),
            web.get("/_sim/events", self._events),
        ]

    # People and conversations

    async def _about(self, _request: web.Request) -> web.Response:
        bot, url = self._world.tenant.bot, self._world.doings.service_url
        return _json({"bot": bot.name, "app_id": bot.app_id, "serviceUrl": url, "commands": package.commands()})

    async def _users(self, _request: web.Request) -> web.Response:
        return _json([self._described(aad) for aad in self._world.tenant.users])

    async def _add_user(self, request: web.Request) -> web.Response:
        return _json(self._described(self._world.tenant.add_user(**await request.json()).aad))

    async def _user(self, request: web.Request) -> web.Response:
        user = self._world.tenant.user(request.match_info["user"])
        chat = self._transcript(self._world.tenant.chat(user))
        return _json(self._described(user.aad) | {"chat": chat, "dialog": self._world.doings.dialogs.get(user.aad)})

    def _described(self, aad: str) -> Json:
        user = self._world.tenant.users[aad]
        traits = {name: getattr(user, name) for name in ("installed", "blocked", "locale", "timezone")}
        return user.member | traits | {"aad": aad, "mri": user.mri, "conversation": self._world.tenant.chat(user).id}

    async def _do(self, request: web.Request) -> web.Response:
        verb = request.match_info["verb"]
        if verb not in VERBS:
            raise web.HTTPNotFound(text=f"people can {', '.join(VERBS)}")
        doing = getattr(self._world.doings, verb)
        user = self._world.tenant.user(request.match_info["user"])
        details = orjson.loads(await request.read() or b"{}")
        try:
            inspect.signature(doing).bind(user, **details)
        except TypeError as error:
            raise NotPossible(f"{verb}: {error}") from None
        return _json(await doing(user, **details))

    async def _conversations(self, _request: web.Request) -> web.Response:
        every = self._world.tenant.conversations.values()
        return _json([{"id": c.id, "kind": c.kind, "name": c.name, "messages": len(c.messages)} for c in every])

    async def _add_conversation(self, request: web.Request) -> web.Response:
        wish = await request.json()
        tenant = self._world.tenant
        members = [tenant.user(key) for key in wish["members"]]
        if "team" not in wish:
            return _json({"id": tenant.add_group(wish["name"], members).id})
        channel = tenant.add_channel(wish["team"], wish["name"], members)
        if "root" not in wish:
            return _json({"id": channel.id})
        return _json({"id": tenant.thread(channel, wish["root"]).id})

    async def _conversation(self, request: web.Request) -> web.Response:
        return _json(self._transcript(self._world.tenant.conversations[request.match_info["conversation"]]))

    def _transcript(self, conversation: Conversation) -> Json:
        present = {"bot_present": conversation.bot_present, "members": conversation.members}
        messages = [message.shown() for message in conversation.messages.values()]
        return {
            "id": conversation.id,
            "kind": conversation.kind,
            "name": conversation.name,
            **present,
            "messages": messages,
        }

    async def _notifications(self, request: web.Request) -> web.Response:
        wanted = request.query.get("user")
        every = self._world.tenant.notifications
        return _json([n.shown() for n in every if wanted in (None, n.user)])

    # Deliveries to the bot

    async def _deliver(self, request: web.Request) -> web.Response:
        """Any activity, as it is; `forgery` gives it a bad token, `times` and `concurrent` repeat it."""
        wish = await request.json()
        activity = {"serviceUrl": self._world.doings.service_url} | wish["activity"]
        copies = [self._world.delivery.carry(activity, wish.get("forgery")) for _ in range(wish.get("times", 1))]
        answers = await asyncio.gather(*copies) if wish.get("concurrent") else [await copy for copy in copies]
        return _json([answer.shown() for answer in answers])

    async def _deliveries(self, _request: web.Request) -> web.Response:
        return _json(self._world.delivery.log)

    async def _counters(self, _request: web.Request) -> web.Response:
        played = dict(self._world.faults.played)
        return _json({"calls": self._world.connector.counts, "identity": self._world.identity.counts, "faults": played})

    # The world's own knobs

    async def _clock(self, request: web.Request) -> web.Response:
        clock = self._world.clock
        wish = await request.json() if request.can_read_body else {}
        if "set" in wish:
            clock.set(wish["set"])
        if "advance" in wish:
            clock.advance(wish["advance"])
        if wish.get("run"):
            clock.run()
        if wish.get("reset"):
            clock.reset()
        return _json({"now": clock.now().isoformat(), "frozen": clock.frozen})

    async def _faults(self, _request: web.Request) -> web.Response:
        return _json({"pending": self._world.faults.pending(), "played": dict(self._world.faults.played)})

    async def _add_fault(self, request: web.Request) -> web.Response:
        """`endpoint`, the fields of a Fault or a `refusal` by name, and `times` or `probability`."""
        wish = await request.json()
        endpoint, times, probability = wish.pop("endpoint"), wish.pop("times", 1), wish.pop("probability", None)
        if "refusal" in wish:
            status, body = REFUSALS[wish.pop("refusal")]
            wish |= {"kind": "status", "status": status, "body": body}
        fault = Fault.from_json(wish)
        if probability is None:
            self._world.faults.script(endpoint, fault, times=times)
        else:
            self._world.faults.chance(endpoint, fault, probability=probability)
        return _json(self._world.faults.pending())

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self._world.faults.clear(int(request.query.get("seed", 0)))
        return _json([])

    async def _settings(self, request: web.Request) -> web.Response:
        """`check_tokens`, `limits`, `repeat_after`, `extension_timeout`; `writes_blocked`: a conversation or null."""
        wish = await request.json()
        self._world.identity.checked = wish.get("check_tokens", self._world.identity.checked)
        self._world.limits.enabled = wish.get("limits", self._world.limits.enabled)
        for name in ("repeat_after", "extension_timeout"):
            setattr(self._world.delivery, name, wish.get(name, getattr(self._world.delivery, name)))
        if "writes_blocked" in wish:
            for conversation in self._world.tenant.conversations.values():
                conversation.writes_blocked = conversation.id == wish["writes_blocked"]
        return _json({})

    async def _rotate(self, request: web.Request) -> web.Response:
        wish = await request.json() if request.can_read_body else {}
        return _json({"kid": self._world.identity.rotate(keep_old=wish.get("keep_old", True))})

    async def _token(self, request: web.Request) -> web.Response:
        wish = await request.json() if request.can_read_body else {}
        url = self._world.doings.service_url
        return _json({"token": self._world.identity.channel_token(url, wish.get("forgery")), "serviceUrl": url})

    async def _reset(self, _request: web.Request) -> web.Response:
        self._world.reset()
        return _json({})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events of all that changes: message, notification, typing, user, reset."""
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        with self._world.tenant.watch() as changes, suppress(ConnectionResetError):  # the page was closed
            await stream.write(b": welcome\n\n")
            while not self._world.stopping.is_set():
                await _pass_on(stream, changes)
        return stream


async def _pass_on(stream: web.StreamResponse, changes: "asyncio.Queue[Json]") -> None:
    try:
        change = await asyncio.wait_for(changes.get(), _HEARTBEAT)
    except TimeoutError:
        await stream.write(b": still here\n\n")
    else:
        await stream.write(b"data: " + orjson.dumps(change) + b"\n\n")


def _json(body: Any) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")


@web.middleware
async def explained(request: web.Request, handler: Any) -> web.StreamResponse:
    """Control calls that make no sense are answered 422 with the reason."""
    if not request.path.startswith("/_sim/"):
        response: web.StreamResponse = await handler(request)
        return response
    try:
        return await handler(request)  # type: ignore[no-any-return]
    except (NotPossible, Refused, AttributeError, KeyError, TypeError, ValueError) as error:
        reason = str(error.args[0]) if error.args else type(error).__name__
        return web.json_response({"error": reason}, status=422)
