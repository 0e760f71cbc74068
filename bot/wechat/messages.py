"""What WeChat pushes, read into events, and what is answered, rendered; pure.

Text is kept to the character, with three exceptions that the formats force on us: XML turns a carriage return into a
line feed; characters that XML or a database cannot hold (control characters, NUL) become U+FFFD; and
`bot.domain.plain.inert`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

import orjson

from bot.domain.events import ContactFollowed, ContactUnfollowed, ContactWrote, FromContact, Kind, PromptReported
from bot.domain.plain import ANSWER_LIMIT
from bot.wechat.crypto import Unreadable

BODY_LIMIT = 512 * 1024
_DEPTH, _ELEMENTS = 8, 1000
_LAST_ORDER = 2**63 - 1

_UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"[0-9]{1,20}")
_UNSUPPORTED = frozenset(
    (
        "【收到不支持的消息类型，暂无法显示】",
        "【收到不支援的訊息類型，無法顯示】",
        "[unsupported message]",
    )
)
_KINDS = {
    "text": Kind.TEXT,
    "image": Kind.IMAGE,
    "voice": Kind.VOICE,
    "video": Kind.VIDEO,
    "shortvideo": Kind.VIDEO,
    "location": Kind.LOCATION,
    "link": Kind.LINK,
}


class Format(StrEnum):
    """The data format chosen in WeChat's console; an answer has to come in the format of its push."""

    XML = "xml"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Push:
    """One push, decrypted, with the fields of its top level. `to` is the account's gh_ id, `created` epoch seconds."""

    format: Format
    to: str
    openid: str
    created: int
    kind: str
    fields: Mapping[str, str]


# ---- reading


def fields(body: bytes) -> tuple[Format, dict[str, str]]:
    """The format of a body and the fields of its top level; what is nested in them is left out. Raises Unreadable."""
    if len(body) > BODY_LIMIT:
        raise Unreadable
    try:
        text = body.decode("utf-8-sig").lstrip()
        if text.startswith("<"):
            return Format.XML, _xml_fields(_UNHOLDABLE.sub("\ufffd", text))
        if text.startswith("{"):
            return Format.JSON, {name: _plain(value) for name, value in orjson.loads(text).items()}
    except (ExpatError, ValueError):
        pass
    raise Unreadable


def push(body: bytes) -> Push:
    """The push in a decrypted body; Unreadable if it lacks what every push has."""
    form, found = fields(body)
    openid, kind = found.get("FromUserName", ""), found.get("MsgType", "")
    if not 0 < len(openid) <= 128 or not kind:
        raise Unreadable
    return Push(form, found.get("ToUserName", ""), openid, _number(found.get("CreateTime", "")), kind, found)


def event(push: Push, account: str, id: str, now: datetime) -> FromContact | None:
    """What the push means to us, or None for what concerns nobody (menu taps, positions, other desks' sessions).

    `id` and `now` (aware, UTC) are ours. Keys never hold the openid: they are written to logs. Raises Unreadable.
    """
    if push.kind.lower() == "event":
        return _happened(push, account, id, now)
    if push.kind not in _KINDS and not push.fields.get("MsgId"):
        return None
    return _wrote(push, account, id, now)


def _wrote(push: Push, account: str, id: str, now: datetime) -> ContactWrote:
    """A MsgType that we have no name for is still something the contact sent, and must not vanish."""
    number = _number(push.fields.get("MsgId", ""))
    kind = _KINDS.get(push.kind, Kind.UNSUPPORTED)
    text = _text(kind, push.fields)
    if kind is Kind.TEXT and text.strip().lower() in _UNSUPPORTED:
        kind = Kind.UNSUPPORTED
    return ContactWrote(
        id=id,
        key=f"wechat:{account}:m:{number}",
        at=now,
        account=account,
        openid=push.openid,
        created_at=_moment(push.created, now),
        order=min(number, _LAST_ORDER),
        text=text,
        kind=kind,
        media=push.fields.get("MediaId", ""),
        tapped=bool(push.fields.get("bizmsgmenuid")),
    )


def _happened(push: Push, account: str, id: str, now: datetime) -> FromContact | None:
    name = push.fields.get("Event", "").lower()
    key = f"wechat:{account}:e:{_fingerprint(push, name)}"
    if name in ("subscribe", "scan"):
        return ContactFollowed(id, key, now, account, push.openid, _scene(push.fields.get("EventKey", "")))
    if name == "unsubscribe":
        return ContactUnfollowed(id, key, now, account, push.openid)
    if name == "templatesendjobfinish":
        failure = _failure(push.fields.get("Status", ""))
        return PromptReported(id, key, now, account, push.openid, push.fields.get("MsgID", ""), failure)
    return None


def _fingerprint(push: Push, name: str) -> str:
    """An event's identity: CreateTime counts whole seconds, so contact and time alone would merge two of them."""
    about = push.fields.get("EventKey", "") or push.fields.get("MsgID", "")
    return hashlib.sha256(orjson.dumps([push.openid, push.created, name, about])).hexdigest()[:32]


def _scene(key: str) -> str:
    """The scene of a QR code; a follow after a payment shows the trade number in its place."""
    return "" if key.startswith("last_trade_no_") else key.removeprefix("qrscene_")


def _failure(status: str) -> str:
    """`failed:user block` and `failed: system failed` are spaced irregularly; an absent status is no success."""
    plain = " ".join(status.lower().removeprefix("failed:").split())
    return "" if plain == "success" else plain[:64] or "unknown"


def _text(kind: Kind, found: Mapping[str, str]) -> str:
    """The words of a text; the place or page of a location or link; nothing for what has no words."""
    if kind is Kind.LOCATION:
        place = ", ".join(filter(None, [found.get("Location_X"), found.get("Location_Y")]))
        return "\n".join(filter(None, [found.get("Label"), place]))
    if kind is Kind.LINK:
        return "\n".join(filter(None, [found.get("Title"), found.get("Url")]))
    return found.get("Content", "")


def _moment(created: int, now: datetime) -> datetime:
    return datetime.fromtimestamp(created, UTC) if created < now.timestamp() else now


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Unreadable
    return int(text)


def _plain(value: Any) -> str:
    return _UNHOLDABLE.sub("\ufffd", str(value)) if isinstance(value, str | int | float) else ""


class _TopLevel:
    """A parser target that keeps the text of the root's children alone: nothing grows with what is nested."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._depth = self._elements = 0
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > _DEPTH or self._elements > _ELEMENTS:
            raise Unreadable
        if self._depth == 2:
            self._text = []

    def data(self, data: str) -> None:
        if self._depth == 2:
            self._text.append(data)

    def end(self, tag: str) -> None:
        if self._depth == 2:
            self.found[tag] = "".join(self._text)
        self._depth -= 1

    def refuse(self, *declared: object) -> None:
        """A document type: the only way to entities and to other documents, and no push has one."""
        raise Unreadable


def _xml_fields(text: str) -> dict[str, str]:
    top, parser = _TopLevel(), ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = top.start, top.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = top.data, top.refuse
    parser.buffer_text = True
    # Text, not bytes, goes in: so no encoding that the document declares about itself is believed.
    parser.Parse(text, True)
    return top.found


# ---- answering


def fits_reply(text: str) -> bool:
    """Whether a passive reply with this text will be shown."""
    return len(text.encode("utf-8", "surrogatepass")) <= ANSWER_LIMIT


def reply(push: Push, text: str, created: int) -> bytes:
    """A passive text reply to the sender of the push, in its format; `created` in epoch seconds."""
    if push.format is Format.JSON:
        values = {"ToUserName": push.openid, "FromUserName": push.to, "CreateTime": created}
        return orjson.dumps({**values, "MsgType": "text", "Content": _UNHOLDABLE.sub("\ufffd", text)})
    return (
        f"<xml><ToUserName>{_cdata(push.openid)}</ToUserName><FromUserName>{_cdata(push.to)}</FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType>{_cdata('text')}</MsgType><Content>{_cdata(text)}</Content></xml>"
    ).encode()


def envelope(form: Format, encrypted: str, signature: str, timestamp: int, nonce: str) -> bytes:
    """What carries an encrypted reply; `signature` covers the other three."""
    if form is Format.JSON:
        values = {"Encrypt": encrypted, "MsgSignature": signature, "TimeStamp": timestamp}
        return orjson.dumps({**values, "Nonce": _UNHOLDABLE.sub("\ufffd", nonce)})
    return (
        f"<xml><Encrypt>{_cdata(encrypted)}</Encrypt><MsgSignature>{_cdata(signature)}</MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{_cdata(nonce)}</Nonce></xml>"
    ).encode()


def _cdata(text: str) -> str:
    whole = _UNHOLDABLE.sub("\ufffd", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{whole}]]>"
