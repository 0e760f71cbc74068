"""What is looked at on this machine: the environment and the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.doctor.finding import Finding, failed, ok, warning
from bot.domain.policy import Policy
from bot.settings import Settings, SettingsError
from bot.store import SqlStore, StoreError, admin, open_store
from bot.store.dialect import is_sqlite, parse
from bot.store.figures import OVERDUE, Figures, figures


def environment(environ: Mapping[str, str], env_file: Path) -> tuple[Settings | None, list[Finding]]:
    """The settings, if a start would take them; every problem otherwise."""
    try:
        settings = Settings.load(environ, env_file)
    except SettingsError as refused:
        told = [failed("environment", f"{problem.name} {problem.wrong}", problem.mend) for problem in refused.problems]
        return None, told
    if settings.dev_mode:
        cure = "Leave DEV_MODE out in production: nobody has to sign in now."
        return settings, [warning("environment", "is complete, but DEV_MODE is 1", cure)]
    return settings, [ok("environment", "every setting is there and well-formed")]


async def database(url: str, now: datetime, settings: Settings | None = None) -> list[Finding]:
    """Whether it is there, has this program's version and takes writes; then what is in it, against `settings`."""
    try:
        if not _there(url):
            return [failed("database", "is not there yet", "Make it: python -m bot admin migrate")]
        store = await open_store(url)
    except StoreError as refused:
        said, _, cure = str(refused).partition(": ")
        return [failed("database", said, cure or "Correct DATABASE_URL.")]
    except Exception as error:
        cure = "Look whether the server runs and DATABASE_URL names it, its user and password."
        return [failed("database", f"cannot be opened ({type(error).__name__})", cure)]
    try:
        return await _content(store, now, settings)
    except Exception as error:
        cure = "Look whether the disk is full, and whether this user may write there."
        return [failed("database", f"cannot be used ({type(error).__name__})", cure)]
    finally:
        await store.close()


def _there(url: str) -> bool:
    """Opening an SQLite database would make it."""
    parsed = parse(url)
    return not is_sqlite(parsed) or Path(str(parsed.database)).is_file()


async def _content(store: SqlStore, now: datetime, settings: Settings | None) -> list[Finding]:
    await store.ping()
    found = await store.read(figures, now)
    accounts = await store.read(admin.accounts)
    head = ok("database", "answers, is up to date, takes writes")
    people = _people(found, any(account.default_user for account in accounts))
    unproved = _policies(await store.read(admin.all_policies)) if settings and not settings.sms_gateway else []
    return [head, *people, *unproved, _outbox(found)]


def _people(found: Figures, has_default: bool) -> list[Finding]:
    if not found.enabled:
        cure = "python -m bot admin users add …, or users import FILE.csv"
        return [warning("people", "nobody is enabled, so nobody can use WeChat", cure)]
    if not has_default:
        cure = "python -m bot admin account set --default-user +E164"
        return [warning("people", "contacts that ask for nobody reach nobody", cure)]
    return [ok("people", f"{found.enabled} of {found.users} enabled")]


def _policies(policies: Mapping[str, Policy]) -> list[Finding]:
    """Where there is no SMS gateway."""
    asking = [name for name, policy in policies.items() if policy.validate_phone]
    if not asking:
        return []
    cure = "Set SMS_GATEWAY, or: python -m bot admin policy set NAME --no-validate-phone"
    return [failed("policies", f"{', '.join(asking)}: numbers are to be proved, but nobody sends the PINs", cure)]


def _outbox(found: Figures) -> Finding:
    overdue = max(found.age.values(), default=0.0)
    if overdue > OVERDUE:
        cure = "Start one: python -m bot serve, or worker. If one runs, its log lines say why it does not send."
        return warning("outbox", f"has been due for {overdue:.0f} seconds: no worker seems to run", cure)
    if dead := sum(found.dead.values()):
        cure = "python -m bot admin outbox dead shows them with their codes, outbox requeue sends them again."
        return warning("outbox", f"{dead} dead letters", cure)
    return ok("outbox", f"{sum(found.waiting.values())} waiting, none overdue")
