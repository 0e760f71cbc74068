"""The specification's sentences and the test of each: `python -m tests.e2e.sentences` prints the README's table.

A test of `test_specification_*.py` has the words that it proves as its docstring, so the table is read off the tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
SPECIFICATION = HERE.parent / "data" / "specification.txt"

ELSEWHERE = {
    "Read on to learn about using MultiLine for WeChat Messaging.": "about the article",
    "Read on to learn about WeChat Messaging from the MultiLine Messaging app for Microsoft Teams.": (
        "about the article"
    ),
    "Learn more in the section about Message Queueing.": "about the article",
    "We're working on adding Android screens to this article.": "about the article",
    "Feature becomes available in July 7th Release.": "about the article",
    "MultiLine users can send WeChat messages to contacts, and they can read and reply to WeChat messages on the "
    "MultiLine messages screen alongside SMS and Voicemail messages.": "SMS and Voicemail are not part of this app",
}
"""Sentences without a test here, and why."""

_ITEM = re.compile(r"^\s*(?:-|\d+\.)\s+")
_ENDS = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Proof:
    """A test and the words of the specification that it proves."""

    words: str
    file: str
    test: str


def normal(text: str) -> str:
    """Without bullets, bold marks and line breaks, as both the specification and a card's words are compared."""
    lines = (_ITEM.sub("", line).replace("**", "").strip(" -•\t") for line in text.splitlines())
    return " ".join(" ".join(lines).split())


@cache
def specification() -> str:
    return SPECIFICATION.read_text("utf-8")


def message(after: str, before: str) -> str:
    """The text that the specification shows between these two, normalised."""
    whole = normal(specification())
    start = whole.index(after) + len(after)
    return whole[start : whole.index(before, start)].strip()


def sentences() -> list[str]:
    """Every sentence once, in order: prose that ends like one, and list items. Headings are neither."""
    found: dict[str, None] = {}
    for line in specification().splitlines():
        item, words = _ITEM.match(line) is not None, normal(line)
        for sentence in _ENDS.split(words):
            if sentence and (item or sentence[-1] in ".!:"):
                found.setdefault(sentence)
    return list(found)


def proofs() -> list[Proof]:
    """Every test of the specification, in the order of the specification."""
    found = [proof for file in sorted(HERE.glob("test_specification_*.py")) for proof in _of_file(file)]
    whole = normal(specification())
    return sorted(found, key=lambda proof: whole.find(normal(proof.words)))


def _of_file(file: Path) -> Iterator[Proof]:
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name.startswith("test_"):
            yield Proof(normal(ast.get_docstring(node) or ""), file.name, node.name)


def table() -> str:
    """The README's table: each proved sentence with its test, then the sentences that are proved elsewhere."""
    rows = [f"| {proof.words} | [`{proof.test}`](tests/e2e/{proof.file}) |" for proof in proofs()]
    rows += [f"| {sentence} | {why} |" for sentence, why in ELSEWHERE.items()]
    return "\n".join(["| The specification says | Test |", "|---|---|", *rows])


if __name__ == "__main__":
    print(table())
