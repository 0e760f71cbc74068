"""Operating the service: people who are switched off, an event followed through the log, stopping, web and worker."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import aiohttp
import pytest

from bot import cli
from bot.sim.connector import TeamsClient, TeamsSimulator
from bot.sim.graph import Graph
from bot.sim.service import Service, environment, free_port
from bot.sim.wechat.server import WeChat
from tests.e2e.stage import NUMBER, SEND, Stage, stage
from tests.test_watch import samples

BEAS = "+4915100000077"


async def types(on: Stage, *words: str, **values: str) -> None:
    settings = on.service.settings
    environ = {"DEV_MODE": "1", "DATABASE_URL": settings.database_url.reveal(), **values}
    assert await asyncio.to_thread(cli.main, list(words), environ) == 0


async def test_whoever_is_disabled_reads_why_and_their_clients_that_they_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stage(tmp_path) as on:
        await on.li.says("hello")
        await on.anna.sees("hello")
        await types(on, "users", "disable", NUMBER)
        assert "Conversations that were left: 1" in capsys.readouterr().out
        await on.settled()
        await on.anna.sees("WeChat is not enabled for you")
        await on.anna.sees("You left")
        assert "left this conversation" in (await on.li.sees())[-1]
        await on.anna.says("still there?")
        await on.settled()
        assert not [text for text in await on.li.sees() if "still there" in text]
        await types(on, "audit", "verify")
        await types(on, "users", "enable", NUMBER)
        await on.settled()
        await on.anna.sees("WeChat in Teams")


async def test_a_policy_may_keep_conversations_for_an_absence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stage(tmp_path) as on:
        await on.li.says("hello")
        await on.anna.sees("hello")
        before = await on.li.sees()
        await types(on, "policy", "set", "default", "--on-disable", "keep")
        await types(on, "users", "disable", NUMBER)
        assert "stay open: 1; their clients were told nothing" in capsys.readouterr().out
        await on.settled()
        assert await on.li.sees() == before
        await types(on, "users", "enable", NUMBER)
        await on.anna.says("I am back")
        assert (await on.li.sees(len(before) + 1))[-1] == "I am back"


async def test_whoever_gets_the_app_through_graph_is_welcomed(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, Graph() as graph:
        graph.publish(on.service.settings.app_id)
        bea = await on.client.user("Bea Brandt")
        graph.on_install = lambda _: bea.installs()
        ident = graph.group("Advisors", {
            "id": bea.aad, "displayName": "Bea Brandt", "businessPhones": [BEAS], "accountEnabled": True,
        })  # fmt: skip
        values = {"GRAPH_BASE_URL": graph.url, "MicrosoftAppId": on.service.settings.app_id}
        values["MicrosoftAppTenantId"] = on.teams.tenant.id
        await types(on, "users", "import", "--from-graph", ident, **values)
        await on.settled()
        await bea.sees("WeChat in Teams")


async def test_whoever_had_the_app_before_is_welcomed_when_they_first_write(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        bea = await on.client.user("Bea Brandt")
        await bea.installs()
        await bea.sees("WeChat is not enabled for you")
        who = ("--aad-object-id", bea.aad, "--tenant", on.teams.tenant.id, "--name", bea.name, "--number", BEAS)
        await types(on, "users", "add", *who)
        await bea.says("hello?")
        await bea.sees("WeChat in Teams")


async def test_an_event_can_be_followed_from_the_webhook_to_its_delivery(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with stage(tmp_path) as on:
        await on.li.says("a secret word")
        await on.anna.sees("a secret word")
        await on.anna.says("an answer")
        await on.li.sees(2)
        await on.settled()
    lines = [vars(record) for record in caplog.records if record.name.startswith("bot.")]
    came = [line["event_id"] for line in lines if line.get("action") in ("wechat_push", "teams_activity")]
    went = {line["event_id"]: line["outcome"] for line in lines if line.get("action") == "delivered"}
    followed = [event for event in came if event in went]
    assert len(followed) >= 2 and {went[event] for event in followed} == {"Delivered"}
    assert "secret word" not in caplog.text and on.li.openid not in caplog.text and NUMBER not in caplog.text


async def test_a_conversation_is_seen_in_the_figures(tmp_path: Path) -> None:
    """Messages by way and outcome, refusals by code, window states, queue, slots, latencies, token, forged calls."""
    async with stage(tmp_path) as on, aiohttp.ClientSession(on.service.settings.public_base_url) as http:
        await on.begins()
        await on.wechat.phone.fault(SEND, "errcode", errcode=45002, times=1)
        await on.writes("refused once", *(f"answer {number}" for number in range(1, 6)), "queued")
        async with http.post("/wechat/default?signature=forged&timestamp=1&nonce=2", data=b"<xml/>") as answer:
            assert answer.status == 403
        async with http.get("/metrics") as page:
            found = samples(await page.read())
    sent = {
        labels: count for (name, labels), count in found.items() if name == "deliveries_total" and "wechat" in labels
    }
    assert sent == {("", "accepted", "wechat"): 6, ("45002", "invalid", "wechat"): 1}
    assert (found[("events_total", ("ContactWrote",))], found[("events_total", ("UserWrote",))]) == (1, 7)
    assert found[("conversations", ("inactive", "limit"))] == 1
    assert (found[("queued_messages", ())], found[("slots_used", ())]) == (1, 5)
    assert found[("event_to_delivery_seconds_count", ("wechat",))] == 6
    assert found[("delivery_seconds_count", ("teams",))] == found[("event_to_delivery_seconds_count", ("teams",))] > 6
    assert found[("token_fresh_seconds", (on.wechat.world.account.app_id,))] > 3600
    assert sum(count for (name, _), count in found.items() if name == "requests_refused_total") == 1
    assert found[("deadlines_late", ())] == found[("outbox_age_seconds", ("wechat",))] == 0


@pytest.mark.slow
async def test_web_and_worker_apart_and_a_stop_that_finishes_what_is_under_way(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    async with WeChat() as wechat, TeamsSimulator(f"http://127.0.0.1:{ports[0]}/api/messages") as teams:
        teams.identity.checked = False
        values = environment(wechat, teams, tmp_path, ports[0]) | {"DEV_CLOCK_FILE": ""}
        wechat.call_back(f"http://127.0.0.1:{ports[0]}/wechat/default")
        web = Service(values, tmp_path)
        worker = Service({**values, "PORT": str(ports[1]), "WORKER_PORT": str(ports[1])}, tmp_path)
        await web.admin("migrate")
        async with TeamsClient(teams.url) as client:
            anna = await client.user("Anna Schmidt")
            who = ("--aad-object-id", anna.aad, "--tenant", teams.tenant.id, "--name", anna.name, "--number", NUMBER)
            await web.admin("users", "add", *who)
            await web.admin("account", "set", "--default-user", NUMBER)
            try:
                await web.start("web")
                await worker.start("worker")
                await anna.installs()
                li = await wechat.phone.contact("Li Wei")
                await li.says("hello")
                await anna.sees("hello")
                async with aiohttp.ClientSession() as http, http.get(f"{worker.url}/metrics") as page:
                    assert 'way="teams"' in await page.text()
                await wechat.phone.fault("/cgi-bin/message/custom/send", "slow", seconds=1.5)
                await anna.says("slow answer")
                await under_way(wechat)
                begun = time.monotonic()
                await worker.stop()
                assert time.monotonic() - begun < 10
                assert (await li.sees(2))[-1] == "slow answer"
                assert '"state":"sent"' in await web.admin("threads", "show", await only_thread(web), "--json")
            finally:
                await worker.stop()
                await web.stop()


async def under_way(wechat: WeChat) -> None:
    """The send has reached WeChat, which does not answer yet."""
    for _ in range(500):
        if wechat.world.calls["/cgi-bin/message/custom/send"]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nothing was sent")


async def only_thread(web: Service) -> str:
    told = await web.admin("threads", "list")
    return told.splitlines()[1].split()[0]
