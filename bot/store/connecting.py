"""What the admin reads and changes of getting connected: codes of users, contacts on the way and locked-out ones."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from bot.domain.onboarding import Onboarding, released
from bot.ports import User
from bot.store import admin, audit
from bot.store.admin import Act
from bot.store.desk import onboarding
from bot.store.dialect import StoreError, Upsert
from bot.store.tables import CONTACTS, ONBOARDINGS, USER_CODES

_CODE: Final = Upsert(USER_CODES, ["code"], ["user_id"])
_LOCK: Final = select(CONTACTS.c.id).where(CONTACTS.c.id == bindparam("contact")).with_for_update(key_share=True)
_STATE: Final = update(ONBOARDINGS).where(ONBOARDINGS.c.contact_id == bindparam("contact"))


def set_code(connection: Connection, act: Act, who: str, code: str) -> User:
    """From now on contacts who type `code` (case and spaces do not count) reach the user."""
    plain = " ".join(code.split()).lower()
    if not plain:
        raise StoreError("A code must not be empty")
    user = admin.user(connection, who)
    connection.execute(_CODE.on(connection), {"code": plain, "user_id": user.id})
    _note(connection, act, "UserCode", user=user.id)
    return user


def waiting(connection: Connection) -> list[Onboarding]:
    """Contacts on the way, those with the most wrong PINs first."""
    found = [onboarding(json) for json in connection.execute(select(ONBOARDINGS.c.state)).scalars()]
    return sorted(found, key=lambda state: (-state.failed, state.began_at))


def release(connection: Connection, act: Act, contact_id: str) -> None:
    """The contact's wrong PINs are forgiven. StoreError when they are not on the way."""
    connection.execute(_LOCK, {"contact": contact_id})
    asked = select(ONBOARDINGS.c.state).where(ONBOARDINGS.c.contact_id == contact_id)
    json = connection.execute(asked).scalar_one_or_none()
    if json is None:
        raise StoreError(f"There is no contact {contact_id!r} waiting: `admin contacts waiting` shows them all")
    connection.execute(_STATE, {"contact": contact_id, "state": released(onboarding(json))})
    _note(connection, act, "ContactReleased", contact=contact_id)


def _note(connection: Connection, act: Act, name: str, **body: str) -> None:
    audit.append(connection, audit.Occurred(name, "", act.at), "", "", {"event": name, "by": act.by, **body})
