"""Snapshots and people for tests of decisions: thread `T` is Ana's, `U` is Bo's, the contact writes to `default`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

from bot.domain.effects import State
from bot.domain.events import Event, Kind, Reference
from bot.domain.policy import Policy
from bot.domain.state import Thread
from bot.engine import Engine
from bot.ports import Account, Changes, Contact, Conversation, Decide, Job, Message, Row, Snapshot, User
from tests.domain.build import HEARD, NOW, TEAMS, thread

ANA = User("ana", "tenant", "aad-ana", "Ana", "+442071234567", reference=TEAMS)
BO = User("bo", "tenant", "aad-bo", "Bo", "+442071234568", reference=replace(TEAMS, conversation_id="a:2"))
CONTACT = Contact("contact", "default", "openid")
OTHER_CONTACT = Contact("other", "default", "other-openid")
GROUP = replace(TEAMS, conversation_id="19:team", kind="groupChat")
FAR = HEARD + timedelta(hours=49)


def words(key: str, language: str, overrides: Mapping[tuple[str, str], str], **values: object) -> str:
    return overrides.get((language, key), f"{key} {language}")


class NoStore:
    """A decision asks no store for anything."""

    async def handle(self, event: Event, decide: Decide) -> NoReturn:
        raise AssertionError("a decision needs no store")

    async def claim(self, now: datetime, lease: timedelta, limit: int, way: str) -> Sequence[Job]:
        raise AssertionError("a decision needs no store")

    async def hasten(self, way: str, latest: datetime, until: datetime) -> None:
        raise AssertionError("a decision needs no store")

    async def put_off(self, held: Sequence[tuple[Job, datetime]]) -> None:
        raise AssertionError("a decision needs no store")

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        raise AssertionError("a decision needs no store")

    async def lapsed(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        raise AssertionError("a decision needs no store")

    async def wait(self, seconds: float) -> None:
        raise AssertionError("a decision needs no store")

    async def claimable(self, now: datetime, ways: Sequence[str]) -> Sequence[str]:
        raise AssertionError("a decision needs no store")

    def wake(self) -> None:
        raise AssertionError("a decision needs no store")


def decide(event: Event, at: Snapshot, templates: frozenset[str] = frozenset()) -> Changes:
    return Engine(NoStore(), words, templates).decide(event, at)


def talk(of: Thread | None = None, user: User = ANA, contact: Contact = CONTACT) -> Conversation:
    return Conversation(of or thread(), contact, user)


def bos() -> Conversation:
    return talk(replace(thread(), id="U"), BO, OTHER_CONTACT)


def known(conversation: Conversation | None = None, **more: Any) -> Snapshot:
    """What an event from the contact, the clock or the worker finds: this conversation, by default Ana's."""
    about = conversation or talk()
    given: dict[str, Any] = {
        "policy": Policy(),
        "account": Account("default"),
        "user": about.user,
        "contact": about.contact,
        "conversation": about,
    }
    return Snapshot(**given | more)


def unknown(user: User | None = ANA, **more: Any) -> Snapshot:
    """What a contact without a conversation finds; `user` is who gets them."""
    return Snapshot(**{"policy": Policy(), "account": Account("default"), "user": user, **more})


def anas(conversation: Conversation | None = None, *open: Conversation, **more: Any) -> Snapshot:
    """What an event of Ana's finds: the thread it names, her open ones when it names none."""
    return Snapshot(**{"policy": Policy(), "user": ANA, "conversation": conversation, "open": open, **more})


def message(
    id: str, state: State | None = None, thread_id: str = "T", user: User = ANA, text: str = "hello"
) -> Message:
    return Message(id, thread_id, "user", Kind.TEXT, text, NOW, user_id=user.id, state=state)


def cards(changes: Changes) -> list[str]:
    """The names of the cards that are wanted whether or not they are there already, in order."""
    return [row.values["card"] for row in changes.rows if row.kind == "card" and not row.again]


def card(changes: Changes, name: str) -> Row:
    """The only card of this name."""
    (found,) = (row for row in changes.rows if row.values.get("card") == name)
    return found


def sends(changes: Changes) -> list[str]:
    """What is to go to WeChat, by reference, in order."""
    return [row.ref for row in changes.rows if row.lane.startswith("wechat/")]


def elsewhere(address: str) -> Reference:
    return replace(TEAMS, conversation_id=address)
