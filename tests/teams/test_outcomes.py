"""What each answer of the connector means."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from multidict import CIMultiDict

from bot.ports import Accepted, Invalid, Outcome, TryLater
from bot.teams.outcomes import error_code, outcome
from tests.teams.support import DATA, NOW

GONE = timedelta(minutes=15)


def framework(code: str) -> bytes:
    return orjson.dumps({"error": {"code": code, "message": "…"}})


BLOCKED = (DATA / "msteams-docs/connector_error_403_MessageWritesBlocked.json").read_bytes()


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (200, b'{"id":"1"}', Accepted("1")),
        (201, b'{"id":"1"}', Accepted("1")),
        (201, b"{}", Accepted("")),
        (202, b"", Accepted("")),
        (200, b'{"id":"1', Accepted("")),
        (200, b'{"id":1}', Accepted("")),
        (302, b"", TryLater("302")),
        (400, framework("BadSyntax"), Invalid("400 BadSyntax")),
        (401, framework("BotNotRegistered"), TryLater("401 BotNotRegistered")),
        (403, framework("BotDisabledByAdmin"), TryLater("403 BotDisabledByAdmin", GONE)),
        (403, framework("BotNotInConversationRoster"), TryLater("403 BotNotInConversationRoster", GONE)),
        (403, framework("ConversationBlockedByUser"), TryLater("403 ConversationBlockedByUser", GONE)),
        (403, BLOCKED, TryLater("403 MessageWritesBlocked", GONE)),
        (403, b"<html>", TryLater("403", GONE)),
        (404, framework("ConversationNotFound"), TryLater("404 ConversationNotFound", GONE)),
        (405, b"", Invalid("405")),
        (412, b"", TryLater("412")),
        (413, framework("MessageSizeTooBig"), Invalid("413 MessageSizeTooBig")),
        (429, framework("Throttled"), TryLater("429 Throttled")),
        *((status, b"", TryLater(str(status))) for status in (408, 409)),
        *((status, b"", TryLater(str(status), down=True)) for status in (500, 502, 503, 504)),
    ],
)
def test_outcomes(status: int, content: bytes, expected: Outcome) -> None:
    assert outcome(status, {}, content, NOW) == expected


@pytest.mark.parametrize("status", [412, 429, 500, 502, 503, 504])
def test_retry_after_is_obeyed(status: int) -> None:
    headers = CIMultiDict({"retry-after": "17"})
    found = outcome(status, headers, b"", NOW)
    assert found == TryLater(str(status), timedelta(seconds=17), down=status >= 500)


@pytest.mark.parametrize(
    "content", [b"[]", b"null", b'{"error":"x"}', b'{"message":"{"}', b'{"message":["x"]}', b"\xff"]
)
def test_a_body_of_another_shape_has_no_code(content: bytes) -> None:
    assert error_code(content) == ""
