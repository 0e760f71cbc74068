"""Every card in a real browser by the official renderer: it parses, it fits, outsiders' words are only words."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser

from cards import MessageView, render
from cards.mark import MARK
from tests.cards.samples import READERS, SAMPLES
from tests.cards.test_outside import SHOWABLE
from tests.gallery.__main__ import WIDTHS, entry
from tests.gallery.page import RENDERER, page

rendered = pytest.mark.skipif(not RENDERER.exists(), reason="the renderer is not installed (it needs Node)")


@rendered
async def test_every_card_is_drawn_and_fits(browser: Browser, tmp_path: Path) -> None:
    html = tmp_path / "index.html"
    html.write_text(page([entry(sample, language) for sample in SAMPLES for language in READERS]), "utf-8")
    for language in READERS:
        for width, pixels in WIDTHS.items():
            tab = await browser.new_page(viewport={"width": pixels, "height": 900})
            await tab.goto(f"{html.as_uri()}#language={language}&width={width}")
            await tab.wait_for_selector("body[data-ready]")
            assert await tab.get_attribute("body", "data-problems") == "[]"
            assert await tab.locator("figure").count() == len(SAMPLES)


@rendered
async def test_words_of_outsiders_are_only_words(browser: Browser, tmp_path: Path) -> None:
    view = next(sample for sample in SAMPLES if sample.id == "incoming").view("en")
    messages = [replace(view, message=MessageView("m", words, at=view.now)) for words in SHOWABLE if words.strip()]
    cards = [
        {"id": str(at), "language": "en", "preview": "", "json": render("incoming", message)}
        for at, message in enumerate(messages)
    ]
    html = tmp_path / "index.html"
    html.write_text(page(cards), "utf-8")
    tab = await browser.new_page()
    await tab.goto(html.as_uri())
    await tab.wait_for_selector("body[data-ready]")
    assert await tab.locator(".card :is(a, b, strong, em, script, code, ol, table)").count() == 0
    for at, message in enumerate(messages):
        shown = await tab.locator(".card").nth(at).text_content()
        words = message.message.text if message.message else ""
        assert "".join(words.split()) in "".join((shown or "").split())


def test_mark_is_small_and_transparent() -> None:
    data = base64.b64decode(MARK.removeprefix("data:image/png;base64,"))
    picture = Image.open(io.BytesIO(data))
    assert len(data) < 1200
    assert picture.size == (48, 48)
    corner, bubble = (picture.convert("RGBA").getpixel(at) for at in ((0, 0), (3, 18)))
    assert corner == (0, 0, 0, 0)
    assert isinstance(bubble, tuple) and bubble[1] > 180 and bubble[3] > 240
