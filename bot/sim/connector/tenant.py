"""Everything that Teams remembers: people, conversations, messages, notifications; and tells to whoever watches."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from bot.sim.clock import Clock
from bot.sim.connector import activities
from bot.sim.connector.errors import Refused
from bot.sim.connector.people import Bot, Conversation, Json, Message, Notification, User, opaque

_NAMES = UUID("6f1c3d0a-6f39-4a9e-9d8e-0c9f4c8f1b57")


class Tenant:
    """The simulated tenant with one bot in it."""

    def __init__(self, tenant_id: str, bot: Bot, clock: Clock) -> None:
        self.id, self.bot, self.clock = tenant_id, bot, clock
        self._watchers: set[asyncio.Queue[Json]] = set()
        self._last_id = 0
        self.clear()

    def clear(self) -> None:
        self.users: dict[str, User] = {}
        self.conversations: dict[str, Conversation] = {}
        self.notifications: list[Notification] = []
        self._publish({"kind": "reset"})

    # People and conversations

    def add_user(self, name: str, aad: str = "", tenant: str = "", upn: str = "", **traits: Any) -> User:
        """A new person, whose id follows from the name if none is given; an existing one is returned as they are."""
        aad = aad or str(uuid5(_NAMES, name))
        if aad not in self.users:
            upn = upn or name.lower().replace(" ", ".") + "@contoso.example"
            user = self.users[aad] = User(aad, name, tenant or self.id, upn)
            for trait, value in traits.items():
                setattr(user, trait, value)
            chat = f"a:1{opaque('chat', user.tenant, aad, self.bot.id)}"
            self.conversations[chat] = Conversation(chat, "personal", user.tenant, [aad], name, bot_present=False)
            self._publish({"kind": "user", "user": aad})
        return self.users[aad]

    def user(self, key: str) -> User:
        """The person with this aadObjectId, MRI or name. Raises KeyError."""
        for user in self.users.values():
            if key in (user.aad, user.mri, user.name):
                return user
        raise KeyError(f"nobody is called {key}")

    def chat(self, user: User) -> Conversation:
        """The personal conversation of a person with the bot."""
        return next(c for c in self.conversations.values() if c.kind == "personal" and c.members == [user.aad])

    def add_group(self, name: str, members: list[User]) -> Conversation:
        """A group chat with the bot in it."""
        group = f"19:{opaque('group', name)[:32].lower()}@thread.v2"
        return self._join(Conversation(group, "groupChat", self.id, [m.aad for m in members], name))

    def add_channel(self, team: str, name: str, members: list[User]) -> Conversation:
        """A channel of a team; its threads are opened by `thread`."""
        team_id = f"19:{opaque('team', team)[:40]}@thread.tacv2"
        channel = f"19:{opaque('channel', team, name)[:32].lower()}@thread.tacv2"
        aads = [m.aad for m in members]
        return self._join(Conversation(channel, "channel", self.id, aads, name, team=team_id, channel=channel))

    def thread(self, channel: Conversation, root: str) -> Conversation:
        """The reply chain of a channel's message."""
        name = f"{channel.channel};messageid={root}"
        if name not in self.conversations:
            members = channel.members
            self._join(
                Conversation(name, "channel", channel.tenant, members, channel.name, channel.team, channel.channel)
            )
        return self.conversations[name]

    def _join(self, conversation: Conversation) -> Conversation:
        self.conversations[conversation.id] = conversation
        return conversation

    # Messages

    def now(self) -> datetime:
        return self.clock.now()

    def next_id(self) -> str:
        """Message ids are epoch milliseconds, never the same twice."""
        self._last_id = max(self._last_id + 1, int(self.now().timestamp() * 1000))
        return str(self._last_id)

    def post(self, conversation: Conversation, activity: Json, author: str, message_id: str = "") -> Message:
        """A new message in a conversation, told to the watchers; the bot's ones notify the members."""
        message_id = message_id or self.next_id()
        message = Message(message_id, conversation.id, activities.stamp(self.now()), author, [activity])
        conversation.messages[message_id] = message
        self._publish({"kind": "message", "message": message.shown()})
        if author == self.bot.id:
            self._notify(conversation, message)
        return message

    def message(self, conversation: Conversation, message_id: str) -> Message:
        """Raises Refused, as the connector says it."""
        if message_id not in conversation.messages:
            raise Refused("ActivityNotFoundInConversation")
        return conversation.messages[message_id]

    def anywhere(self, message_id: str) -> tuple[Conversation, Message]:
        """A message by its id alone. Raises KeyError."""
        for conversation in self.conversations.values():
            if message_id in conversation.messages:
                return conversation, conversation.messages[message_id]
        raise KeyError(f"there is no message {message_id}")

    @contextmanager
    def changing(self, message: Message) -> Iterator[Message]:
        """Tells the watchers of a message what it became."""
        yield message
        self._publish({"kind": "message", "message": message.shown()})

    def _notify(self, conversation: Conversation, message: Message) -> None:
        activity = message.activity
        alert = ((activity.get("channelData") or {}).get("notification") or {}).get("alert")
        text = activity.get("summary") or activity.get("text") or ("Sent a card" if message.attachments else "")
        if not (alert or conversation.kind == "personal") or not text:
            return
        for aad in conversation.members:
            notification = Notification(aad, conversation.id, message.id, text, message.at)
            self.notifications.append(notification)
            self._publish({"kind": "notification", "notification": notification.shown()})

    def typing(self, conversation: Conversation) -> None:
        self._publish({"kind": "typing", "conversation": conversation.id})

    # Watchers

    @contextmanager
    def watch(self) -> Iterator[asyncio.Queue[Json]]:
        """A queue of everything that changes while the block runs."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    def _publish(self, change: Json) -> None:
        for watcher in self._watchers:
            watcher.put_nowait(change)
