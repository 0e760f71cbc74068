"""`admin users …` beyond adding one: shown, enabled and disabled with what follows, removed, taken from a list."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bot import show
from bot.clock import SystemClock, new_id
from bot.commands import WHO, Arguments, Command, FoundWrong, Mistake, Shown, act, e164
from bot.commands.progress import Progress
from bot.commands.roster import Candidate, Plan, candidates, plan, rows
from bot.domain.events import Event, UserLeft
from bot.domain.policy import OnDisable
from bot.engine import Engine
from bot.ports import Changes, Snapshot, User
from bot.settings import Settings, SettingsError, only
from bot.store import SqlStore, admin, people
from bot.teams.credentials import GRAPH, NoTokens, Tokens
from bot.teams.graph import Graph, GraphError, Installed, Member
from bot.teams.registration import application
from bot.teams.sender import session
from cards.wording import text

SHOWN: Final = 20
"""People and mistakes that a table shows; --json shows all."""


async def _add(store: SqlStore, wish: Arguments) -> Shown:
    who = (wish.tenant, wish.aad_object_id, wish.name, e164(wish.number), wish.policy)
    new = User(new_id(), *who, enabled=wish.wechat, upn=wish.upn)
    await store.run(admin.add_user, act(), new)
    told = f"{new.name} ({new.number}) can {'now use' if new.enabled else 'not yet use'} WeChat from Teams."
    return f"{told} {_sentence(await _install(wish.environ, [new]))}" if wish.install else told


async def _show(store: SqlStore, wish: Arguments) -> Shown:
    user = await store.read(admin.user, wish.who)
    open_now, ever = await store.read(people.conversations, user.id)
    return {**show.user(user), "open conversations": open_now, "conversations": ever}


async def _enable(store: SqlStore, wish: Arguments) -> Shown:
    user = await store.run(people.switch, act(), wish.who, True)
    told = f"{user.name} ({user.number}) is enabled."
    if not wish.install:
        return told
    return f"{told} {_sentence(await _install(wish.environ, [user]))}"


async def _disable(store: SqlStore, wish: Arguments) -> Shown:
    """First nobody can begin anything new, then what is open is ended as if the user had left."""
    user = await store.run(people.switch, act(), wish.who, False)
    told = f"{user.name} ({user.number}) is disabled."
    threads = await store.read(people.open_threads, user.id)
    policy = (await store.read(admin.all_policies)).get(user.policy)
    if not threads:
        return told
    if policy is not None and policy.on_disable is OnDisable.KEEP:
        return f"{told} Conversations that stay open: {len(threads)}; their clients were told nothing."
    for thread_id in threads:
        await _leave(store, user, thread_id)
    return f"{told} Conversations that were left: {len(threads)}; their clients are being told."


async def _leave(store: SqlStore, user: User, thread_id: str) -> None:
    """The engine's own decision on a user's leaving, though the user may decide nothing any more."""
    engine = Engine(store, text)
    where = people.nowhere(user)
    event = UserLeft(new_id(), f"disabled/{thread_id}", SystemClock().now(), user.tenant, user.aad, where, thread_id)

    def decide(event: Event, at: Snapshot) -> Changes:
        allowed = replace(at.user, enabled=True) if at.user else None
        return engine.decide(event, replace(at, user=allowed))

    await store.handle(event, decide)


async def _remove(store: SqlStore, wish: Arguments) -> Shown:
    user = await store.run(people.remove, act(), wish.who)
    return f"{user.name} ({user.number}) is removed."


# ---- many at once


async def _import(store: SqlStore, wish: Arguments) -> Shown:
    if bool(wish.file) == bool(wish.from_graph):
        raise Mistake("give either a CSV file or --from-graph GROUP")
    found = await (_of_group(wish) if wish.from_graph else _of_file(store, wish))
    present = await store.read(admin.users)
    with Progress("Checking", len(found)) as seen:
        planned = plan(found, present, seen)
    write = not wish.dry_run and (wish.partial or not planned.wrong)
    shown = _shown(planned, write, None if wish.json else SHOWN)
    if write:
        await store.run(people.take, act(), planned.new, planned.again)
        if wish.install if wish.install is not None else wish.from_graph:
            shown = {**shown, **await _install(wish.environ, [u for u in (*planned.new, *planned.again) if u.enabled])}
    if planned.wrong and not write:
        raise FoundWrong(shown)
    return shown


async def _of_file(store: SqlStore, wish: Arguments) -> Sequence[Candidate]:
    lines = rows(await asyncio.to_thread(Path(wish.file).read_bytes))
    policies = await store.read(admin.all_policies)
    tenant = wish.tenant or only("MicrosoftAppTenantId", wish.environ, Path(".env"))
    found: list[Candidate] = []
    with Progress("Reading", len(lines)) as seen:
        for candidate in candidates(lines, tenant, set(policies), new_id):
            found.append(candidate)
            seen()
    return found


async def _of_group(wish: Arguments) -> Sequence[Candidate]:
    async with _graph(wish.environ) as (graph, settings):
        try:
            members = [member async for member in graph.members(wish.from_graph)]
        except GraphError as error:
            raise Mistake(str(error)) from None
    tenant = wish.tenant or settings.app_tenant_id
    return [(member.upn or member.aad, _described(member, tenant, wish.policy)) for member in members]


def _described(member: Member, tenant: str, policy: str) -> User | str:
    if not member.active:
        return "may not sign in: the account is blocked in Entra"
    for phone in member.phones:
        try:
            number = e164(phone)
        except Mistake:
            continue
        return User(new_id(), tenant, member.aad, member.name, number, policy, upn=member.upn)
    return "has no phone number with a country code in Entra"


def _shown(planned: Plan, written: bool, limit: int | None) -> dict[str, Any]:
    return {
        "written": written,
        "new": len(planned.new),
        "enabled again": len(planned.again),
        "unchanged": planned.unchanged,
        "wrong": len(planned.wrong),
        "mistakes": [{"where": wrong.where, "why": wrong.why} for wrong in planned.wrong[:limit]],
        "people": [
            {"name": user.name, "number": user.number, "policy": user.policy, "enabled": user.enabled}
            for user in (*planned.new, *planned.again)[:limit]
        ],
    }


# ---- the app


async def _install(environ: Mapping[str, str], users: Sequence[User]) -> dict[str, Any]:
    """What came of installing the app for each; what stands in the way is told and undoes nothing."""
    came = dict.fromkeys(Installed, 0)
    try:
        async with _graph(environ) as (graph, settings):
            catalog_id = await graph.catalog_id(settings.app_id)
            with Progress("Installing", len(users)) as seen:
                for user in users:
                    came[await graph.install(user.aad, catalog_id)] += 1
                    seen()
    except (GraphError, SettingsError) as error:
        return {f"app {what}": count for what, count in came.items()} | {"app": str(error)}
    return {f"app {what}": count for what, count in came.items()}


def _sentence(came: Mapping[str, Any]) -> str:
    if "app" in came:
        return f"The app was not installed: {came['app']}."
    what = next((name for name, count in came.items() if count), "app not installed")
    return f"The app is {what.removeprefix('app ')}."


@asynccontextmanager
async def _graph(environ: Mapping[str, str]) -> AsyncIterator[tuple[Graph, Settings]]:
    settings = Settings.load(environ, Path(".env"))
    tokens = NoTokens() if settings.dev_mode else Tokens(application(settings, GRAPH), SystemClock())
    async with session() as http:
        yield Graph(http, tokens, settings.graph_base_url), settings


_INSTALL: Mapping[str, Any] = {
    "action": argparse.BooleanOptionalAction,
    "help": "install the app for them through Microsoft Graph",
}

COMMANDS = (
    Command(
        "users add",
        "let a person use WeChat from Teams",
        {
            "--aad-object-id": {"required": True, "metavar": "ID", "help": "the person's object id in Entra"},
            "--tenant": {"required": True, "metavar": "ID", "help": "the person's tenant id"},
            "--name": {"required": True, "help": "as contacts read it"},
            "--number": {"required": True, "metavar": "+E164", "help": "the person's MultiLine number"},
            "--upn": {"default": "", "help": "user principal name"},
            "--policy": {"default": "default", "metavar": "NAME"},
            "--wechat": {"action": argparse.BooleanOptionalAction, "default": True, "help": "enabled at once"},
            "--install": {**_INSTALL, "default": False},
        },
        _add,
    ),
    Command("users show", "one user", WHO, _show),
    Command(
        "users enable",
        "let them use WeChat (again), and welcome them",
        {**WHO, "--install": {**_INSTALL, "default": False}},
        _enable,
    ),
    Command(
        "users disable",
        "let them use WeChat no more; their policy's on-disable says what becomes of open conversations",
        WHO,
        _disable,
    ),
    Command("users remove", "forget somebody who never had a conversation", WHO, _remove),
    Command(
        "users import",
        "add many people, from a CSV file or an Entra group: all of them or, when anything is wrong, none",
        {
            "file": {
                "nargs": "?",
                "metavar": "FILE.csv",
                "help": "columns aad_object_id, name, number; see README",
            },
            "--from-graph": {"metavar": "GROUP", "default": "", "help": "an Entra group, by object id or name"},
            "--tenant": {
                "default": "",
                "metavar": "ID",
                "help": "of those whose line names none (the bot's)",
            },
            "--policy": {"default": "default", "metavar": "NAME", "help": "of the people of a group"},
            "--dry-run": {"action": "store_true", "help": "only show what would happen"},
            "--partial": {"action": "store_true", "help": "take those that are right although others are wrong"},
            "--install": {**_INSTALL, "default": None},
        },
        _import,
    ),
)
