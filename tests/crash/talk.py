"""The people of a crash run: contacts and users who keep writing, and what each side saw in the end."""

from __future__ import annotations

import asyncio
import re
import time
from collections import ChainMap, Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random

import orjson

from bot.sim.connector.client import Person, Seen
from bot.sim.wechat.client import Contact
from tests.crash.histories import Attempt

TO_TEAMS, TO_WECHAT = "to Teams", "to WeChat"
PAUSE = 0.2
"""Seconds at most between the messages of one person."""

_IN, _OUT = re.compile(r"in \d+ \d+"), re.compile(r"(?:(.+): )?(out \d+ \d+)")
_TAKEN = ("answered", "replied")
_JOINED = "You are in the conversation with"
"""Who comes later is told what was said before; the newest of it comes as a card of its own, too."""

_THREAD = re.compile(r'"thread_id":"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Chat:
    """A user's conversation with a contact: the thread's id, and the card by which the user answers."""

    user: Person
    number: int
    thread: str
    card: str

    @property
    def name(self) -> str:
        """What the thread is called in the report."""
        return f"{self.number} {self.user.name}"


@dataclass(slots=True)
class Talk:
    """Everybody writes until `quiet` is set; each waits for the answer to one message before the next.

    Contacts are known by their number in `contacts`. To the first of them somebody else `comes` as well: what that
    contact writes is written to both users, and each reads it in a chat of their own.
    """

    user: Person
    contacts: list[Contact]
    random: Random
    comes: Callable[[Contact], Awaitable[Person]] | None = None
    quiet: asyncio.Event = field(default_factory=asyncio.Event)
    tried: dict[str, list[Attempt]] = field(default_factory=lambda: {TO_TEAMS: [], TO_WECHAT: []})
    _chats: list[Chat] = field(default_factory=list)
    _users: list[Person] = field(default_factory=list)
    _said: asyncio.Event = field(default_factory=asyncio.Event)
    _since: float = field(default_factory=time.monotonic)

    async def begin(self) -> None:
        """Every contact's first message, by whose card the user answers them from then on."""
        self._users.append(self.user)
        for number, contact in enumerate(self.contacts):
            began = self._now()
            ended = await contact.says(f"in {number} 0")
            assert ended["status"] in _TAKEN, "the service refuses messages before it was ever killed"
            await self._reads(self.user, number, Attempt("", f"in {number} 0", True, 1, began, self._now()))
        if self.comes is not None:
            self._users.append(await self.comes(self.contacts[0]))
            await self._reads(self._users[-1], 0, self.tried[TO_TEAMS][0])

    async def _reads(self, user: Person, number: int, attempt: Attempt) -> None:
        card = await user.sees(attempt.words, within=60)
        chat = Chat(user, number, _thread(card), card.id)
        self._chats.append(chat)
        self.tried[TO_TEAMS].append(replace(attempt, thread=chat.name))

    async def go_on(self) -> None:
        """All at once, until it is quiet; the last word is the contacts', so that nothing goes on waiting for one."""
        await asyncio.gather(*map(self._user, self._users), *map(self._contact, range(len(self.contacts))))
        for number in range(len(self.contacts)):
            await self.contact_writes(number, len(self.tried[TO_TEAMS]))

    async def contact_writes(self, number: int, turn: int) -> None:
        """One message, until its end is known or WeChat gave it up."""
        words = f"in {number} {turn}"
        began = self._now()
        ended = await self.contacts[number].says(words)
        how = ended["status"] in _TAKEN, ended["tries"], began, self._now()
        for chat in self._chats:
            if chat.number == number:
                self.tried[TO_TEAMS].append(Attempt(chat.name, words, *how))
        self._said.set()

    async def heard(self, within: float) -> bool:
        """Whether every contact and every user are answered once more before so many seconds are over."""
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
        threads = {chat.thread: chat.name for chat in self._chats}
        in_teams = [_arrived(await user.chat(), threads) for user in self._users]
        phones = [self._on_phone(number, await contact.sees()) for number, contact in enumerate(self.contacts)]
        return {TO_TEAMS: dict(ChainMap(*in_teams)), TO_WECHAT: dict(ChainMap(*phones))}

    def _on_phone(self, number: int, texts: Iterable[str]) -> dict[str, list[str]]:
        """By thread; of several users each is named."""
        written = [found.groups() for text in texts if (found := _OUT.fullmatch(text))]
        senders = {sender for sender, _ in written}
        return {
            f"{number} {sender or self.user.name}": [words for by, words in written if by == sender]
            for sender in senders
        }

    def _everybody(self) -> set[str]:
        return {name for chat in self._chats for name in (chat.name, chat.user.name)}

    def _answered(self) -> Counter[str]:
        users = {chat.name: chat.user.name for chat in self._chats}
        contacts = Counter(each.thread for each in self.tried[TO_TEAMS] if each.acknowledged)
        return contacts + Counter(users[each.thread] for each in self.tried[TO_WECHAT] if each.acknowledged)

    async def _contact(self, number: int) -> None:
        turn = 0
        while not self.quiet.is_set():
            turn += 1
            await self.contact_writes(number, turn)
            await asyncio.sleep(self.random.uniform(0, PAUSE))

    def _now(self) -> float:
        return time.monotonic() - self._since

    async def _user(self, user: Person) -> None:
        turn, chats = 0, [chat for chat in self._chats if chat.user is user]
        while not self.quiet.is_set():
            turn += 1
            chat = self.random.choice(chats)
            words = f"out {chat.number} {turn}"
            began = self._now()
            ended = await user.clicks("reply", chat.card, text=words)
            taken = ended["status"] == 200 and "error" not in ended
            how = taken, ended["deliveries"], began, self._now()
            self.tried[TO_WECHAT].append(Attempt(chat.name, words, *how))
            self._said.set()
            await asyncio.sleep(self.random.uniform(0, PAUSE))


def _arrived(chat: Iterable[Seen], threads: Mapping[str, str]) -> dict[str, list[str]]:
    """Only cards of contacts' messages count; one whose thread nobody knows stands under the thread's id."""
    arrived = defaultdict[str, list[str]](list)
    for card in chat:
        for words in _incoming(card):
            thread = _thread(card)
            arrived[threads.get(thread, thread)].append(words)
    return dict(arrived)


def _incoming(seen: Seen) -> Iterator[str]:
    told = not seen.by_bot or any(words.startswith(_JOINED) for words in seen.words)
    return (words for words in seen.words if _IN.fullmatch(words) and not told)


def _thread(seen: Seen) -> str:
    found = _THREAD.search(orjson.dumps(seen.card).decode())
    return found[1] if found else ""
