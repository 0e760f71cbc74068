"""Events and decisions in few words, for the tests of the store."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.domain.events import (
    ContactWrote,
    Delayed,
    Delivered,
    Event,
    Kind,
    Reference,
    Refused,
    Rejected,
    Report,
    UserInstalled,
    UserWrote,
)
from bot.domain.policy import Terms
from bot.domain.state import Phase, Thread
from bot.ports import Changes, Contact, Conversation, Decide, Job, Message, Row, Settle, Snapshot, Store, User
from bot.store.admin import Act

NOW = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
HOME = Reference("https://smba.example/emea", "19:a", "28:bot", "29:ann", "tenant", locale="de-DE")
ANN = User("u-ann", "tenant", "aad-ann", "Ann Lee", "+4915100000001", upn="ann@example.com", reference=HOME)
BOB = User("u-bob", "tenant", "aad-bob", "Bob Ray", "+4915100000002")
ACT = Act("test", NOW)
_IDS = count(1)


def new_id(prefix: str = "m") -> str:
    return f"{prefix}{next(_IDS):06}"


def wrote(openid: str = "o-1", text: str = "hello", *, key: str = "", at: datetime = NOW) -> ContactWrote:
    ident = new_id()
    return ContactWrote(ident, key or f"key-{ident}", at, "default", openid, at, 1, text)


def said(user: User = ANN, thread_id: str = "", *, key: str = "") -> UserWrote:
    ident = new_id()
    return UserWrote(ident, key or f"key-{ident}", NOW, user.tenant, user.aad, HOME, "words", thread_id)


def tapped(user: User = ANN) -> UserInstalled:
    """An event without consequences of its own."""
    ident = new_id()
    return UserInstalled(ident, f"key-{ident}", NOW, user.tenant, user.aad, HOME)


def card(lane: str = "teams/t-1", **row: Any) -> Row:
    return Row(lane, "card", row.pop("thread_id", ""), user_id=row.pop("user_id", ANN.id), **row)


def text(thread_id: str, ref: str = "", **row: Any) -> Row:
    return Row(f"wechat/{thread_id}", "text", thread_id, ref, **row)


def doing(**changes: Any) -> Decide:
    """A decision that has been made."""
    return lambda event, at: Changes(**changes)


def greet(event: Event, at: Snapshot) -> Changes:
    """The contact's message opens a thread with the default user, or moves the one there is."""
    assert isinstance(event, ContactWrote)
    contact = at.contact or Contact(f"c-{event.id}", event.account, event.openid)
    message = Message(event.id, "", "contact", event.kind, event.text, event.created_at, contact_id=contact.id)
    changes = Changes(answer={"thread": event.id}, audit={"event": "ContactWrote", "id": event.id})
    if at.conversation is None:
        assert at.user is not None
        thread = Thread(event.id, Terms(), event.created_at, event.order, event.id)
        changes = replace(changes, opened=Conversation(thread, contact, at.user), contact=contact)
    else:
        thread = replace(at.conversation.thread, spell=at.conversation.thread.spell + 1)
        changes = replace(changes, answer={"thread": thread.id}, thread=thread)
    row = card(f"teams/{thread.id}", thread_id=thread.id, ref=event.id, post=f"in.{event.id}")
    return replace(changes, messages=(replace(message, thread_id=thread.id),), rows=(row,))


def leave(event: Event, at: Snapshot) -> Changes:
    assert at.conversation is not None
    return Changes(thread=replace(at.conversation.thread, phase=Phase.LEFT))


def settles(event: Event, at: Snapshot) -> Changes:
    """What the engine makes of a report, as far as the outbox is concerned."""
    assert isinstance(event, Report)
    state = {Delivered: "sent", Refused: "refused", Rejected: "rejected"}.get(type(event), "uncertain")
    until = event.until if isinstance(event, Delayed) else None
    remote_id = event.remote_id if isinstance(event, Delivered) else ""
    code = getattr(event, "code", "")
    return Changes(settled=Settle(event.row, event.lane, event.token, state, remote_id, code, until))


def reported(job: Job, kind: Callable[..., Report] = Delivered, *rest: Any, at: datetime = NOW) -> Report:
    return kind(new_id(), "", at, job.id, job.lane, job.token, job.thread_id, job.ref, *rest)


async def look(store: Store, event: Event) -> Snapshot:
    """What a decision on `event` would see."""
    seen: list[Snapshot] = []

    def decide(event: Event, at: Snapshot) -> Changes:
        seen.append(at)
        return Changes()

    await store.handle(event, decide)
    return seen[-1]


async def begin(store: Store, openid: str = "o-1") -> Conversation:
    """An open thread, with its first card delivered."""
    await store.handle(wrote(openid), greet)
    await deliver_all(store)
    conversation = (await look(store, wrote(openid))).conversation
    assert conversation is not None
    return conversation


async def deliver_all(store: Store, way: str = "teams") -> list[Job]:
    """Deliver until nothing is due; the jobs in the order they came."""
    done: list[Job] = []
    while jobs := await store.claim(NOW, LEASE, 10, way):
        for job in jobs:
            await store.handle(reported(job, Delivered, f"remote-{job.id}"), settles)
        done += jobs
    return done


async def claim_one(store: Store, way: str, at: datetime = NOW) -> Job:
    [job] = await store.claim(at, LEASE, 10, way)
    return job


def message(thread_id: str, words: str = "words", **fields: Any) -> Message:
    return Message(fields.pop("id", "") or new_id(), thread_id, "user", Kind.TEXT, words, NOW, user_id=ANN.id, **fields)
