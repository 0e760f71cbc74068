"""What machines are told: counters named for what they count, gauges of what stands, readiness, the dashboard."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.circuit import FAILURES, Circuits
from bot.clock import SystemClock, new_id
from bot.domain.events import Due, Event
from bot.metrics import Counted, Metrics, Timed
from bot.ports import Accepted, Job, Outcome, TryLater
from bot.store import SqlStore, admin, migrations, open_store
from bot.store.figures import OVERDUE, Figures
from bot.watch import Watch
from bot.wechat.access import AccessToken
from tests.store.build import ACT, ANN, NOW, card, doing, greet, tapped, wrote
from tests.worker.build import Outside, job

ROOT = Path(__file__).parent.parent
SOME = Figures(
    {("active", ""): 2}, 3, 2, 4, {"teams": 5, "sms": 1}, {"teams": 6.5}, {"card": 7}, 8, 9.5, {"wx1": 60.0}, 3, 2
)


def samples(page: bytes) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each sample by its name and the values of its labels, in the order of their names."""
    families = text_string_to_metric_families(page.decode())
    return {_named(sample): sample.value for family in families for sample in family.samples}


def _named(sample: Any) -> tuple[str, tuple[str, ...]]:
    return sample.name.removeprefix("multiline_"), tuple(sample.labels[name] for name in sorted(sample.labels))


def test_each_reason_is_counted_as_what_it_is() -> None:
    metrics = Metrics()
    for reason in ("signature", "stale", "busy", "slow", "failed", "failed_late", "reply_too_long"):
        metrics.refused("wechat", reason)
    metrics.refused("teams", "keys_unavailable")
    found = {name for name, value in samples(metrics.page(None)).items() if value == 1 and "total" in name[0]}
    assert found == {
        ("requests_refused_total", ("wechat", "signature")),
        ("requests_refused_total", ("wechat", "stale")),
        ("requests_put_off_total", ("wechat", "busy")),
        ("requests_put_off_total", ("wechat", "slow")),
        ("requests_put_off_total", ("wechat", "failed")),
        ("requests_put_off_total", ("teams", "keys_unavailable")),
        ("events_failed_late_total", ("wechat",)),
        ("replies_left_out_total", ("wechat",)),
    }


def test_what_stands_is_shown_and_what_is_gone_is_not() -> None:
    metrics = Metrics()
    found = samples(metrics.page(SOME))
    assert found[("conversations", ("active", ""))] == 2
    assert (found[("outbox_waiting", ("teams",))], found[("outbox_waiting", ("wechat",))]) == (5, 0)
    assert (found[("outbox_age_seconds", ("teams",))], found[("dead_letters", ("card",))]) == (6.5, 7)
    assert [found[(name, ())] for name in ("queued_messages", "slots_used", "deadlines_late")] == [3, 4, 8]
    assert (found[("users", ("yes",))], found[("users", ("no",))], found[("token_fresh_seconds", ("wx1",))]) == (
        2,
        1,
        60,
    )
    assert found[("database_answers", ())] == 1
    assert (found[("outbox_waiting", ("sms",))], found[("outbox_age_seconds", ("sms",))]) == (1, 0)
    silent = samples(metrics.page(None))
    assert silent[("database_answers", ())] == 0 and ("conversations", ("active", "")) not in silent


class Slow:
    async def handle(self, event: Event) -> dict[str, Any]:
        return {"reply": event.id}


async def test_decisions_and_sends_are_counted_and_timed() -> None:
    metrics = Metrics()
    assert await Timed(Slow(), metrics).handle(Due("e", "", NOW, "T")) == {"reply": "e"}
    answers: dict[str, Outcome] = {"m1": Accepted("1"), "m2": TryLater("45009")}
    gateway = Counted("wechat", Outside(**answers), metrics)
    assert gateway.host(job()) == "outside"
    for each in (job("m1", values={"event": new_id()}), job("m2"), job("m3", values={"event": "odd"})):
        assert isinstance(each, Job)
        await gateway.deliver(each)
    found = samples(metrics.page(None))
    assert (found[("events_total", ("Due",))], found[("event_seconds_count", ("Due",))]) == (1, 1)
    assert found[("deliveries_total", ("45009", "trylater", "wechat"))] == 1
    assert found[("delivery_seconds_count", ("wechat",))] == 3
    assert found[("event_to_delivery_seconds_count", ("wechat",))] == 1
    assert found[("event_to_delivery_seconds_sum", ("wechat",))] < 60


# ---- readiness


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    url = f"sqlite+aiosqlite:///{tmp_path}/watched.db"
    await migrations.upgrade(url)
    found = await open_store(url)
    await found.run(admin.add_user, ACT, ANN)
    await found.run(admin.set_default_user, ACT, "default", ANN.number)
    yield found
    await found.close()


async def asked(watch: Watch, path: str) -> tuple[int, bytes]:
    app = web.Application()
    app.add_routes(watch.routes())
    async with TestClient(TestServer(app)) as client, client.get(path) as answer:
        return answer.status, await answer.read()


async def test_a_service_that_is_well(store: SqlStore) -> None:
    clock = SystemClock()
    await store.shelf(AccessToken).put("wx1", AccessToken("secret-token", clock.now() + timedelta(hours=1)))
    watch = Watch(store, clock, Metrics(), Circuits())
    status, body = await asked(watch, "/readyz")
    told = json.loads(body)
    assert (status, told["status"], told["database"], told["outbox_overdue_seconds"]) == (200, "ok", "ok", 0)
    assert 3590 <= told["tokens_fresh_seconds"]["wx1"] <= 3600
    assert await asked(watch, "/healthz") == (200, b'{"status": "ok"}')
    _, page = await asked(watch, "/metrics")
    assert samples(page)[("database_answers", ())] == 1 and b"secret-token" not in page
    assert samples(page)[("tasks", ())] >= 2  # the test and the request


async def test_a_late_outbox_is_told_but_keeps_nobody_out(store: SqlStore) -> None:
    an_hour_ago = replace(tapped(), at=SystemClock().now() - timedelta(hours=1))
    await store.handle(an_hour_ago, doing(rows=(card(),)))
    status, body = await asked(Watch(store, SystemClock(), Metrics(), Circuits()), "/readyz")
    told = json.loads(body)
    assert (status, told["status"]) == (200, "the outbox is late") and told["outbox_overdue_seconds"] > OVERDUE


async def test_a_host_that_does_not_answer_is_named_and_keeps_nobody_out(store: SqlStore) -> None:
    circuits = Circuits()
    for host, answered in [("well.example", True), *[("silent.example", False)] * FAILURES]:
        circuits.told(host, answered, NOW)
    watch = Watch(store, SystemClock(), Metrics(), circuits)
    status, body = await asked(watch, "/readyz")
    told = json.loads(body)
    assert (status, told["status"]) == (200, "a host outside does not answer")
    assert told["hosts_silent"] == ["silent.example"]
    _, page = await asked(watch, "/metrics")
    found = samples(page)
    assert (found[("circuit_open", ("silent.example",))], found[("circuit_open", ("well.example",))]) == (1, 0)


async def test_without_its_database_it_lives_but_is_not_ready(tmp_path: Path) -> None:
    class Broken:
        async def ping(self) -> None:
            raise OSError("disk")

        async def run(self, *_: Any) -> Any:
            raise OSError("disk")

    watch = Watch(Broken(), SystemClock(), Metrics(), Circuits())  # type: ignore[arg-type]
    assert (await asked(watch, "/readyz"))[0] == 503
    assert (await asked(watch, "/healthz"))[0] == 200
    status, page = await asked(watch, "/metrics")
    assert status == 200 and samples(page)[("database_answers", ())] == 0


async def test_figures_are_read_once_for_many_who_ask(store: SqlStore) -> None:
    watch = Watch(store, SystemClock(), Metrics(), Circuits())
    _, before = await asked(watch, "/metrics")
    await store.handle(wrote(), greet)
    _, after = await asked(watch, "/metrics")
    assert samples(before)[("outbox_waiting", ("teams",))] == samples(after)[("outbox_waiting", ("teams",))] == 0


# ---- the dashboard


def test_the_dashboard_asks_for_nothing_that_is_not_there() -> None:
    board = json.loads((ROOT / "bot/dashboards/grafana.json").read_text("utf-8"))
    metrics = Metrics()
    metrics.refused("wechat", "stale")
    shown = " ".join(target["expr"] for panel in board["panels"] for target in panel["targets"])
    asked_for = set(re.findall(r"multiline_\w+", shown))
    families = {family.name for family in text_string_to_metric_families(metrics.page(SOME).decode())}
    there = {name for family in families for name in (family, f"{family}_total", f"{family}_bucket")}
    assert asked_for <= there
    named = {name.removesuffix("_total").removesuffix("_bucket") for name in asked_for}
    assert {family for family in families if not family.endswith("_created")} == named
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len(set(places)) == len(places) == len({panel["id"] for panel in board["panels"]})
