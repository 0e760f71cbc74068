"""Getting connected, in the database: onboardings, invitations, PINs, hand-over requests. Read when a decision asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, or_, select

from bot.domain.handover import Request, Stage
from bot.domain.onboarding import Onboarding, Phase
from bot.domain.pins import Code
from bot.ports import Changes, Contact, Entry, Invitation, User
from bot.store import book
from bot.store.codec import moment
from bot.store.dialect import Upsert
from bot.store.prepared import Advisory, advisory_lock
from bot.store.records import USER, Reader
from bot.store.tables import HANDOVERS, INVITATIONS, MESSAGES, ONBOARDINGS, PINS, USER_CODES, USERS

_STATE: Final = select(ONBOARDINGS.c.state).where(ONBOARDINGS.c.contact_id == bindparam("contact"))
_STATES: Final = select(ONBOARDINGS.c.state)
_INVITATION: Final = select(INVITATIONS).where(INVITATIONS.c.scene == bindparam("scene")).with_for_update()
_USER: Final = select(*USER).where(USERS.c.id == bindparam("user"))
_ASKED: Final = (
    select(*USER)
    .where(
        USERS.c.enabled,
        or_(
            USERS.c.number.in_(bindparam("numbers", expanding=True)),
            func.lower(USERS.c.name) == bindparam("words"),
            USERS.c.id.in_(select(USER_CODES.c.user_id).where(USER_CODES.c.code == bindparam("words"))),
        ),
    )
    .limit(2)
)
_KEPT: Final = (
    select(MESSAGES.c.id)
    .where(
        MESSAGES.c.contact_id == bindparam("contact"),
        MESSAGES.c.thread_id == "",
        MESSAGES.c.author == "contact",
        MESSAGES.c.kind.not_in(("answer", "pin")),
        MESSAGES.c.at >= bindparam("since"),
    )
    .order_by(MESSAGES.c.at, MESSAGES.c.id)
)
_SENT: Final = select(PINS.c.at).where(
    or_(PINS.c.contact_id == bindparam("contact"), PINS.c.number == bindparam("number")), PINS.c.at > bindparam("since")
)
_SENT_BY: Final = (
    select(func.count()).select_from(PINS).where(PINS.c.account == bindparam("account"), PINS.c.at > bindparam("since"))
)
_ASKED_FOR: Final = select(HANDOVERS)
_REQUEST: Final = _ASKED_FOR.where(HANDOVERS.c.id == bindparam("request"))
_REQUESTS: Final = _ASKED_FOR.where(HANDOVERS.c.contact_id == bindparam("contact")).order_by(HANDOVERS.c.asker)
_REQUEST_BY: Final = _REQUESTS.where(HANDOVERS.c.asker == bindparam("asker"))
_ASK: Final = Upsert(HANDOVERS, ["contact_id", "asker"], ["id", "thread_id", "stage", "at", "by"])
_REQUEST_FIELDS: Final = ("id", "contact_id", "asker", "thread_id", "stage", "at", "by")
_ARRIVED: Final = delete(ONBOARDINGS).where(ONBOARDINGS.c.contact_id == bindparam("contact"))
_ONBOARD: Final = Upsert(ONBOARDINGS, ["contact_id"], ["state"])
_INVITE: Final = Upsert(INVITATIONS, ["scene"], ["contact_id"])
_PIN: Final = insert(PINS)
_INVITATION_FIELDS: Final = ("scene", "account", "user_id", "made_at", "expires_at", "contact_id", "entry_id")


class SqlDesk:
    """A `Desk` in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def onboarding(self, contact_id: str) -> Onboarding | None:
        json = self._connection.execute(_STATE, {"contact": contact_id}).scalar_one_or_none()
        return None if json is None else onboarding(json)

    def invitation(self, scene: str) -> Invitation | None:
        row = self._connection.execute(_INVITATION, {"scene": scene}).one_or_none()
        return None if row is None else Invitation(*(row._mapping[name] for name in _INVITATION_FIELDS))

    def user(self, user_id: str) -> User | None:
        row = self._connection.execute(_USER, {"user": user_id}).one_or_none()
        return None if row is None else Reader(row).user()

    def entry(self, user_id: str, contact: Contact) -> Entry | None:
        return book.of_contact(self._connection, user_id, contact)

    def request(self, request_id: str) -> Request | None:
        return next(iter(self._requests(_REQUEST, request=request_id)), None)

    def request_by(self, contact_id: str, asker: str) -> Request | None:
        return next(iter(self._requests(_REQUEST_BY, contact=contact_id, asker=asker)), None)

    def requests(self, contact_id: str) -> Sequence[Request]:
        return self._requests(_REQUESTS, contact=contact_id)

    def _requests(self, statement: Select[Any], **asked: str) -> list[Request]:
        rows = (row._mapping for row in self._connection.execute(statement, asked))
        found = ({name: row[name] for name in _REQUEST_FIELDS} for row in rows)
        return [Request(**{**each, "stage": Stage(each["stage"])}) for each in found]

    def asked_for(self, numbers: Sequence[str], words: str) -> User | None:
        asked = {"numbers": list(numbers), "words": " ".join(words.split()).lower()}
        rows = self._connection.execute(_ASKED, asked).all() if numbers or asked["words"] else []
        return Reader(rows[0]).user() if len(rows) == 1 else None

    def kept(self, contact_id: str, since: datetime) -> Sequence[str]:
        return self._connection.execute(_KEPT, {"contact": contact_id, "since": since}).scalars().all()

    def sent(self, contact_id: str, number: str, since: datetime) -> Sequence[datetime]:
        asked = {"contact": contact_id, "number": number, "since": since}
        return self._connection.execute(_SENT, asked).scalars().all()

    def sent_by(self, account: str, since: datetime) -> int:
        advisory_lock(self._connection, Advisory.PINS)
        return self._connection.execute(_SENT_BY, {"account": account, "since": since}).scalar_one()


def write(connection: Connection, changes: Changes) -> None:
    """What `changes` hold of all this; the contact is written already."""
    if changes.onboarding:
        state = {"contact_id": changes.onboarding.contact_id, "state": changes.onboarding}
        connection.execute(_ONBOARD.on(connection), state)
    if changes.arrived:
        connection.execute(_ARRIVED, {"contact": changes.arrived})
    if changes.invitation:
        values = {name: getattr(changes.invitation, name) for name in _INVITATION_FIELDS}
        connection.execute(_INVITE.on(connection), values)
    if changes.requests:
        asked = [{name: getattr(each, name) for name in _REQUEST_FIELDS} for each in changes.requests]
        connection.execute(_ASK.on(connection), [{**each, "stage": each["stage"].value} for each in asked])
    if pin := changes.pin:
        connection.execute(_PIN, {name: getattr(pin, name) for name in ("id", "account", "contact_id", "number", "at")})


def forget(connection: Connection, user_id: str) -> None:
    """Nobody is on the way to this user any longer: those who were are asked anew whom they want to reach."""
    states = [onboarding(json) for json in connection.execute(_STATES).scalars()]
    for state in states:
        if state.user_id == user_id:
            phase = Phase.ENDED if state.phase is Phase.ENDED else Phase.PERSON
            state = replace(state, phase=phase, user_id="", number="", code=None)
            connection.execute(_ONBOARD.on(connection), {"contact_id": state.contact_id, "state": state})


def onboarding(json: Mapping[str, Any]) -> Onboarding:
    """The state that `codec.dumps` wrote."""
    code = json.get("code")
    return Onboarding(
        contact_id=json["contact_id"],
        phase=Phase(json["phase"]),
        began_at=datetime.fromisoformat(json["began_at"]),
        user_id=json.get("user_id", ""),
        number=json.get("number", ""),
        code=_code(code) if code else None,
        tries=json.get("tries", 0),
        failed=json.get("failed", 0),
        until=moment(json.get("until")),
        barred=json.get("barred", False),
    )


def _code(json: Mapping[str, Any]) -> Code:
    return Code(
        nonce=json["nonce"],
        sent_at=datetime.fromisoformat(json["sent_at"]),
        salt=json.get("salt", ""),
        digest=json.get("digest", ""),
        wrong=json.get("wrong", 0),
        problem=json.get("problem", ""),
    )
