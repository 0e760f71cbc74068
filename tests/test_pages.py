"""The pages that the app package names: there, ours alone, in both languages."""

import json
import re
from base64 import b64encode
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import pages
from cards.mark import MARK

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("page", pages.PAGES)
async def test_a_page_is_served_and_needs_nothing_from_elsewhere(page: str) -> None:
    app = web.Application()
    app.add_routes(pages.routes())
    async with TestClient(TestServer(app)) as client, client.get(f"/static/{page}") as answer:
        text = await answer.text()
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"https?:|src=|href=|<script|@import|url\(", text)
    assert 'lang="en"' in text and 'lang="zh-CN"' in text and len(re.findall("[一-鿿]", text)) > 100


async def test_the_mark_is_served_as_the_cards_have_it() -> None:
    app = web.Application()
    app.add_routes(pages.routes())
    async with TestClient(TestServer(app)) as client, client.get(pages.MARK_PATH) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
        assert MARK.endswith(b64encode(await answer.read()).decode())


async def test_nothing_else_is_served(tmp_path: Path) -> None:
    app = web.Application()
    app.add_routes(pages.routes())
    async with TestClient(TestServer(app)) as client:
        for path in ("/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/static/other.html"):
            async with client.get(path) as answer:
                assert answer.status == 404


def test_they_are_the_ones_that_the_package_names() -> None:
    developer = json.loads((ROOT / "appPackage/manifest.json").read_text("utf-8"))["developer"]
    named = {value.rpartition("/static/")[2] for name, value in developer.items() if name.endswith("Url")}
    assert named == set(pages.PAGES)
