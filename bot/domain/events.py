"""What happens: every event that `engine.handle` takes, as plain data.

Every event carries `id` (ours, drawn at the edge: it names the message, and follows it through the logs), `key` (the
outside world's identity of this very occurrence, unique for ever: a second event with the same key changes nothing
and gets the same answer; empty for reports and due times, which are idempotent by the state they find) and `at` (our
clock, UTC, when it reached us).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a contact sent. Only text is relayed as the contact's words; the rest is named."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    UNSUPPORTED = "unsupported"
    ANSWER = "answer"  # on the way to being connected, to our question: a name or a number
    PIN = "pin"  # the same, and the words, which held a PIN, were not kept


class Cause(StrEnum):
    """Why WeChat (or our own clock) refuses to carry anything more to the contact now."""

    TIME = "time"  # 45015, or our own deadline passed before it could be sent
    COUNT = "count"  # 45047
    BLOCKED = "blocked"  # 48002, 40003, 43019: the contact does not receive messages
    UNFOLLOWED = "unfollowed"  # 43004, 50005


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a Teams conversation is: what a proactive send needs (Bot Framework conversation reference)."""

    service_url: str
    conversation_id: str
    bot_id: str
    user_id: str
    tenant_id: str
    kind: str = "personal"
    locale: str = "en-US"
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The part that every event has."""

    id: str
    key: str
    at: datetime


# ---- from WeChat


@dataclass(frozen=True, slots=True)
class FromContact(Occurrence):
    account: str
    openid: str


@dataclass(frozen=True, slots=True)
class ContactWrote(FromContact):
    """`created_at` is WeChat's CreateTime, never later than `at`; `order` its MsgId, which breaks ties of a second.

    `tapped` words come from a tap on a message menu: WeChat does not open the window for them (wechat.md 0.2).
    """

    created_at: datetime
    order: int
    text: str
    kind: Kind = Kind.TEXT
    media: str = ""
    tapped: bool = False


@dataclass(frozen=True, slots=True)
class ContactFollowed(FromContact):
    """A follow or a scan; `scene` is untrusted bearer data from a QR code, empty without one."""

    scene: str = ""


@dataclass(frozen=True, slots=True)
class ContactUnfollowed(FromContact):
    pass


@dataclass(frozen=True, slots=True)
class PromptReported(FromContact):
    """TEMPLATESENDJOBFINISH: what became of a template message (`failure` is empty on success)."""

    remote_id: str
    failure: str = ""


# ---- from Teams; who did it is the signed-in Entra id, never anything a card carries


@dataclass(frozen=True, slots=True)
class FromUser(Occurrence):
    tenant: str
    aad: str
    reference: Reference


@dataclass(frozen=True, slots=True)
class UserInstalled(FromUser):
    """The app was installed for the user, or spoke to us for the first time: we know where to reach them."""


@dataclass(frozen=True, slots=True)
class UserRemoved(FromUser):
    pass


@dataclass(frozen=True, slots=True)
class UserWrote(FromUser):
    """`thread_id` is set when the words were typed into a card that is bound to a thread, else empty.

    `activity_key` is the identity of the Teams message, by which a later edit finds it. `quoted` is the activity id of
    a message that was quoted, `quoted_key` the same as the `activity_key` of the user's own message.
    """

    text: str
    thread_id: str = ""
    activity_key: str = ""
    quoted: str = ""
    quoted_key: str = ""


@dataclass(frozen=True, slots=True)
class UserChose(FromUser):
    """The answer to "Send to …?": the held message goes to this thread."""

    thread_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class UserEdited(FromUser):
    """A message was edited or deleted in Teams after we took it; `activity_key` names the original message."""

    activity_key: str
    deleted: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class UserAsked(FromUser):
    """A command, or a click that only shows something: `what` is its name, `argument` the thread it is about.

    `entry_id` is whom of the user's book an invitation is for.
    """

    what: str
    argument: str = ""
    entry_id: str = ""

    @property
    def thread_id(self) -> str:
        return self.argument


@dataclass(frozen=True, slots=True)
class DetailsAsked(FromUser):
    """The contact details of a thread's contact, or of an entry of the user's book (`entry_id`), are to be shown.

    They go to the user's own chat with the app; `elsewhere`: it was asked for in another conversation.
    """

    thread_id: str
    entry_id: str = ""
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class ContactSaved(FromUser):
    """The contact details as the user wants them. `numbers` are E.164; `unread` counts those that could not be read.

    `card` is the id of the `DetailsAsked` whose card this was done on.
    """

    thread_id: str
    entry_id: str
    card: str
    name: str
    company: str
    numbers: tuple[str, ...]
    notes: str
    unread: int = 0


@dataclass(frozen=True, slots=True)
class UserLeft(FromUser):
    """The leave was confirmed on the card of this thread."""

    thread_id: str


@dataclass(frozen=True, slots=True)
class QueueEdited(FromUser):
    """A queued message gets new words; the original stays on record."""

    thread_id: str
    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class QueueCancelled(FromUser):
    """A queued message is withdrawn; an empty `message_id` withdraws all."""

    thread_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class QueueReleased(FromUser):
    """The user says that what waits for review may go."""

    thread_id: str


@dataclass(frozen=True, slots=True)
class SentAgain(FromUser):
    """*Send again* on a message that may not have arrived."""

    thread_id: str
    message_id: str


# ---- what the user has in mind; the contact learns nothing of it


@dataclass(frozen=True, slots=True)
class UserOpened(FromUser):
    """*Open*: this thread becomes the current one, and shows its recent history."""

    thread_id: str


@dataclass(frozen=True, slots=True)
class UserMuted(FromUser):
    thread_id: str
    muted: bool


@dataclass(frozen=True, slots=True)
class UserListed(FromUser):
    """A page of the user's threads: `show` is the filter, `skip` how many come before, `list` the card it is on."""

    show: str = ""
    skip: int = 0
    list: str = ""


@dataclass(frozen=True, slots=True)
class UserSettled(FromUser):
    """The settings card was saved; an empty text means: as Teams says."""

    language: str
    timezone: str
    notifications: bool


@dataclass(frozen=True, slots=True)
class UserConnected(FromUser):
    """`connect <query>` in a group chat or channel thread: a contact's name, number or tag."""

    query: str = ""


@dataclass(frozen=True, slots=True)
class UserDisconnected(FromUser):
    """`disconnect` in a conversation that is bound to a thread."""


# ---- from our own clock


@dataclass(frozen=True, slots=True)
class Due(Occurrence):
    """A thread's timer has run out; `step` looks for itself what is due at `at`."""

    thread_id: str


@dataclass(frozen=True, slots=True)
class RequestLapsed(Occurrence):
    """Nobody answered a request for the thread in time (`bot.domain.handover.LIFE`)."""

    thread_id: str
    request_id: str


# ---- what became of an outbox row; `ref` is the message it carried, empty for a card


@dataclass(frozen=True, slots=True)
class Report(Occurrence):
    row: int
    lane: str
    token: str
    thread_id: str
    ref: str


@dataclass(frozen=True, slots=True)
class Delivered(Report):
    remote_id: str = ""


@dataclass(frozen=True, slots=True)
class Refused(Report):
    """The platform will carry nothing to the contact now, whatever we send."""

    cause: Cause
    code: str = ""


@dataclass(frozen=True, slots=True)
class Rejected(Report):
    """This message can never be accepted, others can (too long, malformed)."""

    code: str


@dataclass(frozen=True, slots=True)
class Uncertain(Report):
    """It went out and no answer came back: it may have arrived or not."""

    code: str


@dataclass(frozen=True, slots=True)
class Delayed(Report):
    """Not now, but the next try is set."""

    until: datetime
    code: str


# ---- what became of another thread of the same contact; see `seats`


@dataclass(frozen=True, slots=True)
class FromOthers(Occurrence):
    thread_id: str


Event = FromContact | FromUser | Due | RequestLapsed | Report | FromOthers
