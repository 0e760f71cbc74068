"""What a contact can do: an act changes the quota, shows on the transcript and yields the fields to push."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from bot.sim.wechat import picture, quota
from bot.sim.wechat.world import Contact, Json, World

UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"

_SAMPLES = {
    "image": (picture.snapshot(), "image/png", "picture.png"),
    "voice": (b"#!AMR\n" + b"\x3c" + bytes(31), "audio/amr", "voice.amr"),
    "video": (b"\x00\x00\x00\x18ftypmp42" + bytes(12), "video/mp4", "video.mp4"),
}


class NotPossible(ValueError):
    """Something that the phone does not let this contact do; the message says why."""


def message(world: World, contact: Contact, kind: str, given: Mapping[str, Any], base_url: str) -> Json:
    """A message of the contact's: the fields to push. `given` may hold the kind's own values; samples fill the rest."""
    if not contact.following:
        raise NotPossible(f"{contact.name} does not follow the account")
    fields, shown = _content(world, kind, given, base_url)
    now = world.clock.now()
    tapped = "bizmsgmenuid" in fields
    contact.quota = (quota.acted if tapped else quota.wrote)(contact.quota, now, world.account.terms)
    contact.wrote_at = now
    world.record(contact, "in", kind, str(fields.get("Content") or fields.get("Label") or ""), shown)
    return _common(world, contact, str(fields.pop("MsgType"))) | fields | {"MsgId": world.next_id()}


def _content(world: World, kind: str, given: Mapping[str, Any], base_url: str) -> tuple[Json, Json]:
    if kind == "text":
        return _text(given), {}
    if kind == "unsupported":
        return {"MsgType": "text", "Content": UNSUPPORTED}, {}
    if kind in ("image", "voice", "video", "shortvideo"):
        return _media(world, kind, given, base_url)
    if kind == "location":
        return {
            "MsgType": "location",
            "Location_X": given.get("latitude", 31.2304),
            "Location_Y": given.get("longitude", 121.4737),
            "Scale": given.get("scale", 15),
            "Label": given.get("label", "上海市黄浦区人民大道"),
        }, {}
    if kind == "link":
        link = {name: given.get(name, sample) for name, sample in _LINK.items()}
        return {"MsgType": "link", **{name.capitalize(): value for name, value in link.items()}}, link
    raise NotPossible(f"there is no message of kind {kind!r}")


_LINK = {"title": "Quarterly outlook", "description": "What to expect", "url": "https://example.com/outlook"}


def _text(given: Mapping[str, Any]) -> Json:
    text = given.get("text")
    if not isinstance(text, str) or not text:
        raise NotPossible("the phone does not send an empty text")
    menu = {"bizmsgmenuid": str(given["menu_id"])} if given.get("menu_id") else {}
    return {"MsgType": "text", "Content": text, **menu}


def _media(world: World, kind: str, given: Mapping[str, Any], base_url: str) -> tuple[Json, Json]:
    content, content_type, filename = _SAMPLES["video" if kind == "shortvideo" else kind]
    if "data" in given:
        try:
            content = base64.b64decode(given["data"], validate=True)
        except (binascii.Error, TypeError) as error:
            raise NotPossible("data is not Base64") from error
    content_type = str(given.get("content_type", content_type))
    media_id = world.keep_media(kind, content, content_type, str(given.get("filename", filename)))
    shown = {"media": f"/_sim/media/{media_id}", "media_id": media_id, "content_type": content_type}
    if kind == "image":
        return {"MsgType": kind, "PicUrl": f"{base_url}/_sim/media/{media_id}", "MediaId": media_id}, shown
    if kind == "voice":
        return {
            "MsgType": kind,
            "MediaId": media_id,
            "Format": given.get("format", "amr"),
            "MediaId16K": media_id,
            "Recognition": "",
        }, shown
    return {"MsgType": kind, "MediaId": media_id, "ThumbMediaId": world.keep_media("thumb", *_SAMPLES["image"])}, shown


def follow(world: World, contact: Contact, *, scene: str = "", ticket: str = "") -> Json:
    """Follow the account, or follow it by a QR code's scene."""
    if contact.following:
        raise NotPossible(f"{contact.name} follows the account already")
    contact.following, contact.since, contact.scene = True, world.clock.now(), scene
    _acted(world, contact)
    world.record(contact, "event", "follow", f"{contact.name} followed {world.account.name}")
    if not scene:
        return _event(world, contact, "subscribe", EventKey="")
    return _event(world, contact, "subscribe", EventKey=f"qrscene_{scene}", Ticket=ticket)


def unfollow(world: World, contact: Contact) -> Json:
    """Stop following: every grant is closed."""
    if not contact.following:
        raise NotPossible(f"{contact.name} does not follow the account")
    contact.following, contact.quota = False, quota.Quota()
    world.record(contact, "event", "unfollow", f"{contact.name} unfollowed {world.account.name}")
    return _event(world, contact, "unsubscribe", EventKey="")


def scan(world: World, contact: Contact, scene: str, ticket: str) -> Json:
    """Scan a QR code of the account's."""
    if not contact.following:
        return follow(world, contact, scene=scene, ticket=ticket)
    _acted(world, contact)
    world.record(contact, "event", "scan", f"{contact.name} scanned a QR code")
    return _event(world, contact, "SCAN", EventKey=scene, Ticket=ticket)


def menu(world: World, contact: Contact, event: str, key: str) -> Json:
    """Tap the account's menu: `CLICK` opens a short grant, `VIEW` (a web page) none."""
    if not contact.following:
        raise NotPossible(f"{contact.name} does not follow the account")
    if event == "CLICK":
        _acted(world, contact)
    world.record(contact, "event", event.lower(), f"{contact.name} tapped the menu: {key}")
    return _event(world, contact, event, EventKey=key)


def template_result(world: World, contact: Contact, msgid: int, status: str) -> Json:
    """What became of a template message."""
    return _event(world, contact, "TEMPLATESENDJOBFINISH", MsgID=msgid, Status=status)


def _acted(world: World, contact: Contact) -> None:
    contact.quota = quota.acted(contact.quota, world.clock.now(), world.account.terms)


def _event(world: World, contact: Contact, event: str, **values: Any) -> Json:
    return _common(world, contact, "event") | {"Event": event} | values


def _common(world: World, contact: Contact, kind: str) -> Json:
    return {
        "ToUserName": world.account.gh_id,
        "FromUserName": contact.openid,
        "CreateTime": world.clock.seconds(),
        "MsgType": kind,
    }
