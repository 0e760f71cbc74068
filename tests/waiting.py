"""Waiting for what happens by itself, without guessing how long it takes."""

import asyncio
from collections.abc import Callable

PATIENCE = 20.0


async def until(true: Callable[[], object]) -> None:
    """Return as soon as it is true; AssertionError after PATIENCE seconds."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not true():  # noqa: ASYNC110 - of whatever there is no event to wait for
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError("it never came about") from None
