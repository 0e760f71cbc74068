"""`web` and `worker` as two processes on one SQLite database: against the bare models, and against one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial

from tests.bench.group import Bench, Group, Subject
from tests.bench.processes import helper
from tests.bench.scene import PAIR, Scene, scene, service
from tests.bench.table import Comparison

COMPARISONS = (
    Comparison(
        "inbound, two processes / model",
        "inbound, two processes",
        "inbound model",
        "WeChat push → card accepted, `web` and `worker` on one SQLite database; against the bare model in one process",
        0.5,
    ),
    Comparison(
        "outbound, two processes / model with turn",
        "outbound, two processes",
        "outbound model with turn",
        "reply in Teams → accepted by WeChat, likewise; against botbuilder's turn and the bare model in one process",
        0.8,
    ),
    Comparison(
        "inbound, two processes / one",
        "inbound, two processes",
        "inbound",
        "what the second process brings: against `serve`",
    ),
    Comparison(
        "outbound, two processes / one",
        "outbound, two processes",
        "outbound",
        "the same for the way back",
    ),
)


@asynccontextmanager
async def _open(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with AsyncExitStack() as stack:
        on = await stack.enter_async_context(scene(bench))
        model = await stack.enter_async_context(helper("floors", on.url, str(bench.folder / "model.db")))
        alike = replace(on, writers=replace(on.writers))
        yield [
            *await _both_ways(stack, on, "serve"),
            *await _both_ways(stack, alike, *PAIR),
            on.subject("inbound model", model, "teams", 6000, on.writers.pushes),
            on.subject("outbound model with turn", model, "wechat", 3000, partial(on.writers.replies, path="/turn")),
        ]


async def _both_ways(stack: AsyncExitStack, on: Scene, *roles: str) -> Sequence[Subject]:
    """Of a service with a database and threads of its own."""
    where, label = f"sqlite+aiosqlite:///{on.folder / roles[0]}.db", ", two processes" if len(roles) > 1 else ""
    running = await stack.enter_async_context(service(on, *roles, DATABASE_URL=where))
    return [
        on.subject(f"inbound{label}", running, "teams", 2000, on.writers.pushes),
        on.subject(f"outbound{label}", running, "wechat", 1500, on.writers.replies),
    ]


GROUP = Group("pair", COMPARISONS, _open)
