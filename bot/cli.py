"""`python -m bot admin …`: what an administrator types. Works on the database while the service runs.

Commands are a table: each has its words, its arguments and one function, which reads or changes through
`bot.store.admin` and returns what is to be shown: a list of records, shown as a table or, with --json, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from bot import show
from bot.commands import (
    LIMIT,
    WHO,
    Arguments,
    Bare,
    Command,
    FoundWrong,
    Mistake,
    Shown,
    act,
    contacts,
    export,
    letters,
    people,
    policies,
    record,
    retention,
    upkeep,
)
from bot.settings import SettingsError
from bot.store import SqlStore, StoreError, admin, connecting, open_store


def main(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """The exit code: 0 done, 1 refused or found wrong, 2 not understood."""
    wish = _parser().parse_args(list(arguments))
    wish.environ = os.environ if environ is None else environ
    try:
        shown = asyncio.run(_run(wish))
    except FoundWrong as found:
        print(_json(found.shown) if wish.json else show.plain(found.shown))
        return 1
    except (SettingsError, StoreError, Mistake, OSError, ValueError) as refused:
        print(f"admin: {refused}", file=sys.stderr)
        return 1
    print(_json(shown) if wish.json else show.plain(shown))
    return 0


async def _run(wish: Arguments) -> Shown:
    if isinstance(wish.command, Bare):
        return await wish.command.run(wish.environ, wish)
    store = await open_store(upkeep.database_url(wish.environ))
    try:
        shown: Shown = await wish.command.run(store, wish)
        return shown
    finally:
        await store.close()


def _json(shown: Shown) -> str:
    return orjson.dumps({"done": shown} if isinstance(shown, str) else shown, default=str).decode()


# ---- users


async def _users_list(store: SqlStore, _: Arguments) -> Shown:
    return [show.user(user) for user in await store.read(admin.users)]


async def _users_policy(store: SqlStore, wish: Arguments) -> Shown:
    user = await store.run(admin.assign_policy, act(), wish.who, wish.policy)
    return f"{user.name} ({user.number}) is under policy {wish.policy}."


async def _users_code(store: SqlStore, wish: Arguments) -> Shown:
    user = await store.run(connecting.set_code, act(), wish.who, wish.code)
    return f"Contacts reach {user.name} ({user.number}) by {wish.code!r}."


# ---- account


async def _account_set(store: SqlStore, wish: Arguments) -> Shown:
    user = await store.run(admin.set_default_user, act(), wish.account, wish.default_user)
    return f"Contacts that ask for nobody go to {user.name} ({user.number})."


async def _account_show(store: SqlStore, _: Arguments) -> Shown:
    names = {user.id: user.name for user in await store.read(admin.users)}
    accounts = await store.read(admin.accounts)
    return [{"account": each.name, "default user": names.get(each.default_user, "")} for each in accounts]


# ---- threads and the record


async def _threads_list(store: SqlStore, wish: Arguments) -> Shown:
    found = await store.read(admin.threads, wish.limit, left=wish.left)
    return [show.conversation(conversation) for conversation in found]


async def _threads_show(store: SqlStore, wish: Arguments) -> Shown:
    return show.history(await store.read(admin.thread, wish.id))


COMMANDS: tuple[Command | Bare, ...] = (
    *upkeep.COMMANDS,
    *people.COMMANDS,
    *letters.COMMANDS,
    Command("users list", "all users", {}, _users_list),
    Command("users code", "what a contact may type to reach a user", {**WHO, "code": {}}, _users_code),
    Command("users policy", "put a user under a policy", {**WHO, "policy": {"metavar": "NAME"}}, _users_policy),
    *contacts.COMMANDS,
    Command(
        "account set",
        "who gets the contacts that ask for nobody",
        {
            "--default-user": {"required": True, "metavar": "+E164", "help": "number, UPN or Entra object id"},
            "--account": {"default": "default"},
        },
        _account_set,
    ),
    Command("account show", "the accounts", {}, _account_show),
    *policies.COMMANDS,
    Command(
        "threads list",
        "the newest conversations",
        {
            **LIMIT,
            "--left": {"action": "store_true", "help": "also those that were left"},
        },
        _threads_list,
    ),
    Command("threads show", "one conversation, with its ledger of slots", {"id": {"metavar": "ID"}}, _threads_show),
    *record.COMMANDS,
    *export.COMMANDS,
    *retention.COMMANDS,
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot admin", description="Administration; see the README.")
    groups = parser.add_subparsers(required=True, metavar="COMMAND")
    inner: dict[str, Any] = {"": groups}
    for command in COMMANDS:
        group, _, word = command.words.rpartition(" ")
        if group not in inner:
            inner[group] = groups.add_parser(group).add_subparsers(required=True, metavar="COMMAND")
        one = inner[group].add_parser(word, help=command.purpose, description=command.purpose)
        for name, given in command.arguments.items():
            one.add_argument(name, **given)
        one.add_argument("--json", action="store_true", help="as JSON")
        one.set_defaults(command=command)
    return parser
