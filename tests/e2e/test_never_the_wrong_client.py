"""Everything a hurried user and two clients may do, interleaved at random, over HTTP: no word reaches the wrong one.

Every message the user writes names the client it is meant for, as the user sees things: the one whose words or whose
choice came into sight last. A message may be asked about, and then goes where the answer says; it may wait; it must
never be found on the other client's phone.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.sim.connector.client import Seen
from bot.sim.wechat.client import Contact
from tests.e2e.stage import Stage, stage

BUTTON = {"type": "Action.Execute", "title": "Go"}


def first(found: Any, name: str) -> str:
    """The first value that is not empty under this name, anywhere in a card."""
    if isinstance(found, dict):
        if found.get(name):
            return str(found[name])
        found = list(found.values())
    each = (first(item, name) for item in found) if isinstance(found, list) else iter(())
    return next(filter(None, each), "")


@dataclass(slots=True)
class Hurry:
    """Anna, two clients and what she has in sight."""

    on: Stage
    clients: dict[str, Contact]
    chance: random.Random
    threads: dict[str, str] = field(default_factory=dict)
    cards: dict[str, Seen] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    in_sight: str = ""
    count: int = 0

    async def begin(self) -> None:
        for who in self.clients:
            await self.client_writes(who)
            self.groups[who] = await self.on.client.group(f"About {who}", self.on.anna)
            await self.on.anna.installs(conversation=self.groups[who])

    def words(self, who: str) -> str:
        self.count += 1
        return f"{self.count} for {who}"

    async def settled(self) -> None:
        self.on.clock.advance(self.chance.choice([0.001, 1, 25, 600, 1900]))
        await self.on.settled()

    async def client_writes(self, who: str) -> None:
        self.count += 1
        text = f"{self.count} from {who}."
        await self.clients[who].says(text)
        await self.settled()
        if who in self.bound:
            assert any(seen.shows(text) for seen in await self.on.client.transcript(self.groups[who]))
            return
        self.cards[who] = await self.on.anna.sees(text)
        self.threads.setdefault(who, first(self.cards[who].card, "thread_id"))
        self.in_sight = who

    async def client_writes_unseen(self, who: str) -> None:
        """It arrives, but its card is still on the way when Anna does the next thing."""
        self.count += 1
        await self.clients[who].says(f"{self.count} from {who}.")

    async def presses(self, card: str, verb: str, **data: str) -> None:
        await self.on.anna.does("perform", message=card, action={**BUTTON, "verb": verb}, data={"verb": verb, **data})

    async def opens(self, who: str) -> None:
        await self.presses(self.cards[who].id, "open", thread_id=self.threads[who], message_id="")
        self.in_sight = who
        await self.settled()

    async def replies(self, who: str) -> None:
        await self.fills_the_box_of(who)
        await self.settled()

    async def fills_the_box_of(self, who: str) -> None:
        words, thread = self.words(who), self.threads[who]
        await self.presses(self.cards[who].id, "reply", thread_id=thread, text=words, message_id="")

    async def quotes(self, who: str) -> None:
        await self.on.anna.says(self.words(who), quote=self.cards[who].id)
        await self.settled()

    async def says(self, who: str) -> None:
        """Free words, meant for whom she has in sight; asked, she answers with the one she meant."""
        meant = self.in_sight
        text = self.words(meant)
        said = await self.on.anna.says(text)
        assert said["status"] < 300
        await self.settled()
        for asked in await self.on.anna.chat():
            if asked.by_bot and asked.shows("Send to …?") and asked.shows(text):
                held = first(asked.raw["card"]["body"], "message_id")
                await self.answers(asked, meant, held)

    async def answers(self, asked: Seen, meant: str, held: str) -> None:
        other = next(who for who in self.clients if who != meant)
        await self.presses(asked.id, "choose", thread_id=self.threads[meant], message_id=held)
        await self.presses(asked.id, "choose", thread_id=self.threads[other], message_id=held)  # too late
        self.in_sight = meant
        await self.settled()

    async def binds(self, who: str) -> None:
        """The client gets a group chat of their own, named by the tag that every card shows."""
        await self.on.anna.says(f"connect {self.cards[who].words[1]}", conversation=self.groups[who])
        await self.settled()
        assert any(seen.shows("connected to") for seen in await self.on.client.transcript(self.groups[who]))
        self.bound.add(who)

    async def unbinds(self, who: str) -> None:
        await self.on.anna.says("disconnect", conversation=self.groups[who])
        await self.settled()
        self.bound.discard(who)

    async def speaks_in_the_group(self, who: str) -> None:
        """Goes to the client of the group while it is theirs, and to nobody when it is not."""
        meant = who if who in self.bound else "nobody"
        await self.on.anna.says(self.words(meant), conversation=self.groups[who])
        await self.settled()

    async def answers_both_at_once(self, who: str) -> None:
        await asyncio.gather(*map(self.fills_the_box_of, self.clients))
        await self.settled()

    async def lies(self, who: str) -> None:
        """A card that names no thread, somebody else's or none at all."""
        for thread in ("", "0" * 32, "'; --"):
            await self.presses(self.cards[who].id, "reply", thread_id=thread, text=self.words("nobody"), message_id="")
        await self.settled()

    async def arrived(self) -> list[tuple[str, str]]:
        """Who read what of Anna's."""
        read = [(who, text) for who, client in self.clients.items() for text in await client.sees()]
        return [(who, text) for who, text in read if " for " in text and text[0].isdigit()]


@pytest.mark.parametrize("seed", range(4))
async def test_no_word_reaches_the_wrong_client(tmp_path: Path, seed: int) -> None:
    async with stage(tmp_path) as on:
        hurry = Hurry(on, {"Li": on.li, "Bo": await on.wechat.phone.contact("Bo Chen")}, random.Random(seed))
        await hurry.begin()
        acts = [
            *(hurry.client_writes, hurry.client_writes, hurry.client_writes_unseen),
            *(hurry.opens, hurry.replies, hurry.quotes, hurry.says, hurry.says, hurry.says, hurry.lies),
            *(hurry.binds, hurry.unbinds, hurry.speaks_in_the_group, hurry.answers_both_at_once),
        ]
        for _ in range(40):
            await hurry.chance.choice(acts)(hurry.chance.choice(["Li", "Bo"]))
        await on.settled()
        arrived = await hurry.arrived()
        assert [f"{who} read {text!r}" for who, text in arrived if not text.endswith(f" for {who}")] == []
        assert len(arrived) > 2
