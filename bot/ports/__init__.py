"""What the core asks of its edges: the records they exchange and the Protocols they implement.

The store does the reading and writing of one event in one transaction, but decides nothing: it loads a `Snapshot`,
calls a pure `Decide`, and writes the `Changes` it gets back. So the rules need no database to be tested, SQLite can
commit many events at once, and PostgreSQL can be asked in few round trips.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.domain.attention import Care, Desk, Settings
from bot.domain.effects import State
from bot.domain.events import Cause, Event
from bot.domain.handover import Request
from bot.domain.onboarding import Onboarding
from bot.domain.policy import Policy
from bot.domain.state import Thread
from bot.ports.records import (
    Account,
    Contact,
    Conversation,
    Entry,
    Found,
    Invitation,
    Known,
    Listing,
    Message,
    PinSent,
    User,
)
from bot.ports.snapshot import EmptyDesk, FrontDesk, Snapshot

__all__ = [
    "Accepted",
    "Account",
    "Book",
    "Changes",
    "Clock",
    "Closed",
    "Contact",
    "Conversation",
    "Decide",
    "EmptyDesk",
    "Entry",
    "Found",
    "FrontDesk",
    "Gateway",
    "Invalid",
    "Invitation",
    "Job",
    "Known",
    "Listing",
    "Message",
    "Outcome",
    "PinSent",
    "Row",
    "Settle",
    "Snapshot",
    "Store",
    "TryLater",
    "Unknown",
    "User",
]

# ---- changes


@dataclass(frozen=True, slots=True)
class Row:
    """One outbox row. Rows of one lane go strictly one after the other; nothing is sent at or after `before`.

    `kind` is `text` or `template` (to WeChat, `ref` is the message), or `card` (to Teams). A card with a `post` name
    is posted once and updated in place ever after; `again`: only updated, nothing happens if it was never posted; with
    `values["moves"]` it is posted anew, below everything, and the old one taken away. One that still waits is not
    queued again: it becomes what was asked for last. With a `hold` it may wait that long for what will change it
    anyway. Words are never copied into a row: a gateway gets them joined in.
    """

    lane: str
    kind: str
    thread_id: str
    ref: str = ""
    user_id: str = ""
    post: str = ""
    slot: int = 0
    use: str = ""
    before: datetime | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    again: bool = False
    hold: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Settle:
    """A claimed row comes to its end (`sent`, `refused`, `rejected`, `uncertain`) or gets its next try (`until`)."""

    row: int
    lane: str
    token: str
    state: str
    remote_id: str = ""
    code: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What one event changes; the default changes nothing. `answer` is kept with the event's key for ever.

    `messages` are new (one whose id exists is left as it is), `assigned` gives a held message its thread, `marks` are
    (message, state, why), `rewords` (message, text; the old words stay on record), `recalled` are refs of `thread`
    whose unsent rows must not go, `wake_user` makes the waiting cards of a user due at once. `desk` and `settings` are
    (user id, value), `cares` (thread id, value). `onboarding` and `invitation` are new or changed, `arrived` is the
    contact whose onboarding is over, `pin` counts as sent. `requests` are hand-over requests, new or changed. `shared`
    is what the event comes to in other threads of the contact, in order, each with an entry of its own.
    """

    answer: Mapping[str, Any] = field(default_factory=dict)
    contact: Contact | None = None
    user: User | None = None
    opened: Conversation | None = None
    thread: Thread | None = None
    messages: tuple[Message, ...] = ()
    assigned: tuple[tuple[str, str], ...] = ()
    marks: tuple[tuple[str, State, str], ...] = ()
    rewords: tuple[tuple[str, str], ...] = ()
    rows: tuple[Row, ...] = ()
    recalled: tuple[str, ...] = ()
    settled: Settle | None = None
    wake_user: str = ""
    desk: tuple[str, Desk] | None = None
    settings: tuple[str, Settings] | None = None
    cares: tuple[tuple[str, Care], ...] = ()
    onboarding: Onboarding | None = None
    arrived: str = ""
    invitation: Invitation | None = None
    pin: PinSent | None = None
    requests: tuple[Request, ...] = ()
    audit: Mapping[str, Any] | None = None
    entry: Entry | None = None
    shared: tuple[Changes, ...] = ()


Decide = Callable[[Event, Snapshot], Changes]


# ---- delivery


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed outbox row with everything its gateway needs, as it is now; `token` proves the claim.

    `message` is the one that `ref` names, `waiting` are the queued ones of the thread in order, `candidates` the
    conversations that `values["candidates"]` names by thread id, `posted` the Teams activity that `post` became,
    `known` whom a row with `values["entry"]` is about.
    `current` is the user's current conversation, `burst` the messages that `values["burst"]` names, `history` the
    newest of the thread (oldest first) as many as `values["history"]` says, `listing` the page that `values["list"]`
    asks for. `colleagues` are those that `values["find"]` finds, the one that `values["colleague"]` names, or those
    who wrote some of `history`.
    """

    id: int
    lane: str
    token: str
    kind: str
    thread_id: str
    ref: str
    tries: int
    before: datetime | None
    values: Mapping[str, Any]
    post: str = ""
    posted: str = ""
    message: Message | None = None
    conversation: Conversation | None = None
    user: User | None = None
    waiting: tuple[Message, ...] = ()
    candidates: tuple[Conversation, ...] = ()
    current: Conversation | None = None
    burst: tuple[Message, ...] = ()
    history: tuple[Message, ...] = ()
    listing: Listing | None = None
    policy: Policy = field(default_factory=Policy)
    known: Known | None = None
    colleagues: tuple[User, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    remote_id: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """The way to this contact is closed now."""

    cause: Cause
    code: str = ""


@dataclass(frozen=True, slots=True)
class Invalid:
    """This message will never be accepted."""

    code: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not now; `after` is the platform's own wish, if it said one.

    `down`: the host itself failed to answer; None: it was not asked.
    """

    code: str
    after: timedelta | None = None
    down: bool | None = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been accepted or not: the host failed to answer as it should. `after`: as in `TryLater`."""

    code: str
    after: timedelta | None = None


Outcome = Accepted | Closed | Invalid | TryLater | Unknown


class Gateway(Protocol):
    """One outside world. `deliver` never raises for what the outside does: every answer is an `Outcome`."""

    async def deliver(self, job: Job) -> Outcome: ...

    def host(self, job: Job) -> str:
        """Whom `deliver` would call for this job; '' where it would call nobody."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, UTC."""


class Store(Protocol):
    async def handle(self, event: Event, decide: Decide) -> Mapping[str, Any]:
        """Answer of `event`: the one kept with its key, or what `decide` answers now; committed when this returns.

        An empty key is not kept: reports and due times are idempotent by the state they find.
        """

    async def claimable(self, now: datetime, ways: Sequence[str]) -> Collection[str]:
        """Those of the ways in which something is due at `now`; somebody else may have it in hand."""
        ...

    async def claim(self, now: datetime, lease: timedelta, limit: int, way: str) -> Sequence[Job]:
        """Heads of lanes whose names start with `way`, due at `now` and now ours until `now + lease`."""

    async def put_off(self, held: Sequence[tuple[Job, datetime]]) -> None:
        """Give claimed jobs back untried; each is claimable again from its time on, or from its deadline."""

    async def hasten(self, way: str, latest: datetime, until: datetime) -> None:
        """Lanes of this way that would wait beyond `latest` wait until `until`; a claim is left its time."""

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Ids of threads whose timer has run out, the longest overdue first."""
        ...

    async def lapsed(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Threads and ids of hand-over requests that nobody answered in time, the oldest first."""

    async def wait(self, seconds: float) -> None:
        """Return when rows may have become claimable since `claimable` was asked, or after `seconds` at the latest."""

    def wake(self) -> None:
        """Whoever waits looks again, in other processes as well."""


class Book(Protocol):
    """The contact books, read for an answer: never another user's, and never in the way of what is being written.

    Who asks is the signed-in Entra id; None is the answer for somebody who may not use WeChat.
    """

    async def search(self, tenant: str, aad: str, text: str, skip: int, count: int) -> Found | None:
        """Whom `text` finds, or without one those last heard of; `count` of them after the first `skip`."""

    async def chosen(self, tenant: str, aad: str, entry_id: str, thread_id: str) -> Found | None:
        """The entry, or who is in the open conversation; nobody for one that is not the user's."""

    async def colleagues(self, tenant: str, aad: str, text: str) -> Sequence[User]:
        """The first of those whom the user may hand a conversation to and of whose name or number `text` begins a part;
        nobody for somebody who may not use WeChat.
        """
        ...
