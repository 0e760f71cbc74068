"""`admin outbox …` and `admin stats`: what waits, what was given up, and how everything stands in numbers."""

from __future__ import annotations

from typing import Any

from bot.clock import SystemClock
from bot.commands import LIMIT, Arguments, Command, Mistake, Shown, act, whole
from bot.show import moment
from bot.store import SqlStore, figures, letters
from bot.store.letters import Letter


async def _list(store: SqlStore, wish: Arguments) -> Shown:
    return [_letter(each) for each in await store.read(letters.waiting, wish.limit)]


async def _dead(store: SqlStore, wish: Arguments) -> Shown:
    return [_letter(each) for each in await store.read(letters.dead, wish.limit)]


async def _requeue(store: SqlStore, wish: Arguments) -> Shown:
    if bool(wish.row) == wish.all:
        raise Mistake("give the numbers of dead letters, or --all")
    again = await store.run(letters.requeue, act(), wish.row)
    return f"Cards that are sent again: {len(again)}."


def _letter(each: Letter) -> dict[str, Any]:
    return {
        "row": each.row,
        "lane": each.lane,
        "kind": each.kind,
        "what": each.what,
        "state": each.state,
        "tries": each.tries,
        "code": each.code,
        "since": moment(each.created_at),
        "next try": moment(each.due_at),
    }


async def _stats(store: SqlStore, _: Arguments) -> Shown:
    found = await store.read(figures.figures, SystemClock().now())
    return {
        "users": found.users,
        "users enabled": found.enabled,
        "conversations active": sum(count for (phase, _), count in found.windows.items() if phase == "active"),
        "conversations inactive": sum(count for (phase, _), count in found.windows.items() if phase == "inactive"),
        "messages queued": found.queued,
        "slots used": found.slots,
        "outbox waiting": sum(found.waiting.values()),
        "outbox overdue for seconds": round(max(found.age.values(), default=0.0)),
        "dead letters": sum(found.dead.values()),
        "deadlines late": found.late,
    }


COMMANDS = (
    Command("outbox list", "what is still to be sent, the oldest first", LIMIT, _list),
    Command("outbox dead", "dead letters: cards and templates that were tried too often or never taken", LIMIT, _dead),
    Command(
        "outbox requeue",
        "send dead cards again",
        {
            "row": {"nargs": "*", "type": whole, "metavar": "ROW", "help": "as in `outbox dead`"},
            "--all": {"action": "store_true", "help": "every dead card"},
        },
        _requeue,
    ),
    Command("stats", "how everything stands, in numbers", {}, _stats),
)
