"""Somebody who guesses PINs as fast as the rules let them: sits out every wait, asks for every PIN that may be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import orjson

from bot.domain.events import ContactWrote
from bot.store.audit import Entry
from tests.e2e.stage import Stage


@dataclass(frozen=True, slots=True)
class Spent:
    """Of so many guesses, how many were compared with a PIN, and how many were not."""

    counted: int
    refused: int


async def attack(on: Stage, guesses: int) -> Spent:
    """Guess in turn, straight through the engine, with the clock moved by hand; only wrong PINs, by construction."""
    for number in range(1, guesses + 1):
        on.clock.advance(97)
        if number % 4 == 0:
            await wrote(on, -number, "1")
        await wrote(on, number, f"{number:06}")
    return await counted(on)


async def wrote(on: Stage, number: int, text: str) -> None:
    now = on.clock.now()
    ident = f"attack-{number}"
    event = ContactWrote(
        ident, ident, now, "default", on.li.openid, now - timedelta(microseconds=now.microsecond), number, text
    )
    await on.service.engine.handle(event)


async def counted(on: Stage) -> Spent:
    """As the record says it."""
    outcomes = [outcome async for entry in on.service.store.audit() for outcome in _outcomes(entry)]
    compared = sum(outcome in ("pin_wrong", "locked", "barred", "pin_right") for outcome in outcomes)
    return Spent(compared, sum(outcome == "pin_refused" for outcome in outcomes))


def _outcomes(entry: Entry) -> list[str]:
    return list(orjson.loads(entry.body).get("outcomes", ()))
