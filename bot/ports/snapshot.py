"""What a decision sees: the snapshot that was read for its event, and the desk, which is read when it asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.handover import Request
from bot.domain.onboarding import Onboarding
from bot.domain.policy import Policy
from bot.ports.records import Account, Contact, Conversation, Entry, Invitation, Message, User


class FrontDesk(Protocol):
    """What else a decision about a contact without a thread may look at, read in its transaction when it asks."""

    def onboarding(self, contact_id: str) -> Onboarding | None:
        """Where the contact is on the way to being connected."""

    def invitation(self, scene: str) -> Invitation | None:
        """The invitation with this scene; nobody else uses it until the transaction ends."""

    def user(self, user_id: str) -> User | None: ...

    def entry(self, user_id: str, contact: Contact) -> Entry | None:
        """What the user's own book says of the contact."""

    def request(self, request_id: str) -> Request | None:
        """The hand-over request with this id."""

    def request_by(self, contact_id: str, asker: str) -> Request | None:
        """What this user asked for last, of this contact."""

    def requests(self, contact_id: str) -> Sequence[Request]:
        """What everybody asked for last, of this contact."""

    def asked_for(self, numbers: Sequence[str], words: str) -> User | None:
        """The only enabled user with one of the numbers, or whose code or name these words are."""

    def kept(self, contact_id: str, since: datetime) -> Sequence[str]:
        """Ids of the contact's messages that still belong to no thread, in order, without answers."""

    def sent(self, contact_id: str, number: str, since: datetime) -> Sequence[datetime]:
        """When PINs were sent to this contact or number."""

    def sent_by(self, account: str, since: datetime) -> int:
        """How many PINs the account has sent; nobody else sends one until the transaction ends."""


class EmptyDesk:
    """A desk on which nothing lies."""

    def onboarding(self, contact_id: str) -> Onboarding | None:
        return None

    def invitation(self, scene: str) -> Invitation | None:
        return None

    def user(self, user_id: str) -> User | None:
        return None

    def entry(self, user_id: str, contact: Contact) -> Entry | None:
        return None

    def request(self, request_id: str) -> Request | None:
        return None

    def request_by(self, contact_id: str, asker: str) -> Request | None:
        return None

    def requests(self, contact_id: str) -> Sequence[Request]:
        return ()

    def asked_for(self, numbers: Sequence[str], words: str) -> User | None:
        return None

    def kept(self, contact_id: str, since: datetime) -> Sequence[str]:
        return ()

    def sent(self, contact_id: str, number: str, since: datetime) -> Sequence[datetime]:
        return ()

    def sent_by(self, account: str, since: datetime) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a decision may look at; what does not concern the event is None or empty.

    `conversation` is the one the event is about: by the thread it names, the message it quotes, or the Teams
    conversation that is bound to it. `open` are the user's open conversations, for events that name no thread: the
    current one and the newest few, those with unread words first; for `connect` those that the words may mean.
    `message` is the one the event names, of a prompt's result the prompt. `entry` is what the book of the event's user
    says of the contact, or of whom the event names. `siblings` are the open threads that others have with the contacts
    of `conversation` and `open`.
    """

    policy: Policy
    account: Account | None = None
    user: User | None = None
    contact: Contact | None = None
    conversation: Conversation | None = None
    open: tuple[Conversation, ...] = ()
    message: Message | None = None
    policies: Mapping[str, Policy] = field(default_factory=dict)
    entry: Entry | None = None
    desk: FrontDesk = field(default_factory=EmptyDesk)
    siblings: tuple[Conversation, ...] = ()
