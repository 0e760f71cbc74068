"""A conversation from its first word to its end, transaction by transaction, for whoever wants to break each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.events import Delivered, Due, Event, Reference, UserInstalled, UserLeft, UserWrote
from bot.engine import Engine
from bot.ports import Job
from bot.store import SqlStore, admin
from cards.wording import text
from tests.store.build import ANN, HOME, LEASE, NOW, reported, wrote

Step = Callable[[], Awaitable[object]]
LATER = timedelta(hours=49)


@dataclass(slots=True)
class Story:
    """Ann and one contact. Each step may be tried again until it succeeds: it is the same event each time."""

    store: SqlStore
    openid: str = "o-1"
    jobs: list[Job] = field(default_factory=list)
    told: dict[str, Event] = field(default_factory=dict)

    def steps(self) -> dict[str, Step]:
        """Every kind of transaction that the spine has, in an order in which each finds something to do."""
        return {
            "the app is installed": self.event("app", lambda: UserInstalled("app", "app", NOW, *self._ann())),
            "a contact writes first": self.event("first", self.hello),
            "a contact writes again": self.event("again", lambda: wrote(self.openid, "are you there?")),
            "the user answers": self.event("answer", self.answer),
            "rows are claimed": self.claim,
            "deliveries are reported": self.report,
            "the time runs out": self.event("due", self._due),
            "the user queues": self.event("queue", self.answer),
            "the contact resumes": self.event("resume", lambda: wrote(self.openid, "here I am", at=NOW + LATER)),
            "the user leaves": self.event("leave", self._leave),
        }

    def event(self, name: str, make: Callable[[], Event] | Callable[[], Awaitable[Event]]) -> Step:
        async def handled() -> object:
            if name not in self.told:
                made = make()
                self.told[name] = made if isinstance(made, Event) else await made
            return await Engine(self.store, text).handle(self.told[name])

        return handled

    async def claim(self) -> object:
        self.jobs = list(await self.store.claim(NOW, LEASE, 1, "wechat"))
        return self.jobs

    async def report(self) -> object:
        (job,) = self.jobs
        self.told.setdefault("report", reported(job, Delivered, f"remote-{job.id}"))
        return await Engine(self.store, text).handle(self.told["report"])

    def hello(self) -> Event:
        return wrote(self.openid, "hello")

    async def thread(self) -> str:
        about = await self.store.run(admin.threads, 1_000, left=True)
        return next(each.thread.id for each in about if each.contact.openid == self.openid)

    async def answer(self) -> Event:
        name = f"{self.openid}-answer-{len(self.told)}"
        return UserWrote(name, name, NOW, *self._ann(), "good morning", await self.thread(), name)

    async def _due(self) -> Event:
        return Due("due", "", NOW + LATER, await self.thread())

    async def _leave(self) -> Event:
        return UserLeft("leave", "leave", NOW + LATER, *self._ann(), await self.thread())

    def _ann(self) -> tuple[str, str, Reference]:
        return ANN.tenant, ANN.aad, HOME
