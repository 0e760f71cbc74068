"""Words as WeChat takes them: no live links, and the bytes that are really sent."""

import pytest

from bot.domain.plain import excess, fitted, inert, signed


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


def test_what_leaves_no_room_for_a_name_is_over_by_that_much() -> None:
    assert [excess("x" * length, 32) for length in (2016, 2017, 2049)] == [0, 1, 33]


@pytest.mark.parametrize(
    ("room", "named"),
    [
        *((15, "Anna Schmidt: "), (14, "Anna Schmidt: "), (13, "Anna Schm… "), (9, "Anna… "), (5, "A… "), (4, "")),
        (0, ""),
    ],
)
def test_who_writes_stands_in_front_as_far_as_there_is_room(room: int, named: str) -> None:
    text = "x" * (2048 - room)
    assert signed(text, "Anna Schmidt: ") == named + text


def test_a_name_is_cut_between_characters() -> None:
    assert signed("x" * 2036, "欧阳娜娜：") == "欧阳… " + "x" * 2036


def test_a_text_for_which_an_answer_has_no_room_waits_for_the_next() -> None:
    assert fitted([], "x" * 2000) == (["x" * 2000], [])
    assert fitted(["a" * 1000], "b" * 998) == (["b" * 998], [])
    assert fitted(["a" * 1000], "b" * 999) == ([], ["b" * 999])
    assert fitted(["a"], "") == ([], [])


def test_a_text_that_no_answer_has_room_for_is_divided_between_words() -> None:
    words = "word " * 401
    assert fitted([], words) == (["word " * 399 + "word"], ["word "])
    assert fitted([], "汉" * 700) == (["汉" * 666], ["汉" * 34])
    assert fitted(["said"], words) == ([], ["word " * 399 + "word", "word "])
