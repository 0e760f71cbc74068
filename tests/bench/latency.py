"""How long one waits at a steady rate: for the answer, and until the message is on the other side; p99 each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from tests.bench.group import Bench, Group, Subject
from tests.bench.processes import helper
from tests.bench.scene import Scene, scene, service
from tests.bench.table import Comparison, Figure, quantile

GENTLE, BUSY = 50, 300
SECONDS = 5
WECHATS_PATIENCE = 5000.0
HANGING = 60.0
"""Seconds that Teams takes when it hangs: longer than any patience of ours."""


def _comparisons() -> Sequence[Comparison]:
    whats = {"answer": "from a WeChat push to its answer", "end": "from a WeChat push to its card in Teams"}
    return [
        Comparison(
            f"{what} p99 at {rate}/s",
            f"service at {rate} {what}",
            f"model at {rate} {what}",
            f"{meaning}, {rate} a second; against the bare model",
            3.0,
            most=True,
            unit="ms",
        )
        for rate in (GENTLE, BUSY)
        for what, meaning in whats.items()
    ]


HANG = Comparison(
    "answer while Teams hangs",
    "answer while Teams hangs",
    "WeChat's patience",
    f"p99 of answers to WeChat, {GENTLE} a second, while Teams takes everything and answers nothing; against 5 s",
    0.1,
    most=True,
    unit="ms",
)


@asynccontextmanager
async def _open(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with AsyncExitStack() as stack:
        on = await stack.enter_async_context(scene(bench))
        real = await stack.enter_async_context(service(on))
        model = await stack.enter_async_context(helper("floors", on.url, str(bench.folder / "model.db")))
        yield [
            Subject(f"{name} at {rate}", _waiting(on, server.port, rate))
            for rate in (GENTLE, BUSY)
            for name, server in (("service", real), ("model", model))
        ]


@asynccontextmanager
async def _open_hanging(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with scene(bench) as on, service(on) as real:
        await on.runs.delay(HANGING)

        async def measure(fewer: int) -> Figure:
            return _p99([after for after, _ in await _waited(on, real.port, GENTLE, fewer, arriving=False)])

        async def patience(fewer: int) -> Figure:
            return Figure(WECHATS_PATIENCE)

        yield [Subject(HANG.subject, measure), Subject(HANG.against, patience)]


def _waiting(on: Scene, port: int, rate: int) -> Callable[[int], Awaitable[Mapping[str, Figure]]]:
    async def measure(fewer: int) -> Mapping[str, Figure]:
        waited = await _waited(on, port, rate, fewer)
        return {"answer": _p99([answer for answer, _ in waited]), "end": _p99([end for _, end in waited])}

    return measure


async def _waited(
    on: Scene, port: int, rate: int, fewer: int, arriving: bool = True
) -> Sequence[tuple[float, float]]:  # fmt: skip
    """Seconds to the answer and to the arrival of each message."""
    run, count = on.runs.next(), rate * SECONDS // fewer
    told = await on.runs.steadily(port, on.writers.pushes(run, count), rate)
    answers = [answered - sent for sent, answered in zip(told.sent, told.answered, strict=True)]
    if not arriving:
        return [(answer, 0.0) for answer in answers]
    await on.runs.arrived("teams", run, count)
    await on.runs.quiet()
    arrived = await on.runs.times("teams", run)
    return [(answer, arrived[number] - told.sent[number]) for number, answer in enumerate(answers)]


def _p99(seconds: Sequence[float]) -> Figure:
    return Figure(quantile(seconds, 0.99) * 1000)


GROUP = Group("latency", _comparisons(), _open)
HANG_GROUP = Group("hang", (HANG,), _open_hanging)
