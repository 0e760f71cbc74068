"""What the account's server answered to a push: an acknowledgement, a passive reply, or a fault (1.8). Pure.

A reply is judged as strictly as WeChat does: in the push's format, in the account's mode, sealed with its key.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from defusedxml.ElementTree import iterparse

from bot.sim.wechat import crypto
from bot.sim.wechat.account import Account

_BLOCKS = {"image": "Image", "voice": "Voice", "video": "Video", "music": "Music", "news": "Articles"}


class BadAnswer(ValueError):
    """An answer for which the contact sees the fault notice; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class PassiveReply:
    """A reply as the phone shows it."""

    kind: str
    text: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def read(body: bytes, account: Account, openid: str) -> PassiveReply | None:
    """None when the push was only acknowledged; raises BadAnswer."""
    if body in (b"", b"success"):
        return None
    fields = _parsed(body, account)
    if "Encrypt" in fields:
        fields = _parsed(_opened(fields, account), account)
    elif account.mode == "secure":
        raise BadAnswer("secure mode: the reply is not encrypted")
    return _checked(fields, account, openid)


def _parsed(body: bytes, account: Account) -> dict[str, Any]:
    try:
        fields = orjson.loads(body) if account.format == "json" else _from_xml(body)
    except (orjson.JSONDecodeError, SyntaxError, ValueError) as error:
        raise BadAnswer(f"the answer is not {account.format.upper()}") from error
    if not isinstance(fields, dict):
        raise BadAnswer(f"the answer is not a {account.format.upper()} object")
    return fields


def _from_xml(body: bytes) -> Any:
    """Nested elements as dicts; built from the parser's events, so that no text is trimmed."""
    stack: list[dict[str, Any]] = [{}]
    for event, element in iterparse(io.BytesIO(body), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            stack.append({})
            continue
        children = stack.pop()
        stack[-1][element.tag] = children or element.text or ""
    return stack[0].get("xml")


def _opened(fields: Mapping[str, Any], account: Account) -> bytes:
    if account.mode == "plaintext":
        raise BadAnswer("plaintext mode: the reply is encrypted")
    parts = [str(fields.get(name, "")) for name in ("TimeStamp", "Nonce", "Encrypt")]
    if not crypto.signed(str(fields.get("MsgSignature", "")), account.token, *parts):
        raise BadAnswer("the reply's MsgSignature is wrong")
    try:
        return crypto.decrypt(parts[2], account.encoding_aes_key, account.app_id)
    except crypto.EnvelopeError as error:
        raise BadAnswer(str(error)) from error


def _checked(fields: Mapping[str, Any], account: Account, openid: str) -> PassiveReply:
    if fields.get("ToUserName") != openid or fields.get("FromUserName") != account.gh_id:
        raise BadAnswer("the reply is not from this account to this contact")
    if not str(fields.get("CreateTime", "")).isdigit():
        raise BadAnswer("the reply has no CreateTime")
    kind = fields.get("MsgType")
    if kind == "text":
        return PassiveReply("text", _text(fields, account))
    block = fields.get(_BLOCKS.get(str(kind), ""))
    if not isinstance(block, Mapping | list) or not block:
        raise BadAnswer(f"a passive reply cannot be {kind!r}")
    return PassiveReply(str(kind), detail={"block": block})


def _text(fields: Mapping[str, Any], account: Account) -> str:
    content = fields.get("Content")
    if not isinstance(content, str) or not content:
        raise BadAnswer("the reply has no Content")
    if len(content.encode()) > account.text_bytes:
        raise BadAnswer(f"the reply is longer than {account.text_bytes} bytes")
    return content
