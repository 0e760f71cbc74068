"""What a push looks like on the wire: XML or JSON, and the encrypted envelope around it (1.4, 1.5, 1.7). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import orjson

from bot.sim.wechat import crypto
from bot.sim.wechat.account import Account

Format = Literal["xml", "json"]
Fields = Mapping[str, Any]


def render(fields: Fields, form: Format) -> bytes:
    """The fields in their order; in XML every string is CDATA, in JSON every number a number."""
    if form == "json":
        return orjson.dumps(dict(fields))
    return f"<xml>{_elements(fields)}</xml>".encode()


def _elements(fields: Fields) -> str:
    return "\n".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, int | float):
        return str(value)
    return f"<![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]>"


def sealed(
    account: Account,
    fields: Fields,
    plain: bytes,
    salt: bytes,
    *,
    receive_id: str | None = None,
    padding: int | None = None,
) -> tuple[bytes, str]:
    """The body in the account's mode, and its `Encrypt` (empty in plaintext mode)."""
    if account.mode == "plaintext":
        return plain, ""
    encrypted = crypto.encrypt(plain, account.encoding_aes_key, receive_id or account.app_id, salt, padding=padding)
    outside = dict(fields) if account.mode == "compatible" else {"ToUserName": account.gh_id}
    return render({**outside, "Encrypt": encrypted}, account.format), encrypted


def query(account: Account, openid: str, encrypted: str, timestamp: str, nonce: str) -> dict[str, str]:
    """The signed query of a push (1.3)."""
    signed = {
        "signature": crypto.signature(account.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": openid,
    }
    if encrypted:
        signed["encrypt_type"] = "aes"
        signed["msg_signature"] = crypto.signature(account.token, timestamp, nonce, encrypted)
    return signed
