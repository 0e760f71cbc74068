"""The processes that share one SQLite database: they wake each other's workers, and take turns in writing.

Both live in a folder beside the database, and neither has to work for what is written to be right: what is not heard is
found at the next poll, and SQLite's own lock lets one write at a time whoever waits for it. But that lock is waited for
by sleeping, longer each time, so that whoever comes back soonest gets it again.

To be woken, a worker has a FIFO there, under a name of its own; whoever has news writes a byte into every one. One that
nobody reads is left of a process that died, and goes. Turns are two advisory locks of the system, which end with their
holder: one is held while writing, the other while waiting to be the next, so that nobody is passed over.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import ENXIO
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, flock
from pathlib import Path
from typing import Final

SUFFIX: Final = "-peers"
"""What is added to a database's name for the folder; SQLite has `-wal` and `-shm`."""

FIFO: Final = ".fifo"
FULL: Final = 65536  # what a FIFO holds
_log = logging.getLogger(__name__)


class Peers:
    """Of the process that opens `database`, which is there. `heard` is called when another one has news."""

    def __init__(self, database: Path, heard: Callable[[], None]) -> None:
        self._folder = database.with_name(database.name + SUFFIX)
        self._heard = heard
        self._fifo: tuple[Path, int] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._telling = False
        self._there: int | None = None
        self._locks: tuple[int, int] | None = None
        try:
            self._there = _entered(self._folder)
            self._locks = _locks(self._folder, database.stat())
        except OSError as error:
            _log.warning("no folder to meet other processes in (%s): workers look once a second", error)

    def listen(self) -> None:
        """From now on we are told; inside a running loop."""
        if self._loop is None and self._there is not None:
            self._loop = asyncio.get_running_loop()
            try:
                self._fifo = _made(self._folder)
            except OSError as error:
                _log.warning("no FIFO to be woken by (%s): this worker looks once a second", error)
            else:
                self._loop.add_reader(self._fifo[1], self._read)

    def tell(self) -> None:
        """Something was committed that others may claim. All that is told at once is told them once."""
        if not self._telling:
            self._telling = True
            asyncio.get_running_loop().call_soon(self._tell)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Ours to write; it blocks until it is. Where there are no such locks SQLite's own has to do."""
        if self._locks is None:
            yield
            return
        following, writing = self._locks
        with suppress(OSError):
            flock(following, LOCK_EX)
            try:
                flock(writing, LOCK_EX)
            finally:
                flock(following, LOCK_UN)
        try:
            yield
        finally:
            flock(writing, LOCK_UN)

    def close(self) -> None:
        """Leave; the last one takes the folder away."""
        if self._fifo is not None:
            path, end = self._fifo
            if self._loop is not None and not self._loop.is_closed():
                self._loop.remove_reader(end)
            path.unlink(missing_ok=True)
            os.close(end)
        for lock in self._locks or ():
            os.close(lock)
        if self._there is not None:
            with suppress(OSError):  # others are there
                flock(self._there, LOCK_EX | LOCK_NB)
                shutil.rmtree(self._folder)
            os.close(self._there)
        self._fifo = self._locks = self._there = None

    def _read(self) -> None:
        if self._fifo is not None:
            with suppress(BlockingIOError):
                os.read(self._fifo[1], FULL)
            self._heard()

    def _tell(self) -> None:
        self._telling = False
        ours = self._fifo and self._fifo[0].name
        with suppress(OSError), os.scandir(self._folder) as found:
            for each in found:
                if each.name.endswith(FIFO) and each.name != ours:
                    _ring(each.path)


def _entered(folder: Path) -> int:
    """The folder, open, and locked against being taken away."""
    while True:
        folder.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            there = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            flock(there, LOCK_SH)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(there), folder.stat()):
                    return there
            os.close(there)


def _locks(folder: Path, owner: os.stat_result) -> tuple[int, int]:
    """To be the next, and to write."""
    files = folder / "next", folder / "writing"
    following, writing = (os.open(file, os.O_CREAT | os.O_RDONLY | os.O_NOFOLLOW, 0o600) for file in files)
    if os.geteuid() == 0:  # as SQLite does: what an administrator has opened, the service must be able to open
        for each in (folder, *files):
            os.chown(each, owner.st_uid, owner.st_gid)
    return following, writing


def _made(folder: Path) -> tuple[Path, int]:
    """A FIFO and its end, open for both so that it never has no reader; in its place only then."""
    path = folder / secrets.token_hex(8)
    os.mkfifo(path, 0o600)
    end = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    return path.rename(path.with_suffix(FIFO)), end


def _ring(fifo: str) -> None:
    try:
        end = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno == ENXIO:  # nobody reads it
            with suppress(OSError):
                os.unlink(fifo)
        return
    try:
        with suppress(BlockingIOError, BrokenPipeError):  # full: it will look; broken: it ended just now
            os.write(end, b"\n")
    finally:
        os.close(end)
