"""Users' personal contacts from Microsoft Graph, copied into their book in the background; no answer ever waits for it.

Needs the application permission Contacts.Read with admin consent, in the bot's own tenant. Where that is missing, or
Graph cannot be reached, the book stays as it is. A contact that was removed there is removed here; one that the user
has changed in Teams stays theirs.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from urllib.parse import quote

import aiohttp
import orjson

from bot import numbers
from bot.book.line import MOST_NUMBERS, NAME_LIMIT, NOTES_LIMIT
from bot.ports import Clock, Entry, User
from bot.teams.activity import Json, each, word
from bot.teams.credentials import NoToken, TokenSource

EVERY: Final = 3600.0
"""Seconds from one refresh to the next."""

PAGE: Final = 500
MOST_PAGES: Final = 200
_FIELDS: Final = "id,displayName,givenName,surname,companyName,businessPhones,mobilePhone,homePhones,personalNotes"

log = logging.getLogger(__name__)


class Copies(Protocol):
    """Where the copies are kept."""

    async def owners(self) -> Sequence[User]:
        """The users who may use WeChat."""

    async def replace(self, user_id: str, entries: Sequence[Entry], at: datetime) -> None:
        """From now on these are all of the user's contacts that come from Graph."""


class NotRead(Exception):
    """Graph did not give a user's contacts; says why, without anything of theirs."""


class GraphContacts:
    """Reads the contacts of the users of one tenant at `base_url`."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        tokens: TokenSource,
        copies: Copies,
        clock: Clock,
        *,
        tenant: str,
        base_url: str,
    ) -> None:
        self._http, self._tokens, self._copies, self._clock = http, tokens, copies, clock
        self._tenant, self._base = tenant, base_url.rstrip("/")

    async def run(self) -> None:
        """Refresh for ever; cancel it to stop."""
        while True:
            try:
                await self.refresh()
            except Exception:
                log.exception("contacts could not be refreshed; tried again later", extra={"action": "graph_failed"})
            await asyncio.sleep(EVERY)

    async def refresh(self) -> int:
        """Copy everybody's contacts once; how many users' were copied."""
        copied = 0
        for user in await self._copies.owners():
            if user.tenant != self._tenant:
                continue
            try:
                entries = await self._contacts(user)
            except (NotRead, NoToken, aiohttp.ClientError, TimeoutError) as error:
                why = str(error) if isinstance(error, NotRead) else type(error).__name__
                log.warning("no contacts from Graph", extra={"action": "graph_refused", "error": why})
                continue
            await self._copies.replace(user.id, entries, self._clock.now())
            copied += 1
        return copied

    async def _contacts(self, user: User) -> list[Entry]:
        """All of them or none: half a book would remove the other half."""
        url = f"{self._base}/v1.0/users/{quote(user.aad, safe='')}/contacts?$top={PAGE}&$select={_FIELDS}"
        found: dict[str, Entry] = {}
        for _ in range(MOST_PAGES):
            page = await self._page(url)
            found |= {entry.id: entry for raw in each(page, "value") if (entry := read(raw, user))}
            url = word(page, "@odata.nextLink")
            if not url:
                return list(found.values())
            if not url.startswith(f"{self._base}/"):
                raise NotRead("the next page is at another address")
        raise NotRead("too many pages")

    async def _page(self, url: str) -> Json:
        token = await self._tokens.token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self._http.get(url, headers=headers, allow_redirects=False) as answer:
            if answer.status == 401 and token:
                self._tokens.drop(token)
            if answer.status != 200:
                raise NotRead(f"status {answer.status}")
            return _object(await answer.read())


def _object(body: bytes) -> Json:
    try:
        page: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        page = None
    if not isinstance(page, dict) or not isinstance(page.get("value"), list):
        raise NotRead("the answer is no list")
    return page


def read(contact: Json, user: User) -> Entry | None:
    """A contact as Graph tells it; None for one without an id or a name. What is no number is left out."""
    company = _line(word(contact, "companyName"))
    parts = _line(f"{word(contact, 'givenName')} {word(contact, 'surname')}")
    name = _line(word(contact, "displayName")) or parts or company
    ident = word(contact, "id")
    if not ident or not name:
        return None
    region = numbers.region(user.number)
    written = [word(contact, "mobilePhone"), *_texts(contact, "businessPhones"), *_texts(contact, "homePhones")]
    found = dict.fromkeys(filter(None, (numbers.read(number, region) for number in written)))
    own = hashlib.sha256(f"{user.id}\n{ident}".encode()).hexdigest()
    notes = word(contact, "personalNotes").strip()[:NOTES_LIMIT]
    return Entry(f"g{own[:31]}", user.id, name, company, tuple(found)[:MOST_NUMBERS], notes, source="graph")


def _line(text: str) -> str:
    return " ".join(text.split())[:NAME_LIMIT]


def _texts(contact: Json, name: str) -> list[str]:
    found = contact.get(name)
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
