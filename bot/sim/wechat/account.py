"""The Official Account as WeChat keeps it: who it is, how its owner set it up, and the rules that apply to it.

Every field can be changed while the simulator runs (`PUT /_sim/settings`); that is also how keys are rotated.
"""

from __future__ import annotations

import base64
import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.sim.wechat.quota import QuotaRule, QuotaTerms


class UnknownSetting(ValueError):
    """A setting that does not exist, or a value that it cannot take."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account's identity and settings. Times are real seconds where an HTTP call waits, else simulated ones."""

    name: str = "Northwind Advisory"
    app_id: str = "wx5a6f2d8c1b3e4f70"
    app_secret: str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    gh_id: str = "gh_5d0c8a1e7b42"
    token: str = "multilinedemo"
    encoding_aes_key: str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    callback: str = ""
    mode: Literal["secure", "compatible", "plaintext"] = "secure"
    format: Literal["xml", "json"] = "xml"
    message_limit: int = 5
    window_seconds: float = 48 * 3600
    short_limit: int = 3
    short_seconds: float = 60
    quota_rule: QuotaRule = "separate"
    passive_counts: bool = False
    text_bytes: int = 2048
    reject_unicode_escapes: bool = True
    daily_sends: int = 500_000
    ip_whitelist: tuple[str, ...] | None = None
    deadline_seconds: float = 5.0
    deliveries: int = 3
    retry_seconds: float = 0.0
    retry_bad_answers: bool = False
    markfail_after: int = 0
    markfail_seconds: float = 60
    templates: tuple[str, ...] | None = None

    @property
    def terms(self) -> QuotaTerms:
        """The quota rules in force."""
        return QuotaTerms(
            self.message_limit, self.window_seconds, self.short_limit, self.short_seconds, self.quota_rule
        )

    def changed(self, values: Mapping[str, Any]) -> Account:
        """The account with these settings; UnknownSetting names the first that cannot be."""
        hints = typing.get_type_hints(Account)
        checked = {name: _checked(name, value, hints.get(name)) for name, value in values.items()}
        return dataclasses.replace(self, **checked)


def _checked(name: str, value: Any, kind: Any) -> Any:
    if kind is None:
        raise UnknownSetting(f"there is no setting {name!r}")
    if typing.get_origin(kind) is Literal:
        fits = value in typing.get_args(kind)
    elif kind in (str, bool, int):
        fits = type(value) is kind
    elif kind is float:
        fits = type(value) in (int, float)
    else:
        fits = value is None or (isinstance(value, list | tuple) and all(isinstance(item, str) for item in value))
        value = tuple(value) if fits and value is not None else value
    if not fits or (name == "encoding_aes_key" and not _is_key(value)):
        raise UnknownSetting(f"{name} cannot be {value!r}")
    return value


def _is_key(value: str) -> bool:
    try:
        return len(value) == 43 and len(base64.b64decode(value + "=", validate=True)) == 32
    except ValueError:
        return False
