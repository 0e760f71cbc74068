"""A clock that tests and the demo can move: both simulators tell the time by it.

It runs with the machine's clock plus an offset, or stands still once it was set:

    clock = Clock()
    clock.advance(48 * 3600)                  # two days later; goes on running
    clock.set("2026-03-29T00:59:58+00:00")    # stands still there until `advance` moves it or `run` lets it go
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Simulated time: always aware, always UTC."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._frozen: datetime | None = None

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen is not None

    def now(self) -> datetime:
        """The simulated moment."""
        return self._frozen or datetime.now(UTC) + self._offset

    def seconds(self) -> int:
        """The simulated moment in whole epoch seconds, as WeChat's `CreateTime` counts them."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        """Move on (or, below zero, back) by this much, standing still or not."""
        if self._frozen is not None:
            self._frozen += timedelta(seconds=seconds)
        else:
            self._offset += timedelta(seconds=seconds)

    def set(self, moment: datetime | str) -> None:
        """Stand still at this moment; a string is ISO 8601 with its offset."""
        at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        if at.tzinfo is None:
            raise ValueError("the moment needs a time zone: 2026-03-01T12:00:00+00:00")
        self._frozen = at.astimezone(UTC)

    def run(self) -> None:
        """Let time run again from where it stands."""
        if self._frozen is not None:
            self._offset = self._frozen - datetime.now(UTC)
            self._frozen = None

    def reset(self) -> None:
        """Back to the machine's own time."""
        self._offset, self._frozen = timedelta(0), None
