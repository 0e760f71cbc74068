"""The records that core and edges exchange: who there is, what was said, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.attention import Care, Desk, Settings
from bot.domain.effects import State
from bot.domain.events import Kind, Reference
from bot.domain.state import Thread


@dataclass(frozen=True, slots=True)
class Account:
    """The company's Official Account; `default_user` gets the contacts that ask for nobody."""

    name: str
    default_user: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """A business person in Teams. `number` is E.164; `reference` is None until the app was installed for them.

    `settings` and `desk` are written by `Changes` of their own, never with the rest.
    """

    id: str
    tenant: str
    aad: str
    name: str
    number: str
    policy: str = "default"
    enabled: bool = True
    upn: str = ""
    reference: Reference | None = None
    settings: Settings = field(default_factory=Settings)
    desk: Desk = field(default_factory=Desk)


@dataclass(frozen=True, slots=True)
class Contact:
    """A WeChat user as one account sees them. `owed` are texts that go first when they next write.

    `number` was proved by a PIN at `validated_at`.

    WeChat tells nobody's name: `label` is what we know, at worst a short tag that stays the same.
    """

    id: str
    account: str
    openid: str
    name: str = ""
    language: str = ""
    number: str = ""
    following: bool = True
    owed: tuple[str, ...] = ()
    validated_at: datetime | None = None

    @property
    def label(self) -> str:
        return self.name or self.number or f"#{self.id[-4:].upper()}"


@dataclass(frozen=True, slots=True)
class Message:
    """Words that passed, or were meant to. `author` is contact, user or system; `state` is empty for the contact's.

    `thread_id` is empty while it is not decided where the words belong; `contact_id` or `user_id` says whose they are.
    """

    id: str
    thread_id: str
    author: str
    kind: Kind
    text: str
    at: datetime
    contact_id: str = ""
    user_id: str = ""
    state: State | None = None
    why: str = ""
    notice: str = ""
    media: str = ""
    activity_key: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A QR code that leads to `user_id`. `scene` is random: whoever has it may use it, and it says nothing.

    `lasting` ones (for business cards) are for everybody and have no end; others are for the first contact who scans
    them (`contact_id`) until `expires_at`. `entry_id` is whom of the user's book it was made for, if it was.
    """

    scene: str
    account: str
    user_id: str
    made_at: datetime
    expires_at: datetime | None = None
    contact_id: str = ""
    entry_id: str = ""

    @property
    def lasting(self) -> bool:
        return self.expires_at is None


@dataclass(frozen=True, slots=True)
class PinSent:
    """That a PIN was sent, for the limits on sending; `id` is its nonce."""

    id: str
    account: str
    contact_id: str
    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread with the two people in it, and what the user knows of it."""

    thread: Thread
    contact: Contact
    user: User
    care: Care = field(default_factory=Care)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a user's threads: `entries` with the last words of each, out of `total` after the first `skip`."""

    entries: tuple[tuple[Conversation, Message | None], ...] = ()
    total: int = 0
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody in a user's own contact book. `numbers` are E.164, the one to use first; `contact_id` is the WeChat
    user they were found to be, empty for none; `source` is own (saved in Teams), file or graph.
    """

    id: str
    user_id: str
    name: str
    company: str = ""
    numbers: tuple[str, ...] = ()
    notes: str = ""
    contact_id: str = ""
    source: str = "own"
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What one user knows of somebody: their book's entry, the WeChat user, and the open conversation, where there are.

    An entry without `contact` never wrote on WeChat; a contact without `entry` is a stranger. `holder` is the name of
    the colleague who has them, empty when it is not theirs to know; None when nobody has.
    """

    entry: Entry | None = None
    contact: Contact | None = None
    conversation: Conversation | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a user's book gave them, and their own settings, in whose language and time zone it is shown."""

    known: tuple[Known, ...] = ()
    settings: Settings = field(default_factory=Settings)
