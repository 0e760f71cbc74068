"""An export is complete, proves itself, and its letters open in a mail reader, whatever people are called or write."""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from bot.domain.effects import State
from bot.domain.events import Due
from bot.keeping import purge
from bot.store import admin, migrations, open_store, spoken
from bot.store.admin import Act
from bot.store.words import _digest
from tests.commands.build import Desk
from tests.store.build import ACT, ANN, HOUR, NOW, begin, deliver_all, doing, greet, message, new_id, text, wrote
from tests.store.conftest import opened

EVIL = "Li\r\nBcc: all@example.com\u2028<b>\x1b[31m"
WORDS = "=1+1 <a href=x>\r\n.\r\nFrom someone\n你好 👋"


@pytest.fixture
async def url(tmp_path: Path) -> str:
    found = f"sqlite+aiosqlite:///{tmp_path}/desk.db"
    await migrations.upgrade(found)
    return found


@pytest.fixture
async def thread_id(url: str) -> AsyncIterator[str]:
    """A conversation with an edited message that was sent, and somebody else's beside it."""
    store = await opened(url)
    begun = await begin(store)
    ident = begun.thread.id
    await store.run(admin.set_contact, ACT, begun.contact.id, {"name": EVIL})
    said = replace(message(ident, "first", id="m-edited"), at=NOW + HOUR, state=State.SENT, why="because")
    row = text(ident, said.id, slot=1, use="message")
    await store.handle(Due(new_id(), "", NOW, ident), doing(messages=(said,), rows=(row,)))
    await store.handle(Due(new_id(), "", NOW + HOUR, ident), doing(rewords=((said.id, WORDS),)))
    await deliver_all(store, "wechat")
    await store.handle(wrote("o-2", "another conversation"), greet)
    yield ident
    await store.close()


@pytest.fixture
def at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_bytes().splitlines()]


def checked(folder: Path) -> dict[str, Any]:
    """The manifest; every file is in it, with its hash, and nobody else may read any."""
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    there = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} - {"manifest.json"}
    assert {each["name"] for each in manifest["files"]} == there
    for each in manifest["files"]:
        content = (folder / each["name"]).read_bytes()
        assert (each["sha256"], each["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
        assert (folder / each["name"]).stat().st_mode & 0o077 == 0
    return manifest


async def test_a_thread_is_exported_with_all_that_was_said_and_done(at: Desk, thread_id: str) -> None:
    folder = at.folder / "out"
    told = await at.reads("audit", "export", "--to", str(folder), "--thread", thread_id)
    manifest = checked(folder)
    assert told["manifest sha256"] == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    assert (manifest["thread"], manifest["messages"]) == (thread_id, 2)
    [contacts, anns] = sorted(lines(folder / "messages.jsonl"), key=lambda each: str(each["at"]))
    assert (contacts["author"], contacts["text"], contacts["sent"]) == ("contact", "hello", None)
    assert contacts["contact"]["name"] == EVIL
    assert (anns["original"], anns["text"], anns["edited"]) == ("first", WORDS, True)
    assert anns["sent"] == WORDS.replace("<a ", "<\u200da ")
    assert (anns["state"], anns["why"], anns["user"]["name"]) == ("sent", "because", ANN.name)
    [send] = anns["sends"]
    assert (send["kind"], send["state"], send["slot"], send["remote_id"][:6]) == ("text", "sent", 1, "remote")
    reworded = [json.loads(each["body"]).get("reworded", {}) for each in lines(folder / "audit.jsonl")]
    assert {"m-edited": _digest(anns["salt"], "m-edited", WORDS)} in reworded
    assert "another conversation" not in (folder / "messages.jsonl").read_text()
    last = (await at.reads("audit", "export"))[-1]
    assert last["event"] == "RecordExported"
    assert told["manifest sha256"] in last["body"]


async def test_letters_open_in_a_mail_reader(at: Desk, thread_id: str) -> None:
    folder = at.folder / "out"
    await at.reads("audit", "export", "--to", str(folder), "--thread", thread_id, "--format", "eml")
    checked(folder)
    files = sorted(folder.rglob("*.eml"))
    assert {file.parent.name for file in files} == {thread_id}
    [theirs, anns] = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    assert isinstance(theirs, EmailMessage)
    assert isinstance(anns, EmailMessage)
    assert theirs.defects == anns.defects == []
    name = "Li Bcc: all@example.com <b> [31m"
    assert [each.display_name for each in theirs["From"].addresses] == [name]
    assert [each.display_name for each in anns["To"].addresses] == [name]
    assert [each.display_name for each in anns["From"].addresses] == [ANN.name]
    assert (theirs["Bcc"], anns["Bcc"]) == (None, None)
    assert anns["Date"].datetime == (NOW + HOUR).replace(microsecond=0)
    assert anns["References"] == theirs["References"]
    assert (anns["X-MultiLine-State"], anns["X-MultiLine-Why"]) == ("sent", "because")
    assert "text sent" in anns["X-MultiLine-Send"]
    body, first = anns.get_body(), next(anns.iter_attachments())
    assert isinstance(body, EmailMessage)
    assert isinstance(first, EmailMessage)
    assert (body.get_content_type(), body.get_content()) == ("text/plain", WORDS)
    assert (first.get_filename(), first.get_content()) == ("as-first-written.txt", "first")


async def test_what_was_said_comes_thread_by_thread_and_in_the_order_of_time(
    at: Desk, url: str, thread_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the ids are, and wherever a page ends."""
    monkeypatch.setattr(spoken, "PAGE", 2)
    store = await open_store(url)
    for number in range(5):
        late = replace(message(thread_id, f"word {number}", id=f"m-{number}"), at=NOW + HOUR * (9 - number))
        await store.handle(Due(new_id(), "", NOW, thread_id), doing(messages=(late,)))
    await store.close()
    await at.reads("audit", "export", "--to", str(at.folder / "out"))
    told = [(each["thread"], each["at"], each["id"]) for each in lines(at.folder / "out" / "messages.jsonl")]
    assert told == sorted(told) and len(told) == 8


async def test_a_period_holds_what_is_in_it_and_the_entries_that_prove_it(at: Desk, thread_id: str) -> None:
    noon = (NOW + HOUR / 2).isoformat()
    await at.reads("audit", "export", "--to", str(at.folder / "out"), "--since", noon)
    manifest = checked(at.folder / "out")
    assert [each["id"] for each in lines(at.folder / "out" / "messages.jsonl")] == ["m-edited"]
    assert manifest["entries"] == 2
    await at.reads("audit", "export", "--to", str(at.folder / "other"), "--until", noon)
    found = lines(at.folder / "other" / "messages.jsonl")
    assert sorted(each["text"] for each in found) == ["another conversation", "hello"]


async def test_what_was_purged_is_exported_as_purged(at: Desk, url: str, thread_id: str) -> None:
    store = await open_store(url)
    await store.run(admin.set_policy, ACT, "default", {"retention": "3d"})
    now = NOW + timedelta(days=4)
    await purge(store, Act("test", now))
    await store.close()
    await at.reads("audit", "export", "--to", str(at.folder / "out"))
    for each in lines(at.folder / "out" / "messages.jsonl"):
        assert (each["original"], each["text"], each["salt"], each["purged_at"]) == ("", "", "", now.isoformat())


async def test_an_export_overwrites_nothing_and_says_what_it_did_not_understand(at: Desk, thread_id: str) -> None:
    (at.folder / "full").mkdir()
    (at.folder / "full" / "file").touch()
    assert await at.types("audit", "export", "--to", str(at.folder / "full")) == 1
    assert "is not an empty folder" in at.complained
    assert await at.types("audit", "export", "--to", str(at.folder / "out"), "--thread", "gone") == 1
    assert "There is no thread 'gone'" in at.complained
    assert not (at.folder / "out").exists()
    with pytest.raises(SystemExit):
        await at.types("audit", "export", "--since", "yesterday")
    assert "'yesterday' is no time" in at.screen.readouterr().err


async def test_a_long_export_is_read_in_pages(at: Desk, thread_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spoken, "PAGE", 1)
    await at.reads("audit", "export", "--to", str(at.folder / "out"))
    assert len(lines(at.folder / "out" / "messages.jsonl")) == 3
