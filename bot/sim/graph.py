"""A small Microsoft Graph on a local port: groups and their members, the app catalog, apps installed for people.

Shapes and statuses as in Microsoft's reference for `group: list transitiveMembers`, `teamsApp: list` and
`userTeamwork: add installedApps`. `permissions` are the application permissions that were granted.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import web

Json = dict[str, Any]
ALL = frozenset(
    {
        "GroupMember.Read.All",
        "User.Read.All",
        "AppCatalog.Read.All",
        "TeamsAppInstallation.ReadWriteSelfForUser.All",
    }
)
_FILTER = re.compile(r"(?P<field>\w+) eq '(?P<value>(?:[^']|'')*)'")


@dataclass
class Graph:
    """The directory, to be filled before and looked at afterwards; use it with `async with`."""

    permissions: frozenset[str] = ALL
    page: int = 2
    busy: int = 0
    """Answer so many calls with 429 first."""
    groups: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[Json]] = field(default_factory=dict)
    catalog: dict[str, str] = field(default_factory=dict)
    installed: list[str] = field(default_factory=list)
    on_install: Callable[[str], Awaitable[object]] | None = None
    calls: list[str] = field(default_factory=list)
    url: str = ""
    _runner: web.AppRunner | None = None

    def group(self, name: str, *people: Json) -> str:
        """A new group with these members; its id."""
        ident = str(uuid4())
        self.groups[ident] = name
        self.members[ident] = list(people)
        return ident

    def publish(self, app_id: str) -> str:
        """Put an app with this manifest id into the organisation's catalog; its id there."""
        self.catalog[app_id] = str(uuid4())
        return self.catalog[app_id]

    async def __aenter__(self) -> Graph:
        app = web.Application(middlewares=[self._counting()])
        app.add_routes(
            [
                web.get("/v1.0/groups", self._find),
                web.get("/v1.0/groups/{group}", self._group),
                web.get("/v1.0/groups/{group}/transitiveMembers/microsoft.graph.user", self._members),
                web.get("/v1.0/appCatalogs/teamsApps", self._apps),
                web.post("/v1.0/users/{user}/teamwork/installedApps", self._install),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def _counting(self) -> Any:
        @web.middleware
        async def count(request: web.Request, handler: Any) -> web.StreamResponse:
            self.calls.append(f"{request.method} {request.path}")
            if self.busy:
                self.busy -= 1
                return _refusal(429, "TooManyRequests", {"Retry-After": "0"})
            answer: web.StreamResponse = await handler(request)
            return answer

        return count

    async def _find(self, request: web.Request) -> web.Response:
        wanted = _FILTER.fullmatch(request.query.get("$filter", ""))
        if not self.permissions >= {"GroupMember.Read.All"}:
            return _refusal(403, "Authorization_RequestDenied")
        name = wanted["value"].replace("''", "'") if wanted else ""
        return web.json_response({"value": [{"id": key} for key, value in self.groups.items() if value == name]})

    async def _group(self, request: web.Request) -> web.Response:
        if not self.permissions >= {"GroupMember.Read.All"}:
            return _refusal(403, "Authorization_RequestDenied")
        if request.match_info["group"] not in self.groups:
            return _refusal(404, "Request_ResourceNotFound")
        return web.json_response({"id": request.match_info["group"]})

    async def _members(self, request: web.Request) -> web.Response:
        people = self.members[request.match_info["group"]]
        start = int(request.query.get("$skiptoken", "0"))
        answer: Json = {"value": people[start : start + self.page]}
        if start + self.page < len(people):
            answer["@odata.nextLink"] = f"{self.url}{request.path}?$skiptoken={start + self.page}"
        return web.json_response(answer)

    async def _apps(self, request: web.Request) -> web.Response:
        if not self.permissions >= {"AppCatalog.Read.All"}:
            return _refusal(403, "Forbidden")
        wanted = _FILTER.fullmatch(request.query.get("$filter", ""))
        found = self.catalog.get(wanted["value"]) if wanted else None
        return web.json_response({"value": [{"id": found}] if found else []})

    async def _install(self, request: web.Request) -> web.Response:
        user, body = request.match_info["user"], await request.json()
        if not self.permissions >= {"TeamsAppInstallation.ReadWriteSelfForUser.All"}:
            return _refusal(403, "Forbidden")
        if body["teamsApp@odata.bind"].rpartition("/")[2] not in self.catalog.values():
            return _refusal(404, "NotFound")
        if user in self.installed:
            return _refusal(409, "Conflict")
        self.installed.append(user)
        if self.on_install is not None:
            _ = await self.on_install(user)
        return web.Response(status=201)


def person(name: str, phone: str = "", *, aad: str = "", active: bool = True) -> Json:
    """Somebody in the directory."""
    upn = f"{name.split()[0].lower()}@contoso.example"
    phones = [phone] if phone else []
    said = {"id": aad or str(uuid4()), "displayName": name, "userPrincipalName": upn, "businessPhones": phones}
    return said | {"mobilePhone": None, "accountEnabled": active}


def _refusal(status: int, code: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"code": code, "message": code}}, status=status, headers=headers)
