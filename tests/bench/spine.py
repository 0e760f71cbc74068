"""The whole bridge on SQLite, each way: against the bare model, and against what one would write first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from tests.bench.group import Bench, Group, Subject
from tests.bench.processes import helper, other_sdk
from tests.bench.scene import scene, service
from tests.bench.table import Comparison

COMPARISONS = (
    Comparison(
        "inbound / model",
        "inbound",
        "inbound model",
        "WeChat push → card accepted, whole service; against decrypt + one raw durable transaction + one card out",
        0.5,
    ),
    Comparison(
        "outbound / model with turn",
        "outbound",
        "outbound model with turn",
        "reply in Teams → accepted by WeChat, whole service; against botbuilder's turn without its hot spots"
        " + one raw durable transaction + one POST",
        0.8,
    ),
    Comparison(
        "outbound / model",
        "outbound",
        "outbound model",
        "the same against the model without botbuilder",
    ),
    Comparison(
        "inbound / glue",
        "inbound",
        "inbound glue",
        "the whole durable service against wechatpy + botbuilder's connector, which keep nothing",
        8.0,
    ),
    Comparison(
        "outbound / glue",
        "outbound",
        "outbound glue",
        "the same for the way back: botbuilder as it comes + wechatpy",
        8.0,
    ),
    Comparison(
        "inbound / Agents SDK",
        "inbound",
        "Agents SDK echo",
        "the whole durable service against the bare echo of the Microsoft 365 Agents SDK",
        1.0,
    ),
    Comparison(
        "outbound / Agents SDK",
        "outbound",
        "Agents SDK echo",
        "the same for the way back",
        1.0,
    ),
)


@asynccontextmanager
async def _open(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with AsyncExitStack() as stack:
        on = await stack.enter_async_context(scene(bench))
        write = on.writers
        real = await stack.enter_async_context(service(on))
        model = await stack.enter_async_context(helper("floors", on.url, str(bench.folder / "model.db")))
        glue = await stack.enter_async_context(helper("peers", "glue", on.url))
        agents = await stack.enter_async_context(other_sdk("agents"))
        turned = partial(write.replies, path="/turn")
        yield [
            on.subject("inbound", real, "teams", 2000, write.pushes),
            on.subject("inbound model", model, "teams", 6000, write.pushes),
            on.subject("inbound glue", glue, "teams", 250, write.pushes),
            on.subject("outbound", real, "wechat", 1500, write.replies),
            on.subject("outbound model", model, "wechat", 6000, write.replies),
            on.subject("outbound model with turn", model, "wechat", 3000, turned),
            on.subject("outbound glue", glue, "wechat", 250, write.replies),
            *([on.subject("Agents SDK echo", agents, "teams", 1500, write.messages)] if agents else []),
        ]


GROUP = Group("spine", COMPARISONS, _open)
