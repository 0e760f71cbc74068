"""What users do about their clients without a word to them: list, open, mute, settings, connect.

Who they are and that they are enabled was decided before; whose thread it is is decided here.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain import attention, routing
from bot.domain.events import (
    FromUser,
    UserConnected,
    UserDisconnected,
    UserListed,
    UserMuted,
    UserOpened,
    UserRemoved,
    UserSettled,
    UserWrote,
)
from bot.domain.routing import Live, Quote, Route
from bot.domain.state import Phase
from bot.engine import details, record
from bot.engine.own import HISTORY, card, forbidden, owns
from bot.ports import Changes, Conversation, Row, Snapshot, User

FILTERS = ("", "unread", "active", "inactive", "queued")
PAGE = 8
_LIST_NAME = re.compile(r"[0-9a-zA-Z_-]{1,64}")


def decide(event: FromUser, at: Snapshot, user: User) -> Changes | None:
    """What the doing changes; None when it is none of these."""
    match event:
        case UserListed():
            return _listed(event, user) if event.reference.kind == "personal" else _not_here(event, user)
        case UserSettled():
            return _settled(event, user) if event.reference.kind == "personal" else _not_here(event, user)
        case UserConnected():
            return _connected(event, at, user)
        case UserDisconnected():
            return _disconnected(event, at, user)
        case UserOpened() | UserMuted():
            conversation = at.conversation
            if conversation is None or not owns(user, conversation):
                return forbidden(event, user)
            if event.reference.kind != "personal" and conversation.care.place_id != event.reference.conversation_id:
                return _not_here(event, user)
            done = _opened if isinstance(event, UserOpened) else _muted
            return done(event, user, conversation)
    return None


def _not_here(event: FromUser, user: User) -> Changes:
    """Where others read along, nothing is shown of clients whom the conversation is not bound to."""
    return Changes(rows=(card(user, event, "personal_only"),))


def _listed(event: UserListed, user: User) -> Changes:
    """The pages of one list are one card, drawn anew in place."""
    name = event.list if _LIST_NAME.fullmatch(event.list) else event.id
    shown = {"show": event.show if event.show in FILTERS else "", "skip": max(0, event.skip) // PAGE * PAGE}
    row = card(user, event, "messages", list={**shown, "limit": PAGE, "id": name})
    return Changes(rows=(replace(row, post=f"list.{name}"),))


def _opened(event: FromUser, user: User, conversation: Conversation) -> Changes:
    thread = conversation.thread
    row = replace(card(user, event, "opened", history=HISTORY), thread_id=thread.id, lane=f"teams/{thread.id}")
    if thread.phase is Phase.LEFT:
        return Changes(rows=(row,))
    desk = routing.opened(user.desk, thread.id, event.at)
    cares = ((thread.id, attention.minded(conversation.care)),)
    return Changes(rows=(row,), desk=(user.id, desk), cares=cares, audit=record.entry(event, "", user.id))


def _muted(event: FromUser, user: User, conversation: Conversation) -> Changes:
    thread, muted = conversation.thread, isinstance(event, UserMuted) and event.muted
    row = card(user, event, "muted" if muted else "unmuted")
    row = replace(row, thread_id=thread.id, lane=f"teams/{thread.id}")
    cares = ((thread.id, replace(conversation.care, muted=muted)),)
    return Changes(rows=(row,), cares=cares, audit=record.entry(event, "", user.id))


def _settled(event: UserSettled, user: User) -> Changes:
    chosen = attention.chosen_settings(event.language, event.timezone, event.notifications)
    return Changes(rows=(card(user, event, "settled"),), settings=(user.id, chosen))


# ---- a Teams conversation of one's own


def _connected(event: UserConnected, at: Snapshot, user: User) -> Changes:
    if event.reference.kind == "personal":
        return Changes(rows=(card(user, event, "connect_where"),))
    if at.conversation is not None:
        already = card(user, event, "connected_already")
        return Changes(rows=(_about(already, at.conversation) if owns(user, at.conversation) else already,))
    mine = [each for each in at.open if owns(user, each) and each.thread.phase is not Phase.LEFT]
    if len(mine) != 1 or not event.query:  # others read along: who else could be meant is not said here
        told = card(user, event, "connect_which" if mine else "connect_none")
        # Whom of their book they may have meant, and who has that client now, is for the user alone to read.
        return Changes(rows=(told, details.shown(user, event.id, at)) if at.entry and at.entry.contact_id else (told,))
    bound = mine[0]
    care = attention.moved(bound.care, event.reference)
    rows = (_about(card(user, event, "connected"), bound),)
    return Changes(rows=rows, cares=((bound.thread.id, care),), audit=record.entry(event, "", user.id))


def _about(row: Row, conversation: Conversation) -> Row:
    return replace(row, thread_id=conversation.thread.id, lane=f"teams/{conversation.thread.id}")


def _disconnected(event: UserDisconnected, at: Snapshot, user: User) -> Changes:
    bound = at.conversation
    if bound is None:
        return Changes(rows=(card(user, event, "disconnected_already"),))
    if not owns(user, bound):
        return Changes(answer={"refused": "forbidden"}, rows=(card(user, event, "observer"),))
    care = attention.moved(bound.care, None)
    rows = (_about(card(user, event, "disconnected"), bound),)
    return Changes(rows=rows, cares=((bound.thread.id, care),), audit=record.entry(event, "", user.id))


def place_gone(event: UserRemoved, at: Snapshot) -> Changes:
    """The app was taken out of a group chat or team, by whomever: its client is back in the user's own chat."""
    bound = at.conversation
    if bound is None:
        return Changes()
    care = attention.moved(bound.care, None)
    return Changes(cares=((bound.thread.id, care),), audit=record.entry(event, "", bound.user.id))


# ---- free words


def destination(event: UserWrote, at: Snapshot, user: User) -> Route:
    """Where words go that name no thread: in a bound conversation to its client, else as `routing` says."""
    if event.reference.kind != "personal":
        return Route(at.conversation.thread.id if at.conversation else "")
    about = at.conversation
    quote = Quote(about.thread.id if about else "") if event.quoted else None
    live = [Live(each.thread.id, each.care.news_at) for each in at.open if each.thread.phase is not Phase.LEFT]
    return routing.route(user.desk, live, quote, event.at, at.policy.ask_after)


def spoken(changes: Changes, event: FromUser, user: User, conversation: Conversation, *, picked: bool) -> Changes:
    """`changes` of words that went to `conversation`, with what the user has in mind now. `picked`: "Send to …?"."""
    ident = conversation.thread.id
    if picked:
        desk = routing.chosen(user.desk, ident, event.at)
    elif event.reference.kind != "personal":
        desk = user.desk
    elif isinstance(event, UserWrote) and not (event.thread_id or event.quoted):
        desk = routing.went_on(user.desk, ident, event.at)
    else:
        desk = routing.answered(user.desk, ident, event.at)
    cares = ((ident, attention.minded(conversation.care)),)
    return replace(changes, desk=(user.id, desk) if desk != user.desk else None, cares=cares)
