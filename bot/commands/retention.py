"""`admin purge` and `admin hold …`: what is deleted when its time is over, and what is kept all the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.clock import new_id
from bot.commands import Arguments, Command, Shown, act
from bot.keeping import PORTION, purge
from bot.show import moment
from bot.store import SqlStore, retention
from bot.store.retention import KINDS, Hold

_ID: Mapping[str, Mapping[str, Any]] = {"id": {"metavar": "ID", "help": "as `hold list` shows it"}}
_MOST_COUNTED = 1_000_000


async def _purge(store: SqlStore, wish: Arguments) -> Shown:
    if wish.dry_run:
        found = await store.read(retention.due, act().at, _MOST_COUNTED)
        return f"Messages whose words would be deleted: {len(found)}."
    done = await purge(store, act())
    return {"messages": done.messages, "contacts": done.contacts, "automatic answers": done.answers}


async def _add(store: SqlStore, wish: Arguments) -> Shown:
    return _shown(await store.run(retention.hold, act(), new_id(), wish.kind, wish.of, wish.reason))


async def _remove(store: SqlStore, wish: Arguments) -> Shown:
    over = await store.run(retention.release, act(), wish.id)
    return f"{over.kind} {over.subject} is not held any more."


async def _list(store: SqlStore, _: Arguments) -> Shown:
    return [_shown(each) for each in await store.read(retention.holds)]


def _shown(hold: Hold) -> dict[str, Any]:
    told = {"id": hold.id, "kind": hold.kind, "of": hold.subject, "reason": hold.reason}
    return {**told, "by": hold.by, "since": moment(hold.at)}


COMMANDS = (
    Command(
        "purge",
        f"delete the words that no policy (--retention) and no hold keeps any longer; {PORTION} at a time",
        {"--dry-run": {"action": "store_true", "help": "only count them"}},
        _purge,
    ),
    Command(
        "hold add",
        "keep everything about somebody, whatever the policies say",
        {
            "kind": {"choices": KINDS},
            "of": {"metavar": "WHO", "help": "the contact's or thread's id; the user's number, UPN or Entra object id"},
            "--reason": {"required": True, "help": "such as a case number: it stays in the record, so no names"},
        },
        _add,
    ),
    Command("hold list", "what is held", {}, _list),
    Command("hold remove", "let the policies decide again", _ID, _remove),
)
