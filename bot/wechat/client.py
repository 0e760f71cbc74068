"""Messages to WeChat: one Official Account as a `Gateway` for jobs of the kinds `text` and `template`,
and for `qrcode`, which asks for the address in a QR code.

What is certain is told from what is not by one fact: whether our request had been written when things went wrong.
Before that nothing can have been sent, so it is tried again. After it, no answer, half an answer or a 5xx mean
*unknown*: a 502 or 504 comes from a proxy that may well have passed the message on, and even a 503 does where a proxy
lost its connection half way. Other statuses without an errcode (a captive portal, 403, 429) are a proxy's own refusal.

The token travels in the query string, so neither addresses nor the texts of errors are ever logged.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import orjson
from aiohttp.abc import AbstractStreamWriter

from bot.body import bounded
from bot.domain.events import Cause
from bot.domain.pacing import retry_after
from bot.domain.plain import inert, signed
from bot.ports import Accepted, Clock, Closed, Invalid, Job, Message, Outcome, TryLater, Unknown
from bot.wechat.access import Access, AccessToken, TokenShelf, granted
from bot.wechat.errors import TOKEN_ERRORS, cure, outcome

_log = logging.getLogger(__name__)

_ANSWER_LIMIT = 64 * 1024
_REFUSED = timedelta(minutes=10)
_SENDS = {
    "text": "/cgi-bin/message/custom/send",
    "template": "/cgi-bin/message/template/send",
    "qrcode": "/cgi-bin/qrcode/create",
}
_LASTING = {"action_name": "QR_LIMIT_STR_SCENE"}
_SAFE_TRIES, _SOON = 3, timedelta(seconds=10)
_NAME = 20  # characters of a template field; line breaks are refused


@dataclass(frozen=True, slots=True)
class Template:
    """The template that asks for a reply; `{user}` in a value of `data` is the Teams user's name, cut to 20 letters."""

    id: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Credentials:
    app_id: str
    secret: str = field(repr=False)


class _Request(aiohttp.BytesPayload):
    """The body of a request. Head and body go to the connection in one piece, and `written` says whether they did."""

    written = False

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self.written = True
        await super().write_with_length(writer, content_length)


class OfficialAccount:
    """One account's way out. Close it at the end; `connections` bounds what is under way at once, the rest waits."""

    def __init__(
        self,
        credentials: Credentials,
        clock: Clock,
        *,
        base_url: str = "https://api.weixin.qq.com",
        template: Template | None = None,
        shelf: TokenShelf | None = None,
        connections: int = 20,
        connect_timeout: float = 3,
        total_timeout: float = 10,
    ) -> None:
        self._credentials = credentials
        self._clock = clock
        self._base_url = base_url.rstrip("/")
        self._host = urlsplit(base_url).netloc
        self._template = template
        self._access = Access(credentials.app_id, self._fetch, clock, shelf)
        self._connections = connections
        self._timeout = aiohttp.ClientTimeout(total=total_timeout, sock_connect=connect_timeout)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections; a later `deliver` opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def deliver(self, job: Job) -> Outcome:
        """Send the job's words to its contact. Raises only what the shelf raises, and only before anything was sent."""
        body = self._body(job)
        if isinstance(body, Invalid):
            return body
        answer = await self._sent(job, body)
        if not isinstance(answer, dict):
            return _once_more(job, answer) if isinstance(answer, Unknown) else answer
        errcode = answer["errcode"]
        met = outcome(errcode, self._clock.now(), str(answer.get("msgid", "")))
        if cure(errcode) or isinstance(met, Invalid):
            _warn(job.kind, errcode, job.ref)
        return met

    def host(self, job: Job) -> str:
        return self._host

    async def _sent(self, job: Job, body: bytes) -> dict[str, Any] | Outcome:
        """WeChat's answer, after one more try with another token if it refused the first."""
        token = await self._access.token()
        answer = await self._once(job, body, token)
        if isinstance(token, AccessToken) and isinstance(answer, dict) and answer["errcode"] in TOKEN_ERRORS:
            answer = await self._once(job, body, await self._access.token(token))
        return answer

    async def _once(self, job: Job, body: bytes, token: AccessToken | TryLater) -> dict[str, Any] | Outcome:
        if isinstance(token, TryLater):
            return token
        if job.before is not None and self._clock.now() >= job.before:
            return Closed(Cause.TIME, "before")
        answer = await self._post(_SENDS[job.kind], body, token)
        if isinstance(answer, dict) and job.kind == "qrcode" and isinstance(answer.get("url"), str):
            return Accepted(answer["url"])
        if isinstance(answer, dict) and type(answer.get("errcode")) is not int:
            return Unknown("garbled")
        return answer

    async def _fetch(self) -> AccessToken | TryLater:
        """A token from WeChat; nothing has been sent yet, so whatever goes wrong here is `TryLater`."""
        asked = {"grant_type": "client_credential", "appid": self._credentials.app_id}
        now = self._clock.now()
        answer = await self._post("/cgi-bin/stable_token", orjson.dumps({**asked, "secret": self._credentials.secret}))
        if not isinstance(answer, dict):
            return answer if isinstance(answer, TryLater) else TryLater(answer.code, answer.after, down=True)
        token = granted(answer, now)
        if token is not None:
            return token
        errcode = answer.get("errcode")
        if type(errcode) is not int:
            return TryLater("garbled")
        _warn("token", errcode, "")
        met = outcome(errcode, now)
        return met if isinstance(met, TryLater) else TryLater(str(errcode), _REFUSED)

    async def _post(
        self, path: str, body: bytes, token: AccessToken | None = None
    ) -> dict[str, Any] | TryLater | Unknown:
        """The JSON object that came back, or what its absence means."""
        request = _Request(body)
        try:
            async with self._opened().post(
                _address(self._base_url + path, token), data=request, allow_redirects=False
            ) as response:
                status, answer = response.status, await bounded(response.content, _ANSWER_LIMIT)
                wish = retry_after(response.headers.get("Retry-After", ""), self._clock.now())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            code = type(error).__name__
            _log.warning("WeChat did not answer", extra={"path": path, "code": code, "written": request.written})
            return Unknown(code) if request.written else TryLater(code, down=True)
        return _answer(status, answer, wish)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Idle connections are dropped well before WeChat would drop them: a request on one that has just been
            # closed from the other side would end in doubt.
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=10)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=self._timeout,
                headers={"Content-Type": "application/json; charset=utf-8"},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _body(self, job: Job) -> bytes | Invalid:
        if job.kind == "qrcode":
            return _qrcode(job)
        conversation = job.conversation
        if conversation is None or job.kind not in _SENDS:
            return Invalid("job")
        openid = conversation.contact.openid
        try:
            if job.kind == "template":
                return _template(self._template, openid, job.ref, conversation.user.name)
            return _text(job.message, openid, str(job.values.get("from", "")))
        except TypeError:  # half of a surrogate pair: there is no UTF-8 for it
            return Invalid("characters")


@lru_cache(maxsize=16)
def _address(url: str, token: AccessToken | None) -> str:
    """Put together once for each token, since every message goes to the same few."""
    return f"{url}?{urlencode({'access_token': token.value})}" if token else url


def _once_more(job: Job, unknown: Unknown) -> Outcome:
    """WeChat knows a template message by its `client_msg_id` for ten minutes: the first tries cannot duplicate it."""
    again = job.kind == "template" and job.tries < _SAFE_TRIES
    return TryLater(unknown.code, unknown.after or _SOON, down=True) if again else unknown


def _text(message: Message | None, openid: str, named: str = "") -> bytes | Invalid:
    """orjson writes raw UTF-8, as WeChat demands. Only the company's own wording may hold live links.

    `named`: who writes, where several do.
    """
    if message is None:
        return Invalid("job")
    text = message.text if message.author == "system" else inert(message.text)
    return orjson.dumps({"touser": openid, "msgtype": "text", "text": {"content": signed(text, named)}})


def _qrcode(job: Job) -> bytes:
    """A code with a scene of ours, for so many seconds or (0) for ever; what comes back is the address in it."""
    scene, seconds = job.values.get("scene"), job.values.get("seconds")
    action = {"action_name": "QR_STR_SCENE", "expire_seconds": seconds} if seconds else _LASTING
    return orjson.dumps({**action, "action_info": {"scene": {"scene_str": scene}}})


def _template(template: Template | None, openid: str, ref: str, user: str) -> bytes | Invalid:
    if template is None:
        return Invalid("template")
    name = " ".join(user.split())[:_NAME]
    data = {field: {"value": value.replace("{user}", name)} for field, value in template.data.items()}
    return orjson.dumps({"touser": openid, "template_id": template.id, "client_msg_id": ref, "data": data})


def _answer(status: int, body: bytes | None, wish: timedelta | None) -> dict[str, Any] | TryLater | Unknown:
    try:
        found = orjson.loads(body or b"")
    except orjson.JSONDecodeError:
        found = None
    if isinstance(found, dict) and (status == 200 or isinstance(found.get("errcode"), int)):
        return found
    if status == 200 or status >= 500:
        return Unknown("garbled" if status == 200 else str(status), wish)
    _log.warning("something between us and WeChat refused the request", extra={"status": status})
    return TryLater(str(status), wish if status == 429 else _REFUSED)


def _warn(what: str, errcode: int, ref: str) -> None:
    extra = {"what": what, "errcode": errcode, "cure": cure(errcode), "ref": ref}
    _log.warning("WeChat refused a call", extra=extra)
