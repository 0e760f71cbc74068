"""Teams' way to the bot: signed, timed, and repeated when no answer comes.

An activity that is not answered within `repeat_after` seconds comes once more with the same id and timestamp; an invoke
then twice more with new ones (msteams-docs#6084). A broken connection counts as no answer; an error status is an answer
and is not repeated.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp
import orjson

from bot.sim.clock import Clock
from bot.sim.connector.activities import stamp
from bot.sim.connector.identity import FORGERIES, Identity
from bot.sim.connector.people import Json
from bot.sim.faults import Faults


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot said: `status` is None where it never answered; `deliveries` is how often it was asked."""

    status: int | None
    body: Any = None
    deliveries: int = 1

    def shown(self) -> Json:
        return {"status": self.status, "body": self.body, "deliveries": self.deliveries}


class Delivery:
    """Posts activities to the bot's endpoint and keeps a log of them."""

    def __init__(self, endpoint: str, identity: Identity, faults: Faults, clock: Clock) -> None:
        self.endpoint, self._identity, self._faults, self._clock = endpoint, identity, faults, clock
        self.repeat_after = 15.0
        self.extension_timeout = 5.0
        self.log: list[Json] = []
        self._http: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def carry(self, activity: Json, forgery: str | None = None) -> Answer:
        """Deliver an activity as Teams would, or as the faults for `deliver/<type>[/<invoke name>]` have it.

        A fault named like a forged token (`expired`, `alg_none`, …) is a delivery with that token.
        """
        fault = self._faults.take("/".join(filter(None, ("deliver", activity["type"], activity.get("name")))))
        if fault is not None and fault.kind in FORGERIES:
            forgery = fault.kind
        return await self._faults.carry(fault, lambda: self._until_answered(activity, forgery))

    async def _until_answered(self, activity: Json, forgery: str | None) -> Answer:
        answer = Answer(None, deliveries=0)
        for attempt, copy in enumerate(self._copies(activity), start=1):
            answer = await self._once(copy, forgery, attempt)
            if answer.status is not None:
                break
        return answer

    def _copies(self, activity: Json) -> Iterator[Json]:
        yield activity
        if str(activity.get("name")).startswith("composeExtension/"):
            return
        yield activity
        if activity["type"] == "invoke":
            for _ in range(2):
                yield activity | {"id": f"f:{uuid4()}", "timestamp": stamp(self._clock.now())}

    async def _once(self, activity: Json, forgery: str | None, attempt: int) -> Answer:
        extension = str(activity.get("name")).startswith("composeExtension/")
        patience = min(self.extension_timeout, self.repeat_after) if extension else self.repeat_after
        entry: Json = {"activity": activity, "status": None, "forgery": forgery}
        self.log.append(entry)
        try:
            async with asyncio.timeout(patience):
                entry["status"], body = await self._post(activity, forgery, patience)
        except TimeoutError:
            return Answer(None, deliveries=attempt)
        return Answer(entry["status"], body, attempt)

    async def _post(self, activity: Json, forgery: str | None, patience: float) -> tuple[int, Any]:
        if self._http is None:
            self._http = aiohttp.ClientSession()
        token = self._identity.channel_token(activity["serviceUrl"], forgery)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)",
        }
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            async with self._http.post(self.endpoint, data=orjson.dumps(activity), headers=headers) as response:
                return response.status, _parsed(await response.read())
        except aiohttp.ClientError:
            await asyncio.sleep(patience)  # nobody answered: Teams tries again when the time is up
            raise TimeoutError from None


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")
