"""How the service is watched: /healthz (the process lives), /readyz (it can work), /metrics (how it does)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from bot.circuit import Circuits
from bot.metrics import Metrics
from bot.ports import Clock
from bot.store import SqlStore
from bot.store.figures import OVERDUE, Figures, figures

KEPT: Final = 5.0
"""Seconds for which figures are good enough, so that many who watch cost no more than one."""

log = logging.getLogger(__name__)


class Watch:
    """Three addresses for machines to ask."""

    def __init__(self, store: SqlStore, clock: Clock, metrics: Metrics, circuits: Circuits) -> None:
        self._store, self._clock, self._metrics, self._circuits = store, clock, metrics, circuits
        self._figures: Figures | None = None
        self._until = 0.0

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/healthz", self._alive), web.get("/readyz", self._ready), web.get("/metrics", self._counted)]

    async def _alive(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _ready(self, _: web.Request) -> web.Response:
        """503 only when the database does not answer: neither a late outbox nor a host outside that does not answer
        is a reason to take no more messages."""
        try:
            await self._store.ping()
            found = await self._found()
        except Exception as error:
            told = {"action": "not_ready", "error": type(error).__name__}
            log.error("not ready: the database does not answer", extra=told)
            return web.json_response({"status": "the database does not answer"}, status=503)
        return web.json_response(_readiness(found, self._circuits.standing()))

    async def _counted(self, _: web.Request) -> web.Response:
        try:
            found = await self._found()
        except Exception as error:
            log.error("the database does not answer", extra={"action": "no_figures", "error": type(error).__name__})
            found = None
        self._metrics.tasks.set(len(asyncio.all_tasks()))
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=self._metrics.page(found, self._circuits.standing()), headers=headers)

    async def _found(self) -> Figures:
        now = time.monotonic()
        if self._figures is None or now >= self._until:
            self._figures = await self._store.read(figures, self._clock.now())
            self._until = now + KEPT
        return self._figures


def _readiness(found: Figures, circuits: Mapping[str, bool]) -> Mapping[str, Any]:
    overdue = max(found.age.values(), default=0.0)
    silent = sorted(host for host, is_open in circuits.items() if is_open)
    late = "the outbox is late" if overdue > OVERDUE else "ok"
    return {
        "status": "a host outside does not answer" if silent else late,
        "database": "ok",
        "hosts_silent": silent,
        "outbox_overdue_seconds": round(overdue, 1),
        "tokens_fresh_seconds": {name: round(seconds) for name, seconds in found.tokens.items()},
    }
