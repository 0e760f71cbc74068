"""Microsoft Graph, as far as an administrator needs it: who is in a group, and the app installed for a person.

Application permissions, granted by a tenant's administrator: `GroupMember.Read.All` and `User.Read.All` to read a
group; `TeamsAppInstallation.ReadWriteSelfForUser.All` and `AppCatalog.Read.All` to install the app for people.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import aiohttp
import orjson

from bot.teams.credentials import GRAPH, NoToken, TokenSource

TRIES: Final = 5
LONGEST_WAIT: Final = 60.0
_FIELDS: Final = "id,displayName,userPrincipalName,businessPhones,mobilePhone,accountEnabled"


class GraphError(Exception):
    """Graph did not do it; the message says why and what to do, without secrets."""


class Installed(StrEnum):
    """What came of installing the app for one person."""

    NEW = "installed"
    THERE = "there already"
    FAILED = "not installed"


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a group; `phones` as they are written in the directory, the business ones first."""

    aad: str
    name: str
    upn: str
    phones: tuple[str, ...]
    active: bool


class Graph:
    """Calls Graph at `base_url`; whatever it refuses is a GraphError."""

    def __init__(self, http: aiohttp.ClientSession, tokens: TokenSource, base_url: str = GRAPH) -> None:
        self._http, self._tokens, self._base = http, tokens, f"{base_url.rstrip('/')}/v1.0"

    async def members(self, group: str) -> AsyncIterator[Member]:
        """Everybody in the group of this id or display name, those of groups within it too."""
        ident = await self._group(group)
        wanted = {"$select": _FIELDS, "$top": "999", "$count": "true"}
        path = f"/groups/{ident}/transitiveMembers/microsoft.graph.user"
        page = await self._get(path, wanted)
        while True:
            for person in page.get("value", []):
                yield _member(person)
            following = page.get("@odata.nextLink")
            if not following:
                return
            if not str(following).startswith(f"{self._base}/"):  # our token goes nowhere else
                raise GraphError("Graph continues its list at an address that is not its own")
            page = await self._get(str(following).removeprefix(self._base), None)

    async def _group(self, group: str) -> str:
        if _is_guid(group):
            status, _ = await self._call("GET", f"/groups/{group}", {"$select": "id"})
            found = [{"id": group}] if status == 200 else []
        else:
            name = group.replace("'", "''")
            page = await self._get("/groups", {"$filter": f"displayName eq '{name}'", "$select": "id"})
            found = page.get("value", [])
        if len(found) != 1:
            why = "There is no group" if not found else "There are several groups called"
            raise GraphError(f"{why} {group!r} in this tenant: give the object id from Entra > Groups > Overview")
        return str(found[0]["id"])

    async def catalog_id(self, app_id: str) -> str:
        """The id that Teams gave the app whose manifest has `app_id`, in the organisation's catalog."""
        page = await self._get("/appCatalogs/teamsApps", {"$filter": f"externalId eq '{app_id}'", "$select": "id"})
        found = page.get("value", [])
        if not found:
            raise GraphError(
                f"The app {app_id} is not in the organisation's catalog:"
                " upload the package in the Teams admin center > Manage apps"
            )
        return str(found[0]["id"])

    async def install(self, aad: str, catalog_id: str) -> Installed:
        """Install the app for one person. GraphError when we may not do that for anybody."""
        body = {"teamsApp@odata.bind": f"{self._base}/appCatalogs/teamsApps/{catalog_id}"}
        status, _ = await self._call("POST", f"/users/{quote(aad, safe='')}/teamwork/installedApps", None, body)
        if status == 409:
            return Installed.THERE
        return Installed.NEW if status == 201 else Installed.FAILED

    async def _get(self, path: str, query: Mapping[str, str] | None) -> Mapping[str, Any]:
        status, answer = await self._call("GET", path, query)
        if status != 200:
            raise GraphError(f"Graph answers {status} {_code(answer)} to {path.partition('?')[0]}")
        return answer

    async def _call(
        self, method: str, path: str, query: Mapping[str, str] | None, body: Any = None
    ) -> tuple[int, Mapping[str, Any]]:
        """Status and answer, after waiting as often as Graph asks for patience."""
        for left in reversed(range(TRIES)):
            status, answer, wait = await self._once(method, path, query, body)
            if status not in (429, 503, 504) or not left:
                break
            await asyncio.sleep(min(wait, LONGEST_WAIT))
        else:
            raise AssertionError("the last try ends the loop")
        if status in (401, 403):
            raise GraphError(f"{_refused(status)} (Graph says {_code(answer) or status})")
        return status, answer

    async def _once(
        self, method: str, path: str, query: Mapping[str, str] | None, body: Any
    ) -> tuple[int, Mapping[str, Any], float]:
        # Filters on members are among Graph's "advanced" queries, which need this.
        headers = {"ConsistencyLevel": "eventual", "Content-Type": "application/json"}
        content = None if body is None else orjson.dumps(body)
        try:
            if (token := await self._tokens.token()) is not None:
                headers["Authorization"] = f"Bearer {token}"
            async with self._http.request(
                method, self._base + path, params=query, data=content, headers=headers, allow_redirects=False
            ) as answer:
                wait = answer.headers.get("Retry-After", "")
                return answer.status, _object(await answer.read()), float(wait) if wait.isdigit() else 2.0
        except NoToken as error:
            raise GraphError(f"No token for Graph ({error}): run python -m bot admin doctor") from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise GraphError(f"Graph cannot be reached ({type(error).__name__})") from None


def _member(person: Mapping[str, Any]) -> Member:
    phones = [*(person.get("businessPhones") or ()), person.get("mobilePhone") or ""]
    name, upn = str(person.get("displayName") or ""), str(person.get("userPrincipalName") or "")
    return Member(
        str(person["id"]), name or upn, upn, tuple(filter(None, phones)), person.get("accountEnabled") is True
    )


def _refused(status: int) -> str:
    if status == 401:
        return "Graph does not take our token: compare MicrosoftAppTenantId with the tenant of the group"
    return (
        "The app may not do that: grant it the application permissions that the README names, with admin consent"
        " (Entra > App registrations > API permissions)"
    )


def _code(answer: Mapping[str, Any]) -> str:
    error = answer.get("error")
    return str(error.get("code", ""))[:80] if isinstance(error, Mapping) else ""


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(content or b"{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_guid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
