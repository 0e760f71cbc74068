"""The token that cards are sent with: asked for in a thread, once for everybody, and kept until it is nearly over.

botbuilder makes a new MSAL application for every turn, and asks synchronously, twice. Here one application lives as
long as the process; while a token is being fetched, all who need it wait for the same one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import msal
import requests

from bot.ports import Clock

RESOURCE = "https://api.botframework.com"
GRAPH = "https://graph.microsoft.com"
EARLY = timedelta(minutes=5)
TIMEOUT = 10

log = logging.getLogger(__name__)

Acquire = Callable[[], Mapping[str, Any]]
"""Asks for a token, blocking: MSAL's answer, with `access_token` and `expires_in` (seconds), or `error`."""


class NoToken(Exception):
    """Microsoft gave none, or could not be asked; says why, without secrets."""


class TokenSource(Protocol):
    async def token(self) -> str | None:
        """A bearer token, None where none is needed (DEV_MODE). Raises NoToken."""

    def drop(self, token: str) -> None:
        """This token was refused: the next one must be new."""


class NoTokens:
    """DEV_MODE: the simulated connector asks for none."""

    async def token(self) -> str | None:
        return None

    def drop(self, token: str) -> None:
        """There is nothing to drop."""


class Tokens:
    """Caches the token of an application; `open_application` makes one, at the first need and after a refusal."""

    def __init__(self, open_application: Callable[[], Acquire], clock: Clock) -> None:
        self._open, self._clock = open_application, clock
        self._acquire: Acquire | None = None
        self._token = ""
        self._ends: datetime | None = None
        self._lock = asyncio.Lock()

    async def token(self) -> str | None:
        if not self._good_for(EARLY):
            async with self._lock:
                if not self._good_for(EARLY):
                    await self._renew()
        return self._token

    def drop(self, token: str) -> None:
        if token == self._token:
            self._token, self._ends, self._acquire = "", None, None

    def _good_for(self, span: timedelta) -> bool:
        return self._ends is not None and self._clock.now() < self._ends - span

    async def _renew(self) -> None:
        """A token that has some minutes left still serves when no new one can be had."""
        asked_at = self._clock.now()
        try:
            answer = await asyncio.to_thread(self._ask)
        except Exception as error:
            answer = {"error": type(error).__name__}
        if "access_token" in answer:
            self._token = answer["access_token"]
            self._ends = asked_at + timedelta(seconds=int(answer["expires_in"]))
            return
        log.warning("no token for Teams", extra={"action": "token_failed", "error": answer.get("error")})
        if not self._good_for(timedelta(0)):
            raise NoToken(f"no token: {answer.get('error')}")

    def _ask(self) -> Mapping[str, Any]:
        if self._acquire is None:
            self._acquire = self._open()
        return self._acquire()


def secret(app_id: str, authority: str, client_secret: str, resource: str = RESOURCE) -> Callable[[], Acquire]:
    """An application that proves itself by a client secret; `resource` is what the token is for."""
    return lambda: _confidential(app_id, authority, client_secret, resource)


def certificate(app_id: str, authority: str, pem: Path, resource: str = RESOURCE) -> Callable[[], Acquire]:
    """An application that proves itself by the certificate and key in one PEM file, read when first needed."""

    def opened() -> Acquire:
        text = pem.read_text("ascii")
        return _confidential(app_id, authority, {"private_key": text, "public_certificate": text}, resource)

    return opened


def managed_identity(client_id: str, resource: str = RESOURCE) -> Callable[[], Acquire]:
    """The identity that Azure gave the machine (UserAssignedMSI); its endpoint is on the machine itself."""

    def opened() -> Acquire:
        identity = msal.UserAssignedManagedIdentity(client_id=client_id)
        client = msal.ManagedIdentityClient(identity, http_client=requests.Session())
        return lambda: _answer(client.acquire_token_for_client(resource=resource))

    return opened


def _confidential(app_id: str, authority: str, credential: str | dict[str, str], resource: str) -> Acquire:
    application = msal.ConfidentialClientApplication(
        app_id, authority=authority, client_credential=credential, timeout=TIMEOUT
    )
    return lambda: _answer(application.acquire_token_for_client([f"{resource}/.default"]))


def _answer(answer: Any) -> Mapping[str, Any]:
    return answer if isinstance(answer, dict) else {"error": "no answer"}
