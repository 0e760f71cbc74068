"""The people of a crash run: contacts and a user who keep writing, and what each side saw in the end."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

import orjson

from bot.sim.connector.client import Person, Seen
from bot.sim.wechat.client import Contact
from tests.crash.histories import Attempt

TO_TEAMS, TO_WECHAT = "to Teams", "to WeChat"
PAUSE = 0.2
"""Seconds at most between the messages of one person."""

_IN, _OUT = re.compile(r"in \d+ \d+"), re.compile(r"out \d+ \d+")
_THREAD = re.compile(r'"thread_id":"([^"]+)"')


@dataclass(slots=True)
class Talk:
    """Everybody writes until `quiet` is set; each waits for the answer to one message before the next.

    Contacts are known by their number in `contacts`; their thread's name is that number as text.
    """

    user: Person
    contacts: list[Contact]
    random: Random
    quiet: asyncio.Event = field(default_factory=asyncio.Event)
    tried: dict[str, list[Attempt]] = field(default_factory=lambda: {TO_TEAMS: [], TO_WECHAT: []})
    _threads: dict[str, str] = field(default_factory=dict)
    _cards: list[str] = field(default_factory=list)
    _said: asyncio.Event = field(default_factory=asyncio.Event)
    _since: float = field(default_factory=time.monotonic)

    async def begin(self) -> None:
        """Every contact's first message, by whose card the user answers them from then on."""
        for number in range(len(self.contacts)):
            await self.contact_writes(number, 0)
            assert self.tried[TO_TEAMS][-1].acknowledged, "the service refuses messages before it was ever killed"
            card = await self.user.sees(f"in {number} 0", within=60)
            self._cards.append(card.id)
            self._threads[_thread(card)] = str(number)

    async def go_on(self) -> None:
        """All at once, until it is quiet; the last word is the contacts', so that nothing goes on waiting for one."""
        await asyncio.gather(self._user(), *map(self._contact, range(len(self.contacts))))
        for number in range(len(self.contacts)):
            await self.contact_writes(number, len(self.tried[TO_TEAMS]))

    async def contact_writes(self, number: int, turn: int) -> None:
        """One message, until its end is known or WeChat gave it up."""
        words = f"in {number} {turn}"
        began = self._now()
        ended = await self.contacts[number].says(words)
        taken = ended["status"] in ("answered", "replied")
        self._note(TO_TEAMS, Attempt(str(number), words, taken, ended["tries"], began, self._now()))

    async def heard(self, within: float) -> bool:
        """Whether every contact and the user are answered once more before so many seconds are over."""
        before = self._answered()
        try:
            async with asyncio.timeout(within):
                while any(self._answered()[who] <= before[who] for who in self._everybody()):
                    self._said.clear()
                    await self._said.wait()
        except TimeoutError:
            return False
        return True

    async def seen(self) -> Mapping[str, Mapping[str, list[str]]]:
        """By direction and thread: the words that arrived, in their order."""
        in_teams = _arrived(await self.user.chat(), self._threads)
        phones = [await contact.sees() for contact in self.contacts]
        on_phones = {str(number): [*filter(_OUT.fullmatch, phone)] for number, phone in enumerate(phones)}
        return {TO_TEAMS: in_teams, TO_WECHAT: on_phones}

    def _everybody(self) -> list[str]:
        return [TO_WECHAT, *map(str, range(len(self.contacts)))]

    def _answered(self) -> Counter[str]:
        contacts = Counter(each.thread for each in self.tried[TO_TEAMS] if each.acknowledged)
        return contacts + Counter({TO_WECHAT: sum(each.acknowledged for each in self.tried[TO_WECHAT])})

    async def _contact(self, number: int) -> None:
        turn = 0
        while not self.quiet.is_set():
            turn += 1
            await self.contact_writes(number, turn)
            await asyncio.sleep(self.random.uniform(0, PAUSE))

    def _note(self, way: str, attempt: Attempt) -> None:
        self.tried[way].append(attempt)
        self._said.set()

    def _now(self) -> float:
        return time.monotonic() - self._since

    async def _user(self) -> None:
        turn = 0
        while not self.quiet.is_set():
            turn += 1
            number = self.random.randrange(len(self.contacts))
            words = f"out {number} {turn}"
            began = self._now()
            ended = await self.user.clicks("reply", self._cards[number], text=words)
            taken = ended["status"] == 200 and "error" not in ended
            self._note(TO_WECHAT, Attempt(str(number), words, taken, ended["deliveries"], began, self._now()))
            await asyncio.sleep(self.random.uniform(0, PAUSE))


def _arrived(chat: Iterable[Seen], threads: Mapping[str, str]) -> dict[str, list[str]]:
    """Only cards of contacts' messages count; one whose thread nobody knows stands under the thread's id."""
    arrived = defaultdict(list)
    for card in chat:
        for words in _incoming(card):
            thread = _thread(card)
            arrived[threads.get(thread, thread)].append(words)
    return arrived


def _incoming(seen: Seen) -> Iterator[str]:
    return (words for words in seen.words if seen.by_bot and _IN.fullmatch(words))


def _thread(seen: Seen) -> str:
    found = _THREAD.search(orjson.dumps(seen.card).decode())
    return found[1] if found else ""
