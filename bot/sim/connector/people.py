"""Who and what exists in the simulated tenant: people, the bot, conversations, messages; ids are shaped like Teams'."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
CARD = "application/vnd.microsoft.card.adaptive"


def opaque(*parts: str) -> str:
    """An id as long and meaningless as Teams' own, but the same for the same parts: databases outlive a restart."""
    return base64.urlsafe_b64encode(hashlib.sha512("|".join(parts).encode()).digest()).decode().rstrip("=")


@dataclass(slots=True)
class User:
    """A person of the tenant; `installed`: the app is in their personal scope; `blocked`: they blocked the bot."""

    aad: str
    name: str
    tenant: str
    upn: str
    locale: str = "en-US"
    timezone: str = "America/Los_Angeles"
    platform: str = "Web"
    installed: bool = False
    blocked: bool = False

    @property
    def mri(self) -> str:
        return "29:1" + opaque("mri", self.tenant, self.aad)

    @property
    def member(self) -> Json:
        """The roster's view of a person: a TeamsChannelAccount."""
        given, _, surname = self.name.partition(" ")
        return {
            "id": self.mri,
            "name": self.name,
            "objectId": self.aad,
            "aadObjectId": self.aad,
            "givenName": given,
            "surname": surname,
            "email": self.upn,
            "userPrincipalName": self.upn,
            "tenantId": self.tenant,
            "userRole": "user",
        }


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot's registration."""

    app_id: str
    name: str

    @property
    def id(self) -> str:
        return f"28:{self.app_id}"


@dataclass(slots=True)
class Message:
    """One message of a conversation; `versions` are all activities it was posted or updated with, the last is current.

    `view` is the card that an Action.Execute returned to the person who clicked: shown in place until the next update.
    """

    id: str
    conversation: str
    at: str
    author: str
    versions: list[Json]
    deleted: bool = False
    view: Json | None = None
    reactions: list[str] = field(default_factory=list)

    @property
    def activity(self) -> Json:
        return self.versions[-1]

    @property
    def attachments(self) -> list[Json]:
        attachments: list[Json] = self.activity.get("attachments") or []
        return attachments

    @property
    def card(self) -> Json | None:
        """The Adaptive Card as the person sees it now."""
        return self.view or next((a["content"] for a in self.attachments if a.get("contentType") == CARD), None)

    def shown(self) -> Json:
        """The message as transcripts and the page read it."""
        current = self.activity
        return {
            "id": self.id,
            "conversation": self.conversation,
            "at": self.at,
            "author": self.author,
            "from": (current.get("from") or {}).get("name", ""),
            "bot": self.author.startswith("28:"),
            "text": current.get("text") or "",
            "summary": current.get("summary"),
            "value": current.get("value"),
            "attachments": self.attachments,
            "card": self.card,
            "updates": len(self.versions) - 1,
            "deleted": self.deleted,
            "reactions": self.reactions,
            "versions": self.versions,
        }


@dataclass(slots=True)
class Conversation:
    """A personal chat, group chat or channel thread; `members` are aadObjectIds."""

    id: str
    kind: str
    tenant: str
    members: list[str]
    name: str = ""
    team: str = ""
    channel: str = ""
    bot_present: bool = True
    writes_blocked: bool = False
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def account(self) -> Json:
        """The ConversationAccount that activities carry."""
        account: Json = {"id": self.id, "conversationType": self.kind, "tenantId": self.tenant}
        return account if self.kind == "personal" else {**account, "isGroup": True}


@dataclass(frozen=True, slots=True)
class Notification:
    """What Teams' activity feed or a toast would show to a person."""

    user: str
    conversation: str
    message: str
    text: str
    at: str

    def shown(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}
