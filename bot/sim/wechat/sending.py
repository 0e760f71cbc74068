"""The calls that reach a contact's phone: customer-service messages, typing, template messages (2.1, 2.6, 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.sim.wechat import acts, template
from bot.sim.wechat.calls import addressee, count_today, posted
from bot.sim.wechat.errors import Refused, answer
from bot.sim.wechat.push import Pusher
from bot.sim.wechat.world import Contact, Json, World

CUSTOM_SEND = "/cgi-bin/message/custom/send"
DEDUPE = timedelta(minutes=10)
_TEMPLATE_STATUS = {"user block": "failed:user block", "system failed": "failed: system failed"}
_BY_MEDIA = {"image": "media_id", "voice": "media_id", "video": "media_id"}
_SHOWN = frozenset({"music", "news", "mpnews", "mpnewsarticle", "msgmenu", "wxcard", "miniprogrampage"})


async def custom_send(world: World, request: web.Request) -> Json:
    """`POST /cgi-bin/message/custom/send`: checked in WeChat's order; a refused send costs no slot."""
    body = await posted(world, request)
    contact = addressee(world, body.get("touser"))
    kind, text, detail = _content(world, body)
    if contact.refuses:
        raise Refused(contact.refuses)
    if not contact.following:
        raise Refused(45015)
    left, errcode = contact.quota.spend(world.clock.now())
    if errcode:
        raise Refused(errcode)
    count_today(world, CUSTOM_SEND, world.account.daily_sends)
    contact.quota = left
    desk = body.get("customservice")
    if isinstance(desk, Mapping):
        detail = {**detail, "kf_account": desk.get("kf_account")}
    world.record(contact, "custom", kind, text, detail)
    return answer(0)


def _content(world: World, body: Json) -> tuple[str, str, Json]:
    kind = body.get("msgtype")
    block = body.get(kind) if isinstance(kind, str) else None
    if not isinstance(kind, str) or (kind != "text" and kind not in _BY_MEDIA and kind not in _SHOWN):
        raise Refused(40008)
    if not isinstance(block, dict):
        raise Refused(44004 if kind == "text" else 47001)
    if kind == "text":
        return kind, _text(world, block), {}
    if kind in _BY_MEDIA:
        if world.find_media(block.get("media_id")) is None:
            raise Refused(40007)
        return kind, str(block.get("title", "")), {"media": f"/_sim/media/{block['media_id']}", "block": block}
    if kind == "news" and len(block.get("articles", [])) > 1:
        raise Refused(45008)
    return kind, str(block.get("head_content") or block.get("title") or ""), {"block": block}


def _text(world: World, block: Json) -> str:
    content = block.get("content")
    if not isinstance(content, str) or not content:
        raise Refused(44004)
    if len(content.encode()) > world.account.text_bytes:
        raise Refused(45002)
    return content


async def typing(world: World, request: web.Request) -> Json:
    """`POST /cgi-bin/message/custom/typing`: shown for 15 s, and only to somebody who wrote in the last 30 s."""
    body = await posted(world, request)
    contact = addressee(world, body.get("touser"))
    now, command = world.clock.now(), body.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise Refused(45072)
    if not contact.quota.left(now):
        raise Refused(45015)
    if contact.wrote_at is None or now - contact.wrote_at > timedelta(seconds=30):
        raise Refused(45080)
    typing_now = contact.typing_until is not None and now < contact.typing_until
    if command == "Typing" and typing_now:
        raise Refused(45081)
    contact.typing_until = now + timedelta(seconds=15) if command == "Typing" else None
    world.show(contact)
    return answer(0)


class TemplateSend:
    """`POST /cgi-bin/message/template/send`; needs the push line for what becomes of it."""

    def __init__(self, pusher: Pusher) -> None:
        self._pusher = pusher

    async def __call__(self, world: World, request: web.Request) -> Json:
        """Any follower, at any time; the result comes later as TEMPLATESENDJOBFINISH."""
        body = await posted(world, request)
        contact = addressee(world, body.get("touser"))
        data = _allowed(world, contact, body)
        repeated = _sent_before(world, contact, body.get("client_msg_id"))
        if repeated is not None:
            return answer(0) | {"msgid": repeated}
        msgid = world.next_id()
        if body.get("client_msg_id"):
            world.template_sends[contact.openid, str(body["client_msg_id"])] = (msgid, world.clock.now())
        if contact.template_outcome == "success":
            detail = {"template_id": body["template_id"], "url": body.get("url", ""), "data": data}
            detail["labels"] = template.LABELS
            world.record(contact, "template", "template", " ".join(data.values()), detail)
        status = _TEMPLATE_STATUS.get(contact.template_outcome, "success")
        _ = world.spawn(self._pusher.push(contact, acts.template_result(world, contact, msgid, status)))
        return answer(0) | {"msgid": msgid}


def _allowed(world: World, contact: Contact, body: Json) -> dict[str, str]:
    known, template_id = world.account.templates, body.get("template_id")
    if not isinstance(template_id, str) or not template_id or (known is not None and template_id not in known):
        raise Refused(40037)
    if not contact.following or contact.refuses == 43004:
        raise Refused(43004)
    data: Any = body.get("data")
    if not isinstance(data, dict) or not data:
        raise Refused(47001)
    offending = template.offending_field(data)
    if offending is not None:
        raise Refused(47003, offending)
    return {name: str(entry["value"]) for name, entry in data.items()}


def _sent_before(world: World, contact: Contact, client_msg_id: object) -> int | None:
    msgid, at = world.template_sends.get((contact.openid, str(client_msg_id)), (0, world.clock.now()))
    return msgid if client_msg_id and msgid and world.clock.now() - at < DEDUPE else None
