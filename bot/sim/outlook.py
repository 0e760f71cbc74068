"""Microsoft Graph on a local port, as far as personal contacts go: /v1.0/users/{id}/contacts, page by page.

async with Graph() as graph:
    graph.people["aad object id"] = [contact("Li Wei", "+86 138 0013 8000")]
    ...  # graph.url; graph.status = 403 refuses, graph.token is what must be presented
"""

from __future__ import annotations

import uuid
from types import TracebackType
from typing import Any, Self

from aiohttp import web


def contact(name: str, *phones: str, company: str = "", notes: str = "") -> dict[str, Any]:
    """A contact as Graph tells it; the first number is the mobile one."""
    return {
        "id": uuid.uuid4().hex,
        "displayName": name,
        "givenName": None,
        "surname": None,
        "companyName": company or None,
        "mobilePhone": phones[0] if phones else None,
        "businessPhones": list(phones[1:]),
        "homePhones": [],
        "personalNotes": notes,
    }


class Graph:
    """`people` are the contacts by owner's id; an owner who is not there has no mailbox. `asked` counts requests."""

    def __init__(self, page: int = 2) -> None:
        self.people: dict[str, list[dict[str, Any]]] = {}
        self.status = 200
        self.token = ""
        self.asked = 0
        self.next_at = ""
        self.url = ""
        self._page = page
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/v1.0/users/{user}/contacts", self._contacts)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _contacts(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return _refused(401, "InvalidAuthenticationToken")
        if self.status != 200:
            return _refused(self.status, "ErrorAccessDenied")
        owner = request.match_info["user"]
        if owner not in self.people:
            return _refused(404, "MailboxNotEnabledForRESTAPI")
        start = int(request.query.get("$skip", "0"))
        body: dict[str, Any] = {"value": self.people[owner][start : start + self._page]}
        if start + self._page < len(self.people[owner]):
            base = self.next_at or self.url
            body["@odata.nextLink"] = f"{base}/v1.0/users/{owner}/contacts?$skip={start + self._page}"
        return web.json_response(body)


def _refused(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": "refused"}}, status=status)
