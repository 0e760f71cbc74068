"""The cards of a hand-over request, and what becomes of those that are open when the conversation ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain import handover
from bot.domain.handover import Request, Stage, came_to
from bot.domain.policy import Reveal
from bot.engine.own import policy_of
from bot.ports import Conversation, Row, Snapshot, User


def offered(id: str, about: Conversation, asker: User, at: Snapshot, now: datetime) -> tuple[Request, Row] | None:
    """The contact wanted to reach `asker`, who is told and may ask; None when they know already, or must not know."""
    known = at.desk.request_by(about.contact.id, asker.id)
    if policy_of(about.user, at).reveal is Reveal.NOTHING or handover.pending(known, about.thread.id, now):
        return None
    request = Request(id, about.contact.id, asker.id, about.thread.id, Stage.OFFERED, now)
    return request, asker_card(request, at, holder=about.user, now=now, anew=True)


def asker_card(request: Request, at: Snapshot, *, holder: User | None = None, now: datetime, anew: bool = False) -> Row:
    """How the request stands, to who asked; `anew`: as a new message, because it is news."""
    told: dict[str, Any] = {**_told(request, now), "about": request.contact_id}
    if holder is not None and policy_of(holder, at).reveal is Reveal.NAME:
        told["holder"] = holder.name
    news = {"moves": True, "alert": True} if anew else {}
    lane, post = f"teams/{request.asker}", f"takeover.{request.id}"
    return Row(lane, "card", "", user_id=request.asker, post=post, values={"card": "takeover", **told, **news})


def holder_card(request: Request, thread_id: str, to: str, asker: str, now: datetime, *, again: bool = False) -> Row:
    """The question to whoever may answer it, and what became of it. `asker` is a name."""
    told = {"card": "handover", "from": asker, **_told(request, now)}
    alert = {} if again else {"alert": True}
    lane, post = f"teams/{to}", f"handover.{request.id}"
    return Row(lane, "card", thread_id, user_id=to, post=post, values={**told, **alert}, again=again)


def _told(request: Request, now: datetime) -> dict[str, str]:
    until = (request.at + handover.LIFE).isoformat()
    return {"stage": request.stage_at(now).value, "request": request.id, "until": until}


def answerers(about: Conversation, at: Snapshot) -> list[str]:
    """Ids of those who may answer for the conversation: who holds it, and the supervisor of their policy."""
    supervisor = at.desk.user(policy_of(about.user, at).supervisor)
    return list(dict.fromkeys(user.id for user in (about.user, supervisor) if user and user.enabled))


def closed(
    about: Conversation, stage: Stage, at: Snapshot, now: datetime, *, taken_by: str = "", by: str = ""
) -> tuple[tuple[Request, ...], list[Row]]:
    """Open requests for a conversation that ends; one of `taken_by`'s own is agreed to."""
    ended: list[Request] = []
    rows: list[Row] = []
    for request in at.desk.requests(about.contact.id):
        if not request.waits or request.thread_id != about.thread.id:
            continue
        became = Stage.AGREED if request.asker == taken_by else stage
        after = came_to(request, became, now, by)
        ended.append(after)
        rows += told(request, after, about, at, now)
    return tuple(ended), rows


def told(before: Request, after: Request, about: Conversation | None, at: Snapshot, now: datetime) -> list[Row]:
    """A request that is over: news for who asked, and the question, where it stands, turned into what it came to."""
    mine = asker_card(after, at, now=now, anew=before.stage is Stage.ASKED)
    return [mine, *questions(before, after, about, at, now)]


def questions(before: Request, after: Request, about: Conversation | None, at: Snapshot, now: datetime) -> list[Row]:
    """The question, if it was asked, where it stands."""
    if before.stage is not Stage.ASKED or about is None:
        return []
    asker = at.desk.user(before.asker)
    name = asker.name if asker else ""
    return [holder_card(after, about.thread.id, to, name, now, again=True) for to in answerers(about, at)]
