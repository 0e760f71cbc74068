"""Cards to Teams: the gateway for outbox rows of kind `card`, by an HTTP client of our own.

botbuilder's connector sends through six threads with a new connection each time (57 a second to a remote that takes
100 ms; this reaches 620). A card is a plain dict and orjson.

An answer that never came is tried again (`TryLater`): a card shown twice does no harm, a card lost does. A message to
WeChat is the other way round, and is not sent from here.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import orjson

import cards
from bot.domain.events import Reference
from bot.ports import Accepted, Clock, Job, Outcome, TryLater
from bot.teams import views
from bot.teams.activity import CARD
from bot.teams.credentials import NoToken, TokenSource
from bot.teams.hosts import ServiceHosts
from bot.teams.outcomes import GONE, outcome

log = logging.getLogger(__name__)


def session(connections: int = 20) -> aiohttp.ClientSession:
    """The client for what `bot.teams` calls: 3 s to connect, 10 s in all, so many `connections` to one host."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=10, sock_connect=3),
        connector=aiohttp.TCPConnector(limit_per_host=connections),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


class Sender:
    """A `Gateway`. A job's card is `values["card"]`; with `posted` it replaces that activity, else it is new."""

    def __init__(self, http: aiohttp.ClientSession, tokens: TokenSource, hosts: ServiceHosts, clock: Clock) -> None:
        self._http, self._tokens, self._hosts, self._clock = http, tokens, hosts, clock

    async def deliver(self, job: Job) -> Outcome:
        reference = views.destination(job)
        if reference is None:
            return TryLater("not installed", GONE, down=None)
        if not self._hosts.allow(reference.service_url):
            log.error("a stored service URL is not allowed", extra={"action": "service_url_refused", "row": job.id})
            return TryLater("service URL not allowed", GONE, down=None)
        try:
            content = orjson.dumps(activity(job, reference, self._clock.now()))
        except Exception:  # tried again and then laid aside: after the next release it may be drawn
            told = {"action": "card_not_drawn", "row": job.id, "card": job.values.get("card")}
            log.exception("a card could not be drawn", extra=told)
            return TryLater("card not drawn", down=None)
        return await self._post_or_put(job, address(reference), content)

    def host(self, job: Job) -> str:
        reference = views.destination(job)
        allowed = reference is not None and self._hosts.allow(reference.service_url)
        return urlsplit(reference.service_url).netloc.lower() if reference and allowed else ""

    async def _post_or_put(self, job: Job, url: str, content: bytes) -> Outcome:
        if not job.posted:
            return await self._send("POST", url, content)
        if job.values.get("moves"):
            posted = await self._send("POST", url, content)
            if isinstance(posted, Accepted):
                _ = await self._send("DELETE", f"{url}/{quote(job.posted, safe='')}", b"")
            return posted
        put = await self._send("PUT", f"{url}/{quote(job.posted, safe='')}", content)
        match put:
            case TryLater(code) if code.startswith("404"):
                return await self._send("POST", url, content)
            case Accepted(remote_id=""):
                return Accepted(job.posted)
        return put

    async def _send(self, method: str, url: str, content: bytes) -> Outcome:
        try:
            token = await self._tokens.token()
            status, result = await self._call(method, url, content, token)
            if status == 401 and token is not None:
                self._tokens.drop(token)
                status, result = await self._call(method, url, content, await self._tokens.token())
            if status == 401:
                log.warning("Teams does not take our token", extra={"action": "token_refused"})
        except NoToken as error:
            return TryLater(str(error), down=True)
        except TimeoutError:
            return TryLater("timeout", down=True)
        except aiohttp.ClientError as error:
            return TryLater(type(error).__name__, down=True)
        return result

    async def _call(self, method: str, url: str, content: bytes, token: str | None) -> tuple[int, Outcome]:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        async with self._http.request(method, url, data=content, headers=headers, allow_redirects=False) as answer:
            return answer.status, outcome(answer.status, answer.headers, await answer.read(), self._clock.now())


def address(reference: Reference) -> str:
    """The connector's address for the activities of this conversation."""
    conversation = quote(reference.conversation_id, safe="")
    return f"{reference.service_url.rstrip('/')}/v3/conversations/{conversation}/activities"


def activity(job: Job, reference: Reference, now: datetime) -> dict[str, Any]:
    """The message with the card; `summary` is what the notification shows. No `text`: Teams would split it off."""
    view = views.of_job(job, reference, now)
    name = job.values["card"]
    message = {
        "type": "message",
        "from": {"id": reference.bot_id},
        "recipient": {"id": reference.user_id},
        "conversation": {"id": reference.conversation_id},
        "summary": cards.preview(name, view),
        "attachments": [{"contentType": CARD, "content": cards.render(name, view)}],
    }
    if job.values.get("alert") and not job.posted:
        message["channelData"] = {"notification": {"alert": True}}
    return message | ({"id": job.posted} if job.posted and not job.values.get("moves") else {})
