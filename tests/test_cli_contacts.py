"""`admin contacts`: imports that take everything or nothing, that can be done again, and that tell what was wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import cli
from bot.store import admin, open_store
from bot.store.tables import BOOK
from tests.store.build import ACT

Run = Callable[..., tuple[int, Any, str]]
NUMBER = "+4915112345678"
HEAD = "name,company,number,number2,notes\n"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command on a database with one user: exit code, what it printed as JSON, and what it complained of."""
    values = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/x.db",
        "DEV_MODE": "1",
        "HOST": "127.0.0.1",
    }

    def command(*words: str) -> tuple[int, Any, str]:
        code = cli.main([*words, "--json"], values)
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else None, said.err

    who = ("--aad-object-id", "aad", "--tenant", "t", "--name", "Anna", "--number", NUMBER)
    assert command("migrate")[0] == command("users", "add", *who)[0] == 0
    return command


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    def write(text: str, name: str = "book.csv") -> str:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return str(path)

    return write


def test_what_is_imported_is_listed(run: Run, file: Callable[..., str]) -> None:
    text = f"\ufeff{HEAD}张伟,海港,+8613800138000,,n\nBob,,0151 12345678,,\n张伟,海港,+8613800138000,,n\n"
    code, told, _ = run("contacts", "import", file(text), "--user", NUMBER)
    assert code == 0
    assert told == {
        **{"user": "Anna", "new": 2, "changed": 0, "the same": 0, "changed in Teams, kept": 0},
        **{"said twice": 1, "left out": 0},
    }
    bob = {"name": "Bob", "company": "", "numbers": "+4915112345678", "on WeChat": False, "from": "file"}
    zhang = {"name": "张伟", "company": "海港", "numbers": "+8613800138000", "on WeChat": False, "from": "file"}
    assert run("contacts", "list", "--user", NUMBER)[1] == [bob, zhang]
    assert run("contacts", "list", "--user", NUMBER, "--limit", "1")[1] == [bob]


def test_an_import_can_be_done_again(run: Run, file: Callable[..., str]) -> None:
    once = file(f"{HEAD}Li,,+8613800138000,,\nBo,,+8613800138001,,\n")
    again = file(f"{HEAD}Li,Co,+8613800138000,,\nBo,,+8613800138001,,\n", "again.csv")
    assert run("contacts", "import", once, "--user", NUMBER)[1]["new"] == 2
    told = run("contacts", "import", again, "--user", NUMBER)[1]
    assert (told["new"], told["changed"], told["the same"]) == (0, 1, 1)


def test_nothing_is_taken_when_a_line_is_wrong_and_each_is_named(run: Run, file: Callable[..., str]) -> None:
    text = HEAD + "Li,,+8613800138000,,\n,,+8613800138000,,\n" + "Bo,,nonsense,,\n" * 30
    code, told, complaint = run("contacts", "import", file(text), "--user", NUMBER)
    assert (code, told) == (1, None)
    assert "nothing was imported: 31 of 32" in complaint
    assert "line 3: it has no name" in complaint
    assert "line 4: number 1 cannot be read" in complaint
    assert "… and 11 more" in complaint
    assert "nonsense" not in complaint
    assert run("contacts", "list", "--user", NUMBER)[1] == []


def test_the_rest_can_be_taken(run: Run, file: Callable[..., str]) -> None:
    text = f"{HEAD}Li,,+8613800138000,,\n,,,,\nBo,,x,,\n"
    code, told, _ = run("contacts", "import", file(text), "--user", NUMBER, "--skip-wrong")
    assert (code, told["new"], told["left out"]) == (0, 1, 1)
    assert told["wrong"] == [{"line": 4, "why": told["wrong"][0]["why"]}]


def test_a_vcard_file_is_imported(run: Run, file: Callable[..., str]) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Li\nTEL:138 0013 8000\nEND:VCARD\n"
    code, told, _ = run("contacts", "import", file(card, "book.vcf"), "--user", NUMBER, "--region", "cn")
    assert (code, told["new"]) == (0, 1)
    assert run("contacts", "list", "--user", NUMBER)[1][0]["numbers"] == "+8613800138000"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("import", "missing.csv", "--user", NUMBER), "missing.csv"),
        (("import", "missing.csv", "--user", "nobody"), "There is no user"),
        (("list", "--user", "nobody"), "There is no user"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, words: tuple[str, ...], why: str) -> None:
    code, _, complaint = run("contacts", *words)
    assert code == 1
    assert why in complaint


def test_the_import_is_on_record_without_names(run: Run, file: Callable[..., str]) -> None:
    run("contacts", "import", file(f"{HEAD}Li,,+8613800138000,,\n"), "--user", NUMBER)
    last = run("audit", "export")[1][-1]
    assert last["event"] == "ContactsImported"
    assert "Li" not in last["body"].replace("ContactsImported", "")
    assert "138" not in last["body"]


def test_the_service_goes_on_during_an_import(run: Run, file: Callable[..., str], tmp_path: Path) -> None:
    """Another process's writes get their turn between the portions."""
    rows = "".join(f"Contact {at},Co,+86138{at:08},,\n" for at in range(3000))
    path = file(HEAD + rows)

    async def both() -> set[int]:
        store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/x.db")
        importing = asyncio.create_task(asyncio.to_thread(run, "contacts", "import", path, "--user", NUMBER))
        imported = set()
        while not importing.done():
            await store.run(admin.enable_user, ACT, NUMBER, True)
            imported.add(await store.read(lambda connection: len(connection.execute(select(BOOK.c.id)).all())))
        assert (await importing)[0] == 0
        await store.close()
        return imported

    assert len(asyncio.run(both()) - {0, 3000}) >= 3
