"""`admin audit export`: the record and what was said, for a thread or a period, into a folder that proves itself."""

from __future__ import annotations

import hashlib
import os
from argparse import ArgumentTypeError
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from bot import show
from bot.commands import Arguments, Command, Mistake, Shown, act
from bot.letter import file_name, letter, record
from bot.points import point
from bot.store import SqlStore, admin, audit, spoken
from bot.store.audit import Entry
from bot.store.spoken import Spoken, Wanted

MANIFEST: Final = "manifest.json"
ENTRIES: Final = "audit.jsonl"
MESSAGES: Final = "messages.jsonl"


@dataclass(slots=True)
class Folder:
    """Where an export goes: nobody else's to read, nothing overwritten, every file's hash noted."""

    path: Path
    files: list[Mapping[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise Mistake(f"{self.path} is not an empty folder: an export overwrites nothing")
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def open(self, name: str) -> BinaryIO:
        file = self.path / name
        file.parent.mkdir(mode=0o700, exist_ok=True)
        return os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")

    def write(self, name: str, content: bytes) -> None:
        with self.open(name) as out:
            out.write(content)
        self.note(name, hashlib.sha256(content).hexdigest())

    def note(self, name: str, digest: str) -> None:
        self.files.append({"name": name, "sha256": digest, "bytes": (self.path / name).stat().st_size})


class Lines:
    """A file of JSON lines, hashed as it is written."""

    def __init__(self, folder: Folder, name: str) -> None:
        self.count = 0
        self._folder, self._name = folder, name
        self._out, self._hash = folder.open(name), hashlib.sha256()

    def add(self, values: Mapping[str, Any]) -> None:
        line = orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)
        self._out.write(line)
        self._hash.update(line)
        self.count += 1

    def close(self) -> None:
        self._out.close()
        self._folder.note(self._name, self._hash.hexdigest())


async def _export(store: SqlStore, wish: Arguments) -> Shown:
    wanted = Wanted(wish.thread, wish.since, wish.until)
    if wanted.thread_id:
        await store.read(admin.thread, wanted.thread_id)  # StoreError when there is none
    if wish.to is None:
        return [show.entry(entry) async for entry in _entries(store, wanted, set())]
    folder = Folder(wish.to)
    told = await _messages(store, wanted, folder, letters=wish.format == "eml")
    entries = Lines(folder, ENTRIES)
    async for entry in _entries(store, wanted, told):
        entries.add(show.entry(entry))
    entries.close()
    seq, head = await store.read(audit.head)
    now = act()
    manifest = {
        "made_at": now.at.isoformat(),
        "by": now.by,
        "thread": wanted.thread_id,
        "since": show.moment(wanted.since),
        "until": show.moment(wanted.until),
        "messages": len(told),
        "entries": entries.count,
        "head": {"seq": seq, "hash": head},
        "files": sorted(folder.files, key=lambda each: str(each["name"])),
    }
    content = orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    folder.write(MANIFEST, content)
    digest = hashlib.sha256(content).hexdigest()
    await store.run(admin.note_export, now, wanted.thread_id, len(told), digest)
    return {"folder": str(folder.path), "messages": len(told), "entries": entries.count, "manifest sha256": digest}


async def _messages(store: SqlStore, wanted: Wanted, folder: Folder, *, letters: bool) -> set[str]:
    """Write them; their ids."""
    lines = None if letters else Lines(folder, MESSAGES)
    told: set[str] = set()
    after: Spoken | None = None
    while found := await store.read(spoken.page, wanted, after):
        for each in found:
            if lines is None:
                folder.write(file_name(each), letter(each).as_bytes())
            else:
                lines.add(record(each))
            told.add(each.message.id)
        after = found[-1]
    if lines is not None:
        lines.close()
    return told


async def _entries(store: SqlStore, wanted: Wanted, told: set[str]) -> AsyncIterator[Entry]:
    """Those of the thread or period, and those that prove the exported words."""
    async for entry in store.audit():
        point("audit-export")
        about = not wanted.thread_id or entry.thread_id == wanted.thread_id
        if (about and wanted.within(entry.at)) or (told and _proves(entry, told)):
            yield entry


def _proves(entry: Entry, told: set[str]) -> bool:
    body = orjson.loads(entry.body)
    return any(not told.isdisjoint(body.get(name, ())) for name in ("said", "reworded"))


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no time: write it as in 2026-03-01 or 2026-03-01T09:30+08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


COMMANDS = (
    Command(
        "audit export",
        "the record and what was said: without --to the record alone, on the screen",
        {
            "--to": {"type": Path, "metavar": "FOLDER", "help": "a new folder; manifest.json lists each file's hash"},
            "--format": {
                "choices": ("jsonl", "eml"),
                "default": "jsonl",
                "help": "messages as JSON lines, or as letters for a mail reader or an archive; exact to the character",
            },
            "--thread": {"default": "", "metavar": "ID", "help": "only this conversation"},
            "--since": {"type": _moment, "metavar": "DATE", "help": "from then on; UTC unless it says otherwise"},
            "--until": {"type": _moment, "metavar": "DATE", "help": "before then"},
        },
        _export,
    ),
)
