"""What Teams fetches from us: the three pages that the app package names, and the mark of search results.

All ours, nothing from elsewhere. Cards carry the mark in themselves (`cards.mark`); a search result, which is a
thumbnail, takes the address of a picture only.
"""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Final

from aiohttp import web

from cards.mark import MARK

FOLDER: Final = Path(__file__).parent / "static"
PAGES: Final = ("support.html", "privacy.html", "terms.html")
MARK_PATH: Final = "/static/wechat.png"
_MARK: Final = b64decode(MARK.partition(",")[2])
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "public, max-age=3600",
}


def routes() -> list[web.RouteDef]:
    """GET /static/… for each page and the mark."""

    async def show(request: web.Request) -> web.FileResponse:
        return web.FileResponse(FOLDER / request.path.rpartition("/")[2], headers=_HEADERS)

    async def mark(_: web.Request) -> web.Response:
        return web.Response(body=_MARK, content_type="image/png", headers=_HEADERS)

    return [*(web.get(f"/static/{page}", show) for page in PAGES), web.get(MARK_PATH, mark)]
