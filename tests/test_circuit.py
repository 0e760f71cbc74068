"""When a circuit opens, lets a probe through and closes: every state, every message."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.circuit import AGAIN, FAILURES, OPEN, PROBE, Circuit, Circuits

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CLOSED = Circuit()
NEARLY = Circuit(FAILURES - 1)
OPENED = Circuit(FAILURES, NOW)
HALF, DONE = NOW + OPEN, NOW + OPEN + PROBE
PROBING = Circuit(FAILURES, NOW, HALF)

# the circuit, when it is asked, what it becomes, when to ask again (None: the message may go)
ASKED: list[tuple[Circuit, datetime, Circuit, datetime | None]] = [
    (CLOSED, NOW, CLOSED, None),
    (NEARLY, NOW, NEARLY, None),
    (OPENED, NOW, OPENED, HALF),
    (OPENED, HALF - SECOND, OPENED, HALF),
    (OPENED, HALF, PROBING, None),
    (PROBING, HALF, PROBING, HALF + AGAIN),
    (PROBING, DONE - SECOND, PROBING, DONE - SECOND + AGAIN),
    (PROBING, DONE, Circuit(FAILURES, NOW, DONE), None),
    # the clock was set back: neither the opening nor a probe lies in the future
    (OPENED, NOW - SECOND, Circuit(FAILURES, NOW, NOW - SECOND), None),
    (PROBING, NOW - SECOND, Circuit(FAILURES, NOW, NOW - SECOND), None),
]
# the circuit, what came of a message, what it becomes at HALF
TOLD: list[tuple[Circuit, bool | None, Circuit]] = [
    (CLOSED, True, CLOSED),
    (CLOSED, None, CLOSED),
    (CLOSED, False, Circuit(1)),
    (NEARLY, True, CLOSED),
    (NEARLY, None, NEARLY),
    (NEARLY, False, Circuit(FAILURES, HALF)),
    (OPENED, True, CLOSED),
    (OPENED, None, OPENED),
    (OPENED, False, Circuit(FAILURES + 1, HALF)),
    (PROBING, True, CLOSED),
    (PROBING, None, OPENED),
    (PROBING, False, Circuit(FAILURES + 1, HALF)),
]


@pytest.mark.parametrize(("circuit", "now", "becomes", "again"), ASKED)
def test_who_may_go(circuit: Circuit, now: datetime, becomes: Circuit, again: datetime | None) -> None:
    assert circuit.asked(now) == (becomes, again)


@pytest.mark.parametrize(("circuit", "answered", "becomes"), TOLD)
def test_what_an_outcome_makes_of_it(circuit: Circuit, answered: bool | None, becomes: Circuit) -> None:
    assert circuit.told(answered, HALF) == becomes


def test_hosts_know_nothing_of_each_other() -> None:
    circuits = Circuits()
    changes = [circuits.told("silent", False, NOW) for _ in range(FAILURES + 1)]
    assert changes == [False] * (FAILURES - 1) + [True, False]
    assert (circuits.wait("silent", NOW), circuits.wait("well", NOW)) == (HALF, None)
    assert circuits.standing() == {"silent": True, "well": False}
    assert circuits.wait("silent", HALF) is None
    assert circuits.told("silent", True, HALF)
    assert circuits.standing() == {"silent": False, "well": False}


def test_what_goes_nowhere_is_never_held() -> None:
    circuits = Circuits()
    assert [circuits.told("", False, NOW) for _ in range(FAILURES)] == [False] * FAILURES
    assert circuits.wait("", NOW) is None and circuits.standing() == {}
