"""Whose a thread is, under which policy, and the plain cards that answer a user: what decisions on users share."""

from __future__ import annotations

from typing import Any

from bot.domain.events import FromUser
from bot.domain.policy import Policy
from bot.engine import record
from bot.engine.carry import plain_card
from bot.ports import Changes, Conversation, Row, Snapshot, User

HISTORY = 6
"""Messages that a card shows of what was said before."""


def owns(user: User, conversation: Conversation | None) -> bool:
    return conversation is not None and conversation.user.id == user.id


def forbidden(event: FromUser, user: User) -> Changes:
    """Told, recorded, and nothing else."""
    audit = {**record.entry(event, "", user.id), "refused": "forbidden"}
    return Changes(answer={"refused": "forbidden"}, rows=(card(user, event, "forbidden"),), audit=audit)


def card(user: User, event: FromUser, card: str, **values: Any) -> Row:
    """A card about no conversation, to where the user is."""
    return plain_card(user.id, event.reference, card, **values)


def policy_of(user: User | None, at: Snapshot) -> Policy:
    """The policy that the user is under; that of the event's user for nobody."""
    return (at.policies.get(user.policy) if user else None) or at.policy
