"""A user hands a conversation over to a colleague: looked for, chosen, confirmed, done.

The picker is one card, drawn anew in place. Whom it offers is only help: whether it may be done is decided when it is
confirmed, of people as they are then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain import routing
from bot.domain.attention import Care
from bot.domain.colleagues import ColleagueChosen, ColleagueSought, UserTransferred, permitted, succeeded
from bot.domain.effects import Notice, Status, Tell
from bot.domain.events import FromUser
from bot.domain.handover import Stage
from bot.domain.policy import Terms, Transfer
from bot.domain.state import Phase
from bot.engine import requests
from bot.engine.carry import Carrier, Words, run, standing
from bot.engine.own import HISTORY, card, forbidden, owns, policy_of
from bot.engine.reception import target_of
from bot.ports import Changes, Conversation, Row, Snapshot, User

Doing = ColleagueSought | ColleagueChosen | UserTransferred


def decide(words: Words, terms: Terms, event: Doing, at: Snapshot, user: User) -> Changes:
    """What a doing about a colleague changes; `terms` are those of a spell that would begin now."""
    about = at.conversation
    if about is None or not owns(user, about):
        return forbidden(event, user)
    if event.reference.kind != "personal":
        return Changes(rows=(card(user, event, "personal_only"),))
    if about.thread.phase is Phase.LEFT:
        return Changes(rows=(_card(event, about, "left_already"),))
    if isinstance(event, ColleagueSought):
        return Changes(rows=(_card(event, about, "transfer", find=event.words),))
    colleague = at.desk.user(event.colleague)
    obstacle = hindrance(about, colleague, event.at, at)
    if obstacle or colleague is None:
        return Changes(rows=(_card(event, about, obstacle),))
    if isinstance(event, UserTransferred):
        return done(words, terms, event, about, colleague, at, user)
    return Changes(rows=(_card(event, about, "transfer_confirm", colleague=colleague.id),))


def hindrance(about: Conversation, colleague: User | None, now: datetime, at: Snapshot) -> str:
    """The card that says why the conversation cannot be handed over to the colleague; empty when it can."""
    holder = about.user
    policy = policy_of(holder, at)
    if policy.transfer is Transfer.NOBODY:
        return "transfer_off"
    if colleague is None or colleague.id == holder.id or colleague.tenant != holder.tenant:
        return "transfer_nobody"
    if any(each.user.id == colleague.id and each.contact.id == about.contact.id for each in at.siblings):
        return "transfer_nobody"
    there = colleague.enabled and colleague.reference is not None
    if not there or not permitted(policy, policy_of(colleague, at)):
        return "transfer_nobody"
    return "transfer_unproved" if target_of(colleague, about.contact, now, at).validate else ""


def done(
    words: Words, terms: Terms, event: UserTransferred, about: Conversation, colleague: User, at: Snapshot, by: User
) -> Changes:
    """One thread ends, another begins; all three are told, the contact as soon as WeChat lets us. `by` decided it."""
    instead = by.name if by.id != about.user.id else ""
    ended = run(words, event, about, at, terms, colleague=colleague.name, by=instead)
    entry = at.desk.entry(colleague.id, about.contact)
    contact = replace(about.contact, name=entry.name) if entry else about.contact
    thread = succeeded(about.thread, ended.thread, event.id, event.at)
    begun = Conversation(thread, contact, colleague, Care(unread=1, news_at=event.at))
    carrier = Carrier(words, policy_of(colleague, at), begun, event, {})
    alert = {"alert": True} if colleague.settings.notifications else {}
    told = {"from": by.name, "writer": about.user.name, "history": HISTORY, "of": ended.thread.id, **alert}
    carrier.post("received", f"received.{thread.id}", values=told)
    carrier.take((Tell(Notice.POLICY), Status()))
    left = ended.changes()
    settled, cards = requests.closed(about, Stage.MOVED, at, event.at, taken_by=colleague.id, by=by.id)
    owed = left.contact.owed if left.contact else about.contact.owed
    return replace(
        left,
        contact=replace(contact, owed=owed),
        opened=replace(begun, contact=replace(contact, owed=owed)),
        rows=(*left.rows, *carrier.rows, *cards),
        requests=settled,
        desk=_without(about.user, ended.thread.id),
        cares=((ended.thread.id, replace(about.care, unread=0, place=None)), (thread.id, begun.care)),
    )


def _without(user: User, thread_id: str) -> tuple[str, Any] | None:
    """A thread that ended is nobody's current one."""
    after = routing.ended(user.desk, thread_id)
    return (user.id, after) if after != user.desk else None


def _card(event: FromUser, about: Conversation, name: str, **values: Any) -> Row:
    """One card of this thread's, whatever the transfer has come to."""
    thread = about.thread
    row = card(about.user, event, name, **values)
    return replace(row, post=standing("transfer", thread), lane=f"teams/{thread.id}", thread_id=thread.id)
