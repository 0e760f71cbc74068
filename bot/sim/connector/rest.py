"""The Bot Connector's REST interface: what the bot calls at its serviceUrl (API v3), under any path prefix."""

from typing import Any
from urllib.parse import unquote

import orjson
from aiohttp import web

from bot.sim.connector.errors import Refused
from bot.sim.connector.identity import Identity
from bot.sim.connector.limits import SendLimits
from bot.sim.connector.people import Conversation, Json, User
from bot.sim.connector.tenant import Tenant

MAX_BYTES = 100 * 1024
_BASE = "/{prefix:(?:[^/]+/)*?}v3/conversations"


class Connector:
    """The calls of a bot on the tenant's conversations."""

    def __init__(self, tenant: Tenant, identity: Identity, limits: SendLimits) -> None:
        self._tenant, self._identity, self._limits = tenant, identity, limits
        self.counts = {name: 0 for name in ("create", "send", "update", "delete", "members", "refused")}

    def routes(self) -> list[web.RouteDef]:
        one = f"{_BASE}/{{conversation}}"
        calls = [
            ("POST", _BASE, self._create),
            ("POST", f"{one}/activities", self._send),
            ("POST", f"{one}/activities/{{activity}}", self._send),
            ("PUT", f"{one}/activities/{{activity}}", self._update),
            ("DELETE", f"{one}/activities/{{activity}}", self._delete),
            ("GET", f"{one}/members", self._members),
            ("GET", f"{one}/activities/{{activity}}/members", self._members),
            ("GET", f"{one}/pagedmembers", self._paged_members),
            ("GET", f"{one}/members/{{member}}", self._member),
        ]
        return [web.route(method, path, self._guarded(call)) for method, path, call in calls]

    def _guarded(self, call: Any) -> Any:
        async def answer(request: web.Request) -> web.Response:
            try:
                if not self._identity.admits(request.headers.get("Authorization", "")):
                    raise Refused("BotNotRegistered")
                response: web.Response = await call(request)
            except Refused as refused:
                self.counts["refused"] += 1
                return refused.response()
            return response

        return answer

    # Writing

    async def _create(self, request: web.Request) -> web.Response:
        wish = await self._body(request)
        data = wish.get("channelData") or {}
        if channel := (data.get("channel") or {}).get("id"):
            return self._new_thread(channel, wish)
        try:
            user = self._tenant.user(str((wish.get("members") or [{}])[0].get("id")))
        except KeyError:
            raise Refused("BadSyntax") from None
        if (data.get("tenant") or {}).get("id", wish.get("tenantId")) != user.tenant:
            raise Refused("BadSyntax")
        chat = self._writable(self._tenant.chat(user))
        self.counts["create"] += 1
        answer = {"id": chat.id, "serviceUrl": f"{request.url.origin()}/{request.match_info['prefix']}"}
        if wish.get("activity"):
            answer["activityId"] = self._post(chat, wish["activity"])
        return web.json_response(answer, status=201)

    def _new_thread(self, channel: str, wish: Json) -> web.Response:
        if channel not in self._tenant.conversations:
            raise Refused("ConversationNotFound")
        if not wish.get("activity"):
            raise Refused("BadSyntax")
        root = self._tenant.next_id()
        thread = self._tenant.thread(self._tenant.conversations[channel], root)
        self._post(thread, wish["activity"], root)
        self.counts["create"] += 1
        return web.json_response({"id": thread.id, "activityId": root}, status=201)

    async def _send(self, request: web.Request) -> web.Response:
        conversation = self._writable(self._conversation(request))
        activity = await self._body(request)
        wait = self._limits.wait(conversation.id, self._tenant.now().timestamp())
        if wait is not None:
            raise Refused("Throttled", retry_after=wait)
        self.counts["send"] += 1
        if activity.get("type") == "typing":
            self._tenant.typing(conversation)
            return web.json_response({"id": self._tenant.next_id()}, status=201)
        if activity.get("text") and activity.get("attachments"):
            return self._split(conversation, activity)
        return web.json_response({"id": self._post(conversation, activity)}, status=201)

    def _split(self, conversation: Conversation, activity: Json) -> web.Response:
        """Text with attachments becomes two messages, and Teams then tells no id."""
        self._post(conversation, {name: value for name, value in activity.items() if name != "attachments"})
        self._post(conversation, {name: value for name, value in activity.items() if name != "text"})
        return web.json_response({}, status=201)

    def _post(self, conversation: Conversation, activity: Json, message_id: str = "") -> str:
        bot = self._tenant.bot
        return self._tenant.post(
            conversation, activity | {"from": {"id": bot.id, "name": bot.name}}, bot.id, message_id
        ).id

    async def _update(self, request: web.Request) -> web.Response:
        conversation = self._writable(self._conversation(request))
        activity = await self._body(request)
        message = self._own(conversation, request)
        self.counts["update"] += 1
        with self._tenant.changing(message):
            message.versions.append(activity | {"from": message.activity["from"]})
            message.view = None
        return web.json_response({"id": message.id})

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._own(self._writable(self._conversation(request)), request)
        self.counts["delete"] += 1
        with self._tenant.changing(message):
            message.deleted = True
        return web.Response(status=200)

    # Reading

    async def _members(self, request: web.Request) -> web.Response:
        self.counts["members"] += 1
        return web.json_response([user.member for user in self._roster(request)])

    async def _paged_members(self, request: web.Request) -> web.Response:
        self.counts["members"] += 1
        roster = self._roster(request)
        start = int(request.query.get("continuationToken") or 0)
        end = start + int(request.query.get("pageSize") or 200)
        page: Json = {"members": [user.member for user in roster[start:end]]}
        return web.json_response(page | ({"continuationToken": str(end)} if end < len(roster) else {}))

    async def _member(self, request: web.Request) -> web.Response:
        self.counts["members"] += 1
        wanted = unquote(request.match_info["member"])
        for user in self._roster(request):
            if wanted in (user.mri, user.aad):
                return web.json_response(user.member)
        raise Refused("MemberNotFoundInConversation")

    def _roster(self, request: web.Request) -> list[User]:
        conversation = self._conversation(request)
        if not conversation.bot_present:
            raise Refused("BotNotInConversationRoster")
        return [self._tenant.users[aad] for aad in conversation.members]

    # What every call checks

    def _conversation(self, request: web.Request) -> Conversation:
        name = unquote(request.match_info["conversation"])
        conversation = self._tenant.conversations.get(name)
        channel, _, root = name.partition(";messageid=")
        if conversation is None and root and channel in self._tenant.conversations:
            conversation = self._tenant.thread(self._tenant.conversations[channel], root)
        if conversation is None:
            raise Refused("ConversationNotFound")
        return conversation

    def _writable(self, conversation: Conversation) -> Conversation:
        if not conversation.bot_present:
            raise Refused("BotNotInConversationRoster")
        if conversation.kind == "personal" and self._tenant.users[conversation.members[0]].blocked:
            raise Refused("ConversationBlockedByUser")
        if conversation.writes_blocked:
            raise Refused("MessageWritesBlocked")
        return conversation

    def _own(self, conversation: Conversation, request: web.Request) -> Any:
        message = self._tenant.message(conversation, unquote(request.match_info["activity"]))
        if message.author != self._tenant.bot.id or message.deleted:
            raise Refused("ActivityNotFoundInConversation")
        return message

    async def _body(self, request: web.Request) -> Json:
        content = await request.read()
        if len(content) > MAX_BYTES:
            raise Refused("MessageSizeTooBig")
        try:
            body = orjson.loads(content)
        except orjson.JSONDecodeError:
            raise Refused("BadSyntax") from None
        if not isinstance(body, dict):
            raise Refused("BadSyntax")
        return body
