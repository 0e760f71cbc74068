"""From values to a card's bytes: against the least that can be done, the finished dict written out and made bytes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from botbuilder.core import CardFactory, MessageFactory, serializer_helper

from cards import render
from tests.bench.group import Bench, Group, Subject
from tests.bench.table import Comparison, Figure
from tests.cards.samples import SAMPLES

HOT = ("incoming", "confirmation-sent", "inactive-limit", "status")
COMPARISONS = (
    Comparison(
        "card / dict",
        "card",
        "dict",
        "time from values to bytes of the four hot cards; against the same dicts as literals and orjson",
        10.0,
        most=True,
        unit="µs",
    ),
    Comparison(
        "card / botbuilder",
        "card",
        "botbuilder card",
        "the same against CardFactory and Activity.serialize alone, the cards already drawn",
        1.0,
        most=True,
        unit="µs",
    ),
)
TIMES = 2000
Draw = Callable[[], Sequence[bytes]]


@asynccontextmanager
async def _open(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    samples = [next(each for each in SAMPLES if each.id == name) for name in HOT]
    views = [(each.card, each.view("en")) for each in samples]
    drawn = [render(*each) for each in views]
    literals: Callable[[], Sequence[Any]] = eval(f"lambda: {drawn!r}")  # noqa: S307 - our own cards, written out

    def serialized(card: dict[str, Any]) -> bytes:
        activity = MessageFactory.attachment(CardFactory.adaptive_card(card))
        return orjson.dumps(serializer_helper(activity))

    draws: dict[str, Draw] = {
        "card": lambda: [orjson.dumps(render(*each)) for each in views],
        "dict": lambda: [orjson.dumps(each) for each in literals()],
        "botbuilder card": lambda: [serialized(each) for each in drawn],
    }
    if draws["card"]() != draws["dict"]():
        raise AssertionError("not the same bytes")
    yield [_subject(name, draw, TIMES if name != "botbuilder card" else TIMES // 10) for name, draw in draws.items()]


def _subject(name: str, draw: Draw, times: int) -> Subject:
    async def measure(fewer: int) -> Figure:
        began = time.perf_counter()
        for _ in range(times // fewer):
            draw()
        return Figure((time.perf_counter() - began) / (times // fewer) / len(HOT) * 1e6)

    return Subject(name, measure)


GROUP = Group("drawing", COMPARISONS, _open)
