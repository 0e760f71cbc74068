"""WeChat's error codes in its own words (2.5): HTTP 200, `errcode`, and an `errmsg` that ends with a request id."""

from __future__ import annotations

import secrets
from typing import Any

_WORDS = {
    -1: "system error",
    0: "ok",
    40001: "invalid credential, access_token is invalid or not latest",
    40003: "invalid openid",
    40004: "invalid media type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40010: "invalid voice size",
    40011: "invalid video size",
    40012: "invalid thumb size",
    40013: "invalid appid",
    40014: "invalid access_token",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40037: "invalid template_id",
    40053: "invalid action info",
    40125: "invalid appsecret",
    40164: "invalid ip {detail}, not in whitelist",
    41001: "access_token missing",
    41005: "media data missing",
    42001: "access_token expired",
    43004: "require subscribe",
    44004: "empty content",
    45002: "content size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45072: "invalid command",
    45080: "no exchange with the user in the last 30 seconds",
    45081: "already typing",
    47001: "data format error",
    47003: "argument invalid! data.{detail}.value invalid",
    48002: "user block receive message",
    48006: "forbid to clear quota because of reaching the limit",
    50005: "user is unsubscribed",
    76003: "cgi_path not found",
}


class Refused(Exception):
    """A call that WeChat answers with an errcode."""

    def __init__(self, errcode: int, detail: str = "") -> None:
        super().__init__(errcode)
        self.errcode = errcode
        self.detail = detail


def answer(errcode: int, detail: str = "") -> dict[str, Any]:
    """The JSON body of this errcode."""
    words = _WORDS.get(errcode, "error").replace("{detail}", detail)
    return {"errcode": errcode, "errmsg": words if errcode == 0 else f"{words} rid: {_rid()}"}


def _rid() -> str:
    return "-".join(secrets.token_hex(4) for _ in range(3))
