"""How tests and the demo act as people in the simulated Teams: the control API, said in sentences.

async with TeamsClient(teams.url) as client:
    anna = await client.user("Anna Schmidt")
    await anna.installs()
    await anna.says("hi")
    await anna.sees("Welcome")                       # waits until a message or card shows it
    await anna.clicks("Reply", text="Good morning")  # finds the button, fills in the inputs, clicks
"""

import asyncio
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp
import orjson

from bot.sim.connector.cards import NotPossible, readable
from bot.sim.connector.people import Json


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a person sees it: `words` are its text and its card's texts, in reading order."""

    id: str
    by_bot: bool
    text: str
    card: Json | None
    words: tuple[str, ...]
    updates: int
    deleted: bool
    raw: Json

    @classmethod
    def of(cls, raw: Json) -> "Seen":
        card = raw["card"]
        words = (*([raw["text"]] if raw["text"] else []), *(readable(card) if card else []))
        return cls(raw["id"], raw["bot"], raw["text"], card, words, raw["updates"], raw["deleted"], raw)

    def shows(self, text: str) -> bool:
        return not self.deleted and any(text in word for word in self.words)


class TeamsClient:
    """A connection to a simulated Teams at `base_url`."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the control API. Raises NotPossible with the simulator's reason."""
        if self._http is None:
            self._http = aiohttp.ClientSession()
        content = None if body is None else orjson.dumps(body)
        headers = {"Content-Type": "application/json"}
        async with self._http.request(method, f"{self._base}/_sim/{path}", data=content, headers=headers) as answer:
            said = await answer.read()
            if answer.status >= 400:
                raise NotPossible(_reason(said))
            return orjson.loads(said)

    async def user(self, name: str, **traits: str) -> "Person":
        """The person of this name, new if nobody has it; traits: aad, tenant, upn, locale, timezone, platform."""
        raw = await self.ask("POST", "users", {"name": name} | traits)
        return Person(self, raw["aad"], raw["mri"], raw["conversation"], name)

    async def users(self) -> list[Json]:
        return list(await self.ask("GET", "users"))

    async def group(self, name: str, *members: "Person") -> str:
        """The id of a new group chat."""
        made = await self.ask("POST", "conversations", {"name": name, "members": [m.aad for m in members]})
        return str(made["id"])

    async def channel(self, team: str, name: str, *members: "Person", root: str | None = None) -> str:
        """The id of a channel, or with `root` (a message id) of a thread in it."""
        wish: Json = {"team": team, "name": name, "members": [m.aad for m in members]}
        made = await self.ask("POST", "conversations", wish | ({"root": root} if root else {}))
        return str(made["id"])

    async def transcript(self, conversation: str) -> list[Seen]:
        found = await self.ask("GET", f"conversations/{quote(conversation, safe='')}")
        return [Seen.of(raw) for raw in found["messages"]]

    async def deliver(self, activity: Json, **how: Any) -> list[Json]:
        """Send any activity to the bot; how: forgery, times, concurrent. Returns the answers."""
        return list(await self.ask("POST", "activities", {"activity": activity} | how))

    async def deliveries(self) -> list[Json]:
        """All that was posted to the bot: activity, status, forgery."""
        return list(await self.ask("GET", "deliveries"))

    async def notifications(self, person: "Person | None" = None) -> list[Json]:
        return list(await self.ask("GET", "notifications" + (f"?user={person.aad}" if person else "")))

    async def fault(self, endpoint: str, kind: str = "status", **details: Any) -> None:
        """Script a fault (see bot.sim.faults); `refusal="ConversationBlockedByUser"` takes Teams' own words."""
        await self.ask("POST", "faults", {"endpoint": endpoint, "kind": kind} | details)

    async def settings(self, **values: Any) -> None:
        """check_tokens, limits, repeat_after, extension_timeout, writes_blocked."""
        await self.ask("POST", "settings", values)

    async def counters(self) -> Json:
        return dict(await self.ask("GET", "counters"))

    async def clock(self, **wish: Any) -> Json:
        """advance=seconds, set=ISO 8601, run=True, reset=True; nothing asks the time."""
        return dict(await self.ask("POST", "clock", wish))

    async def reset(self) -> None:
        await self.ask("POST", "reset", {})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Teams. Every doing returns its outcome: `status`, `body`, `deliveries`, and what was shown."""

    teams: TeamsClient
    aad: str
    mri: str
    conversation: str
    name: str

    async def does(self, verb: str, **details: Any) -> Json:
        return dict(await self.teams.ask("POST", f"users/{self.aad}/{verb}", details))

    async def installs(self, **where: Any) -> Json:
        return await self.does("install", **where)

    async def uninstalls(self, **where: Any) -> Json:
        return await self.does("uninstall", **where)

    async def says(self, text: str, **details: Any) -> Json:
        """details: conversation, quote (a message id), html, attachments, mention."""
        return await self.does("say", text=text, **details)

    async def edits(self, message: str, text: str) -> Json:
        return await self.does("edit", message=message, text=text)

    async def deletes(self, message: str) -> Json:
        return await self.does("delete", message=message)

    async def undeletes(self, message: str) -> Json:
        return await self.does("undelete", message=message)

    async def reacts(self, message: str, reaction: str = "like", removed: bool = False) -> Json:
        return await self.does("react", message=message, reaction=reaction, removed=removed)

    async def clicks(self, action: str | int, on: "Seen | str | None" = None, /, **inputs: Any) -> Json:
        """Clicks the action with this title, verb, id or number, on the message given or the newest card with it."""
        message = on.id if isinstance(on, Seen) else on
        return await self.does("click", action=action, message=message, inputs=inputs)

    async def refreshes(self, message: str, trigger: str = "automatic") -> Json:
        return await self.does("refresh", message=message, trigger=trigger)

    async def searches(self, command: str, text: str = "", **details: Any) -> Json:
        """A search command of the message extension; details: parameter, skip, count."""
        return await self.does("search", command=command, text=text, **details)

    async def types(self, text: str, on: "Seen", dataset: str) -> list[Json]:
        """Types into a box of this card whose choices the bot is asked for; the choices."""
        outcome = await self.does("typeahead", message=on.id, dataset=dataset, text=text)
        return list(outcome["choices"])

    async def picks(self, index: int = 0) -> Json:
        return await self.does("pick", index=index)

    async def opens(self, command: str, message: str | None = None) -> Json:
        """An action command of the message extension, perhaps from the menu of this message."""
        return await self.does("open", command=command, message=message)

    async def chat(self) -> list[Seen]:
        """All messages of the personal chat, the deleted ones too."""
        return await self.teams.transcript(self.conversation)

    async def sees(self, text: str = "", within: float = 5.0) -> Seen:
        """The newest message of the bot that shows the text, waited for. An AssertionError tells what there is."""
        until = time.monotonic() + within
        while True:
            from_bot = [seen for seen in await self.chat() if seen.by_bot]
            found = [seen for seen in from_bot if seen.shows(text)]
            if found:
                return found[-1]
            if time.monotonic() > until:
                shown = "\n".join(f"  {' / '.join(seen.words)}" for seen in from_bot if not seen.deleted)
                raise AssertionError(f"{self.name} does not see {text!r}, but:\n{shown or '  nothing'}")
            await asyncio.sleep(0.02)


def _reason(said: bytes) -> str:
    try:
        return str(orjson.loads(said)["error"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return said.decode(errors="replace")
