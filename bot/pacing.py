"""Keeps a gateway within what its platform takes, fairly: nobody waits behind somebody else's many messages.

Whoever would have to wait long is sent back to the outbox with the time at which it is its turn, so a busy conversation
holds no place that another could use; whoever waits a moment only waits here. Rows of a lane keep their order, because
only a lane's head is ever asked for, and heads get their turns in the order in which they came. When the platform
itself asks for patience, everything behind the same key has it.

It is what this process sends that is counted: several workers share a limit by `part`, and what they still exceed
together the platform refuses and the worker tries again.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.pacing import Window, free_at
from bot.ports import Gateway, Job, Outcome, TryLater

PACED = "paced"
"""The code of a row that was sent back because it was not its turn."""

MOMENT = 1.0
"""Seconds that are waited out here."""

_SWEEP = 1000


@dataclass(slots=True)
class _Line:
    """What one key has sent and promised, both in order, and until when its platform wants nothing."""

    went: list[float] = field(default_factory=list)
    promised: dict[int, float] = field(default_factory=dict)
    held: float = 0.0


class Pace:
    """Turns, by key and row. `moment`: a turn so near is taken at once, another is promised; times are monotonic."""

    def __init__(self, windows: Sequence[Window], moment: float = MOMENT) -> None:
        self._windows, self.moment = windows, moment
        self._longest = max((each.seconds for each in windows), default=0.0)
        self._lines: dict[str, _Line] = {}
        self._asked = 0

    def turn(self, key: str, row: int, now: float) -> float:
        """When it is this row's turn, `now` at the earliest. A row that was promised a turn keeps its place."""
        self._sweep(now)
        line = self._lines.setdefault(key, _Line())
        del line.went[: bisect_right(line.went, now - self._longest)]
        at = self._free(line, line.went, now)
        if line.promised.pop(row, None) is None or at - now > self.moment:
            at = self._free(line, sorted([*line.went, *line.promised.values()]) if line.promised else line.went, now)
        if at - now <= self.moment:
            insort(line.went, at)
        else:
            line.promised[row] = at
        return at

    def _free(self, line: _Line, before: Sequence[float], now: float) -> float:
        return max(free_at(before, self._windows, now), line.held)

    def hold(self, key: str, until: float) -> None:
        """Nothing with this key before then."""
        line = self._lines.setdefault(key, _Line())
        line.held = max(line.held, until)

    def keys(self) -> Sequence[str]:
        """Who is remembered."""
        return tuple(self._lines)

    def _sweep(self, now: float) -> None:
        """Now and then forget who has been quiet for long, and promises to rows that never came back."""
        self._asked += 1
        if self._asked % _SWEEP:
            return
        for key, line in list(self._lines.items()):
            line.promised = {row: at for row, at in line.promised.items() if at > now - self._longest}
            if line.held <= now and not line.promised and (not line.went or line.went[-1] <= now - self._longest):
                del self._lines[key]


class Paced:
    """A gateway kept to a pace. `key` says what a job's limit is about; `patient` are the codes that hold it."""

    def __init__(self, gateway: Gateway, pace: Pace, key: Callable[[Job], str], patient: tuple[str, ...] = ()) -> None:
        self._gateway, self._pace, self._key, self._patient = gateway, pace, key, patient

    async def deliver(self, job: Job) -> Outcome:
        key, clock = self._key(job), asyncio.get_running_loop().time
        wait = self._pace.turn(key, job.id, clock()) - clock()
        if wait > self._pace.moment:
            return TryLater(PACED, timedelta(seconds=wait), down=None)
        if wait > 0:
            await asyncio.sleep(wait)
        outcome = await self._gateway.deliver(job)
        if isinstance(outcome, TryLater) and outcome.after and outcome.code.startswith(self._patient):
            self._pace.hold(key, clock() + outcome.after.total_seconds())
        return outcome

    def host(self, job: Job) -> str:
        return self._gateway.host(job)
