"""Each door alone, without a database: a push of WeChat's, a turn of Teams'."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from tests.bench.group import Bench, Group, Subject
from tests.bench.processes import Helper, helper, other_sdk
from tests.bench.scene import IN_FLIGHT, Scene, scene
from tests.bench.table import Comparison, Figure

COMPARISONS = (
    Comparison(
        "push / bare handler",
        "push",
        "bare push",
        "an encrypted WeChat push through our door; against verify, decrypt, parse and answer alone",
    ),
    Comparison("push / wechatpy", "push", "wechatpy push", "the same against wechatpy behind the same web server", 1.0),
    Comparison(
        "turn / bare handler",
        "turn",
        "bare turn",
        "a Teams turn through our door and our client; against aiohttp and orjson alone, the same two hops",
    ),
    Comparison("turn / botbuilder", "turn", "botbuilder turn", "the same against botbuilder as it comes", 8.0),
    Comparison("turn / Agents SDK", "turn", "Agents SDK turn", "the same against the Microsoft 365 Agents SDK", 1.0),
    Comparison("turn / Teams SDK", "turn", "Teams SDK turn", "the same against the Teams SDK", 1.0),
)


@asynccontextmanager
async def _open(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with AsyncExitStack() as stack:
        on = await stack.enter_async_context(scene(bench))
        write = on.writers
        floor = await stack.enter_async_context(helper("floors", on.url, str(bench.folder / "doors.db")))
        door = await stack.enter_async_context(helper("peers", "door"))
        wechatpy = await stack.enter_async_context(helper("peers", "wechatpy"))
        ours = await stack.enter_async_context(helper("peers", "ours", on.url, write.teams.tenant.id))
        sdk = await stack.enter_async_context(helper("peers", "sdk"))
        others = [(name, await stack.enter_async_context(other_sdk(name.split()[0].lower()))) for name in _OTHERS]
        yield [
            _push(on, "push", door, 4000),
            _push(on, "bare push", floor, 6000, "/push"),
            _push(on, "wechatpy push", wechatpy, 4000),
            on.subject("turn", ours, "teams", 3000, write.messages),
            on.subject("bare turn", floor, "teams", 6000, partial(write.messages, path="/echo")),
            on.subject("botbuilder turn", sdk, "teams", 250, write.messages),
            *(on.subject(name, each, "teams", 1000, write.messages) for name, each in others if each),
        ]


_OTHERS = ("Agents SDK turn", "Teams SDK turn")


def _push(on: Scene, name: str, server: Helper, messages: int, path: str = "/wechat/default") -> Subject:
    """Nothing comes out behind the door, so it is the answers that count."""

    async def measure(fewer: int) -> Figure:
        requests = on.writers.pushes(on.runs.next(), messages // fewer, path)
        return await on.runs.answered(server, requests, IN_FLIGHT)

    return Subject(name, measure)


GROUP = Group("doors", COMPARISONS, _open)
