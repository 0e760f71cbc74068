"""The contacts' side of the simulator for tests and the demo: a thin client of its control API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

Json = dict[str, Any]
_SEEN = frozenset({"passive", "custom", "template", "fault"})


class ControlError(RuntimeError):
    """A control call that the simulator would not carry out; the message is its reason."""


class PhoneClient:
    """Everything a test does to the simulated WeChat, over HTTP; one connection per call, nothing to close."""

    def __init__(self, base_url: str, account_name: str = "") -> None:
        self._base_url = base_url
        self.account_name = account_name

    async def contact(self, name: str, *, following: bool = True, openid: str | None = None) -> Contact:
        """A new contact; one that follows does so since before the story begins (no push)."""
        values = {"name": name, "following": following} | ({"openid": openid} if openid else {})
        made = await self.call("POST", "contacts", values)
        return Contact(self, made["openid"], name)

    async def contacts(self) -> list[Contact]:
        """All of them."""
        return [Contact(self, found["openid"], found["name"]) for found in await self.call("GET", "contacts")]

    async def advance(self, seconds: float) -> None:
        """Let simulated time pass."""
        await self.call("POST", "clock", {"advance": seconds})

    async def set_clock(self, moment: str) -> None:
        """Stand still at this ISO moment."""
        await self.call("POST", "clock", {"set": moment})

    async def change(self, **settings: Any) -> Json:
        """Change settings of the account; all of them come back."""
        changed: Json = await self.call("PUT", "settings", settings)
        return changed

    async def fault(self, endpoint: str, kind: str, **values: Any) -> None:
        """Script a fault: `times=2`, or `probability=0.1`, and the fault's own fields."""
        await self.call("POST", "faults", {"endpoint": endpoint, "kind": kind, **values})

    async def counters(self) -> Json:
        """Calls by path, refusals by errcode, pushes, faults."""
        counted: Json = await self.call("GET", "counters")
        return counted

    async def sms(self) -> list[Json]:
        """Every SMS that was sent to anybody: {to, from, body, at}."""
        sent: list[Json] = await self.call("GET", "sms")
        return sent

    async def verify(self) -> bool:
        """Verify the server URL as the console does."""
        return (await self.call("POST", "verify"))["verified"] is True

    async def call(self, method: str, path: str, body: Json | None = None) -> Any:
        """Any control call."""
        content = None if body is None else orjson.dumps(body)
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{self._base_url}/_sim/{path}", data=content) as response,
        ):
            answer = await response.read()
            if response.status != 200:
                raise ControlError(answer.decode())
            return orjson.loads(answer)


@dataclass(frozen=True, slots=True)
class Contact:
    """One simulated WeChat user."""

    phone: PhoneClient
    openid: str
    name: str

    async def says(self, text: str, *, wait: bool = True, menu_id: str | None = None) -> Json:
        """Write a text; how its push ended: status, tries, reply, reasons. `menu_id` makes it a tap on a menu item."""
        return await self.sends("text", wait=wait, text=text, **({"menu_id": menu_id} if menu_id else {}))

    async def sends(self, kind: str, *, wait: bool = True, **values: Any) -> Json:
        """Any other message: image, voice, video, location, link, unsupported."""
        return await self._act("message", {"kind": kind, **values}, wait)

    async def follows(self, *, wait: bool = True) -> Json:
        """Follow the account."""
        return await self._act("follow", {}, wait)

    async def unfollows(self, *, wait: bool = True) -> Json:
        """Unfollow it."""
        return await self._act("unfollow", {}, wait)

    async def scans(self, *, wait: bool = True, **code: str) -> Json:
        """Scan a QR code: by its `ticket`, its `scene`, or the `url` that stands in it."""
        return await self._act("scan", code, wait)

    async def clicks(self, key: str, *, wait: bool = True) -> Json:
        """Tap the account's menu."""
        return await self._act("click", {"key": key}, wait)

    async def switch(self, **values: Any) -> Json:
        """`refuses=48002`, `template_outcome="user block"`."""
        changed: Json = await self.phone.call("PATCH", f"contacts/{self.openid}", values)
        return changed

    async def state(self) -> Json:
        """Follow state, quota left, typing."""
        found: Json = await self.phone.call("GET", f"contacts/{self.openid}")
        return found

    async def transcript(self, *, after: int = 0, wait: float = 0) -> list[Json]:
        """What the phone shows, in order; with `wait` until there is something after entry number `after`."""
        path = f"contacts/{self.openid}/transcript?after={after}&wait={wait}"
        entries: list[Json] = await self.phone.call("GET", path)
        return entries

    async def sees(self, count: int = 0, *, seconds: float = 5.0) -> list[str]:
        """The texts the account sent (passive, custom, template, fault notice); waits until there are `count`."""
        entries = await self.transcript()
        while len(_seen(entries)) < count:
            last = entries[-1]["number"] if entries else 0
            new = await self.transcript(after=last, wait=seconds)
            if not new:
                raise AssertionError(f"{self.name} sees {_seen(entries)}, not {count} messages")
            entries += new
        return _seen(entries)

    async def _act(self, act: str, body: Json, wait: bool) -> Json:
        ended: Json = await self.phone.call("POST", f"contacts/{self.openid}/{act}?wait={int(wait)}", body)
        return ended


def _seen(entries: list[Json]) -> list[str]:
    return [entry["text"] for entry in entries if entry["how"] in _SEEN]
