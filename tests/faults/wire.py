"""The line to PostgreSQL, cut at its n-th round trip: before it hears the question, or before we hear the answer.

The second is the worse: the transaction may be committed, and we cannot know.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from sqlalchemy.engine import make_url

Cut = Literal["question", "answer"]
_SOCKET = ".s.PGSQL.5432"
_ASKS = (b"Q", b"S")
"""Query and Sync: what the server answers with ReadyForQuery (`Z`)."""

Frame = tuple[bytes, bytes]
"""The type of a message, and the message itself."""


@dataclass(slots=True)
class Wire:
    """`at` is the number of the round trip at which the line is cut (0: none), `lasting` whether it stays so."""

    url: str
    cut: Cut = "question"
    lasting: bool = False
    at: int = 0
    seen: int = 0
    _lines: set[asyncio.Task[None]] = field(default_factory=set)

    def breaks(self, at: int) -> None:
        self.at, self.seen = at, 0

    def mended(self) -> bool:
        """Whether the round trip at which it was to be cut came at all."""
        hit, self.at = bool(self.at) and self.seen >= self.at, 0
        return hit

    def counts(self) -> bool:
        """One more round trip; whether it is cut off."""
        if not self.at:
            return False
        self.seen += 1
        return self.seen == self.at or (self.lasting and self.seen > self.at)


@asynccontextmanager
async def wire(folder: Path, url: str) -> AsyncIterator[Wire]:
    """A line to the server of `url`; `folder` takes its socket, and its path must be short."""
    server = str(make_url(url).query["host"])
    line = Wire(url.replace(quote(server, safe=""), quote(str(folder), safe="")))

    async def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        line._lines.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _carry(line, Path(server) / _SOCKET, reader, writer)
        writer.close()
        line._lines.discard(task)

    async with await asyncio.start_unix_server(taken, folder / _SOCKET):
        yield line
        for task in list(line._lines):
            task.cancel()


async def _carry(line: Wire, to: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    answers, questions = await asyncio.open_unix_connection(to)
    try:
        questions.write(await _opening(reader))
        back = asyncio.create_task(_back(answers, writer))
        while True:
            kind, frame = await _frame(reader)
            cut = kind in _ASKS and line.counts()
            if cut and line.cut == "question":
                break
            if cut:
                back.cancel()
                await asyncio.wait({back})
                questions.write(frame)
                while (await _frame(answers))[0] != b"Z":
                    pass
                break
            questions.write(frame)
        back.cancel()
    finally:
        questions.close()


async def _back(answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while content := await answers.read(65_536):
        writer.write(content)
    writer.close()


async def _opening(reader: asyncio.StreamReader) -> bytes:
    """The first message has a length and no type."""
    size = await reader.readexactly(4)
    return size + await reader.readexactly(struct.unpack("!I", size)[0] - 4)


async def _frame(reader: asyncio.StreamReader) -> Frame:
    kind, size = await reader.readexactly(1), await reader.readexactly(4)
    return kind, kind + size + await reader.readexactly(struct.unpack("!I", size)[0] - 4)
