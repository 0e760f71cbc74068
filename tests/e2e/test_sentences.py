"""Every sentence of the specification has its test, and the README's table says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.sentences import ELSEWHERE, Proof, normal, proofs, sentences, specification, table

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("proof", proofs(), ids=lambda proof: proof.test)
def test_a_test_of_the_specification_quotes_it_word_for_word(proof: Proof) -> None:
    assert proof.words in normal(specification())
    assert proof.words


@pytest.mark.parametrize("sentence", sentences())
def test_a_sentence_has_its_test(sentence: str) -> None:
    assert (sentence in ELSEWHERE) != any(sentence in proof.words for proof in proofs())


def test_the_readme_shows_the_table() -> None:
    shown = README.read_text("utf-8").split("<!-- sentences -->")[1].split("<!-- /sentences -->")[0]
    assert shown.strip() == table()
