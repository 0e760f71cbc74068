"""Words that outsiders wrote are shown, not obeyed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cards import PREVIEW_LIMIT, EntryView, MessageView, ThreadView, View, preview, render
from cards.mark import MARK
from cards.outside import NAME_LIMIT, cut, name, one_line, runs
from tests.cards.samples import SAMPLES, Sample
from tests.cards.schema import complaints, objects, texts

HOSTILE = [
    "**bold** _it_ [click](https://evil.example) `code` # - + . > ~~x~~ | a | \\",
    "# Title\n- item\n1. one\n> quote\n| a | b |",
    "<b>x</b><script>alert(1)</script>&lt;at&gt;&amp;<at>Everyone</at>",
    "https://evil.example www.evil.example mailto:a@evil.example",
    "\u202egnp.exe\u202c \u2067abc\u2066",
    "\u2069\u2069 out of the isolate \u202e",
    "שלום עולם",
    "محمد",
    "Nāme " * 60,
    "👨‍👩‍👧‍👦" * 60,
    "张伟" * 150,
    "{contact} {limit} {0} {{}} {__class__} }{",
    "{{DATE(2017-02-14T06:08:39Z,SHORT)}} {{{TIME(2017-02-14T06:08:39Z)}}}",
    "${contact} ${$root}",
    "a\x00b\x07c\r\nd\u2028e",
    "   ",
    "",
    "\ud800",
]


def hostile(view: View, words: str) -> View:
    """The same view with an outsider's words wherever they can be."""

    def thread(old: ThreadView) -> ThreadView:
        return replace(old, contact=words)

    def message(old: MessageView) -> MessageView:
        return replace(old, text=words, why=words if old.state == "refused" else old.why)

    def messages(old: list[MessageView]) -> list[MessageView]:
        return [message(each) for each in old]

    def entry(old: EntryView) -> EntryView:
        return replace(old, name=words, company=words, numbers=(words,), notes=words)

    def page(old: dict[str, Any]) -> dict[str, Any]:
        return {**old, "entries": [(thread(about), message(last)) for about, last in old["entries"]]}

    theirs: dict[str, Callable[[Any], Any]] = {
        "text": lambda _: words,
        "messages": messages,
        "burst": messages,
        "candidates": lambda old: [thread(each) for each in old],
        "current_thread": thread,
        "history": lambda old: [(author, message(each)) for author, each in old],
        "page": page,
        "entry": entry,
        "results": lambda old: [hostile(each, words) for each in old],
    }
    values = {key: theirs[key](old) if key in theirs else old for key, old in view.values.items()}
    return replace(
        view,
        values=values,
        thread=view.thread and thread(view.thread),
        message=view.message and message(view.message),
    )


SHOWABLE = HOSTILE[:-1]  # WeChat's XML cannot carry the last one, half a character, which only names are cleaned of


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample.id))
def test_every_card_stays_valid(sample: Sample) -> None:
    for words in ("\n".join(SHOWABLE)[:2000], ""):
        view = hostile(sample.view("zh"), words)
        assert complaints(render(sample.card, view)) == []
        assert len(preview(sample.card, view)) <= PREVIEW_LIMIT


@pytest.mark.parametrize("words", SHOWABLE)
def test_nothing_in_a_card_reads_markdown_or_goes_elsewhere(words: str) -> None:
    for sample in SAMPLES:
        drawn = render(sample.card, hostile(sample.view("en"), words))
        assert not [item for item in objects(drawn) if item.get("type") in ("TextBlock", "FactSet", "Media")]
        assert {item["url"] for item in objects(drawn) if "url" in item} <= {MARK}


@pytest.mark.parametrize("words", [each for each in SHOWABLE if each.strip()])
def test_the_same_buttons_whatever_outsiders_wrote(words: str) -> None:
    for sample in SAMPLES:
        view = sample.view("en")
        usual, theirs = render(sample.card, view), render(sample.card, hostile(view, words))
        assert [item["data"] for item in objects(usual) if "data" in item] == [
            item["data"] for item in objects(theirs) if "data" in item
        ]


@pytest.mark.parametrize("words", [each for each in SHOWABLE if each])
def test_messages_are_shown_exactly(words: str) -> None:
    sample = next(sample for sample in SAMPLES if sample.id == "incoming")
    view = sample.view("en")
    drawn = render("incoming", replace(view, message=MessageView("m1", words, at=view.now)))
    assert words in texts(drawn)


@pytest.mark.parametrize("words", HOSTILE)
def test_names_are_harmless(words: str) -> None:
    shown = name(words)
    assert len(shown) <= NAME_LIMIT + 2
    assert json.dumps(shown).encode() and shown.encode("utf-8") is not None
    assert not set(shown[1:-1]) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\n\r\0")
    assert shown.count("\u2068") == shown.count("\u2069")


def test_right_to_left_names_are_isolated() -> None:
    assert name("\u202eمحمد") == "\u2068محمد\u2069"
    assert name("Li \u202eWei") == "Li Wei"


@pytest.mark.parametrize("words", ["plain", "{{DATE(x)}}", "a{{b{{c", "{{", "{{{{", "{", "{{{TIME(x)}}}", "a{{", " {{"])
def test_runs_keep_the_words_and_no_function(words: str) -> None:
    pieces = runs(words)
    assert "".join(pieces) == words
    assert not any("{{" in piece for piece in pieces)


def test_no_words_are_still_a_run() -> None:
    assert runs("") == [" "]


def test_cut_keeps_letters_and_emoji_whole() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"
    assert cut("abcd ef", 6) == "abcd…"
    assert cut("abce\u0301fgh", 5) == "abc…"
    assert cut("ab👨\u200d👩\u200d👧 x", 6) == "ab…"
    assert cut("abc👍🏽xyz", 5) == "abc…"
    assert cut("e" + "\u0301" * 9, 4) == "e\u0301\u0301…"


def test_one_line() -> None:
    assert one_line(" a\n b\u2028c\td\u202e ") == "a b c d"


def test_contact_without_a_name_is_called_something() -> None:
    sample = next(sample for sample in SAMPLES if sample.id == "left")
    assert "You left the conversation with WeChat user." in texts(render("left", hostile(sample.view("en"), "\u202e")))
    assert "微信用户" in preview("left", hostile(sample.view("zh"), " "))
