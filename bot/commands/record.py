"""`admin audit …`: prove the record, note its head."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from bot.commands import Arguments, Command, FoundWrong, Mistake, Shown
from bot.store import SqlStore, audit, proof


async def _verify(store: SqlStore, wish: Arguments) -> Shown:
    heads = dict(wish.head)
    for file in wish.heads:
        for seq, found in _noted(file):
            if heads.setdefault(seq, found) != found:
                raise Mistake(f"{file} has another head for entry {seq} than was given before: one of them is forged")
    verdict = await proof.verify(store, heads)
    shown = {
        "intact": not verdict.faults,
        "entries": verdict.entries,
        "head": verdict.head,
        "noted heads": len(heads),
        "messages": verdict.messages,
        "purged messages": verdict.purged,
    }
    if verdict.faults:
        raise FoundWrong({**shown, "faults": [{"fault": each} for each in verdict.faults]})
    return shown


async def _head(store: SqlStore, wish: Arguments) -> Shown:
    seq, found = await store.read(audit.head)
    return {"seq": seq, "hash": found} if wish.json else f"{seq}:{found}"


def _noted(file: Path) -> Iterator[tuple[int, str]]:
    """The heads in a file: what `audit head --json` prints, or the service's log, a JSON object on each line."""
    found = list(_heads(file.read_text("utf-8").splitlines()))
    if not found:
        raise Mistake(f"{file} holds no head: each line is to be as `audit head --json` prints it")
    yield from found


def _heads(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for line in lines:
        try:
            noted = orjson.loads(line)
        except ValueError:
            continue  # a log may hold other things, and end in the middle of a line
        if isinstance(noted, dict) and isinstance(noted.get("seq"), int) and isinstance(noted.get("hash"), str):
            yield noted["seq"], noted["hash"]


def _one(text: str) -> tuple[int, str]:
    seq, _, found = text.partition(":")
    if not seq.isdecimal() or len(found) != len(audit.GENESIS):
        raise ArgumentTypeError(f"{text!r} is no head: SEQ:HASH, as `audit head` prints it")
    return int(seq), found


COMMANDS = (
    Command(
        "audit verify",
        "prove that neither the record nor what was said was changed",
        {
            "--head": {
                "type": _one,
                "action": "append",
                "default": [],
                "metavar": "SEQ:HASH",
                "help": "a head that was noted elsewhere: without one nobody can see that the end was cut off",
            },
            "--heads": {
                "type": Path,
                "action": "append",
                "default": [],
                "metavar": "FILE",
                "help": "heads as AUDIT_HEADS_FILE has them, or the service's log",
            },
        },
        _verify,
    ),
    Command("audit head", "the head of the record, to be noted elsewhere", {}, _head),
)
