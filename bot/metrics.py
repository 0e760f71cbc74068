"""What the service counts, in Prometheus' form; names and reasons only, never a person or a word."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, generate_latest

from bot.ports import Gateway, Job, Outcome


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._refused = Counter(
            "multiline_refused_requests_total",
            "Requests that were refused, by door (wechat, teams) and reason.",
            ["door", "reason"],
            registry=self.registry,
        )
        self._deliveries = Counter(
            "multiline_deliveries_total",
            "Sends to the outside, by way (wechat, teams, sms), outcome and the platform's code.",
            ["way", "outcome", "code"],
            registry=self.registry,
        )

    def refused(self, door: str, reason: str) -> None:
        self._refused.labels(door, reason).inc()

    def delivered(self, way: str, outcome: str, code: str) -> None:
        self._deliveries.labels(way, outcome, code).inc()

    def page(self) -> bytes:
        return generate_latest(self.registry)


class Counted:
    """A gateway whose outcomes are counted."""

    def __init__(self, way: str, gateway: Gateway, metrics: Metrics) -> None:
        self._way, self._gateway, self._metrics = way, gateway, metrics

    async def deliver(self, job: Job) -> Outcome:
        outcome = await self._gateway.deliver(job)
        self._metrics.delivered(self._way, type(outcome).__name__.lower(), getattr(outcome, "code", ""))
        return outcome
