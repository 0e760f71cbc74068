"""What a life of the service is, inside its process: `python -m bot …`, and an end at a named point if one is meant.

A new life is forked off a process that has imported everything, so that a restart costs milliseconds and a run can
afford thousands; from there on it is the service as it is, and SIGKILL is SIGKILL.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Thread

from bot import __main__, app, cli, points
from bot.points import Point
from bot.store import migrations

LOG, POINTS_LOG = "service.log", "points.log"
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")

# So that a life need not: see above.
PRELOADED = (app, cli, migrations.newest())


@dataclass(frozen=True, slots=True)
class Doom:
    """Where a life ends: when it comes to this point for the `passes`-th time."""

    point: Point
    passes: int = 1


@dataclass(frozen=True, slots=True)
class Birth:
    """Everything that a life is given: the words after `python -m bot`, its settings, where it runs, how it ends.

    `changed` is called first: what is different in this life from the service as it is. `noted`: the points that it
    passes are appended to POINTS_LOG in its folder.
    """

    words: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    doom: Doom | None = None
    changed: Callable[[], None] | None = None
    noted: bool = False


def live(birth: Birth) -> None:
    """The whole life; what it says goes to LOG in its folder. It does not outlive the run that began it."""
    Thread(target=_end_with_parent, daemon=True).start()
    os.chdir(birth.folder)
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    os.environ.clear()
    os.environ.update({**inherited, "LOG_LEVEL": "WARNING", **birth.environment})
    said = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(said, stream)
    if birth.changed:
        birth.changed()
    if birth.doom:
        points.reached = _fatal(birth.doom)
    elif birth.noted:
        points.reached = _note
    sys.exit(__main__.main(birth.words))


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)


def _fatal(doom: Doom) -> Callable[[Point], None]:
    passed = count(1)  # points are passed in two threads, and only this is counted by one step of the interpreter

    def reached(name: Point) -> None:
        if name == doom.point and next(passed) == doom.passes:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


def _note(name: Point) -> None:
    line = os.open(POINTS_LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(line, f"{name}\n".encode())
    os.close(line)
