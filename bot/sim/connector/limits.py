"""Teams' own rate limits for one bot in one conversation (msteams-docs, "Rate limiting"): off unless asked for."""

import math
from collections import defaultdict, deque

WINDOWS = ((1, 7), (2, 8), (30, 60), (3600, 1800))
"""Seconds, and how many sends fit into them."""


class SendLimits:
    """Counts the sends of each conversation; times are seconds of any one clock."""

    def __init__(self) -> None:
        self.enabled = False
        self._sends: dict[str, deque[float]] = defaultdict(deque)

    def wait(self, conversation: str, now: float) -> int | None:
        """None and the send is counted; or the whole seconds after which to try again."""
        if not self.enabled:
            return None
        sends = self._sends[conversation]
        while sends and sends[0] <= now - WINDOWS[-1][0]:
            sends.popleft()
        full = [sends[-most] + span - now for span, most in WINDOWS if len(sends) >= most and sends[-most] > now - span]
        if full:
            return max(1, math.ceil(max(full)))
        sends.append(now)
        return None

    def clear(self) -> None:
        self._sends.clear()
