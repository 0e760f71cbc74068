"""A circuit breaker for each outside host: who does not answer is left alone for a while. Pure.

Five failures in a row open the circuit: nothing is sent to that host any more, and what waits for it keeps its place
and its tries. After half a minute it is half open: one message goes and shows whether the host is back. An answer of
any kind closes the circuit, even a refusal: a host that says no is there.

Each process finds out for itself, and forgets when it ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

FAILURES: Final = 5
OPEN: Final = timedelta(seconds=30)
PROBE: Final = timedelta(seconds=20)
"""How long the answer to a probe is waited for before another one may go: no gateway takes longer."""
AGAIN: Final = timedelta(seconds=2)
"""When to ask again while a probe is under way."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """`failures` in a row; `opened` is when it opened last (None: closed), `probe` when one was let through (aware)."""

    failures: int = 0
    opened: datetime | None = None
    probe: datetime | None = None

    def asked(self, now: datetime) -> tuple[Circuit, datetime | None]:
        """Whether a message may go now: None, or the time at which to ask again."""
        if self.opened is None:
            return self, None
        if _within(now, self.opened, OPEN):
            return self, self.opened + OPEN
        if self.probe is not None and _within(now, self.probe, PROBE):
            return self, now + AGAIN
        return replace(self, probe=now), None

    def told(self, answered: bool | None, now: datetime) -> Circuit:
        """What came of a message: the host `answered` it or failed; None: it was never asked."""
        if answered:
            return Circuit()
        if answered is None:
            return replace(self, probe=None)
        failures = self.failures + 1
        return Circuit(failures, now if failures >= FAILURES else None)


def _within(now: datetime, since: datetime, span: timedelta) -> bool:
    """A clock that was set back must not keep a circuit open."""
    return timedelta(0) <= now - since < span


class Circuits:
    """The circuits of one process, by host. The host '' stands for none: its messages go nowhere and always may."""

    def __init__(self) -> None:
        self._circuits: dict[str, Circuit] = {}

    def wait(self, host: str, now: datetime) -> datetime | None:
        """None when a message to this host may go now, else when to ask again."""
        if not host:
            return None
        self._circuits[host], until = self._of(host).asked(now)
        return until

    def told(self, host: str, answered: bool | None, now: datetime) -> bool:
        """See `Circuit.told`; True when that opened or closed the circuit."""
        if not host:
            return False
        before = self._of(host)
        self._circuits[host] = after = before.told(answered, now)
        return (before.opened is None) != (after.opened is None)

    def standing(self) -> dict[str, bool]:
        """Each host that was ever asked, and whether its circuit is open (or half open)."""
        return {host: circuit.opened is not None for host, circuit in self._circuits.items()}

    def _of(self, host: str) -> Circuit:
        return self._circuits.get(host, Circuit())
