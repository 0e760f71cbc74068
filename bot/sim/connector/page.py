"""Serves the chat page and the official card renderer, if npm installed it."""

from pathlib import Path

from aiohttp import web

WEB = Path(__file__).parent.parent / "web"
RENDERER = WEB / "node_modules/adaptivecards/dist/adaptivecards.min.js"
_SCRIPTS = {"chat.js", "extension.js", "messages.js", "cards.js", "plain-cards.js", "markdown.js"}
_FILES = {"hostconfig.json", "chat.css", *_SCRIPTS}
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: http: https:; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'",
}


def routes() -> list[web.RouteDef]:
    return [
        web.get("/chat", _page),
        web.get("/web/adaptivecards.min.js", _renderer),
        web.get("/web/{name}", _file),
        web.get("/", _home),
    ]


async def _home(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/chat")


async def _page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(WEB / "chat.html", headers=_HEADERS)


async def _file(request: web.Request) -> web.FileResponse:
    name = request.match_info["name"]
    if name not in _FILES:
        raise web.HTTPNotFound
    return web.FileResponse(WEB / name, headers=_HEADERS)


async def _renderer(_request: web.Request) -> web.FileResponse:
    if not RENDERER.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(RENDERER, headers=_HEADERS)
