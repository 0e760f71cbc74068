"""A user asks for a contact whom a colleague holds; the colleague, or the supervisor of their policy, answers.

Who asks must have met the contact: by their own contact book, or because the contact scanned their QR code. What they
learn of the holder is the holder's policy's to say. Everything is decided under the lock of the contact, so of two
answers the first one counts, and the second reads what it came to.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain import handover
from bot.domain.colleagues import HandOverAnswered, HandOverAsked, UserTransferred
from bot.domain.events import RequestLapsed
from bot.domain.handover import Request, Stage, came_to
from bot.domain.policy import Reveal, Terms
from bot.engine import record, requests, seats, transfers
from bot.engine.carry import Words
from bot.engine.own import card, forbidden, policy_of
from bot.ports import Changes, Conversation, Row, Snapshot, User


def decide(
    words: Words, terms: Terms, event: transfers.Doing | HandOverAsked | HandOverAnswered, at: Snapshot, user: User
) -> Changes:
    """What a doing among colleagues changes; `terms` are those of a spell that would begin now."""
    match event:
        case HandOverAsked():
            return asked(words, event, at, user)
        case HandOverAnswered():
            return answered(words, terms, event, at, user)
    return transfers.decide(words, terms, event, at, user)


def asked(words: Words, event: HandOverAsked, at: Snapshot, user: User) -> Changes:
    """The asker's wish: passed on to who may answer it, once."""
    known = _known(event, at, user)
    if at.contact is None or (known is None and (at.entry is None or at.entry.user_id != user.id)):
        return forbidden(event, user)
    about = at.conversation
    held = about is not None and all(each.user.id != user.id for each in seats.table(about, at))
    if about is None or not held or policy_of(about.user, at).reveal is Reveal.NOTHING:
        return Changes(rows=(card(user, event, "takeover_over"),))
    if transfers.hindrance(about, user, event.at, at):
        return Changes(rows=(card(user, event, "takeover_denied"),))
    if (number := seats.seat(about, user, at, event)) is not None:
        return _seated(words, event, about, user, number, known, at)
    request = handover.asked(known, event.id, at.contact.id, user.id, about.thread.id, event.at)
    mine = requests.asker_card(request, at, holder=about.user, now=event.at)
    if request == known:
        return Changes(rows=(mine,))
    theirs = [
        requests.holder_card(request, about.thread.id, to, user.name, event.at) for to in requests.answerers(about, at)
    ]
    return Changes(rows=(mine, *theirs), requests=(request,), audit=_entry(event, user, request))


def _seated(
    words: Words,
    event: HandOverAsked,
    about: Conversation,
    user: User,
    number: int,
    known: Request | None,
    at: Snapshot,
) -> Changes:
    """There is a free seat: nobody needs to be asked."""
    taken = seats.taken(words, event, about, user, number, at)
    if known is None or not (known.waits or event.request_id):
        return Changes(shared=(taken,), audit=record.entry(event, "", user.id))
    after, rows = joined(known, about, at, event.at)
    return Changes(rows=tuple(rows), requests=(after,), shared=(taken,), audit=_entry(event, user, after))


def joined(request: Request, about: Conversation, at: Snapshot, now: datetime) -> tuple[Request, list[Row]]:
    """The request of somebody who got a free seat: it needs no answer any more."""
    after = came_to(request, Stage.JOINED, now, request.asker)
    mine = requests.asker_card(after, at, now=now)
    return after, [mine, *requests.questions(request, after, _asked_of(request, about, at), at, now)]


def _asked_of(request: Request, about: Conversation, at: Snapshot) -> Conversation:
    """Of all who have the contact, whose conversation is asked for."""
    return next((each for each in seats.table(about, at) if each.thread.id == request.thread_id), about)


def _known(event: HandOverAsked, at: Snapshot, user: User) -> Request | None:
    """What the user asked before, or was offered."""
    if event.request_id:
        named = at.desk.request(event.request_id)
        return named if named and named.asker == user.id else None
    return at.desk.request_by(at.contact.id, user.id) if at.contact else None


def answered(words: Words, terms: Terms, event: HandOverAnswered, at: Snapshot, user: User) -> Changes:
    """The answer of who may give it."""
    request, about = at.desk.request(event.request_id), at.conversation
    if request and about:  # of several who hold the contact, the one who was asked
        about = _asked_of(request, about, at)
    if request is None or about is None:
        return Changes(rows=(card(user, event, "stale"),))
    if user.id not in requests.answerers(about, at):
        return forbidden(event, user)
    asker = at.desk.user(request.asker)
    if not handover.answerable(request, about.thread.id, event.at) or asker is None:
        name = asker.name if asker else ""
        return Changes(rows=(requests.holder_card(request, about.thread.id, user.id, name, event.at, again=True),))
    if not event.agreed:
        return _ended(event, request, Stage.DECLINED, about, at, user)
    if transfers.hindrance(about, asker, event.at, at):
        return _ended(event, request, Stage.UNABLE, about, at, user)
    who = about.user
    confirmed = UserTransferred(
        event.id, event.key, event.at, who.tenant, who.aad, event.reference, about.thread.id, asker.id
    )
    told = replace(at, policy=policy_of(who, at))  # the contact reads the words of the user who had them
    changes = transfers.done(words, terms, confirmed, about, asker, told, by=user)
    return replace(changes, audit={**(changes.audit or {}), "by": user.id, "request": request.id})


def _ended(
    event: HandOverAnswered, request: Request, stage: Stage, about: Conversation, at: Snapshot, user: User
) -> Changes:
    after = came_to(request, stage, event.at, user.id)
    theirs = requests.questions(request, after, about, at, event.at)
    mine = requests.asker_card(after, at, holder=about.user, now=event.at, anew=True)
    return Changes(rows=(mine, *theirs), requests=(after,), audit=_entry(event, user, after))


def lapsed(event: RequestLapsed, at: Snapshot) -> Changes:
    """Nobody answered in time: who asked is told, and the question is taken from who might still answer it."""
    request = at.desk.request(event.request_id)
    if request is None or request.stage_at(event.at) is request.stage:
        return Changes()
    after = came_to(request, request.stage_at(event.at), event.at)
    rows = requests.told(request, after, at.conversation, at, event.at)
    entry = {**record.entry(event, "", ""), "request": after.id, "stage": after.stage.value}
    return Changes(rows=tuple(rows), requests=(after,), audit=entry)


def _entry(event: HandOverAsked | HandOverAnswered, user: User, request: Request) -> dict[str, object]:
    return {**record.entry(event, "", user.id), "request": request.id, "stage": request.stage.value}
