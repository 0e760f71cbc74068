"""The phone page in a real browser: what a person sees and does there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from bot.sim.wechat import Contact, WeChat
from bot.sim.wechat.template import LABELS
from tests.sim.account_server import AccountServer


@pytest.fixture
async def wechat() -> AsyncIterator[WeChat]:
    async with AccountServer() as server, WeChat(callback=server.url, name="Northwind") as wechat:
        yield wechat


async def opened(browser: Browser, wechat: WeChat, width: int = 1280) -> Page:
    page = await browser.new_page(viewport={"width": width, "height": 844})
    await page.goto(f"{wechat.url}/phone", wait_until="domcontentloaded")
    await expect(page.get_by_role("heading", name="Northwind")).to_be_visible()
    return page


def arrives(wechat: WeChat, contact: Contact, text: str) -> None:
    """A custom message, as if the account had sent it."""
    wechat.world.record(wechat.world.contacts[contact.openid], "custom", "text", text)


async def test_create_a_contact_write_and_read(browser: Browser, wechat: WeChat) -> None:
    page = await opened(browser, wechat)
    await page.get_by_label("New contact").fill("Li Wei")
    await page.get_by_role("button", name="Create").click()
    await page.get_by_label("Message", exact=True).fill("你好")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .bubble")).to_have_text("你好")
    await expect(page.locator("#quota-left")).to_have_text("5")
    (contact,) = await wechat.phone.contacts()
    arrives(wechat, contact, "Good morning")
    await expect(page.locator(".entry:not(.mine) .bubble")).to_have_text("Good morning")


async def test_a_template_message_bears_its_labels(browser: Browser, wechat: WeChat) -> None:
    contact = await wechat.phone.contact("Li Wei")
    detail = {"data": {"thing1": "Anna Schmidt", "thing9": "Other"}, "labels": LABELS}
    wechat.world.record(wechat.world.contacts[contact.openid], "template", "template", "", detail)
    page = await opened(browser, wechat)
    await expect(page.locator(".bubble dt")).to_have_text(["User", "thing9"])
    await expect(page.locator(".bubble dd")).to_have_text(["Anna Schmidt", "Other"])


async def test_only_an_https_anchor_becomes_a_link(browser: Browser, wechat: WeChat) -> None:
    contact = await wechat.phone.contact("Li Wei")
    text = (
        '<a href="https://example.com/q3">Report</a> <a href="javascript:alert(1)">no</a> <img src=x onerror=alert(1)>'
    )
    arrives(wechat, contact, text)
    await contact.says('<a href="https://example.com">mine</a>')
    page = await opened(browser, wechat)
    bubbles = page.locator(".bubble")
    await expect(bubbles.first).to_have_text('Report <a href="javascript:alert(1)">no</a> <img src=x onerror=alert(1)>')
    await expect(bubbles.last).to_have_text('<a href="https://example.com">mine</a>')
    assert await page.locator(".bubble a").evaluate_all("links => links.map(link => link.href)") == [
        "https://example.com/q3"
    ]
    assert await page.locator(".bubble img").count() == 0


async def test_the_window_closes_as_time_passes(browser: Browser, wechat: WeChat) -> None:
    contact = await wechat.phone.contact("Li Wei")
    await contact.says("hello")
    page = await opened(browser, wechat)
    await page.get_by_role("button", name="+48 h").click()
    await expect(page.locator("#quota-until")).to_have_text("window closed")
    await page.get_by_role("button", name="Unfollow").click()
    await expect(page.get_by_label("Message", exact=True)).to_be_disabled()


async def test_on_a_phone_the_panel_hides_behind_its_button(browser: Browser, wechat: WeChat) -> None:
    page = await opened(browser, wechat, width=390)
    await expect(page.get_by_label("Whose phone")).to_be_hidden()
    await page.get_by_role("button", name="Simulator", exact=True).click()
    await expect(page.get_by_label("Whose phone")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_label("Whose phone")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
