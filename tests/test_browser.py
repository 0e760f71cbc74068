"""The `browser` fixture itself: a page, Chinese and all, on Debian's own Chromium."""

from playwright.async_api import Browser


async def test_browser_shows_a_page(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<h1>留言</h1>")
    assert await page.inner_text("h1") == "留言"
