"""The three pages that the Teams app package names: support, privacy, terms. Ours, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aiohttp import web

FOLDER: Final = Path(__file__).parent / "static"
PAGES: Final = ("support.html", "privacy.html", "terms.html")
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "public, max-age=3600",
}


def routes() -> list[web.RouteDef]:
    """GET /static/… for each page."""

    async def show(request: web.Request) -> web.FileResponse:
        return web.FileResponse(FOLDER / request.path.rpartition("/")[2], headers=_HEADERS)

    return [web.get(f"/static/{page}", show) for page in PAGES]
