"""What is not answered in time comes again, as Teams repeats it; faults of the way to the bot are played."""

from collections.abc import Iterator
from typing import Any

from tests.sim.teams_stage import card, stage

CLICK = card({"type": "TextBlock", "text": "?"}, actions=[{"type": "Action.Execute", "title": "Go", "verb": "go"}])
EXTENSION = {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": []}}


def _pairs(received: list[Any]) -> Iterator[tuple[str, str]]:
    for activity in received:
        yield activity["id"], activity["timestamp"]


async def test_a_message_comes_twice_with_the_same_id() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        await s.client.settings(repeat_after=0.1)
        s.bot.received.clear()
        s.bot.pause = 0.5
        outcome = await anna.says("hi")
        assert (outcome["status"], outcome["deliveries"]) == (None, 2)
        assert len(s.bot.received) == 2
        assert len(set(_pairs(s.bot.received))) == 1


async def test_an_invoke_comes_four_times_two_of_them_with_new_ids() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        await s.bot.sends(anna.conversation, CLICK)
        await s.client.settings(repeat_after=0.1)
        s.bot.received.clear()
        s.bot.pause = 0.6
        outcome = await anna.clicks("Go")
        assert outcome["error"] == "Unable to reach app. Please try again."
        first, again, third, fourth = _pairs(s.bot.received)
        assert first == again
        assert len({first, third, fourth}) == 3
        assert len({first[0], third[0], fourth[0]}) == 3
        assert all(a["value"] == s.bot.received[0]["value"] for a in s.bot.received)


async def test_an_answer_stops_the_repetition_even_if_it_is_an_error() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        await s.client.fault("deliver/message", "missing")
        assert (await anna.says("hi"))["deliveries"] == 1
        s.bot.answer = lambda activity: 1 / 0
        outcome = await anna.says("hi")
        assert (outcome["status"], outcome["deliveries"]) == (500, 1)


async def test_a_message_extension_waits_five_seconds_and_does_not_repeat() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        s.bot.answer = lambda activity: EXTENSION
        assert (await anna.searches("contacts", "li"))["results"] == []
        await s.client.settings(extension_timeout=0.1)
        s.bot.pause = 0.5
        outcome = await anna.searches("contacts", "li")
        assert (outcome["status"], outcome["deliveries"]) == (None, 1)


async def test_duplicates_and_concurrent_copies() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        s.bot.received.clear()
        await s.client.fault("deliver/message", "duplicate")
        await s.client.fault("deliver/message", "concurrent", copies=3)
        await anna.says("one")
        await anna.says("two")
        assert [a["text"] for a in s.bot.received] == ["one"] * 2 + ["two"] * 3
        activity = s.bot.received[0]
        answers = await s.client.deliver(activity, times=4, concurrent=True)
        assert [answer["status"] for answer in answers] == [201] * 4
        assert s.bot.received[-4:] == [activity] * 4


async def test_nobody_listens() -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await s.client.settings(repeat_after=0.05)
        s.teams.delivery.endpoint = "http://127.0.0.1:9/api/messages"
        outcome = await anna.installs()
        assert (outcome["status"], outcome["deliveries"]) == (None, 2)
