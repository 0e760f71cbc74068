"""The rest of WeChat's API that the product may call: tokens, QR codes, user info, media, quota (3, 4, 6, 2.7)."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

import orjson
from aiohttp import web

from bot.sim.wechat import picture, template
from bot.sim.wechat.calls import addressee, authorised, posted, used_today
from bot.sim.wechat.errors import Refused, answer
from bot.sim.wechat.sending import CUSTOM_SEND
from bot.sim.wechat.world import Json, World

_SIZES = {"image": (10 << 20, 40009), "voice": (2 << 20, 40010), "video": (10 << 20, 40011), "thumb": (64 << 10, 40012)}
_CLEARS_A_MONTH = 10


async def classic_token(world: World, request: web.Request) -> Json:
    """`GET /cgi-bin/token`."""
    _known_caller(world, request, request.query.get("appid", ""), request.query.get("secret", ""))
    return _token(world.tokens.classic())


async def stable_token(world: World, request: web.Request) -> Json:
    """`POST /cgi-bin/stable_token`."""
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise Refused(47001) from error
    if not isinstance(body, dict):
        raise Refused(47001)
    _known_caller(world, request, str(body.get("appid", "")), str(body.get("secret", "")))
    return _token(world.tokens.stable(force=body.get("force_refresh") is True))


def _known_caller(world: World, request: web.Request, app_id: str, secret: str) -> None:
    account = world.account
    if app_id != account.app_id:
        raise Refused(40013)
    if not hmac.compare_digest(secret.encode(), account.app_secret.encode()):
        raise Refused(40125)
    if account.ip_whitelist is not None and request.remote not in account.ip_whitelist:
        raise Refused(40164, str(request.remote))


def _token(given: tuple[str, int] | int) -> Json:
    if isinstance(given, int):
        raise Refused(given)
    return {"access_token": given[0], "expires_in": given[1]}


async def create_qrcode(world: World, request: web.Request) -> Json:
    """`POST /cgi-bin/qrcode/create`."""
    body = await posted(world, request)
    action = body.get("action_name")
    scene = _scene(action, body.get("action_info"))
    permanent = "LIMIT" in str(action)
    seconds = body.get("expire_seconds", 60)
    if not permanent and (not isinstance(seconds, int) or not 0 < seconds <= 2_592_000):
        raise Refused(40053)
    ticket = "gQ" + secrets.token_urlsafe(66)
    world.tickets[ticket] = (scene, None if permanent else world.clock.now() + timedelta(seconds=seconds))
    url = f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}"
    world.codes[url] = ticket
    return {"ticket": ticket, "url": url} | ({} if permanent else {"expire_seconds": seconds})


def _scene(action: object, info: object) -> str:
    scene = info.get("scene") if isinstance(info, dict) else None
    if not isinstance(scene, dict) or action not in (
        "QR_SCENE",
        "QR_STR_SCENE",
        "QR_LIMIT_SCENE",
        "QR_LIMIT_STR_SCENE",
    ):
        raise Refused(40053)
    value = scene.get("scene_str" if "STR" in str(action) else "scene_id")
    fits = (
        isinstance(value, str) and 1 <= len(value) <= 64
        if "STR" in str(action)
        else isinstance(value, int) and 1 <= value <= (100_000 if "LIMIT" in str(action) else 2**32 - 1)
    )
    if not fits:
        raise Refused(40053)
    return str(value)


async def show_qrcode(world: World, request: web.Request) -> web.Response:
    """`GET /cgi-bin/showqrcode`: a picture, no token; 404 on a bad ticket."""
    ticket = request.query.get("ticket", "")
    if ticket not in world.tickets:
        raise web.HTTPNotFound
    return web.Response(body=picture.code_like(ticket), content_type="image/png")


async def templates(world: World, request: web.Request) -> Json:
    """`GET /cgi-bin/template/get_all_private_template`: an account of which nothing is said has the demo's."""
    authorised(world, request)
    known = ("resume-template",) if world.account.templates is None else world.account.templates
    return {"template_list": [{"template_id": each, "title": "Notice", "content": template.CONTENT} for each in known]}


async def user_info(world: World, request: web.Request) -> Json:
    """`GET /cgi-bin/user/info`: no nickname and no avatar since 2021."""
    authorised(world, request)
    contact = addressee(world, request.query.get("openid"))
    if not contact.following:
        return {"subscribe": 0, "openid": contact.openid}
    return {
        "subscribe": 1,
        "openid": contact.openid,
        "language": "",
        "subscribe_time": int(contact.since.timestamp()),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE" if contact.scene else "ADD_SCENE_SEARCH",
        "qr_scene": int(contact.scene) if contact.scene.isdecimal() else 0,
        "qr_scene_str": "" if contact.scene.isdecimal() else contact.scene,
    }


async def upload_media(world: World, request: web.Request) -> Json:
    """`POST /cgi-bin/media/upload?type=…`, multipart field `media`."""
    authorised(world, request)
    kind = request.query.get("type", "")
    if kind not in _SIZES:
        raise Refused(40004)
    part = (await request.post()).get("media")
    if not isinstance(part, web.FileField):
        raise Refused(41005)
    content = part.file.read()
    largest, errcode = _SIZES[kind]
    if not content:
        raise Refused(41005)
    if len(content) > largest:
        raise Refused(errcode)
    media_id = world.keep_media(kind, content, part.content_type, part.filename)
    return {"type": kind, "media_id": media_id, "created_at": world.clock.seconds()}


async def get_media(world: World, request: web.Request) -> Json | web.Response:
    """`GET /cgi-bin/media/get`: the bytes, for a video the URL of the bytes, or an error as JSON with 200."""
    authorised(world, request)
    media_id = request.query.get("media_id")
    media = world.find_media(media_id)
    if media is None:
        raise Refused(40007)
    if media.kind in ("video", "shortvideo"):
        return {"video_url": f"{request.url.origin()}/_sim/media/{media_id}"}
    disposition = f'attachment; filename="{media.filename}"'
    headers = {"Content-disposition": disposition, "Content-Type": media.content_type}
    return web.Response(body=media.content, headers=headers)


async def clear_quota(world: World, request: web.Request) -> Json:
    """`POST /cgi-bin/clear_quota`: the day's counters back to zero, ten times a month."""
    body = await posted(world, request)
    if body.get("appid") != world.account.app_id:
        raise Refused(40013)
    month = f"clears {world.clock.now():%Y-%m}"
    used = world.daily[month]
    if used >= _CLEARS_A_MONTH:
        raise Refused(48006)
    world.daily.clear()
    world.daily[month] = used + 1
    return answer(0)


async def get_quota(world: World, request: web.Request) -> Json:
    """`POST /cgi-bin/openapi/quota/get`, for the call that has a daily allowance here."""
    body = await posted(world, request)
    if body.get("cgi_path") != CUSTOM_SEND:
        raise Refused(76003)
    limit, used = world.account.daily_sends, used_today(world, CUSTOM_SEND)
    return answer(0) | {"quota": {"daily_limit": limit, "used": used, "remain": limit - used}}
