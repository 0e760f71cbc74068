"""One-time PINs: what one is, how long it lives, how many may be tried and sent. Pure; reliability.md 5.2.

The PIN itself is never here: what is kept of it is a salted scrypt hash and the nonce from which, together with the
service's secret, both the hash and the SMS are made (`bot/keys.py`).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFE = timedelta(minutes=5)
WRONG_PER_CODE = 5
LOCKED_AT, BARRED_AT = 10, 20
LOCK = timedelta(hours=1)
WAITS = {3: timedelta(seconds=30), 4: timedelta(seconds=60), LOCKED_AT: LOCK}
LONG_WAIT = timedelta(minutes=5)
SENDS = ((1, timedelta(seconds=60)), (3, timedelta(hours=1)), (10, timedelta(days=1)))
"""At most so many PINs in such a time, for each contact and for each number."""

ACCOUNT_SENDS, ACCOUNT_SPAN = 100, timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Code:
    """A PIN on its way, never the PIN itself; `salt` and `digest` are hex. `problem`: why the SMS could not be sent."""

    nonce: str
    sent_at: datetime
    salt: str = ""
    digest: str = ""
    wrong: int = 0
    problem: str = ""

    def counts(self, at: datetime) -> bool:
        """Whether it can still be used at `at`."""
        return not self.problem and self.wrong < WRONG_PER_CODE and at < self.sent_at + LIFE

    def trouble(self, at: datetime) -> str:
        """Why it is of no use at `at`, as the key of what the contact reads; empty while it is of use."""
        if self.problem:
            return "pin_unreachable" if self.problem == "number" else "pin_failed"
        return "" if self.counts(at) else "pin_expired"


def guess(words: str) -> str:
    """The six digits in these words, if they hold six digits in all: what may be a PIN, and must not be recorded."""
    digits = [str(unicodedata.digit(char)) for char in words if unicodedata.digit(char, None) is not None]
    return "".join(digits) if len(digits) == 6 else ""


def wait_after(failed: int) -> timedelta:
    """How long a contact waits after so many wrong PINs in a row; from `BARRED_AT` on for an administrator."""
    return WAITS.get(failed, LONG_WAIT if failed >= WRONG_PER_CODE else timedelta(0))


def until_next(sent: tuple[datetime, ...], at: datetime) -> timedelta:
    """How long until the limits on sending allow one more; `sent` are the times of the last day's."""
    waits = [timedelta(0)]
    for most, span in SENDS:
        within = sorted(moment for moment in sent if moment > at - span)
        if len(within) >= most:
            waits.append(within[-most] + span - at)
    return max(waits)
