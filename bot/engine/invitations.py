"""A user asks for a QR code that leads contacts to them: first the scene, then WeChat's code for it, then the card.

The scene is all that stands in the code: random, ours to look up, and never anything about the user. WeChat allows a
code that ends 30 days at most; ours end after a week. One for business cards (`lasting`) has no end. One that was asked
for on somebody's card names them to the user, and that is all: whoever scans it is not proved to be them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.domain.events import Delivered, Refused, Rejected, Report, UserAsked
from bot.engine import record
from bot.engine.own import forbidden
from bot.engine.pins import Keys
from bot.ports import Changes, Invitation, Row, Settle, Snapshot, User

LANE = "wechat/invite."
LIFE = timedelta(days=7)
SCENE_BYTES = 20
WISHES = ("invite", "invite_lasting")


def asked(keys: Keys, account: str, event: UserAsked, at: Snapshot, user: User) -> Changes:
    """The invitation exists from now on; its code is asked for. It comes to the user's own chat."""
    if event.entry_id and (at.entry is None or at.entry.user_id != user.id):
        return forbidden(event, user)
    lasting = event.what == "invite_lasting"
    expires = None if lasting else event.at + LIFE
    invitation = Invitation(_scene(keys, event.id), account, user.id, event.at, expires, entry_id=event.entry_id)
    values = {"scene": invitation.scene, "seconds": 0 if lasting else int(LIFE.total_seconds())}
    row = Row(f"{LANE}{event.id}", "qrcode", "", ref=event.id, user_id=user.id, values=values)
    answer = {} if event.reference.kind == "personal" else {"say": "details.elsewhere"}
    return Changes(answer=answer, rows=(row,), invitation=invitation, audit=record.entry(event, "", user.id))


def reported(keys: Keys | None, event: Report, settled: Settle, at: Snapshot) -> Changes:
    """What came of asking WeChat: the card with the code, or that there is none."""
    if at.user is None or keys is None:
        return Changes(settled=settled)
    if isinstance(event, Delivered):
        invitation = at.desk.invitation(_scene(keys, event.ref))
        until = invitation.expires_at.isoformat() if invitation and invitation.expires_at else ""
        client = {"entry": invitation.entry_id} if invitation and invitation.entry_id else {}
        return Changes(settled=settled, rows=(_card(at.user, "invitation", qr=event.remote_id, until=until, **client),))
    failed = isinstance(event, Refused | Rejected)
    return Changes(settled=settled, rows=(_card(at.user, "invitation_failed"),) if failed else ())


def _scene(keys: Keys, nonce: str) -> str:
    return keys.derive("scene", nonce)[:SCENE_BYTES].hex()


def _card(user: User, card: str, **values: Any) -> Row:
    return Row(f"teams/{user.id}", "card", "", user_id=user.id, values={"card": card, **values})
