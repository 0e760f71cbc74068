"""Puts the simulated WeChat together: `build` makes the application, `WeChat` runs it in a test or the demo."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

from aiohttp import web

from bot.sim.clock import Clock
from bot.sim.sms import Twilio
from bot.sim.wechat import api, sending
from bot.sim.wechat.account import Account
from bot.sim.wechat.calls import Call, counting, endpoint
from bot.sim.wechat.client import PhoneClient
from bot.sim.wechat.control import Control
from bot.sim.wechat.push import Pusher
from bot.sim.wechat.world import World

_PAGES = Path(__file__).parent.parent / "web"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)


def build(world: World, pusher: Pusher) -> web.Application:
    """The API, the control calls and the phone page over one world."""
    app = web.Application(middlewares=[counting(world), world.faults.middleware], client_max_size=32 << 20)
    calls: dict[str, Call] = {
        "GET /cgi-bin/token": api.classic_token,
        "POST /cgi-bin/stable_token": api.stable_token,
        f"POST {sending.CUSTOM_SEND}": sending.custom_send,
        "POST /cgi-bin/message/custom/typing": sending.typing,
        "POST /cgi-bin/message/template/send": sending.TemplateSend(pusher),
        "GET /cgi-bin/template/get_all_private_template": api.templates,
        "POST /cgi-bin/qrcode/create": api.create_qrcode,
        "GET /cgi-bin/showqrcode": api.show_qrcode,
        "GET /cgi-bin/user/info": api.user_info,
        "POST /cgi-bin/media/upload": api.upload_media,
        "GET /cgi-bin/media/get": api.get_media,
        "POST /cgi-bin/clear_quota": api.clear_quota,
        "POST /cgi-bin/openapi/quota/get": api.get_quota,
    }
    for name, call in calls.items():
        method, path = name.split()
        app.router.add_route(method, path, endpoint(world, call))
    app.add_routes(Control(world, pusher).routes())
    app.add_routes(Twilio(world).routes())
    app.router.add_get("/", _to_phone)
    for path, file in (("/phone", "phone.html"), ("/web/phone.css", "phone.css"), ("/web/phone.js", "phone.js")):
        app.router.add_get(path, _page(_PAGES / file))
    return app


async def _to_phone(_: web.Request) -> web.Response:
    raise web.HTTPFound("/phone")


def _page(file: Path) -> Any:
    async def show(_: web.Request) -> web.FileResponse:
        return web.FileResponse(file, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"})

    return show


class WeChat:
    """A running simulator: `url` is its base address, `phone` drives its contacts, `world` is its inside.

    With `async with`, or `start()` and `stop()`. Keyword arguments are fields of `Account`; `account` gives it whole.
    """

    def __init__(
        self,
        *,
        account: Account | None = None,
        clock: Clock | None = None,
        port: int = 0,
        seed: int = 0,
        **settings: Any,
    ) -> None:
        self.world = World((account or Account()).changed(settings), clock or Clock(), seed)
        self._port = port
        self._pusher = Pusher(self.world)
        self._runner: web.AppRunner | None = None
        self.url = ""

    @property
    def phone(self) -> PhoneClient:
        """The contacts' side, over HTTP."""
        return PhoneClient(self.url, self.world.account.name)

    async def start(self) -> WeChat:
        """Listen on loopback; port 0 takes a free one."""
        self._runner = web.AppRunner(build(self.world, self._pusher), shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        """End streams, pushes and the server."""
        await self.world.close()
        await self._pusher.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def call_back(self, url: str) -> None:
        """Set the account's server URL, once it is known."""
        self.world.account = self.world.account.changed({"callback": url})

    async def __aenter__(self) -> WeChat:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
