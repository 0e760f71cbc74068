"""The simulated Teams page against the real service, for what Microsoft's Playground cannot do.

Choosing a result (selectItem), a dialog over a message, deleting, a notification's preview, the same chat seen by two.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.stage import Stage, stage
from tests.e2e.test_contacts import imported
from tests.e2e.test_transfer import crowded
from tests.gallery.page import RENDERER

pytestmark = pytest.mark.browser


async def opened(on: Stage, browser: Browser, who: str = "Anna Schmidt", width: int = 1280) -> Page:
    page = await browser.new_page(viewport={"width": width, "height": 900})
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    await page.goto(f"{on.teams.url}/chat?user={who}")
    await expect(page.locator("#seen-by")).to_have_text(f"as {who}")
    return page


async def test_a_contact_is_chosen_sent_into_the_chat_and_invited(browser: Browser, tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await imported(on, tmp_path)
        page = await opened(on, browser)
        await page.get_by_role("button", name="Contacts").click()
        await page.get_by_role("searchbox").fill("zhang")
        await page.get_by_role("button", name="张伟").click()
        finder = page.locator("#finder")
        await expect(finder.get_by_text("This contact has not written on WeChat yet.")).to_be_visible()
        await finder.get_by_role("button", name="Send", exact=True).click()
        card = page.locator("#messages .from-me .adaptive")
        await card.get_by_role("button", name="Invite", exact=True).click()
        await expect(page.locator("#messages .from-bot").get_by_text("WeChat QR code for 张伟")).to_be_visible()
        assert not await on.shown("Not sent")


async def test_a_contact_is_found_in_a_dialog_over_a_message(browser: Browser, tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await imported(on, tmp_path)
        await on.begins()
        page = await opened(on, browser, width=390)
        await page.locator("#messages > li").last.get_by_role("button", name="Find contact").click()
        dialog = page.locator("#dialog")
        await expect(dialog.get_by_role("heading")).to_have_text("Find a contact")
        await dialog.get_by_role("textbox").fill("dubois")
        await dialog.get_by_role("button", name="Search").click()
        details = dialog.get_by_role("button", name="Details")
        await expect(details).to_have_count(1)
        await expect(dialog.get_by_text("Émilie Dubois")).to_be_visible()
        await details.click()
        await expect(page.locator("#toasts")).to_contain_text("Shown in your own chat with this app.")
        await expect(page.locator("#messages").get_by_text("Émilie Dubois")).to_be_visible()


async def test_the_mark_opens_and_what_is_deleted_in_teams_is_not_taken_back(browser: Browser, tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.begins()
        page = await opened(on, browser)
        box = page.get_by_label("Type a message")
        await box.fill("messages")
        await box.press("Enter")
        listed = page.locator("#messages > li").last
        await expect(listed.get_by_text("1–1 of 1")).to_be_visible()
        await listed.get_by_role("button", name="Open chat").click()
        await expect(page.locator("#messages").get_by_text("Messages you type now go to")).to_be_visible()
        await box.fill("Good morning")
        await box.press("Enter")
        await on.settled()
        own = page.locator("#messages .from-me").filter(has_text="Good morning")
        await own.hover()
        await own.get_by_role("button", name="Delete").click()
        await expect(page.locator("#messages").get_by_text("You deleted the message in Teams only.")).to_be_visible()
        assert "Good morning" in await on.phone()


async def test_a_notification_names_the_contact_and_only_its_user_sees_the_chat(
    browser: Browser, tmp_path: Path
) -> None:
    async with stage(tmp_path) as on:
        await on.colleague()
        page, other = await opened(on, browser), await opened(on, browser, "Ben Weber")
        await page.evaluate("document.hasFocus = () => false")  # she is looking at something else
        await on.begins("May I call you?")
        await expect(page.locator("#toasts")).to_contain_text(": May I call you?")
        await expect(page.locator("#messages").get_by_text("May I call you?")).to_be_visible()
        await expect(other.locator("#messages").get_by_text("WeChat in Teams")).to_be_visible()
        assert await other.get_by_text("May I call you?").count() == 0


async def test_who_has_the_chat_before_their_eyes_is_told_nothing_of_what_comes_there(
    browser: Browser, tmp_path: Path
) -> None:
    async with stage(tmp_path) as on:
        page = await opened(on, browser)
        await page.evaluate("window.asked = 0; document.hasFocus = () => Boolean(++window.asked)")
        await on.begins("May I call you?")
        await page.wait_for_function("window.asked > 0")
        assert await page.locator("#toasts > *").count() == 0


async def test_a_colleague_is_chosen_while_their_name_is_typed(browser: Browser, tmp_path: Path) -> None:
    if not RENDERER.is_file():
        pytest.skip("the card renderer is not installed (npm)")
    async with stage(tmp_path) as on:
        await crowded(on)
        await on.begins()
        await on.anna.clicks("transfer")
        page = await opened(on, browser, width=390)
        card = page.locator("#messages > li").last
        await card.get_by_label("There are more.").get_by_role("textbox").press_sequentially("zora")
        await card.get_by_text("Zora Beck · +49 1511 2345679").click()
        await card.get_by_role("button", name="Choose").last.click()
        await expect(page.locator("#messages").get_by_text("to Zora Beck?")).to_be_visible()
