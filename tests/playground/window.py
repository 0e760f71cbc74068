"""The Playground: its process, its world, and its page in a browser as somebody uses it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Error, Locator, Page, async_playwright, expect

from tests.conftest import CHROMIUM, FLAGS

PROGRAM = Path(__file__).parent / "node_modules/@microsoft/m365agentsplayground/cli.js"
TENANT, BOT, BOT_NAME = "22222222-2222-2222-2222-222222222222", "11111111-1111-1111-1111-111111111111", "MultiLine"
GROUP = "Advisors"
SIZE = (1400, 1000)
PATIENCE = 30_000.0
"""Milliseconds: the machine may be busy, and nothing here measures time."""


def person(number: int, name: str) -> dict[str, str]:
    given, _, surname = name.partition(" ")
    address = f"{given.lower()}@example.com"
    return {
        "id": f"29:{number}",
        "name": name,
        "userPrincipleName": address,
        "aadObjectId": f"33333333-3333-3333-3333-33333333333{number}",
        "givenName": given,
        "surname": surname,
        "email": address,
    }


ANNA = person(0, "Anna Schmidt")
_OTHERS = ("Bob Ray", "Carla Rossi", "Dora Weber", "Emil Dubois", "Fay Wong")
WORLD: dict[str, Any] = {
    "version": "0.1.0",
    "tenantId": TENANT,
    "bot": {"id": f"28:{BOT}", "name": BOT_NAME},
    "currentUser": ANNA,
    "users": [person(number, name) for number, name in enumerate(_OTHERS, start=1)],
    "personalChat": {"id": "a:1"},
    "groupChat": {"id": "19:advisors@thread.v2", "name": GROUP},
    "team": {
        "id": "19:general@thread.tacv2",
        "name": "Desk",
        "aadGroupId": "44444444-4444-4444-4444-444444444444",
        "channels": [{"id": "19:wechat@thread.tacv2", "name": "WeChat"}],
    },
}
"""What it reads from its working directory, in JSON, which is YAML."""


class Window:
    """The page; everything waits until it can be done or seen."""

    def __init__(self, page: Page, out: Path) -> None:
        self._page, self._out = page, out

    async def writes(self, text: str, *, mention: bool = False) -> None:
        """Type into the message box and send; with `mention` the bot is named first, from the list that @ opens."""
        await self._page.locator("[data-lexical-editor]").first.click()
        if mention:
            await self._page.keyboard.type("@")
            await self._page.get_by_role("menuitem").filter(has_text=BOT_NAME).click()
        await self._page.keyboard.type(f" {text}" if mention else text)
        await self._page.keyboard.press("Enter")

    async def goes_to(self, chat: str) -> None:
        await self._page.get_by_text(chat, exact=True).last.click()

    async def sees(self, text: str) -> Locator:
        """The newest card that shows the text."""
        card = self._page.locator(".ac-adaptiveCard").filter(has_text=text).last
        await expect(card).to_be_visible(timeout=PATIENCE)
        await card.scroll_into_view_if_needed()
        return card

    async def clicks(self, title: str, card: Locator) -> None:
        await card.get_by_role("button", name=title, exact=True).first.click()

    async def chooses(self, title: str, card: Locator) -> None:
        """From the card's overflow menu."""
        await self.clicks("More options", card)
        await self._page.get_by_role("menuitem", name=title).click()

    async def fills(self, card: Locator, **fields: str) -> None:
        """Boxes of a card, by label or hint."""
        for label, words in fields.items():
            named = label.replace("_", " ")
            await card.get_by_label(named).or_(card.get_by_placeholder(named)).first.fill(words)

    async def searches(self, words: str) -> None:
        """With the message extension's search beside the message box."""
        await self._page.get_by_role("button", name="Trigger Message Extension App").click()
        await self._page.get_by_text("Search Command").click()
        await self._page.get_by_placeholder("Enter a search term").fill(words)

    async def opens_the_dialog(self) -> Locator:
        """The message extension's action, from the newest message's menu."""
        await self._page.get_by_role("button", name="Show more information").last.click()
        await self._page.get_by_text("Action Command").click()
        await self._page.get_by_role("button", name="Create").click()
        dialog = self._page.get_by_role("dialog")
        await expect(dialog.locator(".ac-adaptiveCard")).to_be_visible(timeout=PATIENCE)
        return dialog

    async def finds(self, text: str) -> None:
        """The text somewhere on the page."""
        await expect(self._page.locator("body")).to_contain_text(text, timeout=PATIENCE)

    async def closes(self) -> None:
        await self._page.get_by_role("button", name="Close").click()

    async def looks_into(self, title: str) -> None:
        """The answer in full of the newest exchange of this title in the log."""
        await self._page.get_by_text(title, exact=True).last.click()
        await self._page.get_by_role("tab", name="Response").click()

    async def complains(self) -> list[str]:
        """What the Playground has against our answers: the errors in its log."""
        return [text for text in await self._page.get_by_text("Error:").all_inner_texts() if text.strip()]

    async def pictured(self, name: str) -> None:
        """After a moment in which the page comes to rest."""
        await self._page.wait_for_timeout(500)
        await self._page.screenshot(path=self._out / f"{name}.png")


@asynccontextmanager
async def window(endpoint: str, port: int, folder: Path, out: Path) -> AsyncIterator[Window]:
    """The Playground at `port`, talking to the bot at `endpoint`; its files are in `folder`, its pictures in `out`."""
    (folder / ".m365agentsplayground.yml").write_text(json.dumps(WORLD), "utf-8")
    arguments = ("start", "-e", endpoint, "-c", "msteams", "-p", str(port), "--disable-telemetry")
    process = await asyncio.create_subprocess_exec(
        str(shutil.which("node")),
        str(PROGRAM),
        *arguments,
        cwd=folder,
        env={**os.environ, "BROWSER": "none"},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = await browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
            page.set_default_timeout(PATIENCE)
            await _arrive(page, f"http://localhost:{port}/")
            yield Window(page, out)
            await browser.close()
    finally:
        process.terminate()
        await process.wait()


async def _arrive(page: Page, url: str) -> None:
    async with asyncio.timeout(PATIENCE / 1000):
        while True:
            try:
                await page.goto(url)
                return
            except Error:
                await asyncio.sleep(0.2)
