"""The activities that Teams sends to a bot, built in the shapes that real ones have. Pure.

Shapes: captured payloads (tests/data/teams) and Microsoft's documentation; the quoted reply is the message body that
Microsoft Graph's reference shows.
"""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.sim.connector.people import Bot, Conversation, Json, Message, User


@dataclass(frozen=True, slots=True)
class Scene:
    """Who does something, where, when and towards which bot."""

    user: User
    bot: Bot
    conversation: Conversation
    at: datetime
    service_url: str


def stamp(at: datetime) -> str:
    """UTC with milliseconds and a Z, as Teams writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def envelope(scene: Scene, kind: str, activity_id: str = "") -> Json:
    """What every activity from Teams carries."""
    user, conversation = scene.user, scene.conversation
    return {
        "type": kind,
        "id": activity_id or f"f:{uuid4()}",
        "timestamp": stamp(scene.at),
        "localTimestamp": scene.at.astimezone(ZoneInfo(user.timezone)).isoformat(timespec="milliseconds"),
        "channelId": "msteams",
        "serviceUrl": scene.service_url,
        "from": {"id": user.mri, "name": user.name, "aadObjectId": user.aad},
        "conversation": conversation.account,
        "recipient": {"id": scene.bot.id, "name": scene.bot.name},
        "entities": [client_info(user)],
        "channelData": channel_data(conversation),
        "locale": user.locale,
        "localTimezone": user.timezone,
    }


def client_info(user: User) -> Json:
    """The entity that tells locale, time zone and client of the person."""
    country = user.locale.partition("-")[2] or "US"
    return {
        "locale": user.locale,
        "country": country,
        "platform": user.platform,
        "timezone": user.timezone,
        "type": "clientInfo",
    }


def channel_data(conversation: Conversation) -> Json:
    """Teams' own part of an activity: the tenant, and the team and channel where there is one."""
    data: Json = {"tenant": {"id": conversation.tenant}}
    if conversation.channel:
        data |= {"teamsChannelId": conversation.channel, "teamsTeamId": conversation.team}
        data |= {"channel": {"id": conversation.channel}, "team": {"id": conversation.team}}
    return data


def message(scene: Scene, activity_id: str, text: str, markup: str, *, mention: bool = False) -> Json:
    """A typed message: the text, and the same as HTML in an attachment, which is the faithful one."""
    activity = envelope(scene, "message", activity_id)
    if mention:
        at = f"<at>{scene.bot.name}</at>"
        mentioned = {"id": scene.bot.id, "name": scene.bot.name}
        activity["entities"].insert(0, {"mentioned": mentioned, "text": at, "type": "mention"})
        text = f"{at} {text}"
        name = f'<span itemtype="http://schema.skype.com/Mention" itemscope="" itemid="0">{scene.bot.name}</span>&nbsp;'
        markup = markup.replace("<p>", f"<p>{name}", 1)
    return activity | {
        "text": text,
        "textFormat": "plain",
        "attachments": [{"contentType": "text/html", "content": markup}],
    }


def as_html(text: str) -> str:
    """The HTML that Teams' compose box makes of typed text."""
    escaped = re.sub(" (?= )|^ | $", "&nbsp;", html.escape(text, quote=False), flags=re.MULTILINE)
    return "".join(f"<p>{line or '&nbsp;'}</p>" for line in escaped.split("\n"))


def quotation(quoted: Message, preview: str) -> str:
    """The block in front of a quoted reply."""
    author = html.escape((quoted.activity.get("from") or {}).get("name", ""))
    return (
        f'<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="{quoted.id}">\r\n'
        f'<strong itemprop="mri" itemid="{quoted.author}">{author}</strong>'
        f'<span itemprop="time" itemid="{quoted.id}"></span>\r\n'
        f'<p itemprop="preview">{html.escape(preview, quote=False)}</p>\r\n</blockquote>\r\n'
    )


def changed(scene: Scene, original: Json, event: str) -> Json:
    """An edit, undelete (messageUpdate) or soft delete (messageDelete) of a message: same id, new timestamp."""
    deleted = event == "softDeleteMessage"
    activity = envelope(scene, "messageDelete" if deleted else "messageUpdate", original["id"])
    activity["channelData"] = {"eventType": event} | activity["channelData"]
    if deleted:
        return activity
    return activity | {name: original[name] for name in ("text", "textFormat", "attachments") if name in original}


def submit(scene: Scene, card: Message, value: object, text: str | None = None) -> Json:
    """An Action.Submit: a message with a value and no text (messageBack has both)."""
    return _from_card(envelope(scene, "message"), card) | ({} if text is None else {"text": text}) | {"value": value}


def execute(scene: Scene, card: Message, action: Json, data: object, trigger: str = "manual") -> Json:
    """An Action.Execute; `trigger` is "automatic" for a refresh that Teams makes by itself."""
    named = {name: action[name] for name in ("type", "id", "title", "verb") if name in action}
    if trigger == "automatic":
        named.setdefault("id", "")
    return _from_card(
        invoke(scene, "adaptiveCard/action", {"action": named | {"data": data}, "trigger": trigger}), card
    )


def invoke(scene: Scene, name: str, value: object) -> Json:
    """Any invoke: composeExtension/…, task/…, fileConsent/…"""
    activity = envelope(scene, "invoke") | {"name": name, "value": value}
    activity["channelData"]["source"] = {"name": "compose" if name.startswith("composeExtension") else "message"}
    return activity


def payload(message: Message) -> Json:
    """A message as an action command gets it that was chosen from the message's menu."""
    said = message.activity
    written = next((a["content"] for a in message.attachments if a.get("contentType") == "text/html"), None)
    body = {"contentType": "text", "content": said.get("text") or ""}
    author = said.get("from") or {}
    return {
        "id": message.id,
        "createdDateTime": message.at,
        "deleted": message.deleted,
        "body": body if written is None else {"contentType": "html", "content": written},
        "from": {"user": {"id": author.get("aadObjectId"), "displayName": author.get("name")}},
        "attachments": [a for a in message.attachments if a.get("contentType") != "text/html"],
    }


def _from_card(activity: Json, card: Message) -> Json:
    legacy = {"source": {"name": "message"}, "legacy": {"replyToId": f"1:{card.id}"}}
    return activity | {"replyToId": card.id, "channelData": activity["channelData"] | legacy}


def reaction(scene: Scene, target: Message, kind: str, *, removed: bool = False) -> Json:
    """A like, heart, laugh … on a message."""
    name = "reactionsRemoved" if removed else "reactionsAdded"
    return envelope(scene, "messageReaction") | {name: [{"type": kind}], "replyToId": target.id}


def installation(scene: Scene, action: str) -> Json:
    """installationUpdate: add, add-upgrade, remove, remove-upgrade."""
    activity = envelope(scene, "installationUpdate") | {"action": action}
    activity["channelData"]["source"] = {"name": "message"}
    if scene.conversation.channel:
        activity["channelData"]["settings"] = {"selectedChannel": {"id": scene.conversation.channel}}
    return activity


def members_added(scene: Scene) -> Json:
    """The conversationUpdate of an installation: the bot (and in a personal chat the person) joined."""
    added = [{"id": scene.bot.id}]
    if scene.conversation.kind == "personal":
        added.insert(0, {"id": scene.user.mri})
    return envelope(scene, "conversationUpdate") | {"membersAdded": added}
