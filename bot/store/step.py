"""Several pieces of work in step in one transaction on PostgreSQL: what all of them ask goes in one round trip.

Each is written as if it were alone, and runs until it asks the database; when all have asked, like statements go
together, and all go on. So the round trips of a transaction do not grow with the events in it.

Work in step never waits for a contact or a user whom somebody else holds, because all would wait with it, holding
theirs: `hold` says what must be ours alone, and whoever cannot have it at once is left out before it has changed
anything, to be done alone.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from greenlet import greenlet

T = TypeVar("T")
Sent = Sequence[Any]
"""The values of one execution, or one row that it brought, with the number of whoever asked as its last column."""


class Alone(Exception):
    """This is not to be done in step with others."""


@dataclass(frozen=True, slots=True)
class _Question:
    sql: str
    given: Sequence[Sent]
    answered: bool


class Member(greenlet):  # type: ignore[misc]  # it has no types
    """One of those in step. `result` is what its work returned, once it is dead and was not `alone`."""

    __sqlalchemy_greenlet_provider__ = True  # what SQLAlchemy executes itself is awaited by whoever runs us

    def __init__(self, number: int, work: Callable[[], Any], held: dict[Any, int]) -> None:
        super().__init__(work)
        self.number: Final = number
        self.result: Any = None
        self.alone = False
        self._held = held

    def ask(self, sql: str, given: Sequence[Sent], *, answered: bool = True) -> Sequence[Sent]:
        """The rows that the statement brings for us, which are none unless it numbers its answers."""
        rows: Sequence[Sent] = self.parent.switch(_Question(sql, given, answered))
        return rows

    def hold(self, names: Sequence[Any]) -> None:
        """These are ours until the transaction ends; raises Alone when there are none, or another has one of them."""
        if not names or any(self._held.setdefault(name, self.number) != self.number for name in names):
            raise Alone

    async def go(self, answer: Any) -> _Question | None:
        """On with what was answered, to the next question; None: it has ended."""
        try:
            sent = self.switch() if answer is None else self.switch(answer)
            while not self.dead and not isinstance(sent, _Question):
                sent = await self._awaited(sent)
        except Alone:
            self.alone = True
            return None
        if isinstance(sent, _Question):
            return sent
        self.result = sent
        return None

    async def _awaited(self, what: Awaitable[Any]) -> Any:
        try:
            value = await what
        except BaseException:
            return self.throw(*sys.exc_info())
        return self.switch(value)


def current() -> Member | None:
    """Whoever is in step and running now."""
    found = greenlet.getcurrent()
    return found if isinstance(found, Member) else None


async def together(driver: Any, works: Sequence[Callable[[], T]]) -> Sequence[T | Alone]:
    """What each returned, on one connection in one transaction. Whatever one raises, but Alone, ends them all."""
    held: dict[Any, int] = {}
    members = [Member(number, work, held) for number, work in enumerate(works)]
    going: list[tuple[Member, Any]] = [(member, None) for member in members]
    try:
        while going:
            asked = [(member, await member.go(answer)) for member, answer in going]
            going = await _answered(driver, [(member, question) for member, question in asked if question is not None])
    finally:
        for member in members:
            member.throw()  # one that is suspended ends here
    return [Alone() if member.alone else member.result for member in members]


async def _answered(driver: Any, asked: Sequence[tuple[Member, _Question]]) -> list[tuple[Member, Any]]:
    """One round trip for each different statement."""
    alike: dict[str, list[tuple[Member, _Question]]] = defaultdict(list)
    for member, question in asked:
        alike[question.sql].append((member, question))
    answers: dict[int, list[Sent]] = {member.number: [] for member, _ in asked}
    for sql, those in alike.items():
        given = [each for _, question in those for each in question.given]
        if those[0][1].answered:
            for row in await driver.fetchmany(sql, given):
                answers[row[-1]].append(row)
        else:
            await driver.executemany(sql, given)
    return [(member, answers[member.number]) for member, _ in asked]
