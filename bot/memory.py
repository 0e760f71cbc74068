"""Python's search for circles of dead objects, told where it need not look.

As it comes it walks through everything that was imported, every few messages: a tenth of the time that a message takes,
and pauses long enough to be seen in the slowest answers. Hardly anything here makes circles.
"""

from __future__ import annotations

import gc
from typing import Final

SEARCHES: Final = (10_000, 20, 50)
"""Objects more than before that start a search among the young; searches until one among the older, and among all."""


def settle() -> None:
    """To be called once, when all is built: what is there now stays for the life of the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCHES)
