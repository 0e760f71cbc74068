"""Each function belongs to its stage, C to whoever calls it, and the shares are laid onto the whole."""

from __future__ import annotations

import cProfile
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson
import pytest

from bot.domain.pacing import free_at
from bot.sim.connector.server import TeamsSimulator
from bot.sim.wechat.account import Account
from cards import Reader, View, render
from tests.bench import stages
from tests.bench.letters import Writers
from tests.bench.loads import Fired
from tests.bench.measure import Runs
from tests.bench.profile import WAYS, Threads, Way, load, text
from tests.bench.scene import Scene


def profiled(work: Callable[[], object]) -> dict[str, float]:
    profile = cProfile.Profile()
    profile.enable()
    try:
        work()
    finally:
        profile.disable()
    return stages.times(profile.getstats())


@pytest.mark.parametrize(
    ("file", "stage"),
    [
        ("/app/bot/domain/thread.py", "rules"),
        ("/app/bot/worker.py", "worker, pacing, figures, log lines"),
        ("/app/bot/store/claim.py", "store"),
        ("/app/cards/parts.py", "cards"),
        ("/lib/site-packages/sqlalchemy/engine/base.py", "SQLAlchemy"),
        ("C:\\lib\\site-packages\\aiohttp\\web.py", "HTTP"),
        ("<string>", "records: dataclasses made and replaced"),
        ("/lib/python3.11/enum.py", stages.OTHER),
    ],
)
def test_a_file_is_of_a_stage(file: str, stage: str) -> None:
    assert stages.of_file(file) == stage


def test_functions_in_c_belong_to_their_caller_but_for_json_and_sqlite() -> None:
    assert stages.of_builtin("<built-in method builtins.len>", "rules") == "rules"
    assert stages.of_builtin("<built-in method orjson.dumps>", "cards") == "JSON"
    assert stages.of_builtin("<method 'execute' of 'sqlite3.Cursor' objects>", "store") == "SQLite itself"


def test_real_work_is_found_in_its_stage() -> None:
    assert profiled(lambda: free_at([1.0] * 1000, (), 1.0)).keys() == {"rules"}
    drawn = profiled(lambda: render("help", View(Reader())))
    assert drawn["cards"] > 0 and drawn.get("rules", 0) == 0
    orjson.dumps({})
    assert "SQLite itself" not in profiled(lambda: sqlite3.connect(":memory:").close())


def test_every_thread_is_profiled() -> None:
    threads = Threads()
    threads.on()
    try:
        other = threading.Thread(target=lambda: [render("help", View(Reader())) for _ in range(20)])
        other.start()
        other.join()
        assert threads.times()["cards"] > 0
    finally:
        threads.off()


def test_shares_are_laid_onto_the_whole_the_largest_first() -> None:
    assert stages.less({"a": 5.0, "b": 1.0}, {"a": 2.0}) == {"a": 3.0, "b": 1.0}
    assert list(stages.scaled({"b": 1.0, "a": 3.0}, 100.0).items()) == [("a", 75.0), ("b", 25.0)]
    assert stages.scaled({}, 100.0) == {}


def test_the_table_shows_both_ways() -> None:
    inward, outward = (
        Way({"rules": 30.0, "store": 70.0}, {"statements": 2.0}),
        Way({"store": 50.0}, {"statements": 0.0}),
    )
    rows = text({"in": inward, "out": outward}).splitlines()
    assert "| rules | 30 | 30% | 0 | 0% |" in rows
    assert "| **CPU of a message** | **100** |  | **50** |  |" in rows
    assert rows[-1] == "| statements of a message | 2.0 |  | 0.0 |  |"


async def test_the_load_is_written_before_anything_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    class Told(Runs):
        def __init__(self) -> None:
            """There is no sink to be read."""

        def next(self) -> int:
            return 7

        async def fired(self, port: int, requests: Sequence[bytes], most: int) -> Fired:
            told.append(f"{len(requests)} sent")
            return Fired(0.0, 1.0, Counter({200: len(requests)}))

        async def arrived(self, side: str, run: int, count: int) -> float:
            told.append(f"{count} of run {run} at {side}")
            return 1.0

        async def quiet(self) -> None:
            told.append("quiet")

    def written(write: Writers, run: int, count: int) -> list[bytes]:
        told.append("written")
        return write.pushes(run, count)

    monkeypatch.setitem(WAYS, "in", ("teams", written))
    teams = TeamsSimulator("")
    writers = Writers(Account(), teams, teams.tenant.add_user("Anna Schmidt"), ["o1", "o2"])
    send = load(Scene("", Told(), writers, Path()), "in", 3)
    assert told == ["written"]
    await send()
    assert told == ["written", "3 sent", "3 of run 7 at teams", "quiet"]
