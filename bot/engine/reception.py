"""Who gets a contact that has no thread: the onboarding machine between its snapshot and its changes.

Everything that a contact on the way is told rides in the webhook's own response, so it costs no slot. A PIN is in no
record: the message that holds one is recorded masked, and so is its digest in the audit trail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.domain import onboarding, plain
from bot.domain.events import ContactFollowed, ContactWrote, FromContact, Kind
from bot.domain.handover import Request
from bot.domain.onboarding import Connect, Effect, Heard, Note, Onboarding, Phase, Said, Say, SendPin, Target, Took
from bot.domain.pins import ACCOUNT_SENDS, ACCOUNT_SPAN, LIFE, guess
from bot.domain.policy import Unasked
from bot.engine import requests
from bot.engine.carry import Words
from bot.engine.own import policy_of
from bot.engine.pins import Keys, fits, sealed
from bot.ports import Contact, Invitation, PinSent, Row, Snapshot, User

MASKED = "••••••"
DAY = timedelta(days=1)
SLACK = timedelta(minutes=1)
"""By how much WeChat's clock may be behind ours: what was written with the first message counts as kept."""


_REMINDERS = {
    Phase.PERSON: "person",
    Phase.NUMBER: "number",
    Phase.PIN: "pin_help",
    Phase.READY: "ready",
    Phase.ENDED: "ended",
}
"""What a contact who is on the way already reads when they follow or scan again."""


class Numbers(Protocol):
    """Phone numbers in every spelling; see `bot.numbers`."""

    def candidates(self, text: str, *near: str) -> tuple[str, ...]: ...

    def mobile(self, text: str, *near: str) -> str: ...


class NoNumbers:
    """Reads no number at all."""

    def candidates(self, text: str, *near: str) -> tuple[str, ...]:
        return ()

    def mobile(self, text: str, *near: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Means:
    """What getting connected needs from outside; `sms`: there is a gateway. `account` is whose QR codes are made."""

    numbers: Numbers = field(default_factory=NoNumbers)
    keys: Keys | None = None
    sms: bool = False
    account: str = "default"


@dataclass(slots=True)
class Met:
    """What the reception came to: `user` gets the contact now, or nobody does yet; `state` is where they are."""

    user: User | None = None
    number: str = ""
    heard: Heard = Heard.KEPT
    state: Onboarding | None = None
    kept: Sequence[str] = ()
    replies: list[tuple[str, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    recalled: tuple[str, ...] = ()
    pin: PinSent | None = None
    invitation: Invitation | None = None
    request: Request | None = None
    outcomes: list[str] = field(default_factory=list)

    @property
    def noted(self) -> Mapping[str, Any]:
        """What the audit entry says of it."""
        return {"outcomes": list(self.outcomes)} if self.outcomes else {}

    def recorded(self, event: ContactWrote) -> ContactWrote:
        """The contact's message as it may be recorded."""
        if self.heard is Heard.PIN:
            return replace(event, text=MASKED, kind=Kind.PIN)
        return replace(event, kind=Kind.ANSWER) if self.heard is Heard.ANSWER else event


class Reception:
    """Decides with `words` and `means`; `Met` is what the engine makes changes of."""

    def __init__(self, words: Words, means: Means) -> None:
        self._words = words
        self._means = means

    # ---- a message

    def wrote(self, event: ContactWrote, contact: Contact, at: Snapshot) -> Met:
        """A contact without a thread wrote."""
        state = at.desk.onboarding(contact.id) if at.contact else None
        if state is None:
            state, effects = self._first(event, contact, at)
            if state is None:
                return self._nobody(contact, at)
        else:
            state, effects = onboarding.step(state, self._said(event, state, contact, at))
        return self._carried(event, state, effects, contact, at)

    def _first(
        self, event: ContactWrote, contact: Contact, at: Snapshot
    ) -> tuple[Onboarding | None, tuple[Effect, ...]]:
        way = unasked(at)
        default = at.user if at.user and at.user.enabled else None
        if way is Unasked.REFUSE or (way is Unasked.DEFAULT and default is None):
            return None, ()
        target = target_of(default, contact, event.at, at) if default and way is Unasked.DEFAULT else None
        state, asks = onboarding.arrive(contact.id, event.created_at - SLACK, target)
        said = self._said(event, state, contact, at)
        if state.phase is Phase.READY or said.found:
            return onboarding.step(state, said)
        return state, (Took(Heard.KEPT), *asks)

    def _nobody(self, contact: Contact, at: Snapshot) -> Met:
        return Met(replies=[("nobody", self.text("nobody", contact, at))])

    def _said(self, event: ContactWrote, state: Onboarding, contact: Contact, at: Snapshot) -> Said:
        words = event.text if event.kind is Kind.TEXT else ""
        said = Said(event.at, event.id, words)
        if state.phase is Phase.READY:
            return said
        if state.phase in (Phase.PERSON, Phase.ENDED):
            return self._asked(event, said, contact, at)
        user = at.desk.user(state.user_id)
        number = self._means.numbers.mobile(words, policy_of(user, at).region)
        wanted = onboarding.wants_pin(state, words, number)
        if wanted:
            sent = tuple(at.desk.sent(contact.id, wanted, event.at - DAY))
            said = replace(said, sent=sent, full=self._full(event, at))
        right = state.code is not None and onboarding.listens(state, words, event.at) and fits(state.code, guess(words))
        return replace(said, number=number, right=right)

    def _asked(self, event: ContactWrote, said: Said, contact: Contact, at: Snapshot) -> Said:
        default = at.user if at.user and at.user.enabled else None
        near = (policy_of(default, at).region, default.number if default else "")
        numbers = self._means.numbers.candidates(said.words, *near)
        found = at.desk.asked_for(numbers, said.words) if said.words else None
        return replace(
            said,
            number=numbers[0] if numbers else "",
            found=target_of(found, contact, event.at, at) if found else None,
            fallback=target_of(default, contact, event.at, at) if default else None,
        )

    def _full(self, event: ContactWrote, at: Snapshot) -> bool:
        if not self._means.sms or self._means.keys is None:
            return True
        return at.desk.sent_by(event.account, event.at - ACCOUNT_SPAN) >= ACCOUNT_SENDS

    # ---- a follow or a scan

    def followed(self, event: ContactFollowed, contact: Contact, at: Snapshot) -> Met | None:
        """A contact followed the account or scanned a code; None when there is nothing to say to it."""
        invitation = at.desk.invitation(event.scene) if event.scene else None
        invited = self.invited(event, contact, invitation, at)
        if at.conversation is not None:
            return self._already(event, invited, at) if event.scene else None
        state = at.desk.onboarding(contact.id) if at.contact else None
        if invited and invitation:
            met = self._bound(event, state, invited, contact, at)
            met.invitation = None if invitation.lasting else replace(invitation, contact_id=contact.id)
            met.outcomes.append("invited")
            return met
        return self._uninvited(event, state, contact, at)

    def invited(
        self, event: ContactFollowed, contact: Contact, invitation: Invitation | None, at: Snapshot
    ) -> User | None:
        """To whom the invitation leads, if it is still good for the contact."""
        if invitation is None or invitation.account != event.account:
            return None
        over = invitation.expires_at is not None and event.at >= invitation.expires_at
        if over or (not invitation.lasting and invitation.contact_id not in ("", contact.id)):
            return None
        user = at.desk.user(invitation.user_id)
        return user if user and user.enabled else None

    def _already(self, event: ContactFollowed, invited: User | None, at: Snapshot) -> Met | None:
        if at.conversation is None:
            return None
        holder, contact = at.conversation.user, at.conversation.contact
        if invited is None or invited.id == holder.id:
            return Met(replies=[("invitation_here", self.text("invitation_here", contact, at, user=holder.name))])
        met = Met(replies=[("held", self.text("held", contact, at, user=holder.name))])
        if offered := requests.offered(event.id, at.conversation, invited, at, event.at):
            met.request, row = offered
            met.rows.append(row)
        return met

    def _bound(
        self, event: ContactFollowed, state: Onboarding | None, user: User, contact: Contact, at: Snapshot
    ) -> Met:
        state = state or Onboarding(contact.id, Phase.PERSON, event.at - SLACK)
        state, effects = onboarding.bound(state, target_of(user, contact, event.at, at))
        return self._carried(event, state, effects or (Say("ready"),), contact, at)

    def _uninvited(
        self, event: ContactFollowed, state: Onboarding | None, contact: Contact, at: Snapshot
    ) -> Met | None:
        if event.scene:
            effects: tuple[Effect, ...] = (Say("invitation_over"), Note("invitation_over"))
        else:
            own = (contact.language or at.policy.language, "to_contact.followed") in at.policy.wording
            effects = (Say("followed"),) if own else ()
        if state is None and unasked(at) is Unasked.ASK:
            state, asks = onboarding.arrive(contact.id, event.at - SLACK, None)
            effects += asks
        elif state is not None:
            effects += (Say(_REMINDERS[state.phase]),)
        return self._carried(event, state, effects, contact, at) if effects else None

    # ---- what effects come to

    def _carried(
        self, event: FromContact, state: Onboarding | None, effects: Sequence[Effect], contact: Contact, at: Snapshot
    ) -> Met:
        met = Met(state=state)
        for effect in effects:
            match effect:
                case Took(heard):
                    met.heard = heard
                case Say(key, minutes):
                    user = at.desk.user(state.user_id) if state and state.user_id else None
                    text = self.text(key, contact, at, user=user.name if user else "", minutes=minutes)
                    met.replies.append((key, text))
                case Note(outcome):
                    met.outcomes.append(outcome)
                case SendPin(number) if state:
                    self._send(met, event, state, number, contact, at)
                case Connect(user_id, number) if state:
                    self._connect(met, state, user_id, number, contact, at)
        return met

    def _connect(self, met: Met, state: Onboarding, user_id: str, number: str, contact: Contact, at: Snapshot) -> None:
        user = at.user if at.user and at.user.id == user_id else at.desk.user(user_id)
        if user is None or not user.enabled:
            met.replies.append(("nobody", self.text("nobody", contact, at)))
            return
        met.user, met.number = user, number
        met.kept = at.desk.kept(contact.id, state.began_at) if at.contact else ()

    def _send(
        self, met: Met, event: FromContact, state: Onboarding, number: str, contact: Contact, at: Snapshot
    ) -> None:
        """The row holds the nonce; the gateway makes the PIN of it. An older one that still waits must not go."""
        keys, code = self._means.keys, state.code
        if keys is None or code is None:
            return
        met.state = replace(state, code=sealed(code, keys))
        met.pin = PinSent(event.id, event.account, contact.id, number, event.at)
        values = {"to": number, "nonce": event.id, "text": self.text("pin_sms", contact, at, pin="{pin}")}
        lane = f"sms/{contact.id}"
        met.rows.append(Row(lane, "pin", "", ref=event.id, before=event.at + LIFE, values=values))
        before = at.desk.onboarding(contact.id)
        met.recalled = (before.code.nonce,) if before and before.code else ()

    def text(self, key: str, contact: Contact, at: Snapshot, **values: Any) -> str:
        """What the contact reads, in their language and the company's words."""
        language, policy = contact.language or at.policy.language, at.policy
        hours = policy.reply_window.total_seconds() / 3600
        known = {"user": "", "limit": policy.reply_limit, "hours": hours, "minutes": 0, **values}
        return self._words(f"to_contact.{key}", language, policy.wording, **known)


def unasked(at: Snapshot) -> Unasked:
    """What becomes of contacts that come by themselves: the policy `default` says so for everybody."""
    return (at.policies.get("default") or at.policy).unasked


def answered(said: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """What of the texts (notice, words) goes into this answer, in order, and what is owed until the next one."""
    told: list[tuple[str, str]] = []
    owed: list[str] = []
    for notice, text in said:
        now, later = ([], [text]) if owed else plain.fitted([words for _, words in told], text)
        told += ((notice, piece) for piece in now)
        owed += filter(None, later)
    return told, tuple(owed)


def target_of(user: User, contact: Contact, now: datetime, at: Snapshot) -> Target:
    """Whom to reach, and whether the contact must prove their number first."""
    policy = policy_of(user, at)
    if not policy.validate_phone:
        return Target(user.id)
    age, proved = policy.validation_age, contact.validated_at
    fresh = bool(contact.number) and proved is not None and (age is None or now < proved + age)
    return Target(user.id, validate=not fresh)
