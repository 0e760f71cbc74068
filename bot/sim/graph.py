"""A small Microsoft Graph on a local port: groups, the app catalog, apps installed for people, personal contacts.

Shapes and statuses as in Microsoft's reference for `group: list transitiveMembers`, `teamsApp: list`,
`userTeamwork: add installedApps` and `user: list contacts`.
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
        "Contacts.Read",
    }
)
_FILTER = re.compile(r"(?P<field>\w+) eq '(?P<value>(?:[^']|'')*)'")


@dataclass
class Graph:
    """The directory, to be filled before and looked at afterwards; use it with `async with`.

    `permissions` are the application permissions that were granted, `token` is what must be presented (nothing: any is
    taken). The next `busy` calls are answered 429, with a `status` every call that. `contacts` are by their owner's id:
    whoever is not there has no mailbox. `next_at` is where the pages go on, in place of here.
    """

    permissions: frozenset[str] = ALL
    page: int = 2
    busy: int = 0
    status: int = 0
    token: str = ""
    next_at: str = ""
    groups: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[Json]] = field(default_factory=dict)
    catalog: dict[str, str] = field(default_factory=dict)
    contacts: dict[str, list[Json]] = field(default_factory=dict)
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
                web.get("/v1.0/users/{user}/contacts", self._contacts),
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
            if self.status:
                return _refusal(self.status, "Refused")
            if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
                return _refusal(401, "InvalidAuthenticationToken")
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
        return self._paged(request, self.members[request.match_info["group"]], "$skiptoken")

    async def _contacts(self, request: web.Request) -> web.Response:
        owner = request.match_info["user"]
        if not self.permissions >= {"Contacts.Read"}:
            return _refusal(403, "ErrorAccessDenied")
        if owner not in self.contacts:
            return _refusal(404, "MailboxNotEnabledForRESTAPI")
        return self._paged(request, self.contacts[owner], "$skip")

    def _paged(self, request: web.Request, everything: list[Json], key: str) -> web.Response:
        """One page of a list, with where the next one is, which `key` tells."""
        start = int(request.query.get(key, "0"))
        answer: Json = {"value": everything[start : start + self.page]}
        if start + self.page < len(everything):
            answer["@odata.nextLink"] = f"{self.next_at or self.url}{request.path}?{key}={start + self.page}"
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


def contact(name: str, *phones: str, company: str = "", notes: str = "") -> Json:
    """A personal contact; the first number is the mobile one."""
    return {
        "id": uuid4().hex,
        "displayName": name,
        "givenName": None,
        "surname": None,
        "companyName": company or None,
        "mobilePhone": phones[0] if phones else None,
        "businessPhones": list(phones[1:]),
        "homePhones": [],
        "personalNotes": notes,
    }


def _refusal(status: int, code: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"code": code, "message": code}}, status=status, headers=headers)
