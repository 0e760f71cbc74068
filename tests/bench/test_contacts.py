"""The measurement of searches measures: every search finds somebody, in both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.bench import contacts
from tests.bench.group import Bench, measured


async def test_a_small_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "SHORT_CONTACTS", 400)
    monkeypatch.setattr(contacts, "QUERIES", ("zhang", "138", ""))
    with ThreadPoolExecutor() as load:
        (line,) = await measured(contacts.GROUP, Bench(tmp_path, load, short=True))
    assert line.ours.lowest > 0
    assert line.comparison.name == "search / alone"
