"""The chat page in a real browser: cards by Microsoft's renderer or in plain form, clicks, updates, notifications."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from bot.sim.connector.page import RENDERER
from bot.sim.connector.people import CARD, Json
from tests.sim.teams_stage import Stage, card, stage

REPLY = {"type": "Action.Execute", "title": "Send", "verb": "reply", "style": "positive", "data": {"thread": 7}}
SHOW = {
    "type": "Action.ShowCard",
    "title": "Note",
    "card": {"type": "AdaptiveCard", "body": [{"type": "Input.Text", "id": "note", "label": "Remark"}]},
}
TOGGLE = {"type": "Action.ToggleVisibility", "title": "More", "targetElements": ["more"]}
CONTACT: Json = card(
    {"type": "TextBlock", "text": "**Li Wei** <img src=x onerror=alert(1)> wrote", "wrap": True},
    {"type": "TextBlock", "id": "more", "text": "details", "isVisible": False},
    {"type": "Input.Text", "id": "text", "label": "Answer", "isRequired": True, "errorMessage": "Write something"},
    actions=[REPLY, SHOW, TOGGLE],
)
SENT = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Sent."}]}


async def _open(s: Stage, browser: Browser, query: str = "", width: int = 1280) -> Page:
    page = await browser.new_page(viewport={"width": width, "height": 844})
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    await page.goto(f"{s.teams.url}/chat?user={(await s.client.user('Anna Schmidt')).aad}{query}")
    await expect(page.locator("#seen-by")).to_have_text("as Anna Schmidt")
    return page


@pytest.mark.parametrize("plain", [False, True])
async def test_a_card_is_shown_filled_in_and_replaced(browser: Browser, plain: bool) -> None:
    if not plain and not RENDERER.is_file():
        pytest.skip("the card renderer is not installed (npm)")
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        s.bot.answer = lambda a: {"statusCode": 200, "type": CARD, "value": SENT} if a["type"] == "invoke" else None
        page = await _open(s, browser, "&plain=1" if plain else "")
        await expect(page.locator("#plain-note")).to_be_visible(visible=plain)
        await page.evaluate("document.hasFocus = () => false")
        await s.bot.sends(anna.conversation, CONTACT | {"summary": "Li Wei wrote"})
        await expect(page.locator("#toasts")).to_contain_text("Li Wei wrote")
        await expect(page.locator(".adaptive b")).to_have_text("Li Wei")
        await expect(page.locator(".adaptive img")).to_have_count(0)
        await page.get_by_role("button", name="More").click()
        await expect(page.get_by_text("details")).to_be_visible()
        await page.get_by_role("button", name="Note").click()
        await expect(page.get_by_label("Remark")).to_be_visible()
        await page.get_by_role("button", name="Send").first.click()
        await expect(page.get_by_text("Write something")).to_be_visible()
        await page.get_by_label("Answer").fill("Good morning 你好")
        await page.get_by_role("button", name="Send").first.click()
        await expect(page.get_by_text("Sent.")).to_be_visible()
        assert s.bot.last("invoke")["value"]["action"]["data"] == {"thread": 7, "text": "Good morning 你好"}


@pytest.mark.skipif(not RENDERER.is_file(), reason="the card renderer is not installed (npm)")
async def test_a_cards_menu_opens_beside_its_button(browser: Browser) -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        page = await _open(s, browser, width=390)
        leave = {"type": "Action.Submit", "title": "Leave", "mode": "secondary", "data": {}}
        await s.bot.sends(anna.conversation, card({"type": "TextBlock", "text": "Hello"}, actions=[leave]))
        more = page.get_by_role("button", name="More options")
        await more.click()
        opener, entry = await more.bounding_box(), await page.get_by_role("menuitem", name="Leave").bounding_box()
        assert opener and entry
        assert entry["height"] >= 36
        assert 0 <= entry["y"] - opener["y"] - opener["height"] < 10
        assert await page.evaluate("document.documentElement.scrollHeight") == 844


async def test_times_are_the_users_own(browser: Browser) -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt", timezone="Asia/Kathmandu", locale="en-GB")
        await anna.installs()
        await s.bot.sends(anna.conversation, {"type": "message", "text": "one"})
        at = datetime.fromisoformat((await s.client.ask("GET", f"users/{anna.aad}"))["chat"]["messages"][-1]["at"])
        page = await _open(s, browser)
        await expect(page.locator(".from-bot .head").last).to_contain_text(
            f"{at.astimezone(ZoneInfo('Asia/Kathmandu')):%H:%M}"
        )


async def test_writing_updating_and_deleting_on_a_phone(browser: Browser) -> None:
    async with stage() as s:
        anna = await s.client.user("Anna Schmidt")
        await anna.installs()
        page = await _open(s, browser, "&theme=dark", width=390)
        await page.get_by_label("Type a message").fill("hello\nthere")
        await page.keyboard.press("Enter")
        await expect(page.locator(".from-me .typed")).to_have_text("hello\nthere")
        assert s.bot.last("message")["text"] == "hello\nthere"
        posted = await s.bot.sends(anna.conversation, {"type": "message", "text": "one"})
        await expect(page.locator(".from-bot")).to_contain_text("one")
        path = f"/{anna.conversation}/activities/{posted}"
        await s.bot.call("PUT", path, {"type": "message", "text": "two"})
        await expect(page.locator(".from-bot")).to_contain_text("two")
        await s.bot.call("DELETE", path)
        await expect(page.locator(".from-bot")).to_contain_text("This message was deleted.")
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        await page.get_by_role("button", name="People").click()
        await expect(page.locator("#people-list")).to_be_visible()
