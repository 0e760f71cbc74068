"""What an invoke is answered with: the engine's answer in the shapes that Teams wants. Pure.

The engine says `{}` (nothing), `{"say": key}` or `{"refused": key}`: a text that needs no values, because what is shown
comes as a card; with `language` where the person set one themselves. All is HTTP 200: Teams shows "Unable to reach
app" for anything else. So it does for a click on a card that is answered with an empty message, and then sends the
click again (vercel/chat, pull request 903): where there is nothing to say, it is said that the click arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cards import wording

MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"

Answer = Mapping[str, str]
Body = dict[str, Any] | None

_NOTHING_FOUND = {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": []}}

# Everything else, message/submitAction first of all, must have no body.
_EMPTY: Mapping[str, Body] = {
    "composeExtension/queryLink": _NOTHING_FOUND,
    "composeExtension/anonymousQueryLink": _NOTHING_FOUND,
}


def body(invoke: str, answer: Answer, locale: str) -> Body:
    """The body that answers the invoke of this name, in the language of `locale` (`en-US`); None for an empty one."""
    if invoke == "adaptiveCard/action":
        return _of_card(answer, locale)
    if invoke == "task/fetch":
        return _told({"say": "help.text"}, locale)
    if invoke == "composeExtension/submitAction":
        return _told(answer, locale)
    return _EMPTY.get(invoke)


def _of_card(answer: Answer, locale: str) -> Body:
    if "refused" in answer:
        error = {"code": "BadRequest", "message": _text(answer["refused"], answer, locale)}
        return {"statusCode": 400, "type": ERROR, "value": error}
    return _shown(MESSAGE, _text(answer.get("say", "taken"), answer, locale))


def _told(answer: Answer, locale: str) -> Body:
    """In a dialog. What was asked for there is shown in the user's own chat with us."""
    key = answer.get("say") or answer.get("refused") or "details.elsewhere"
    return {"task": {"type": "message", "value": _text(key, answer, locale)}}


def _shown(kind: str, value: Any) -> Body:
    return {"statusCode": 200, "type": kind, "value": value}


def _text(key: str, answer: Answer, locale: str) -> str:
    return wording.text(key, answer.get("language") or wording.language(locale), {})
