"""The measurement of searches measures: every search finds somebody, and others' books cost little."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import contacts


async def test_a_small_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "SHORT_CONTACTS", 400)
    monkeypatch.setattr(contacts, "QUERIES", ("zhang", "138", ""))
    line = await contacts.line(tmp_path, short=True)
    assert line.ours.lowest > 0
    assert line.comparison.name == "search / alone"
