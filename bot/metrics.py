"""What the service counts, in Prometheus' form; names and reasons only, never a person or a word."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.domain.events import Event
from bot.ports import Gateway, Job, Outcome
from bot.store.figures import Figures

PUT_OFF = frozenset({"busy", "slow", "failed", "keys_unavailable"})
"""Reasons for which a request is answered 503, so that it comes again: nothing is lost, nobody is refused."""

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 4.5, 10.0)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0, 3600.0)
M = TypeVar("M", Counter, Histogram)
E = TypeVar("E", bound=Event, contravariant=True)


class Metrics:
    """The counters of one process, and the gauges of what all processes share."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._refused = self._counter(
            "requests_refused",
            "Requests refused for good, by door (wechat, teams) and reason.",
            "door",
            "reason",
        )
        self._put_off = self._counter(
            "requests_put_off", "Requests answered 503 so that they come again, by door and reason.", "door", "reason"
        )
        self._failed_late = self._counter(
            "events_failed_late", "Events of requests that were put off as slow and failed afterwards, by door.", "door"
        )
        self._left_out = self._counter(
            "replies_left_out", "Replies left out because they are longer than WeChat shows, by door.", "door"
        )
        self._groups = self._counter(
            "groups_failed", "Groups of events that PostgreSQL did not commit and that were done one by one, by type.",
            "event",
        )  # fmt: skip
        self._events = self._counter("events", "Events that were decided, by type.", "event")
        self._deciding = self._histogram("event_seconds", "From an event to its commit, by type.", _FAST, "event")
        self._deliveries = self._counter(
            "deliveries", "Sends to the outside, by way (wechat, teams), outcome and the platform's code.",
            "way", "outcome", "code",
        )  # fmt: skip
        self._sending = self._histogram("delivery_seconds", "How long one send took, by way.", _FAST, "way")
        self._latency = self._histogram(
            "event_to_delivery_seconds", "From an event to the accepted send that it caused, by way.", _SLOW, "way"
        )
        self._circuits = Gauge(
            "multiline_circuit_open",
            "1 while an outside host is left alone because it does not answer, else 0.",
            ["host"],
            registry=self.registry,
        )
        self.tasks = Gauge("multiline_tasks", "Things that are under way in this process.", registry=self.registry)
        self._standing = Standing(self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Callable[..., Counter]:
        return _by_labels(Counter(f"multiline_{name}_total", meaning, labels, registry=self.registry))

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Callable[..., Histogram]:
        return _by_labels(Histogram(f"multiline_{name}", meaning, labels, registry=self.registry, buckets=buckets))

    def refused(self, door: str, reason: str) -> None:
        """A request that was not taken as it came; each kind has the counter that says what it is."""
        if reason == "failed_late":
            self._failed_late(door).inc()
        elif reason == "reply_too_long":
            self._left_out(door).inc()
        elif reason in PUT_OFF:
            self._put_off(door, reason).inc()
        else:
            self._refused(door, reason).inc()

    def delivered(self, way: str, outcome: str, code: str, seconds: float, age: float | None) -> None:
        """One send; `age` is the time since the event that caused it, None where that is not known."""
        self._deliveries(way, outcome, code).inc()
        self._sending(way).observe(seconds)
        if outcome == "accepted" and age is not None:
            self._latency(way).observe(age)

    def decided(self, event: str, seconds: float) -> None:
        self._events(event).inc()
        self._deciding(event).observe(seconds)

    def group_failed(self, event: str) -> None:
        self._groups(event).inc()

    def page(self, found: Figures | None, circuits: Mapping[str, bool] = MappingProxyType({})) -> bytes:
        """Everything; None when the database does not answer. `circuits`: by host, whether it is open."""
        self._standing.set(found)
        for host, is_open in circuits.items():
            self._circuits.labels(host).set(is_open)
        return generate_latest(self.registry)


def _by_labels(metric: M) -> Callable[..., M]:
    """The metric's child with these labels; looking it up anew costs several times what counting does."""
    return lru_cache(maxsize=1024)(metric.labels)


class Standing:
    """Gauges of what stands in the database."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, meaning: str, *labels: str) -> Gauge:
            return Gauge(f"multiline_{name}", meaning, labels, registry=registry)

        self._database = gauge("database_answers", "1 when the database answers, else 0.")
        self._conversations = gauge("conversations", "Open conversations, by phase and why.", "phase", "why")
        self._queued = gauge("queued_messages", "Messages that wait until a contact replies.")
        self._longest = gauge("longest_queue_messages", "Messages in the longest of these queues.")
        self._slots = gauge("slots_used", "Slots that open conversations have used since the contact's last message.")
        self._waiting = gauge("outbox_waiting", "Outbox rows still to be sent, by way.", "way")
        self._age = gauge("outbox_age_seconds", "How long the longest overdue lane has been due, by way.", "way")
        self._dead = gauge("dead_letters", "Cards and templates that were given up, by kind.", "kind")
        self._late = gauge("deadlines_late", "Passed deadlines of which no event was made yet.")
        self._latest = gauge("deadline_late_seconds", "How long the oldest of them has passed.")
        self._tokens = gauge("token_fresh_seconds", "How long a shared access token is still fresh.", "token")
        self._users = gauge("users", "Users, by whether they are enabled.", "enabled")

    def set(self, found: Figures | None) -> None:
        self._database.set(found is not None)
        for labelled in (self._conversations, self._waiting, self._age, self._dead, self._tokens, self._users):
            labelled.clear()
        if found is None:
            return
        for gauge, value in (
            (self._queued, found.queued),
            (self._longest, found.longest_queue),
            (self._slots, found.slots),
            (self._late, found.late),
            (self._latest, found.latest),
        ):
            gauge.set(value)
        for (phase, why), count in found.windows.items():
            self._conversations.labels(phase, why).set(count)
        for way in {"wechat", "teams", *found.waiting, *found.age}:
            self._waiting.labels(way).set(found.waiting.get(way, 0))
            self._age.labels(way).set(found.age.get(way, 0.0))
        for kind in {"card", "template", *found.dead}:
            self._dead.labels(kind).set(found.dead.get(kind, 0))
        for name, seconds in found.tokens.items():
            self._tokens.labels(name).set(seconds)
        self._users.labels("yes").set(found.enabled)
        self._users.labels("no").set(found.users - found.enabled)


class Counted:
    """A gateway whose outcomes are counted and timed."""

    def __init__(self, way: str, gateway: Gateway, metrics: Metrics) -> None:
        self._way, self._gateway, self._metrics = way, gateway, metrics

    async def deliver(self, job: Job) -> Outcome:
        begun = time.monotonic()
        outcome = await self._gateway.deliver(job)
        took, name = time.monotonic() - begun, type(outcome).__name__.lower()
        self._metrics.delivered(self._way, name, getattr(outcome, "code", ""), took, _age(job))
        return outcome

    def host(self, job: Job) -> str:
        return self._gateway.host(job)


def _age(job: Job) -> float | None:
    """Seconds since the event that brought the row about: ids begin with the time (see `bot.clock.new_id`)."""
    try:
        return max(0.0, time.time() - int(str(job.values.get("event", ""))[:12], 16) / 1000)
    except ValueError:
        return None


class Decides(Protocol[E]):
    def handle(self, event: E) -> Awaitable[Mapping[str, Any]]: ...


class Timed:
    """The engine, its decisions counted and timed."""

    def __init__(self, engine: Decides[Event], metrics: Metrics) -> None:
        self._engine, self._metrics = engine, metrics

    async def handle(self, event: Event) -> Mapping[str, Any]:
        begun = time.monotonic()
        answer = await self._engine.handle(event)
        self._metrics.decided(type(event).__name__, time.monotonic() - begun)
        return answer
