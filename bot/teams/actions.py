"""What somebody did in Teams, as the event it means: activity in, `Event` out. Pure.

Cards speak one vocabulary, whether Teams sends it as Action.Submit (a message with a value) or Action.Execute (an
invoke): `{"verb": …, "thread_id": …, "message_id": …}` and the inputs. Who did it is the signed-in Entra id of the
activity, never anything the card says.

Keys. Teams repeats what we did not answer within 15 s: a message under its own id, a click up to twice more under a
new id and time. So a message is known by its id, and a click that changes something by its content: conversation,
person, card, verb and data with the inputs. The content alone would be too much, because the same words may be meant
twice from one card that stays as it is; therefore the time counts as well, in spans of `SAME_CLICK` of Teams' own
clock. That takes a double click as one, and leaves two gaps, both accepted: the same words again within the span are
one reply, and a repetition may fall into the next span (at most one in six of the clicks that were not answered for
15 s). A card that carries a nonce (`once`) and is drawn anew after each click closes both, but for `reply`, whose box
stays: there the nonce is one more part of the data. What only shows something is known by its activity's id, since
asking again must show again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import cards
from bot import numbers
from bot.book.line import MOST_NUMBERS
from bot.domain.colleagues import (
    ColleagueChosen,
    ColleagueSought,
    HandOverAnswered,
    HandOverAsked,
    UserTransferred,
)
from bot.domain.events import (
    ContactSaved,
    DetailsAsked,
    FromUser,
    QueueCancelled,
    QueueEdited,
    QueueReleased,
    SentAgain,
    UserAsked,
    UserChose,
    UserConnected,
    UserDisconnected,
    UserEdited,
    UserInstalled,
    UserLeft,
    UserListed,
    UserMuted,
    UserOpened,
    UserRemoved,
    UserSettled,
    UserWrote,
)
from bot.teams.activity import CARD, Json, aad, each, part, personal, reference, said_at, tenants, word
from bot.teams.words import read

SAME_CLICK = timedelta(minutes=5)

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

NOTHING: Json = {}

Made = TypeVar("Made", bound=FromUser)


@dataclass(frozen=True, slots=True)
class _Doing:
    """One activity with the id and the time that its event gets."""

    activity: Json
    id: str
    at: datetime

    def event(self, kind: Callable[..., Made], key: str, **more: str | bool | int | tuple[str, ...]) -> Made:
        told = reference(self.activity)
        return kind(self.id, key, self.at, tenant=told.tenant_id, aad=aad(self.activity), reference=told, **more)

    @property
    def conversation(self) -> str:
        return word(self.activity, "conversation", "id")

    @property
    def own_key(self) -> str:
        return message_key(self.conversation, word(self.activity, "id") or _canonical(self.activity))

    def asked(self, what: str, argument: str = "") -> UserAsked:
        return self.event(UserAsked, self.own_key, what=what, argument=argument)


def event_of(activity: Json, id: str, at: datetime) -> FromUser | None:
    """What the activity means; None when it means nothing to us, or nobody is named who did it.

    `id` becomes the event's id, `at` its time (our clock).
    """
    doing = _READERS.get(word(activity, "type"))
    if doing is None or not aad(activity) or len(tenants(activity)) != 1:
        return None
    return doing(_Doing(activity, id, at))


def message_key(conversation_id: str, activity_id: str) -> str:
    """The key of the event that a typed message becomes; edits name it by this."""
    return "teams:" + hashlib.sha256(f"teams:{conversation_id}:{activity_id}".encode()).hexdigest()[:40]


def _key(*parts: Any) -> str:
    return "teams:" + hashlib.sha256(_canonical(parts).encode()).hexdigest()[:40]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)


# ---- typed messages


def _message(doing: _Doing) -> FromUser | None:
    value = part(doing.activity, "value")
    if value:
        return _click(doing, value)
    words = read(doing.activity)
    if words.files:
        return None if _only_a_card(doing.activity, words.text) else doing.asked("attachment")
    command = COMMANDS.get(words.text.strip().lower())
    if command in _ASKING:
        return _ASKING[command](doing)
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


def _changed(doing: _Doing) -> FromUser | None:
    kind = word(doing.activity, "channelData", "eventType").lower()
    if kind not in ("editmessage", "undeletemessage", "softdeletemessage"):
        return None
    original = message_key(doing.conversation, word(doing.activity, "id"))
    deleted = kind == "softdeletemessage"
    text = "" if deleted else read(doing.activity).text
    key = _key("changed", original, kind, word(doing.activity, "timestamp"), text)
    return doing.event(UserEdited, key, activity_key=original, deleted=deleted, text=text)


# ---- cards


def _invoke(doing: _Doing) -> FromUser | None:
    name, value = word(doing.activity, "name"), part(doing.activity, "value")
    if name == "adaptiveCard/action":
        action = part(value, "action")
        data = {"verb": word(action, "verb"), **part(action, "data")}
        by_itself = value.get("trigger") == "automatic"
        return None if by_itself and data["verb"] in CHANGING else _click(doing, data)
    if name == "composeExtension/submitAction":
        return _click(doing, part(value, "data"))
    return _click(doing, value) if not name else None


def _click(doing: _Doing, data: Json) -> FromUser | None:
    verb, thread, message = word(data, "verb"), word(data, "thread_id"), word(data, "message_id")
    if not verb:
        return None
    if verb == "details" or (verb == "open" and not personal(doing.activity)):
        return _details(doing, data)
    if verb in _ASKING:
        return _ASKING[verb](doing, data)
    if verb in CHANGING:
        return CHANGING[verb](doing, _click_key(doing, verb, data), data)
    return doing.asked(verb, thread or message)


def _click_key(doing: _Doing, verb: str, data: Json) -> str:
    stands = verb != "reply" and word(data, "once")
    span = 0 if stands else int(said_at(doing.activity, doing.at).timestamp() // SAME_CLICK.total_seconds())
    card = word(doing.activity, "replyToId")
    return _key("click", doing.conversation, aad(doing.activity), card, verb, data, span)


def _details(doing: _Doing, data: Json) -> FromUser:
    """A contact's card may stand in any chat it was sent to; what it opens stands in the user's own."""
    elsewhere = not personal(doing.activity)
    thread, entry = word(data, "thread_id"), word(data, "entry_id")
    return doing.event(DetailsAsked, doing.own_key, thread_id=thread, entry_id=entry, elsewhere=elsewhere)


def _invite(doing: _Doing, key: str, data: Json) -> FromUser:
    """A code for somebody of the book; twice is once, because each click would make another code."""
    return doing.event(UserAsked, key, what="invite", entry_id=word(data, "entry_id"))


def _save_contact(doing: _Doing, key: str, data: Json) -> FromUser:
    """Numbers without a country code are taken for those of the country that the client's language names."""
    region = reference(doing.activity).locale.partition("-")[2][-2:].upper()
    written = list(filter(None, map(str.strip, word(data, "numbers").splitlines())))[:MOST_NUMBERS]
    read = [numbers.read(each, region) for each in written]
    return doing.event(
        ContactSaved,
        key,
        thread_id=word(data, "thread_id"),
        entry_id=word(data, "entry_id"),
        card=word(data, "asked"),
        name=word(data, "name"),
        company=word(data, "company"),
        numbers=tuple(dict.fromkeys(filter(None, read))),
        notes=word(data, "notes"),
        unread=read.count(""),
    )


def _reply(doing: _Doing, key: str, data: Json) -> FromUser | None:
    """A card that names no thread would make its words free ones, and those go to the current client."""
    return _of_thread(doing, UserWrote, key, data, text=word(data, "text"))


def _edit(doing: _Doing, key: str, data: Json) -> FromUser | None:
    message = word(data, "message_id")
    text = data.get(cards.edit_field(message), data.get("text"))
    if not message or not isinstance(text, str):
        return None
    return _of_thread(doing, QueueEdited, key, data, message_id=message, text=text)


def _of_message(kind: Callable[..., Made]) -> Callable[[_Doing, str, Json], Made | None]:
    def read_click(doing: _Doing, key: str, data: Json) -> Made | None:
        message = word(data, "message_id")
        return _of_thread(doing, kind, key, data, message_id=message) if message else None

    return read_click


def _cancel(doing: _Doing, key: str, data: Json) -> FromUser | None:
    """Only a button that says so itself, with an empty id, withdraws everything."""
    message = data.get("message_id")
    return _of_thread(doing, QueueCancelled, key, data, message_id=message) if isinstance(message, str) else None


def _of_thread(doing: _Doing, kind: Callable[..., Made], key: str, data: Json, **more: str | bool) -> Made | None:
    thread = word(data, "thread_id")
    return doing.event(kind, key, thread_id=thread, **more) if thread else None


def _listed(doing: _Doing, data: Json = NOTHING) -> FromUser:
    """A page of the list. It changes nothing, so asking again must show again."""
    skip = word(data, "skip")
    start = int(skip) if skip.isascii() and skip.isdigit() and len(skip) < 7 else 0
    return doing.event(UserListed, doing.own_key, show=word(data, "show"), skip=start, list=word(data, "list"))


def _opened(doing: _Doing, data: Json = NOTHING) -> FromUser | None:
    """Each click counts, because a second *Open* may be meant; `bot.domain.routing` knows how Teams repeats clicks."""
    return _of_thread(doing, UserOpened, doing.own_key, data)


def _sought(doing: _Doing, data: Json = NOTHING) -> FromUser | None:
    return _of_thread(doing, ColleagueSought, doing.own_key, data, words=word(data, "colleague"))


def _picked(doing: _Doing, data: Json = NOTHING) -> FromUser | None:
    return _of_colleague(doing, ColleagueChosen, doing.own_key, data)


def _transfer(doing: _Doing, key: str, data: Json) -> FromUser | None:
    return _of_colleague(doing, UserTransferred, key, data)


def _wanted(doing: _Doing, data: Json = NOTHING) -> FromUser:
    """By its activity: whoever asks again is shown how it stands, and asks nobody twice."""
    which = {name: word(data, name) for name in ("request_id", "entry_id")}
    return doing.event(HandOverAsked, doing.own_key, **which)


def _answer(agreed: bool) -> Callable[[_Doing, str, Json], FromUser]:
    return lambda doing, key, data: doing.event(
        HandOverAnswered, key, request_id=word(data, "request_id"), agreed=agreed
    )


def _of_colleague(doing: _Doing, kind: Callable[..., Made], key: str, data: Json) -> Made | None:
    who = word(data, "user_id") or word(data, cards.ANYBODY)
    return _of_thread(doing, kind, key, data, colleague=who) if who else None


def _disconnect(doing: _Doing, data: Json = NOTHING) -> FromUser:
    return doing.event(UserDisconnected, doing.own_key)


_ASKING: dict[str, Callable[..., FromUser | None]] = {
    "messages": _listed,
    "open": _opened,
    "disconnect": _disconnect,
    "transfer_find": _sought,
    "transfer_to": _picked,
    "take_over": _wanted,
}
"""Verbs and commands that are known by their activity alone, whatever they carry."""


def _mute(muted: bool) -> Callable[[_Doing, str, Json], FromUser | None]:
    return lambda doing, key, data: _of_thread(doing, UserMuted, doing.own_key, data, muted=muted)


def _settle(doing: _Doing, key: str, data: Json) -> FromUser:
    texts = {name: word(data, name) for name in ("language", "timezone")}
    return doing.event(UserSettled, doing.own_key, **texts, notifications=word(data, "notifications") != "off")


CHANGING: dict[str, Callable[[_Doing, str, Json], FromUser | None]] = {
    "reply": _reply,
    "edit": _edit,
    "cancel": _cancel,
    "send_again": _of_message(SentAgain),
    "choose": _of_message(UserChose),
    "save_contact": _save_contact,
    "invite": _invite,
    "release": lambda doing, key, data: _of_thread(doing, QueueReleased, key, data),
    "mute": _mute(True),
    "unmute": _mute(False),
    "settle": _settle,
    "transfer_confirmed": _transfer,
    "hand_over": _answer(True),
    "keep": _answer(False),
    "leave_confirmed": lambda doing, key, data: _of_thread(doing, UserLeft, key, data),
}
"""The verbs that change something; every other one only shows."""


# ---- coming and going


def _installation(doing: _Doing) -> FromUser | None:
    """An upgrade removes and adds: only its second half is news, or a late first half would cut the person off."""
    match word(doing.activity, "action").lower():
        case "add" | "add-upgrade" if personal(doing.activity):
            return doing.event(UserInstalled, doing.own_key)
        case "remove":
            return doing.event(UserRemoved, doing.own_key)
    return None


def _roster(doing: _Doing) -> FromUser | None:
    bot = word(doing.activity, "recipient", "id")
    if not bot:
        return None
    for name, kind in (("membersAdded", UserInstalled), ("membersRemoved", UserRemoved)):
        news = kind is UserRemoved or personal(doing.activity)
        if news and any(member.get("id") == bot for member in each(doing.activity, name)):
            return doing.event(kind, doing.own_key)
    return None


_READERS: dict[str, Callable[[_Doing], FromUser | None]] = {
    "message": _message,
    "messageUpdate": _changed,
    "messageDelete": _changed,
    "invoke": _invoke,
    "installationUpdate": _installation,
    "conversationUpdate": _roster,
}
