"""What the admin reads and changes, each a function for `SqlStore.read` or `run`: `await store.read(admin.users)`.

Every change leaves an entry in the audit trail that says who made it (`Act`); a running service sees it at its next
event. StoreError says what is wrong and what there is instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, func, insert, literal, or_, select, update

from bot.domain.policy import Policy
from bot.ports import Account, Contact, Conversation, Message, User
from bot.store import audit, directory, policies
from bot.store.dialect import StoreError, Upsert
from bot.store.records import ACCOUNT, CONTACT, MESSAGE, STATE, USER, Reader, conversation, message, user_values
from bot.store.tables import ACCOUNTS, CONTACTS, MESSAGES, OUTBOX, POLICIES, THREADS, USERS

_ACCOUNT: Final = Upsert(ACCOUNTS, ["name"], ["default_user"])
_POLICY: Final = Upsert(POLICIES, ["name"], ["parent", "values", "revision"])
_THREADS: Final = (
    select(STATE, *CONTACT, *USER)
    .select_from(
        THREADS.join(CONTACTS, CONTACTS.c.id == THREADS.c.contact_id).join(USERS, USERS.c.id == THREADS.c.user_id)
    )
    .order_by(THREADS.c.heard_at.desc(), THREADS.c.id.desc())
)


@dataclass(frozen=True, slots=True)
class Act:
    """Who changes something, and when (aware)."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A message, and its words before they were edited (None: they never were)."""

    message: Message
    original: str | None


@dataclass(frozen=True, slots=True)
class Sending:
    """One row of the ledger: what was to go to WeChat, for which slot, and what became of it."""

    row: int
    kind: str
    ref: str
    slot: int
    use: str
    state: str
    tries: int
    code: str
    remote_id: str
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    """A thread with everything that was said and sent in it."""

    conversation: Conversation
    opened_at: datetime
    messages: tuple[Said, ...]
    ledger: tuple[Sending, ...]


# ---- users


def users(connection: Connection) -> list[User]:
    """All users, by name."""
    rows = connection.execute(select(*USER).order_by(USERS.c.name, USERS.c.id))
    return [user for row in rows if (user := Reader(row).user())]


def user(connection: Connection, who: str) -> User:
    """The user with this number, UPN, Entra object id or id; StoreError when there is none or several."""
    same = or_(USERS.c.number == who, func.lower(USERS.c.upn) == who.lower(), USERS.c.aad == who, USERS.c.id == who)
    found = connection.execute(select(*USER).where(same)).all()
    if not who or not found:
        raise StoreError(f"There is no user {who!r}: `admin users list` shows them all")
    if len(found) > 1:
        raise StoreError(f"{who!r} is more than one user: give the number")
    return Reader(found[0]).user() or _lost()


def add_user(connection: Connection, act: Act, new: User) -> None:
    """StoreError when the person or the number is there already, or the policy is not."""
    taken = or_(
        (USERS.c.tenant == new.tenant) & (USERS.c.aad == new.aad),
        (USERS.c.number == new.number) & (literal(new.number) != ""),
    )
    if (other := connection.execute(select(*USER).where(taken)).first()) is not None:
        raise StoreError(f"{new.name} ({new.number}) is there already, as user {other[0]} with number {other[4]}")
    _known_policy(connection, new.policy)
    connection.execute(insert(USERS), user_values(new))
    directory.note(connection, [new.id])
    _note(connection, act, "UserAdded", user=new.id, policy=new.policy, enabled=new.enabled)


def enable_user(connection: Connection, act: Act, who: str, enabled: bool) -> User:
    """The user before the change."""
    found = user(connection, who)
    connection.execute(update(USERS).where(USERS.c.id == found.id).values(enabled=enabled))
    directory.note(connection, [found.id])
    _note(connection, act, "UserEnabled" if enabled else "UserDisabled", user=found.id)
    return found


def assign_policy(connection: Connection, act: Act, who: str, policy: str) -> User:
    """The user before the change."""
    _known_policy(connection, policy)
    found = user(connection, who)
    connection.execute(update(USERS).where(USERS.c.id == found.id).values(policy=policy))
    directory.note(connection, [found.id])
    _note(connection, act, "UserPolicy", user=found.id, policy=policy)
    return found


# ---- contacts


def contacts(connection: Connection, limit: int = 100) -> list[Contact]:
    """The newest contacts: their ids grow with time."""
    rows = connection.execute(select(*CONTACT).order_by(CONTACTS.c.id.desc()).limit(limit))
    return [contact for row in rows if (contact := Reader(row).contact())]


def set_contact(connection: Connection, act: Act, ident: str, values: Mapping[str, str]) -> Contact:
    """The contact with `values` (of `name` and `language`) set; the audit trail names the fields, never the name."""
    found = connection.execute(update(CONTACTS).where(CONTACTS.c.id == ident).values(values)).rowcount
    if not found:
        raise StoreError(f"There is no contact {ident!r}: `admin contacts list` shows the newest")
    _note(connection, act, "ContactSet", contact=ident, fields=sorted(values))
    row = connection.execute(select(*CONTACT).where(CONTACTS.c.id == ident)).one()
    return Reader(row).contact() or _lost()


# ---- accounts


def accounts(connection: Connection) -> list[Account]:
    rows = connection.execute(select(*ACCOUNT).order_by(ACCOUNTS.c.name))
    return [account for row in rows if (account := Reader(row).account())]


def set_default_user(connection: Connection, act: Act, account: str, who: str) -> User:
    """Contacts of `account` that ask for nobody go to `who` (see `user`) from now on."""
    found = user(connection, who)
    connection.execute(_ACCOUNT.on(connection), {"name": account, "default_user": found.id})
    _note(connection, act, "DefaultUser", account=account, user=found.id)
    return found


# ---- contact books


def note_import(connection: Connection, act: Act, user_id: str, counts: Mapping[str, int]) -> None:
    """The record of an import: whose book, and how much; nobody's name or number."""
    _note(connection, act, "ContactsImported", user=user_id, counts=dict(counts))


# ---- the record


def note_export(connection: Connection, act: Act, thread_id: str, messages: int, digest: str) -> None:
    """The record of an export: of what, how much, and the hash of its manifest."""
    _note(connection, act, "RecordExported", of=thread_id, count=messages, manifest=digest)


# ---- policies


def all_policies(connection: Connection) -> Mapping[str, Policy]:
    """Every policy with what it inherits; `default` is always there."""
    return policies.resolve(policies.stored(connection))


def own_values(connection: Connection, name: str) -> tuple[str, Mapping[str, Any]]:
    """A policy's parent and the values that it sets itself."""
    return policies.stored(connection).get(name, ("", {}))


def set_policy(
    connection: Connection, act: Act, name: str, values: Mapping[str, Any], parent: str | None = None
) -> Policy:
    """Set `values` (see `policies`; None takes one back to the parent's) and, if given, the parent.

    Returns the policy that is now in force. StoreError when it, or one that inherits from it, would be wrong.
    """
    known = policies.stored(connection)
    old_parent, old = known.get(name, ("" if name == policies.DEFAULT else policies.DEFAULT, {}))
    parent = old_parent if parent is None else parent
    if parent and parent != policies.DEFAULT and parent not in known:
        raise StoreError(f"There is no policy {parent!r} to inherit from; there are {', '.join(known) or 'none'}")
    merged = {key: value for key, value in {**old, **values}.items() if value is not None}
    resolved = policies.resolve({**known, name: (parent, merged)})
    revision = connection.execute(select(func.coalesce(func.max(POLICIES.c.revision), 0) + 1)).scalar_one()
    row = {"name": name, "parent": parent, "values": merged, "revision": revision}
    connection.execute(_POLICY.on(connection), row)
    _note(connection, act, "PolicySet", policy=name, parent=parent, values=merged)
    return resolved[name]


# ---- threads


def threads(connection: Connection, limit: int = 100, *, left: bool = False) -> list[Conversation]:
    """The newest conversations; those that were left only with `left`."""
    wanted = _THREADS.limit(limit) if left else _THREADS.where(THREADS.c.phase != "left").limit(limit)
    return [_conversation(row) for row in connection.execute(wanted)]


def thread(connection: Connection, ident: str) -> History:
    """Everything about one thread."""
    row = connection.execute(_THREADS.where(THREADS.c.id == ident)).one_or_none()
    if row is None:
        raise StoreError(f"There is no thread {ident!r}: `admin threads list` shows the newest")
    opened_at = connection.execute(select(THREADS.c.opened_at).where(THREADS.c.id == ident)).scalar_one()
    return History(_conversation(row), opened_at, _messages(connection, ident), _ledger(connection, ident))


def _messages(connection: Connection, thread_id: str) -> tuple[Said, ...]:
    found = select(*MESSAGE, MESSAGES.c.original).where(MESSAGES.c.thread_id == thread_id)
    rows = connection.execute(found.order_by(MESSAGES.c.at, MESSAGES.c.id))
    return tuple(Said(message(row[:-1]), row[-1]) for row in rows)


def _ledger(connection: Connection, thread_id: str) -> tuple[Sending, ...]:
    columns = [OUTBOX.c["id" if name == "row" else name] for name in Sending.__slots__]
    found: Select[Any] = select(*columns).where(OUTBOX.c.thread_id == thread_id, OUTBOX.c.kind != "card")
    return tuple(Sending(*row) for row in connection.execute(found.order_by(OUTBOX.c.id)))


def _conversation(row: Sequence[Any]) -> Conversation:
    read = Reader(row)
    return conversation(read.thread(), read.contact(), read.user()) or _lost()


def _known_policy(connection: Connection, name: str) -> None:
    known = all_policies(connection)
    if name not in known:
        raise StoreError(f"There is no policy {name!r}; there are {', '.join(known)}")


def _note(connection: Connection, act: Act, name: str, *, account: str = "", **body: Any) -> None:
    audit.append(connection, audit.Occurred(name, "", act.at), account, "", {"event": name, "by": act.by, **body})


def _lost() -> Any:
    raise LookupError("an inner join left something out")
