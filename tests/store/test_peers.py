"""Several processes on one SQLite database: who wakes whom, who writes next, and what is left when one dies."""

import asyncio
import errno
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

import pytest

from bot.store import SqlStore, open_store
from bot.store.peers import Peers
from tests.store.build import LEASE, NOW, card, doing, reported, settles, tapped
from tests.store.conftest import opened

HOLDER = """
import sys
from pathlib import Path
from bot.store.peers import Peers
with Peers(Path(sys.argv[1]), print).turn():
    print("holds", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "some.db"
    file.touch()
    return file


@pytest.fixture
def two(database: Path) -> Iterator[tuple[Peers, Peers]]:
    peers = Peers(database, lambda: None), Peers(database, lambda: None)
    yield peers
    for each in peers:
        each.close()


@pytest.fixture
async def web_and_worker(sqlite_url: str) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    web, worker = await opened(sqlite_url), await open_store(sqlite_url)
    yield web, worker
    await web.close()
    await worker.close()


def folder(database: Path) -> Path:
    return Path(f"{database}-peers")


def fifos(database: Path) -> list[Path]:
    return sorted(folder(database).glob("*.fifo"))


async def put(store: SqlStore) -> None:
    await store.handle(tapped(), doing(rows=(card(),)))


async def is_woken(worker: SqlStore, by: SqlStore) -> None:
    """Once, and it finds why."""
    assert not await worker.claimable(NOW, ["teams"])
    waiting = asyncio.create_task(worker.wait(60))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await put(by)
    async with asyncio.timeout(30):
        await waiting
    [job] = await worker.claim(NOW, LEASE, 1, "teams")
    await worker.handle(reported(job), settles)


async def test_a_worker_of_another_process_is_woken_each_time(web_and_worker: tuple[SqlStore, SqlStore]) -> None:
    web, worker = web_and_worker
    for _ in range(3):
        await is_woken(worker, web)


async def test_all_workers_are_woken(web_and_worker: tuple[SqlStore, SqlStore], sqlite_url: str) -> None:
    web, worker = web_and_worker
    another = await open_store(sqlite_url)
    try:
        for each in (worker, another):
            assert not await each.claimable(NOW, ["teams"])
        waiting = [asyncio.create_task(each.wait(60)) for each in (worker, another)]
        await asyncio.sleep(0.05)
        await put(web)
        async with asyncio.timeout(30):
            await asyncio.gather(*waiting)
    finally:
        await another.close()


async def test_what_the_dead_and_the_deaf_left_keeps_nobody(
    web_and_worker: tuple[SqlStore, SqlStore], tmp_path: Path
) -> None:
    web, worker = web_and_worker
    dead = folder(tmp_path / "data" / "store.db") / "dead.fifo"
    deaf = [dead.with_name(f"deaf-{number}.fifo") for number in range(20)]
    for each in (dead, *deaf):
        os.mkfifo(each)
    ends = [os.open(each, os.O_RDWR | os.O_NONBLOCK) for each in deaf]
    try:
        for end in ends:
            fill(end)
        await is_woken(worker, web)
        assert not dead.exists()
        assert all(each.exists() for each in deaf)
    finally:
        for end in ends:
            os.close(end)


def fill(end: int) -> None:
    with pytest.raises(BlockingIOError):
        while os.write(end, bytes(4096)):
            continue


async def test_who_only_answers_is_told_nothing(web_and_worker: tuple[SqlStore, SqlStore], tmp_path: Path) -> None:
    web, worker = web_and_worker
    database = tmp_path / "data" / "store.db"
    await put(web)
    assert fifos(database) == []
    await worker.claimable(NOW, ["teams"])
    assert len(fifos(database)) == 1


def test_whoever_waits_comes_before_who_had_it_last(two: tuple[Peers, Peers], database: Path) -> None:
    ours, theirs = two
    order: list[str] = []

    def write() -> None:
        with theirs.turn():
            order.append("theirs")

    waiting = threading.Thread(target=write)
    with ours.turn():
        waiting.start()
        for _ in range(10_000):
            if held(folder(database) / "next"):
                break
            waiting.join(0.001)
    with ours.turn():
        order.append("ours")
    waiting.join()
    assert order == ["theirs", "ours"]


def held(file: Path) -> bool:
    end = os.open(file, os.O_RDONLY)
    try:
        flock(end, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(end)
    return False


def test_the_turn_of_a_process_that_is_killed_is_over(database: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"holds\n"
        ours = Peers(database, lambda: None)
        assert held(folder(database) / "writing")
        threading.Timer(0.05, holder.send_signal, (signal.SIGKILL,)).start()
        with ours.turn():
            assert holder.wait(30) == -signal.SIGKILL
        ours.close()


def test_the_last_one_takes_the_folder_away(database: Path) -> None:
    first, second = Peers(database, lambda: None), Peers(database, lambda: None)
    (folder(database) / "left-of-one-that-died").touch()
    first.close()
    assert folder(database).stat().st_mode & 0o077 == 0
    second.close()
    assert list(database.parent.iterdir()) == [database]


def test_the_folder_is_the_owners_of_the_database(database: Path) -> None:
    if os.geteuid() == 0:
        os.chown(database, 4242, 4242)
    peers = Peers(database, lambda: None)
    for each in (folder(database), *folder(database).iterdir()):
        assert each.stat().st_uid == database.stat().st_uid
    peers.close()


async def test_without_a_folder_it_works_as_well(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    database = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    folder(database).write_text("in the way")
    store = await opened(sqlite_url)
    assert "workers look once a second" in caplog.text
    await put(store)
    assert await store.claim(NOW, LEASE, 1, "teams")
    await store.close()
    assert folder(database).read_text() == "in the way"


async def test_without_fifos_it_works_as_well(
    database: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "not on this file system")

    monkeypatch.setattr(os, "mkfifo", refused)
    peers = Peers(database, lambda: None)
    with caplog.at_level(logging.WARNING):
        peers.listen()
        peers.listen()
    assert caplog.text.count("this worker looks once a second") == 1
    peers.tell()
    await asyncio.sleep(0)
    peers.close()
