"""Every card as it is, byte by byte, and valid. `UPDATE_GOLDEN=1 make test ARGS=tests/cards` writes the files anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cards import names, preview, render
from tests.cards.samples import READERS, SAMPLES, Sample
from tests.cards.schema import complaints

GOLDEN = Path(__file__).parent / "golden"
EACH = [pytest.param(sample, language, id=f"{sample.id}.{language}") for sample in SAMPLES for language in READERS]


@pytest.mark.parametrize(("sample", "language"), EACH)
def test_card_is_as_it_was(sample: Sample, language: str) -> None:
    view = sample.view(language)
    drawn = {"preview": preview(sample.card, view), "card": render(sample.card, view)}
    file = GOLDEN / f"{sample.id}.{language}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(json.dumps(drawn, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert drawn == json.loads(file.read_text("utf-8"))


@pytest.mark.parametrize(("sample", "language"), EACH)
def test_card_is_valid(sample: Sample, language: str) -> None:
    assert complaints(render(sample.card, sample.view(language))) == []


def test_there_is_a_sample_of_every_card() -> None:
    assert {sample.card for sample in SAMPLES} == set(names())


def test_there_is_no_golden_file_too_many() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == {str(each.id) for each in EACH}


def test_the_schema_test_is_not_blind() -> None:
    good = render("help", next(sample for sample in SAMPLES if sample.card == "help").view("en"))
    assert complaints({**good, "version": "1.2"})
    assert complaints({**good, "body": [{"type": "RichTextBlok", "inlines": []}]})
    assert complaints({**good, "body": [{"type": "Input.Text", "id": "a"}] * 2})
    assert complaints({**good, "fallbackText": "x" * 30_000})
    assert complaints({**good, "actions": [{"type": "Action.OpenUrl", "url": "https://example.com"}] * 7})
    execute = {"type": "Action.Execute", "title": "Go", "verb": "a", "data": {"verb": "b"}, "fallback": {"data": {}}}
    assert len(complaints({**good, "actions": [execute]})) >= 2
