"""The head of the record is published in time, and what is over is deleted, beside everything else."""

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import keeping
from bot.keeping import ENTRIES, Keeper
from bot.store import SqlStore, admin, audit, migrations
from tests.store.build import ACT, NOW, doing, tapped, wrote
from tests.store.conftest import opened
from tests.waiting import until

HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Clock:
    time: datetime = NOW

    def now(self) -> datetime:
        return self.time


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    url = f"sqlite+aiosqlite:///{tmp_path}/keeping.db"
    await migrations.upgrade(url)
    found = await opened(url)
    yield found
    await found.close()


async def happens(store: SqlStore, times: int = 1) -> None:
    for _ in range(times):
        await store.handle(tapped(), doing(audit={"event": "UserInstalled"}))


def published(file: Path) -> list[int]:
    return [json.loads(line)["seq"] for line in file.read_text().splitlines()]


async def test_a_head_goes_out_at_the_start_and_every_hour_that_brought_something(
    store: SqlStore, tmp_path: Path
) -> None:
    clock, file = Clock(), tmp_path / "heads.jsonl"
    keeper = Keeper(store, clock, file)
    await keeper.publish()
    assert published(file) == [3]
    await happens(store)
    await keeper.publish()
    assert published(file) == [3]
    clock.time += HOUR
    await keeper.publish()
    assert published(file) == [3, 4]
    clock.time += HOUR
    await keeper.publish()
    assert published(file) == [3, 4]
    last = json.loads(file.read_text().splitlines()[-1])
    assert (last["seq"], last["hash"]) == await store.run(audit.head)


async def test_a_head_goes_out_after_so_many_entries(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ENTRIES == 1_000
    monkeypatch.setattr(keeping, "ENTRIES", 5)
    file = tmp_path / "heads.jsonl"
    keeper = Keeper(store, Clock(), file)
    await keeper.publish()
    await happens(store, 4)
    await keeper.publish()
    assert published(file) == [3]
    await happens(store)
    await keeper.publish()
    assert published(file) == [3, 8]


async def test_a_head_behind_a_torn_line_stands_on_its_own(store: SqlStore, tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    for torn, lines in ((b"", 1), (b'{"seq": 1, "ha', 2), (b'{"seq": 1}\n', 2), (b"{", 2)):
        file.write_bytes(torn)
        await Keeper(store, Clock(), file).publish()
        assert json.loads(file.read_text().splitlines()[lines - 1])["seq"] == 3
        assert len(file.read_text().splitlines()) == lines


async def test_a_head_that_cannot_be_brought_to_the_disk_is_not_published(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    """What is written there is taken, and nothing can be synchronised."""
    caplog.set_level(logging.INFO)
    keeper = Keeper(store, Clock(), Path(os.devnull))
    for _ in range(2):
        with pytest.raises(OSError, match="Invalid argument"):
            await keeper.publish()
    assert [record.__dict__.get("action") for record in caplog.records].count("audit_head") == 0


async def test_a_head_stands_in_the_log_also_without_a_file(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await Keeper(store, Clock(), None).publish()
    [line] = [record for record in caplog.records if record.__dict__.get("action") == "audit_head"]
    assert (line.__dict__["seq"], line.__dict__["hash"]) == await store.run(audit.head)


async def test_what_is_over_is_deleted_every_hour(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await store.run(admin.set_policy, ACT, "default", {"retention": "100d"})
    clock = Clock(NOW + timedelta(days=100))
    keeper = Keeper(store, clock, None)
    await keeper.purge()
    await store.handle(wrote(), doing(answer={"reply": "Welcome"}))
    clock.time += HOUR / 2
    await keeper.purge()
    assert not [record for record in caplog.records if record.__dict__.get("action") == "purged"]
    clock.time += HOUR / 2
    await keeper.purge()
    [line] = [record for record in caplog.records if record.__dict__.get("action") == "purged"]
    assert (line.__dict__["messages"], line.__dict__["answers"]) == (0, 1)


async def test_what_fails_is_said_and_tried_again(
    store: SqlStore, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK", 0.01)
    folder = tmp_path / "not yet there"
    running = asyncio.create_task(Keeper(store, Clock(), folder / "heads.jsonl").run())
    await until(lambda: any(record.__dict__.get("work") == "publish" for record in caplog.records))
    folder.mkdir()
    await until((folder / "heads.jsonl").exists)
    running.cancel()
    assert published(folder / "heads.jsonl") == [3]
