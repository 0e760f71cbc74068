"""What an entry is found by, as a table: a name, a query, and whether one finds the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.book import words


def finds(query: str, name: str = "", company: str = "", *written: str) -> bool:
    """What the index does, in memory."""
    there = words.of_entry(name, company, written)
    asked = words.tokens(query)
    return bool(asked) and all(any(word.startswith(token) for word in there) for token in asked)


FOUND = [
    ("zhang", "张伟"),
    ("ZhangWei", "张伟"),
    ("zhang wei", "张伟"),
    ("wei zhang", "张伟"),
    ("zhangw", "张伟"),
    ("zw", "张伟"),
    ("ZW", "张伟"),
    ("wei", "张伟"),
    ("张", "张伟"),
    ("伟", "张伟"),
    ("张伟", "张伟"),
    ("shan", "单田芳"),
    ("shantianfang", "单田芳"),
    ("dan", "单田芳"),
    ("stf", "单田芳"),
    ("zeng", "曾志伟"),
    ("ouyang", "欧阳娜娜"),
    ("oynn", "欧阳娜娜"),
    ("lv", "吕布"),
    ("lu", "吕布"),
    ("lü", "吕布"),
    ("li", "Li 张伟"),
    ("zhang", "Li 张伟"),
    ("emilie", "Émilie Dubois"),
    ("ÉMILIE", "Emilie Dubois"),
    ("dubois émi", "Émilie Dubois"),
    ("obrien", "Niall O’Brien"),
    ("o'brien", "Niall O’Brien"),
    ("strasse", "Straße"),
    ("soren", "Søren"),
    ("łukasz", "Lukasz"),
    ("müller-lüd", "Anna Müller-Lüdenscheidt"),
    ("ludenscheidt", "Anna Müller-Lüdenscheidt"),
    ("ｗａｎｇ", "Wang"),
    ("wang", "ＷＡＮＧ"),
    ("иван", "Иван Петров"),
    ("李 lei", "李雷"),
    ("smith & sons", "Smith & Sons"),
    ("\u202esmith", "Smith"),
]
NUMBERS = [
    ("+8613800138000", "+8613800138000"),
    ("+86 138 0013 8000", "+8613800138000"),
    ("0086 138 0013", "+8613800138000"),
    ("138 0013 8000", "+8613800138000"),
    ("138-0013", "+8613800138000"),
    ("１３８００１３", "+8613800138000"),
    ("0151 1234", "+4915112345678"),
    ("+49 (0)151 1234", "+4915112345678"),
    ("151", "+4915112345678"),
    ("(212) 555", "+12125550123"),
    ("1 212", "+12125550123"),
]


@pytest.mark.parametrize(("query", "name"), FOUND)
def test_a_name_is_found(query: str, name: str) -> None:
    assert finds(query, name)
    assert finds(query, "", name), "as a company too"


@pytest.mark.parametrize(("query", "number"), NUMBERS)
def test_a_number_is_found(query: str, number: str) -> None:
    assert finds(query, "Anybody", "", number)


def test_words_of_name_company_and_number_are_found_together() -> None:
    assert finds("zhang 海港 138", "张伟", "海港贸易", "+8613800138000")


@pytest.mark.parametrize(
    ("query", "name"), [("ang", "张伟"), ("zhou", "张伟"), ("zhang li", "张伟"), ("w z h", "张伟"), ("x", "")]
)
def test_others_are_not_found(query: str, name: str) -> None:
    assert not finds(query, name)


@pytest.mark.parametrize("query", ["", "  ", "+", "--", "''", "\u202e", "%", "_", "***", "👍"])
def test_what_says_nothing_finds_nobody(query: str) -> None:
    assert words.tokens(query) == []


def test_a_name_of_any_length_has_few_short_words() -> None:
    for name in ("x" * 10_000, "张" * 10_000, "ab " * 10_000, "单" * 300):
        found = words.of_entry(name, name, ["+8613800138000"])
        assert len(found) <= words.MOST_WORDS
        assert max(map(len, found)) <= words.WORD_LIMIT


def test_the_number_is_found_whatever_the_name_is() -> None:
    assert finds("138 0013 8000", "张" * 300, "ab " * 300, "+8613800138000")


@given(st.text(max_size=60))
def test_everybody_is_found_by_their_own_name(name: str) -> None:
    asked = words.tokens(name)
    there = words.of_entry(name, "", ())
    assert all(any(word.startswith(token) for word in there) for token in asked if not token.isdigit())


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_taken(name: str, query: str) -> None:
    assert all(words.of_entry(name, query, [query]))
    assert len(words.tokens(query)) <= words.MOST_TOKENS
    assert all(words.tokens(query))
