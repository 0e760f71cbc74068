"""`admin audit …`: what an administrator types to prove the record, also against heads that were noted elsewhere."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.audit import GENESIS
from tests.commands.build import Desk, desk, line


@pytest.fixture
async def at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    found = await desk(tmp_path, capsys)
    await found.reads("users", "import", found.file(line(1), line(2)))
    return found


async def head(at: Desk) -> str:
    assert await at.types("audit", "head") == 0
    return at.said.strip()


def attack(at: Desk, *statements: str) -> None:
    """By somebody who owns the file."""
    with closing(sqlite3.connect(at.folder / "desk.db")) as connection, connection:
        for statement in ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete", *statements):
            connection.execute(statement)


async def test_an_untouched_record_meets_every_head_that_was_noted(at: Desk) -> None:
    first = await head(at)
    await at.reads("users", "disable", "+4915100000001")
    heads = at.folder / "heads.jsonl"
    heads.write_text(f'{{"seq": 1, "other": "thing"}}\nno json\n{await at.reads("audit", "head")}\n'.replace("'", '"'))
    told = await at.reads("audit", "verify", "--head", first, "--heads", str(heads))
    assert (told["intact"], told["noted heads"], told["messages"], told["purged messages"]) == (True, 2, 0, 0)
    assert f"{told['entries']}:{told['head']}" == await head(at) != first


async def test_an_empty_record_has_a_head(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await head(await desk(tmp_path, capsys)) == f"0:{GENESIS}"


async def test_a_cut_end_is_found_by_the_head(at: Desk) -> None:
    noted = await head(at)
    attack(at, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
    assert (await at.reads("audit", "verify"))["intact"] is True
    told = await at.reads("audit", "verify", "--head", noted, code=1)
    assert told["intact"] is False
    assert "the chain ends before" in told["faults"][0]["fault"]
    assert await at.types("audit", "verify", "--head", noted) == 1
    assert "the chain ends before" in at.said


async def test_a_changed_entry_is_found(at: Desk) -> None:
    attack(at, "UPDATE audit SET body = replace(body, '\"by\"', '\"bY\"') WHERE seq = 1")
    told = await at.reads("audit", "verify", code=1)
    assert told["faults"] == [{"fault": "entry 1: was changed"}]


@pytest.mark.parametrize("wrong", ["", "7", "x:" + GENESIS, "7:abc"])
async def test_what_is_no_head_is_refused(at: Desk, wrong: str) -> None:
    with pytest.raises(SystemExit):
        await at.types("audit", "verify", "--head", wrong)
    assert "is no head: SEQ:HASH" in at.screen.readouterr().err


async def test_a_file_without_a_head_proves_nothing_and_says_so(at: Desk) -> None:
    empty = at.folder / "empty"
    empty.write_text("nothing\n")
    assert await at.types("audit", "verify", "--heads", str(empty)) == 1
    assert "holds no head" in at.complained


async def test_two_heads_that_disagree_are_noticed(at: Desk) -> None:
    file = at.folder / "heads"
    file.write_text(f'{{"seq": 1, "hash": "{GENESIS}"}}\n')
    assert await at.types("audit", "verify", "--head", f"1:{GENESIS[:-1]}1", "--heads", str(file)) == 1
    assert "one of them is forged" in at.complained


async def test_what_is_held_is_listed_and_released(at: Desk) -> None:
    held = await at.reads("hold", "add", "user", "+4915100000001", "--reason", "case 7")
    [listed] = await at.reads("hold", "list")
    assert listed == held
    assert (held["kind"], held["reason"]) == ("user", "case 7")
    assert await at.types("hold", "add", "contact", "nobody", "--reason", "case 7") == 1
    assert "There is no contact 'nobody'" in at.complained
    assert await at.types("hold", "remove", held["id"]) == 0
    assert "is not held any more" in at.said
    assert await at.reads("hold", "list") == []


async def test_a_purge_can_be_counted_first(at: Desk) -> None:
    assert (await at.reads("policy", "set", "default", "--retention", "7y"))["retention"] == "7y"
    assert await at.types("purge", "--dry-run") == 0
    assert at.said == "Messages whose words would be deleted: 0.\n"
    assert await at.reads("purge") == {"messages": 0, "contacts": 0, "automatic answers": 0}
    assert await at.types("policy", "set", "default", "--retention", "1h") == 1
    assert "retention must be longer than reply-window" in at.complained
