"""Words as WeChat takes them: no live links, and the bytes that are really sent."""

import pytest

from bot.domain.plain import excess, inert, signed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('<a href="https://evil.example">bank</a>', '<\u200da href="https://evil.example">bank</a>'),
        ("<A\nHREF=x>", "<\u200dA\nHREF=x>"),
        ("<a\u3000href=x>", "<\u200da\u3000href=x>"),
        ("<a\t<a ", "<\u200da\t<\u200da "),
        ("a<b and b>a, <abc>, <a>, < a href", "a<b and b>a, <abc>, <a>, < a href"),
    ],
)
def test_no_link_comes_alive(text: str, shown: str) -> None:
    assert inert(text) == shown
    assert shown.replace("<\u200d", "<") == text


@pytest.mark.parametrize(
    ("text", "over"),
    [("", 0), ("x" * 2048, 0), ("x" * 2049, 1), ("汉" * 683, 1), ("<a " + "x" * 2045, 3), ("\ud800", 0)],
)
def test_excess_is_in_bytes_of_what_is_really_sent(text: str, over: int) -> None:
    assert excess(text) == over


@pytest.mark.parametrize(("length", "named"), [(1, "Ana: x"), (2043, "Ana: " + "x" * 2043), (2044, "x" * 2044)])
def test_who_writes_stands_in_front_where_there_is_room(length: int, named: str) -> None:
    assert signed("x" * length, "Ana: ") == named
