"""Both ways out to a remote that takes 100 ms, 64 messages at once: against what arithmetic allows.

With 64 connections: the service keeps to 20 for each host, because neither platform takes more than those carry.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.clock import SystemClock
from bot.domain.events import Kind, Reference
from bot.domain.policy import Terms
from bot.domain.state import Thread
from bot.ports import Accepted, Contact, Conversation, Gateway, Job, Message, User
from bot.teams.credentials import NoTokens
from bot.teams.hosts import ServiceHosts
from bot.teams.sender import Sender, session
from bot.wechat.client import Credentials, OfficialAccount
from tests.bench.group import Bench, Group, Subject
from tests.bench.measure import Failed
from tests.bench.scene import scene
from tests.bench.table import Comparison, Figure

DELAY, BUSY, MESSAGES = 0.1, 64, 1920
COMPARISONS = (
    Comparison(
        "to far Teams / limit",
        "to far Teams",
        "limit",
        "cards through our sender to a remote of 100 ms, on 64 connections; against 64 in 100 ms",
        0.9,
    ),
    Comparison("to far WeChat / limit", "to far WeChat", "limit", "the same for messages to WeChat", 0.9),
)
_AT = datetime(2026, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def _open(bench: Bench) -> AsyncIterator[Sequence[Subject]]:
    async with scene(bench) as on, session(BUSY) as http:
        await on.runs.delay(DELAY)
        hosts, clock = ServiceHosts((on.url.removeprefix("http://"),), loopback=True), SystemClock()
        teams = Sender(http, NoTokens(), hosts, clock)
        account = OfficialAccount(Credentials("app", "secret"), clock, base_url=on.url, connections=BUSY)
        try:
            yield [
                Subject("to far Teams", _sending(teams, lambda number: _card(number, on.url))),
                Subject("to far WeChat", _sending(account, _text)),
                Subject("limit", _limit),
            ]
        finally:
            await account.close()


def _sending(gateway: Gateway, job: Callable[[int], Job]) -> Callable[[int], Awaitable[Figure]]:
    async def measure(fewer: int) -> Figure:
        numbers, began, spent = iter(range(MESSAGES // fewer)), time.monotonic(), time.process_time()

        async def one_after_the_other() -> None:
            for number in numbers:
                outcome = await gateway.deliver(job(number))
                if not isinstance(outcome, Accepted):
                    raise Failed(f"not accepted: {outcome}")

        await asyncio.gather(*(one_after_the_other() for _ in range(BUSY)))
        each = MESSAGES // fewer
        return Figure(each / (time.monotonic() - began), (time.process_time() - spent) / each * 1e6)

    return measure


async def _limit(fewer: int) -> Figure:
    return Figure(BUSY / DELAY)


def _people(number: int, url: str) -> Conversation:
    reference = Reference(f"{url}/amer/", "a", "bot", "user", "tenant")
    user = User("u", "tenant", "aad", "Anna Schmidt", "+4915112345678", reference=reference)
    return Conversation(Thread(f"t{number}", Terms(), _AT, 1, "m"), Contact("c", "default", f"o{number}"), user)


def _card(number: int, url: str) -> Job:
    about = _people(number, url)
    values = {"card": "stale"}
    return Job(
        number, f"teams/t{number}", "claim", "card", about.thread.id, "", 0, None, values,
        conversation=about, user=about.user,
    )  # fmt: skip


def _text(number: int) -> Job:
    about, words = _people(number, ""), Message("m", "t", "user", Kind.TEXT, "Good morning", _AT)
    return Job(
        number, f"wechat/t{number}", "claim", "text", about.thread.id, "m", 0, None, {},
        message=words, conversation=about, user=about.user,
    )  # fmt: skip


GROUP = Group("far", COMPARISONS, _open)
