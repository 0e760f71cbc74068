"""What somebody did in Teams, as the event it means: activity in, `Event` out. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.domain.events import FromUser, UserConnected, UserEdited, UserInstalled, UserRemoved, UserWrote
from bot.teams.activity import CARD, Json, aad, each, part, personal, tenants, word
from bot.teams.clicks import ASKING, CHANGING, click
from bot.teams.doing import Doing, key_of, message_key
from bot.teams.words import read

COMMANDS = {
    **dict.fromkeys(("help", "帮助", "幫助"), "help"),
    **dict.fromkeys(("hi", "hello", "你好", "您好"), "hello"),
    **dict.fromkeys(("messages", "消息", "訊息"), "messages"),
    **dict.fromkeys(("queue", "待发消息", "队列", "佇列"), "queue"),
    **dict.fromkeys(("leave", "退出会话", "离开", "離開"), "leave"),
    **dict.fromkeys(("transfer", "转交", "轉交"), "transfer"),
    **dict.fromkeys(("invite", "邀请", "邀請"), "invite"),
    **dict.fromkeys(("business card", "名片"), "invite_lasting"),
    **dict.fromkeys(("status", "状态", "狀態"), "status"),
    **dict.fromkeys(("settings", "设置", "設定"), "settings"),
    **dict.fromkeys(("disconnect", "断开", "斷開"), "disconnect"),
}
"""Words that are a command when a message consists of nothing else."""

CONNECT = ("connect", "连接", "連接")
"""Words that bind a group chat or channel thread to the client whose name follows. In the user's own chat they stay
words for the client, who may be written "Connect me with …"; there *Open* and the search find a client."""


def event_of(activity: Json, id: str, at: datetime) -> FromUser | None:
    """What the activity means; None when it means nothing to us, or nobody is named who did it.

    `id` becomes the event's id, `at` its time (our clock).
    """
    doing = _READERS.get(word(activity, "type"))
    if doing is None or not aad(activity) or len(tenants(activity)) != 1:
        return None
    return doing(Doing(activity, id, at))


# ---- typed messages


def _message(doing: Doing) -> FromUser | None:
    value = part(doing.activity, "value")
    if value:
        return click(doing, value)
    words = read(doing.activity)
    if words.files:
        return None if _only_a_card(doing.activity, words.text) else doing.asked("attachment")
    command = COMMANDS.get(words.text.strip().lower())
    if command in ASKING:
        return ASKING[command](doing)
    if command:
        return doing.asked(command)
    name, _, query = words.text.strip().partition(" ")
    if name.lower() in CONNECT and not (query and personal(doing.activity)):
        return doing.event(UserConnected, doing.own_key, query=query.strip())
    quoted = (
        {"quoted": words.quoted, "quoted_key": message_key(doing.conversation, words.quoted)} if words.quoted else {}
    )
    text = words.text if personal(doing.activity) else _after_mention(words.text)
    return doing.event(UserWrote, doing.own_key, text=text, activity_key=doing.own_key, **quoted)


def _only_a_card(activity: Json, text: str) -> bool:
    """Somebody chosen with the message extension and sent in the chat with us: nothing that is meant for a client."""
    kinds = {word(attachment, "contentType") for attachment in each(activity, "attachments")} - {"text/html"}
    return not text.strip() and kinds == {CARD}


def _after_mention(text: str) -> str:
    """Where the bot must be mentioned to hear anything, Teams puts one space between the mention and the words."""
    return text[1:] if text[:1] in (" ", " ") else text


def _changed(doing: Doing) -> FromUser | None:
    kind = word(doing.activity, "channelData", "eventType").lower()
    if kind not in ("editmessage", "undeletemessage", "softdeletemessage"):
        return None
    original = message_key(doing.conversation, word(doing.activity, "id"))
    deleted = kind == "softdeletemessage"
    text = "" if deleted else read(doing.activity).text
    key = key_of("changed", original, kind, word(doing.activity, "timestamp"), text)
    return doing.event(UserEdited, key, activity_key=original, deleted=deleted, text=text)


# ---- cards


def _invoke(doing: Doing) -> FromUser | None:
    name, value = word(doing.activity, "name"), part(doing.activity, "value")
    if name == "adaptiveCard/action":
        action = part(value, "action")
        data = {"verb": word(action, "verb"), **part(action, "data")}
        by_itself = value.get("trigger") == "automatic"
        return None if by_itself and data["verb"] in CHANGING else click(doing, data)
    if name == "composeExtension/submitAction":
        return click(doing, part(value, "data"))
    return click(doing, value) if not name else None


# ---- coming and going


def _installation(doing: Doing) -> FromUser | None:
    """An upgrade removes and adds: only its second half is news, or a late first half would cut the person off."""
    match word(doing.activity, "action").lower():
        case "add" | "add-upgrade" if personal(doing.activity):
            return doing.event(UserInstalled, doing.own_key)
        case "remove":
            return doing.event(UserRemoved, doing.own_key)
    return None


def _roster(doing: Doing) -> FromUser | None:
    bot = word(doing.activity, "recipient", "id")
    if not bot:
        return None
    for name, kind in (("membersAdded", UserInstalled), ("membersRemoved", UserRemoved)):
        news = kind is UserRemoved or personal(doing.activity)
        if news and any(member.get("id") == bot for member in each(doing.activity, name)):
            return doing.event(kind, doing.own_key)
    return None


_READERS: dict[str, Callable[[Doing], FromUser | None]] = {
    "message": _message,
    "messageUpdate": _changed,
    "messageDelete": _changed,
    "invoke": _invoke,
    "installationUpdate": _installation,
    "conversationUpdate": _roster,
}
