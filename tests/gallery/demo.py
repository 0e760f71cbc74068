"""`python -m tests.gallery.demo`: plays a conversation in the demo and takes the README's picture of both pages."""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, async_playwright

from bot.sim.demo import CONTACT, TIMEZONE, Stage, stage
from tests.conftest import CHROMIUM, FLAGS

PICTURES = Path(__file__).parent / "pictures"
PHONE, CHAT = (420, 960), (860, 960)


async def converse(on: Stage) -> None:
    """Somebody whom the user saves asks, is answered, and asks again."""
    await on.contact.says("你好！😀")
    await on.user.sees("你好")
    await on.user.clicks("reply", text="你好！")
    await on.contact.sees(2)
    await on.user.sees("Sent")
    await on.user.clicks("details", await on.user.sees("Reply to"))
    await on.user.sees("not in your contacts")
    await on.user.clicks("save_contact", name=CONTACT)
    await on.contact.says("Is the bond report out?")
    await on.user.sees("bond report")
    await on.user.clicks("reply", text="Good morning! Yes, I am sending it today.")
    await on.contact.sees(3)
    await on.user.sees("Sent")
    await on.contact.says("太好了，谢谢！Could you also tell me the coupon dates?")
    await on.user.sees("coupon dates")


async def picture(browser: Browser, url: str, size: tuple[int, int], scheme: str) -> Image.Image:
    """The page as it looks at this size; `scheme` is light or dark."""
    page = await browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        timezone_id=TIMEZONE,
    )
    await page.goto(url)
    await page.wait_for_timeout(1500)
    taken = Image.open(io.BytesIO(await page.screenshot()))
    await page.close()
    return taken


def beside(left: Image.Image, right: Image.Image) -> Image.Image:
    """Both in one picture."""
    both = Image.new("RGB", (left.width + right.width, max(left.height, right.height)), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return both


async def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with stage(Path(folder)) as on, async_playwright() as playwright:
            await converse(on)
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for scheme in ("light", "dark"):
                phone = await picture(browser, on.phone_url, PHONE, scheme)
                chat = await picture(browser, on.chat_url, CHAT, scheme)
                name = "demo.png" if scheme == "light" else "demo-dark.png"
                beside(phone, chat).quantize(128).save(PICTURES / name, optimize=True)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
