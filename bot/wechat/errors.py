"""What WeChat's errcodes mean for a message, pure. The Official Account's numbers: WeCom gives them other meanings.

Only the number counts: `errmsg` changes its wording and ends with a request id.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bot.domain.events import Cause
from bot.ports import Accepted, Closed, Invalid, Outcome, TryLater

TOKEN_ERRORS = frozenset((40001, 40014, 42001))
_CHINA = timezone(timedelta(hours=8))
_CONFIGURED = timedelta(minutes=10)  # how often to look whether a person has put the configuration right

_CLOSED = {
    45015: Cause.TIME,
    45047: Cause.COUNT,
    40003: Cause.BLOCKED,
    43019: Cause.BLOCKED,
    48002: Cause.BLOCKED,
    43004: Cause.UNFOLLOWED,
    50005: Cause.UNFOLLOWED,
}

_CURES = {
    40001: "the AppSecret is not this account's: compare WECHAT_APP_SECRET with the console",
    40013: "the app id is wrong: compare WECHAT_APP_ID with the console",
    40014: "the access token is refused even when fresh: look whether two systems share the account",
    40037: "the template was deleted or its category changed: set WECHAT_RESUME_TEMPLATE_ID anew",
    40125: "the AppSecret is wrong or was reset: set WECHAT_APP_SECRET anew",
    40164: "this machine's address is not allowed: add it to the account's IP whitelist",
    40200: "the account is of a type that has no customer service messages",
    41001: "a request went out without its access token: look at WECHAT_API_BASE_URL and proxies",
    42001: "the access token is refused as expired: look at this machine's clock",
    45009: "the daily quota is used up: wait for midnight in China, or clear it in the console",
    47003: "the template's fields do not fit the values: compare them with the console",
    48001: "the account may not use this interface: look at its permissions and verification",
    48004: "the interface was banned for irregularities: see the messages in the console",
    50002: "the account is frozen or limited: see the messages in the console",
    50004: "the account is frozen or limited: see the messages in the console",
    50007: "the account is frozen or limited: see the messages in the console",
    89501: "this machine's address waits for an administrator's confirmation: see the console",
    89503: "this machine's address waits for an administrator's confirmation: see the console",
    89506: "an administrator refused this machine's address: it is blocked for an hour or more",
    89507: "an administrator refused this machine's address: it is blocked for an hour or more",
}

_LATER = {
    -1: None,  # the platform is busy; the worker's own pace will do
    45011: timedelta(seconds=60),
    89506: timedelta(hours=1),
    89507: timedelta(hours=1),
}
QUOTAS = ("45009", "45011")
"""The account's sends are used up, for the day or for the minute: that concerns every contact."""

_FINAL = frozenset((40037, 47003))  # configuration too, but this message will not get better by waiting


def outcome(errcode: int, now: datetime, remote_id: str = "") -> Outcome:
    """What became of a send that was answered with `errcode` at `now` (aware).

    A number that is not known is `Invalid`: WeChat has said no, and the person who wrote the message learns it at
    once instead of finding the conversation blocked behind a message that is tried for two days.
    """
    code = str(errcode)
    if errcode == 0:
        return Accepted(remote_id)
    if errcode in _CLOSED:
        return Closed(_CLOSED[errcode], code)
    if errcode == 45009:
        return TryLater(code, _until_midnight(now))
    if errcode in _LATER:
        return TryLater(code, _LATER[errcode])
    if errcode in _CURES and errcode not in _FINAL:
        return TryLater(code, _CONFIGURED)
    return Invalid(code)


def cure(errcode: int) -> str:
    """What a person has to do about it, empty where nobody has to do anything."""
    return _CURES.get(errcode, "")


def _until_midnight(now: datetime) -> timedelta:
    """Quotas start again at midnight in China, which has one zone and no summer time."""
    there = now.astimezone(_CHINA)
    return there.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - there
