"""The QR code read back by a decoder that is not ours: the picture, the picture spoilt, and the card as it is drawn."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter
from playwright.async_api import Browser

from bot.teams import qr
from tests.e2e.stage import stage
from tests.gallery.page import RENDERER, page

# As long as WeChat's own are.
ADDRESS = "http://weixin.qq.com/q/02GwVjV1HkeEW10000w03k"


def picture(words: str = ADDRESS) -> Image.Image:
    data = base64.b64decode(qr.picture(words).removeprefix("data:image/png;base64,"))
    return Image.open(io.BytesIO(data)).convert("RGB")


def read(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def covered(image: Image.Image) -> Image.Image:
    """A thumb over a corner that is no finder pattern."""
    edge = int(image.width * 0.2)
    right, bottom = image.width - qr.QUIET_MODULES * qr.PIXELS_PER_MODULE, image.height - 4 * qr.PIXELS_PER_MODULE
    ImageDraw.Draw(image).rectangle((right - edge, bottom - edge, right, bottom), fill="black")
    return image


def on_dark(image: Image.Image) -> Image.Image:
    dark = Image.new("RGB", (image.width * 2, image.height * 2), "#292929")
    dark.paste(image, (image.width // 2, image.height // 2))
    return dark


SPOILT: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda image: image,
    "small": lambda image: image.resize((image.width // 3, image.height // 3)),
    "large and blurred": lambda image: image.resize((900, 900)).filter(ImageFilter.GaussianBlur(4)),
    "askew": lambda image: image.rotate(17, expand=True, fillcolor="white"),
    "on a dark card": on_dark,
    "dim": lambda image: image.point(lambda value: 60 + value // 3),
    "covered": covered,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_the_picture_is_read(spoil: Callable[[Image.Image], Image.Image]) -> None:
    assert read(spoil(picture())) == [ADDRESS]


def test_the_decoder_is_not_blind() -> None:
    assert read(Image.new("RGB", (200, 200), "white")) == []
    spoilt = picture()
    ImageDraw.Draw(spoilt).rectangle((40, 40, 160, 160), fill="white")
    assert read(spoilt) == []


@pytest.mark.skipif(not RENDERER.exists(), reason="the renderer is not installed (it needs Node)")
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_card_that_a_user_asked_for_leads_back_to_their_scene(
    browser: Browser, tmp_path: Path, theme: str
) -> None:
    async with stage(tmp_path) as on:
        await on.anna.says("invite")
        await on.settled()
        shown = await on.anna.sees("Your QR code for WeChat")
        html = tmp_path / "card.html"
        html.write_text(page([{"id": "invitation", "language": "en", "preview": "", "json": shown.card}]), "utf-8")
        tab = await browser.new_page(viewport={"width": 480, "height": 800})
        await tab.goto(f"{html.as_uri()}#theme={theme}&width=narrow")
        await tab.wait_for_selector("body[data-ready]")
        (url,) = read(Image.open(io.BytesIO(await tab.screenshot())).convert("RGB"))
        ended = await on.li.scans(url=url)
        assert "You can now reach Anna Schmidt" in str(ended.get("reply"))
