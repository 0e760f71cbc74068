"""How a line of the thread's table is written: what was, what happens, which effects in which order, what is different.

Whatever a line does not name must stay as it was. `terms` are those that hold already, unless the line changes them.
"""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.effects import Effect, Mark, Notice, Send, State, Status, Tell, Use
from bot.domain.events import Cause, Event
from bot.domain.state import Phase, Thread, Why
from bot.domain.thread import step
from tests.domain.build import DEADLINE, PROMPT

STATUS = Status()
NOTHING = Tell(Notice.NOTHING_TO_DO)


def line(sentence: str, before: Thread, event: Event, effects: list[Effect], **changes: Any) -> Any:
    return pytest.param(before, event, effects, changes, id=sentence.replace(" ", "_"))


def check(before: Thread, event: Event, effects: list[Effect], changes: dict[str, Any]) -> None:
    after, done = step(before, event, changes.get("terms", before.terms))
    assert list(done) == effects
    assert after == replace(before, **changes)
    assert after == before or changes


def send(ref: str, slot: int, **changes: Any) -> Send:
    use = Use.PROMPT if ".prompt." in ref else Use.LEFT if ref.endswith(".left") else Use.MESSAGE
    return replace(Send(ref, use, slot, DEADLINE), **changes)


def goes(ref: str, slot: int, **changes: Any) -> list[Effect]:
    """A message is sent, and the user sees that it is."""
    return [send(ref, slot, **changes), Mark(ref, State.SENDING)]


def queued(*refs: str) -> list[Effect]:
    return [Mark(ref, State.QUEUED) for ref in refs]


def told(why: Why, cause: Cause | None = None) -> Tell:
    return Tell(Notice.INACTIVE, {"why": why.value, "cause": cause.value if cause else None})


def becomes(why: Why, cause: Cause | None = None) -> dict[str, Any]:
    return {"phase": Phase.INACTIVE, "why": why, "cause": cause}


def asks(slot: int) -> Send:
    return send(PROMPT, slot)


def went(sent: int, waits: int) -> Tell:
    return Tell(Notice.RELEASED, {"sent": sent, "waiting": waits})
