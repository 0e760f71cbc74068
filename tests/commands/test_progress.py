"""The bar: on a terminal only, and gone at the end."""

import io

from bot.commands.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_how_far_it_is() -> None:
    out = Terminal()
    with Progress("Reading", 2000, out) as seen:
        for _ in range(2000):
            seen()
    drawn = out.getvalue()
    assert "Reading" in drawn and "2,000 of 2,000" in drawn and drawn.endswith("\r\x1b[K")
    assert drawn.count("\r") < 100


def test_anything_else_sees_nothing() -> None:
    out = io.StringIO()
    with Progress("Reading", 2, out) as seen:
        seen()
    assert out.getvalue() == ""
