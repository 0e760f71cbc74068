"""Everything the simulated WeChat remembers: the account, its contacts, what their phones show, media and counters."""

from __future__ import annotations

import asyncio
import base64
import itertools
import secrets
from collections import Counter
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.sim.clock import Clock
from bot.sim.faults import Faults
from bot.sim.wechat import errors
from bot.sim.wechat.account import Account
from bot.sim.wechat.quota import Quota
from bot.sim.wechat.tokens import Tokens

How = Literal["in", "passive", "custom", "template", "fault", "event"]
Json = dict[str, Any]

FAULT_NOTICE = "该公众号提供的服务出现故障，请稍后再试"
MEDIA_LIFETIME = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of what a contact's phone shows. `how` tells the way it came: `in` is the contact's own."""

    number: int
    at: datetime
    how: How
    kind: str
    text: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> Json:
        """For the control API."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "how": self.how,
            "kind": self.kind,
            "text": self.text,
            **self.detail,
        }


@dataclass(slots=True)
class Contact:
    """A WeChat user of this account. `refuses` is an errcode (43004, 48002, 50005) that sends to them get."""

    openid: str
    name: str
    following: bool
    since: datetime
    quota: Quota = field(default_factory=Quota)
    refuses: int = 0
    template_outcome: str = "success"
    scene: str = ""
    wrote_at: datetime | None = None
    typing_until: datetime | None = None
    transcript: list[Entry] = field(default_factory=list)

    def as_json(self, now: datetime) -> Json:
        """For the control API and the page."""
        expires = self.quota.expires(now)
        return {
            "openid": self.openid,
            "name": self.name,
            "following": self.following,
            "quota_left": self.quota.left(now),
            "quota_expires": expires.isoformat() if expires else None,
            "refuses": self.refuses,
            "template_outcome": self.template_outcome,
            "typing": self.typing_until is not None and now < self.typing_until,
        }


@dataclass(frozen=True, slots=True)
class Media:
    """An uploaded file, whoever uploaded it."""

    kind: str
    content: bytes
    content_type: str
    filename: str
    created: datetime


class World:
    """The state behind the API, the pushes and the control calls."""

    def __init__(self, account: Account, clock: Clock, seed: int = 0) -> None:
        self._initial = account
        self._seed = seed
        self._tasks: set[asyncio.Task[Any]] = set()
        self.clock = clock
        self.tokens = Tokens(clock)
        self.faults = Faults(seed, refusal=errors.answer)
        self.listeners: set[asyncio.Queue[Json | None]] = set()
        self._begin()

    def reset(self) -> None:
        """As on the first day: no contacts, no tokens, no faults, the settings it was started with, real time."""
        self.clock.reset()
        self.tokens.clear()
        self.faults.clear(self._seed)
        self._begin()
        self.publish({"type": "reset"})

    def _begin(self) -> None:
        self.account = self._initial
        self.contacts: dict[str, Contact] = {}
        self.media: dict[str, Media] = {}
        self.tickets: dict[str, tuple[str, datetime | None]] = {}
        self.codes: dict[str, str] = {}
        self.template_sends: dict[tuple[str, str], tuple[int, datetime]] = {}
        self.calls: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.pushes: Counter[str] = Counter()
        self.daily: Counter[str] = Counter()
        self._numbers = itertools.count(1)
        self._ids = itertools.count(24_000_000_000_000_000 + secrets.randbelow(10**12))
        self._changed = asyncio.Event()

    def next_id(self) -> int:
        """The next MsgId: 64 bits, increasing."""
        return next(self._ids)

    def add_contact(self, name: str, *, following: bool, openid: str | None = None) -> Contact:
        """A new contact, with an openid like a real one: 28 characters that begin with the account's own `o…`."""
        openid = openid or "oM" + base64.urlsafe_b64encode(secrets.token_bytes(20)).decode()[:26]
        contact = Contact(openid, name, following, self.clock.now())
        self.contacts[openid] = contact
        self.show(contact)
        return contact

    def record(
        self, contact: Contact, how: How, kind: str, text: str = "", detail: Mapping[str, Any] | None = None
    ) -> Entry:
        """Put a line on the contact's phone."""
        entry = Entry(next(self._numbers), self.clock.now(), how, kind, text, detail or {})
        contact.transcript.append(entry)
        if how in ("custom", "passive"):
            contact.typing_until = None
        self.publish({"type": "entry", "openid": contact.openid, "entry": entry.as_json()})
        self.show(contact)
        return entry

    def show(self, contact: Contact) -> None:
        """Tell the page how the contact stands now."""
        self.publish({"type": "contact", "contact": contact.as_json(self.clock.now())})

    def publish(self, event: Json) -> None:
        """To every open page, and to whoever waits for a transcript to grow."""
        for listener in self.listeners:
            listener.put_nowait(event)
        self._changed.set()
        self._changed = asyncio.Event()

    async def change(self, seconds: float) -> None:
        """Wait until anything happens, at most so long."""
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return

    def keep_media(self, kind: str, content: bytes, content_type: str, filename: str) -> str:
        """Store a file; its media_id."""
        media_id = secrets.token_urlsafe(48)
        self.media[media_id] = Media(kind, content, content_type, filename, self.clock.now())
        return media_id

    def find_media(self, media_id: object) -> Media | None:
        """The file, unless it is unknown or older than three days."""
        media = self.media.get(media_id) if isinstance(media_id, str) else None
        return media if media is not None and self.clock.now() < media.created + MEDIA_LIFETIME else None

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something that nobody waits for; `close` ends it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """End the pages' streams and the background work."""
        for listener in self.listeners:
            listener.put_nowait(None)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
