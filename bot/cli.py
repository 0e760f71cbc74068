"""`python -m bot admin …`: what an administrator types. Works on the database while the service runs.

Commands are a table: each has its words, its arguments and one function, which reads or changes through
`bot.store.admin` and returns what is to be shown: a list of records, shown as a table or, with --json, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import phonenumbers

from bot import dotenv, show
from bot.clock import SystemClock, new_id
from bot.domain.policy import OnUncertain, PromptWay, Release, Unasked, parse_duration
from bot.ports import User
from bot.settings import Settings, SettingsError
from bot.store import SqlStore, StoreError, admin, audit, connecting, migrations, open_store
from cards import wording

Arguments = argparse.Namespace
Shown = Sequence[Mapping[str, Any]] | Mapping[str, Any] | str


class Mistake(Exception):
    """What was typed cannot be done; the message says why and what to type instead."""


@dataclass(frozen=True, slots=True)
class Command:
    """`words` as typed, what it is for, its arguments (name → argparse's keywords), and what it does."""

    words: str
    purpose: str
    arguments: Mapping[str, Mapping[str, Any]]
    run: Callable[[SqlStore, Arguments], Awaitable[Shown]]


def main(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """The exit code: 0 done, 1 refused or found wrong, 2 not understood."""
    wish = _parser().parse_args(list(arguments))
    try:
        wish.environ = os.environ if environ is None else environ
        url = _database_url(wish.environ)
        shown = asyncio.run(_migrate(url) if wish.run is None else _run(url, wish))
    except (SettingsError, StoreError, Mistake, OSError, ValueError) as refused:
        print(f"admin: {refused}", file=sys.stderr)
        return 1
    print(_json(shown) if wish.json else show.plain(shown))
    return 0


async def _run(url: str, wish: Arguments) -> Shown:
    store = await open_store(url)
    try:
        shown: Shown = await wish.run(store, wish)
        return shown
    finally:
        await store.close()


async def _migrate(url: str) -> Shown:
    return f"The database has version {await migrations.upgrade(url)}."


def _database_url(environ: Mapping[str, str]) -> str:
    """Administration needs the database and nothing else, so a half-filled .env does not stand in its way."""
    try:
        return Settings.load(environ, Path(".env")).database_url.reveal()
    except SettingsError as refused:
        wrong = [problem for problem in refused.problems if problem.name in ("DATABASE_URL", "DEV_MODE")]
        if wrong:
            raise SettingsError(wrong) from None
        least = {"DEV_MODE": "1", "HOST": "127.0.0.1", "SMS_GATEWAY": ""}
        return Settings.load({**environ, **least}, None).database_url.reveal()


def _json(shown: Shown) -> str:
    return orjson.dumps({"done": shown} if isinstance(shown, str) else shown, default=str).decode()


def _act() -> admin.Act:
    return admin.Act(getpass.getuser(), SystemClock().now())


# ---- users


async def _users_add(store: SqlStore, wish: Arguments) -> Shown:
    new = User(
        new_id(),
        wish.tenant,
        wish.aad_object_id,
        wish.name,
        _number(wish.number),
        wish.policy,
        enabled=wish.wechat,
        upn=wish.upn,
    )
    await store.run(admin.add_user, _act(), new)
    return f"{new.name} ({new.number}) can {'now use' if new.enabled else 'not yet use'} WeChat from Teams."


async def _users_list(store: SqlStore, _: Arguments) -> Shown:
    return [show.user(user) for user in await store.run(admin.users)]


async def _users_enable(store: SqlStore, wish: Arguments) -> Shown:
    enabled = wish.words == "users enable"
    user = await store.run(admin.enable_user, _act(), wish.who, enabled)
    return f"{user.name} ({user.number}) is {'enabled' if enabled else 'disabled'}."


async def _users_policy(store: SqlStore, wish: Arguments) -> Shown:
    user = await store.run(admin.assign_policy, _act(), wish.who, wish.policy)
    return f"{user.name} ({user.number}) is under policy {wish.policy}."


def _number(text: str) -> str:
    """The number in E.164. Raises Mistake."""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise Mistake(f"{text!r} is no phone number: write it with its country code, as in +4915112345678") from None
    if not phonenumbers.is_possible_number(number):
        raise Mistake(f"{text!r} cannot be a phone number: it has too few or too many digits for its country")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


async def _users_code(store: SqlStore, wish: Arguments) -> Shown:
    user = await store.run(connecting.set_code, _act(), wish.who, wish.code)
    return f"Contacts reach {user.name} ({user.number}) by {wish.code!r}."


async def _contacts_release(store: SqlStore, wish: Arguments) -> Shown:
    await store.run(connecting.release, _act(), wish.id)
    return "The contact may try again."


async def _contacts_waiting(store: SqlStore, _: Arguments) -> Shown:
    return [show.onboarding(state) for state in await store.run(connecting.waiting)]


# ---- account and policy


async def _account_set(store: SqlStore, wish: Arguments) -> Shown:
    user = await store.run(admin.set_default_user, _act(), wish.account, wish.default_user)
    return f"Contacts that ask for nobody go to {user.name} ({user.number})."


async def _account_show(store: SqlStore, _: Arguments) -> Shown:
    names = {user.id: user.name for user in await store.run(admin.users)}
    accounts = await store.run(admin.accounts)
    return [{"account": each.name, "default user": names.get(each.default_user, "")} for each in accounts]


async def _policy_set(store: SqlStore, wish: Arguments) -> Shown:
    given = {name: value for name, value in vars(wish).items() if name in _POLICY_VALUES and value is not None}
    if "release" in given:
        given |= _release(given["release"])
    if "unasked" in given and wish.name != "default":
        raise Mistake("unasked is for contacts that belong to nobody yet: set it on the policy default")
    if given.get("validate_phone") and not _sms_gateway(wish.environ):
        raise Mistake("validate-phone needs somebody to send the PINs: set SMS_GATEWAY and what belongs to it in .env")
    if wish.text:
        given["wording"] = await _wording(store, wish)
    policy = await store.run(admin.set_policy, _act(), wish.name, given, wish.parent)
    return show.policy(policy)


async def _policy_show(store: SqlStore, wish: Arguments) -> Shown:
    policies = await store.run(admin.all_policies)
    if wish.name not in policies:
        raise Mistake(f"there is no policy {wish.name!r}; there are {', '.join(policies)}")
    return show.policy(policies[wish.name])


async def _policy_texts(_: SqlStore, wish: Arguments) -> Shown:
    if wish.language not in wording.TEXTS:
        raise Mistake(f"there is no language {wish.language!r}; there are {', '.join(wording.TEXTS)}")
    return [{"key": key, "text": text} for key, text in wording.TEXTS[wish.language].items()]


async def _wording(store: SqlStore, wish: Arguments) -> dict[str, dict[str, str]]:
    """The policy's own texts with the new ones; an empty text takes one back. Raises Mistake for what cannot be."""
    _, own = await store.run(admin.own_values, wish.name)
    texts = {language: dict(own.get("wording", {}).get(language, {})) for language in wording.TEXTS}
    for language, key, text in wish.text:
        if language not in texts:
            raise Mistake(f"there is no language {language!r}; there are {', '.join(texts)}")
        texts[language].pop(key, None)
        if text:
            wording.check(key, text)
            texts[language][key] = text
    return {language: own for language, own in texts.items() if own}


def _sms_gateway(environ: Mapping[str, str]) -> str:
    env_file = Path(".env")
    written, _ = dotenv.read(env_file.read_text("utf-8") if env_file.is_file() else "")
    return environ.get("SMS_GATEWAY", written.get("SMS_GATEWAY", ""))


def _release(text: str) -> dict[str, str | None]:
    """`auto`, `review`, or `auto-if-younger-than 12h`."""
    way, _, age = text.partition(" ")
    if way not in list(Release):
        raise Mistake(f"release is auto, review or 'auto-if-younger-than 12h', not {text!r}")
    return {"release": way, "release_age": age.strip() or None}


def _duration(text: str) -> str:
    parse_duration(text)
    return text


_POLICY_VALUES: Mapping[str, Mapping[str, Any]] = {
    "reply_limit": {"type": int, "metavar": "5", "help": "messages until the contact must reply"},
    "reply_window": {"type": _duration, "metavar": "48h", "help": "time until the contact must reply"},
    "queue_limit": {"type": int, "metavar": "5", "help": "messages that may wait while a chat is inactive"},
    "prompt": {"choices": list(PromptWay), "help": "how the contact is asked to reply"},
    "release": {"metavar": "auto", "help": "auto, review, or 'auto-if-younger-than 12h'"},
    "warn_before": {"type": _duration, "metavar": "4h", "help": "how long before the end the user is warned"},
    "on_uncertain": {"choices": list(OnUncertain), "help": "what to do when nobody knows whether a message arrived"},
    "unasked": {"choices": list(Unasked), "help": "who comes without invitation (policy default; holds for all)"},
    "validate_phone": {"action": argparse.BooleanOptionalAction, "help": "contacts prove their phone number first"},
    "validation_age": {"type": _duration, "metavar": "365d", "help": "after which they prove it anew"},
    "region": {"metavar": "CN", "help": "the country of numbers written without one"},
    "language": {"choices": ["en", "zh"], "help": "the language of notices to contacts"},
}


# ---- threads and the record


async def _threads_list(store: SqlStore, wish: Arguments) -> Shown:
    found = await store.run(admin.threads, wish.limit, left=wish.left)
    return [show.conversation(conversation) for conversation in found]


async def _threads_show(store: SqlStore, wish: Arguments) -> Shown:
    return show.history(await store.run(admin.thread, wish.id))


async def _audit_verify(store: SqlStore, _: Arguments) -> Shown:
    entries = [entry async for entry in store.audit()]
    broken = next(audit.verify(entries), None)
    if broken is not None:
        raise Mistake(f"the record was changed at entry {broken.seq}: {broken.why}")
    return {"entries": len(entries), "head": entries[-1].hash if entries else "", "intact": True}


async def _audit_export(store: SqlStore, _: Arguments) -> Shown:
    return [show.entry(entry) async for entry in store.audit()]


_WHO = {"who": {"help": "number, UPN or Entra object id"}}

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
        },
        _users_add,
    ),
    Command("users list", "all users", {}, _users_list),
    Command("users enable", "let them use WeChat (again)", _WHO, _users_enable),
    Command("users disable", "let them use WeChat no more", _WHO, _users_enable),
    Command("users policy", "put a user under a policy", {**_WHO, "policy": {"metavar": "NAME"}}, _users_policy),
    Command("users code", "what a contact may type to reach a user", {**_WHO, "code": {}}, _users_code),
    Command("contacts waiting", "contacts that are not connected yet", {}, _contacts_waiting),
    Command("contacts release", "let one who was locked out try again", {"id": {"metavar": "ID"}}, _contacts_release),
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
    Command(
        "policy set",
        "the numbers of a named policy; what is not given stays",
        {
            "name": {"metavar": "NAME"},
            "--parent": {"metavar": "NAME", "help": "the policy that it inherits from"},
            **{f"--{name.replace('_', '-')}": given for name, given in _POLICY_VALUES.items()},
            "--text": {
                "nargs": 3,
                "action": "append",
                "default": [],
                "metavar": ("LANGUAGE", "KEY", "TEXT"),
                "help": "the company's own text in place of ours ('' takes it back); `policy texts` lists the keys",
            },
        },
        _policy_set,
    ),
    Command("policy texts", "every text with its key", {"--language": {"default": "en"}}, _policy_texts),
    Command("policy show", "what a policy comes to", {"name": {"metavar": "NAME"}}, _policy_show),
    Command(
        "threads list",
        "the newest conversations",
        {
            "--limit": {"type": int, "default": 100},
            "--left": {"action": "store_true", "help": "also those that were left"},
        },
        _threads_list,
    ),
    Command("threads show", "one conversation, with its ledger of slots", {"id": {"metavar": "ID"}}, _threads_show),
    Command("audit verify", "prove that the record was not changed", {}, _audit_verify),
    Command("audit export", "the whole record", {}, _audit_export),
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot admin", description="Administration; see the README.")
    groups = parser.add_subparsers(required=True, metavar="COMMAND")
    migrate = groups.add_parser("migrate", help="bring the database up to date")
    migrate.set_defaults(run=None, words="migrate")
    migrate.add_argument("--json", action="store_true", help="as JSON")
    inner: dict[str, Any] = {}
    for command in COMMANDS:
        group, word = command.words.split()
        if group not in inner:
            inner[group] = groups.add_parser(group).add_subparsers(required=True, metavar="COMMAND")
        one = inner[group].add_parser(word, help=command.purpose, description=command.purpose)
        for name, given in command.arguments.items():
            one.add_argument(name, **given)
        one.add_argument("--json", action="store_true", help="as JSON")
        one.set_defaults(run=command.run, words=command.words)
    return parser
