"""The same thing told again, at once, later, after a restart, after a month: one message, one entry, one answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot import app
from bot.domain.events import ContactWrote, UserWrote
from bot.settings import parse
from bot.sim.connector.activities import stamp
from tests.e2e.stage import Stage, stage
from tests.store.build import HOME, new_id

MONTH = 30 * 24


async def entries(on: Stage, key: str) -> int:
    """How often the record tells of it."""
    return len([entry async for entry in on.service.store.audit() if entry.key == key])


async def told_again(on: Stage, event: ContactWrote | UserWrote) -> Mapping[str, Any]:
    """A hundred at once, then three, after a restart and after a month; the one answer that all of them got."""

    async def told(how: app.Service) -> Mapping[str, Any]:
        return await how.engine.handle(replace(event, id=new_id("again")))

    answers = await asyncio.gather(*(told(on.service) for _ in range(100)))
    answers += [await told(on.service) for _ in range(3)]
    async with app.service(parse(on.values), clock=on.clock) as restarted:
        answers.append(await told(restarted))
        await on.passes(hours=MONTH)
        answers.append(await told(restarted))
    assert all(answer == answers[0] for answer in answers)
    assert await entries(on, event.key) == 1
    return answers[0]


async def test_a_contacts_first_message(tmp_path: Path, empty_url: str) -> None:
    async with stage(tmp_path, DATABASE_URL=empty_url) as on:
        at = on.clock.now().replace(microsecond=0)
        first = ContactWrote("e1", "the key of the first", on.clock.now(), "default", on.li.openid, at, 1, "hello")
        answer = await told_again(on, first)
        assert "Thank you! You can now start chatting." in answer["reply"]
        assert [each["text"] for each in (await on.thread())["messages"]].count("hello") == 1
        assert len(await on.shown("hello")) == 1
        assert len(await on.listed("threads", "list", "--left")) == 1


async def test_a_users_message(tmp_path: Path, empty_url: str) -> None:
    async with stage(tmp_path, DATABASE_URL=empty_url) as on:
        await on.begins()
        where = replace(HOME, conversation_id=on.anna.conversation, service_url=on.teams.service_url)
        who, thread = (on.teams.tenant.id, on.anna.aad), (await on.thread())["id"]
        said = UserWrote(
            "u1", "the key of the words", on.clock.now(), *who, where, "good morning", thread, "activity-1"
        )
        await told_again(on, said)
        assert (await on.phone()).count("good morning") == 1
        assert [each["text"] for each in (await on.thread())["messages"]].count("good morning") == 1


async def test_a_click_that_teams_brings_four_times_with_two_new_ids(tmp_path: Path, empty_url: str) -> None:
    async with stage(tmp_path, DATABASE_URL=empty_url) as on:
        await on.begins()
        first = await on.anna.clicks("Send", text="by the card")
        activity = on.teams.delivery.log[-1]["activity"]
        again = await on.client.deliver(activity)
        for number in range(2):
            new = activity | {"id": f"f:repeated-{number}", "timestamp": stamp(on.clock.now())}
            again += await on.client.deliver(new)
        assert [answer["body"] for answer in again] == [first["body"]] * 3
        assert (await on.phone()).count("by the card") == 1
        texts = [each["text"] for each in (await on.thread())["messages"]]
        assert texts.count("by the card") == 1


async def test_words_that_teams_brings_twice_at_once(tmp_path: Path, empty_url: str) -> None:
    async with stage(tmp_path, DATABASE_URL=empty_url) as on:
        await on.begins()
        for kind in ("duplicate", "concurrent"):
            await on.client.fault("deliver/message", kind, copies=4)
            await on.writes(kind)
            assert (await on.phone()).count(kind) == 1
            assert [each["text"] for each in (await on.thread())["messages"]].count(kind) == 1
