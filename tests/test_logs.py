"""Log lines: whatever is logged is one line of JSON, and no line is lost."""

import asyncio
import gc
import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.logs import JsonLines, configure

FORMS = JsonLines()


def line(message: str, *args: object, exc_info: Any = None, **extra: object) -> dict[str, Any]:
    """The line as its reader has it."""
    logger = logging.getLogger("bot.test")
    record = logger.makeRecord("bot.test", logging.WARNING, "file.py", 1, message, args, exc_info, extra=extra)
    record.created = datetime(2026, 3, 2, 9, 0, 0, 5000, UTC).timestamp()
    written = FORMS.format(record)
    assert len(written.splitlines()) == 1
    assert written.isascii()
    assert written.isprintable()
    found: dict[str, Any] = json.loads(written)
    return found


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, put back as it was."""
    root, access = logging.getLogger(), logging.getLogger("aiohttp.access")
    before = root.level, root.handlers[:], access.level
    yield root
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    access.setLevel(before[2])


def test_a_line_says_when_how_bad_where_and_what() -> None:
    assert line("%d rows", 3) == {
        "at": "2026-03-02T09:00:00.005+00:00",
        "level": "warning",
        "logger": "bot.test",
        "message": "3 rows",
    }


def test_extra_fields_stand_beside_the_message() -> None:
    found = line("failed", action="claim_failed", row=7, when=datetime(2026, 3, 2, tzinfo=UTC))
    assert (found["action"], found["row"], found["when"]) == ("claim_failed", 7, "2026-03-02 00:00:00+00:00")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\x85", "\x1b[2J", "\x9b2J", "\x00"])
def test_nobody_can_start_a_line_of_their_own(end: str) -> None:
    forged = f'refused{end}{{"level":"info","message":"all is well"}}'
    found = line("%s", forged, reason=forged)
    assert (found["message"], found["reason"]) == (forged, forged)
    assert found["level"] == "warning"


def test_an_exception_comes_with_its_trace_in_the_same_line() -> None:
    try:
        try:
            raise ConnectionRefusedError(111, "words that somebody wrote")
        except OSError as error:
            raise ValueError("and a secret") from error
    except ValueError:
        found = line("failed", exc_info=sys.exc_info())
    outer, inner = found["exception"].split("\nbecause of\n")
    assert outer.endswith("builtins.ValueError")
    assert inner.endswith("builtins.ConnectionRefusedError 111")
    assert f'File "{__file__}"' in outer and "in test_an_exception" in inner


def test_what_an_exception_says_is_not_logged() -> None:
    """A database quotes the row; so do parsers."""
    circle, other = ValueError("secret one"), ValueError("secret two")
    circle.__context__, other.__context__ = other, circle
    assert "secret" not in line("failed", exc_info=(ValueError, circle, None))["exception"]


@pytest.mark.parametrize("value", [{1, 2}, object(), b"bytes", complex(1, 2)])
def test_what_json_does_not_know_is_written_as_text(value: object) -> None:
    assert line("x", value=value)["value"] == str(value)


@pytest.mark.parametrize("value", ["half \ud83d of a pair", 2**70, {1: "a number as a name"}])
def test_no_line_is_lost_for_what_stands_in_it(value: object) -> None:
    found = line("x", value=value)
    assert found["message"] == "x"
    assert str(found["value"]).replace("'1'", "1") == str(value)


def test_the_log_goes_to_standard_error_from_its_level_on(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("INFO")
    logging.getLogger("bot").debug("too little")
    logging.getLogger("bot").info("enough")
    logging.getLogger("aiohttp.access").info("every request")
    out, err = capsys.readouterr()
    assert out == ""
    assert [json.loads(each)["message"] for each in err.splitlines()] == ["enough"]


def test_what_a_lost_exception_says_is_not_logged(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a task that nobody waits for asyncio shows the exception; of a callback also what it was called with."""

    async def fails(words: str) -> None:
        raise ValueError(words)

    def breaks(words: str) -> None:
        raise ValueError(words)

    async def forgets() -> None:
        asyncio.get_running_loop().call_soon(breaks, "secret one")
        await asyncio.wait([asyncio.create_task(fails("secret two"))])

    configure("INFO")
    asyncio.run(forgets())
    gc.collect()
    said = capsys.readouterr().err
    told = [json.loads(each) for each in said.splitlines()]
    assert [each["message"].partition(" ")[0] for each in told] == ["Exception", "Task"]
    assert all(each["exception"].endswith("builtins.ValueError") for each in told)
    assert "secret" not in said
