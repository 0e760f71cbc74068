"""The commands for the outbox, the numbers, a copy, and one person."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot import cli
from bot.clock import SystemClock
from tests.commands.build import Desk, bury, desk, line


@pytest.fixture
async def at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return await desk(tmp_path, capsys)


async def test_a_dead_letter_is_seen_and_sent_again(at: Desk) -> None:
    row = await bury(f"sqlite+aiosqlite:///{at.folder}/desk.db", SystemClock().now())
    [dead] = await at.reads("outbox", "dead")
    assert (dead["row"], dead["what"], dead["code"]) == (row, "help", "400 BadSyntax")
    assert (await at.reads("stats"))["dead letters"] == 1
    assert await at.types("outbox", "requeue") == 1
    assert "--all" in at.complained
    assert await at.types("outbox", "requeue", "4711") == 1
    assert "Not dead letters: 4711" in at.complained
    assert await at.types("outbox", "requeue", str(row)) == 0
    assert at.said == "Cards that are sent again: 1.\n"
    [waiting] = await at.reads("outbox", "list")
    assert (waiting["row"], waiting["state"], waiting["tries"]) == (row, "pending", 0)
    stats = await at.reads("stats")
    assert (stats["outbox waiting"], stats["dead letters"]) == (1, 0)
    assert await at.types("outbox", "requeue", "--all") == 0


async def test_a_person_is_shown_and_removed(at: Desk) -> None:
    await at.reads("users", "import", at.file(line(1)))
    shown = await at.reads("users", "show", "+4915100000001")
    assert (shown["name"], shown["conversations"], shown["app installed"]) == ("Person 1", 0, False)
    assert await at.types("account", "set", "--default-user", "+4915100000001") == 0
    assert await at.types("users", "remove", "+4915100000001") == 1
    assert "contacts that ask for nobody" in at.complained
    await at.reads("users", "import", at.file(line(2)))
    assert await at.types("users", "remove", "+4915100000002") == 0
    assert await at.types("users", "show", "+4915100000002") == 1
    assert [user["name"] for user in await at.reads("users", "list")] == ["Person 1"]


async def test_a_copy_takes_the_databases_place(at: Desk) -> None:
    await at.reads("users", "import", at.file(line(1)))
    copy = at.folder / "copy.db"
    assert await at.types("backup", str(copy)) == 0
    assert "holds the whole database" in at.said
    assert await at.types("backup", str(copy)) == 1
    assert "overwrites nothing" in at.complained
    await at.reads("users", "import", at.file(line(2)))
    for suffix in ("-wal", "-shm"):
        (at.folder / f"desk.db{suffix}").unlink(missing_ok=True)
    copy.replace(at.folder / "desk.db")
    assert [user["name"] for user in await at.reads("users", "list")] == ["Person 1"]
    assert (await at.reads("audit", "verify"))["intact"] is True


async def test_an_install_without_settings_is_told_and_undoes_nothing(at: Desk) -> None:
    await at.reads("users", "import", at.file(line(1)))
    at.values["DEV_MODE"] = "0"
    assert await at.types("users", "enable", "+4915100000001", "--install") == 0
    assert "is enabled. The app was not installed: These settings cannot be used" in at.said


async def test_a_policy_says_what_becomes_of_open_conversations(at: Desk) -> None:
    assert (await at.reads("policy", "show", "default"))["on-disable"] == "leave"
    assert (await at.reads("policy", "set", "default", "--on-disable", "keep"))["on-disable"] == "keep"


@pytest.mark.parametrize("number", ["-5", "9" * 19, "1e3", "٤"])
@pytest.mark.parametrize(
    "words",
    [
        ("threads", "list", "--limit"),
        ("outbox", "dead", "--limit"),
        ("outbox", "requeue"),
        ("contacts", "list", "--limit"),
        ("policy", "set", "default", "--reply-limit"),
        ("policy", "set", "default", "--queue-limit"),
    ],
    ids=" ".join,
)
def test_a_number_that_no_database_counts_is_not_understood(
    words: tuple[str, ...], number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*words, number])
    assert ended.value.code == 2
    assert f"{number!r} is no whole number" in capsys.readouterr().err


async def test_whoever_only_looks_neither_waits_for_what_is_written_nor_holds_it_up(at: Desk) -> None:
    await at.reads("users", "import", at.file(line(1)))
    looks = [
        *("users list", "users show +4915100000001", "account show", "contacts list", "contacts waiting", "stats"),
        *("contacts list --user +4915100000001", "policy show default", "threads list", "outbox list", "outbox dead"),
        *("hold list", "audit head", "audit verify", "audit export", "purge --dry-run"),
    ]
    with closing(sqlite3.connect(at.folder / "desk.db", isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        assert [look for look in looks if await at.types(*look.split())] == []
