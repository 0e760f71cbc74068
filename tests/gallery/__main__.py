"""`python -m tests.gallery [--out DIR]`: a page with all cards, and pictures of it where there is a Chromium."""

from __future__ import annotations

import argparse
import asyncio
from itertools import product
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from cards import preview, render
from tests.cards.samples import READERS, SAMPLES, Sample
from tests.conftest import CHROMIUM, FLAGS
from tests.gallery.page import RENDERER, page

WIDTHS = {"wide": 1560, "narrow": 1420}


def entry(sample: Sample, language: str) -> dict[str, Any]:
    view = sample.view(language)
    summary = preview(sample.card, view)
    return {"id": sample.id, "language": language, "preview": summary, "json": render(sample.card, view)}


async def photograph(address: str, out: Path, chromium: str) -> list[Path]:
    """One picture of the page for each language, theme and width."""
    pictures = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for language, theme, width in product(READERS, ("light", "dark"), WIDTHS):
            tab = await browser.new_page(viewport={"width": WIDTHS[width], "height": 900})
            await tab.goto(f"{address}#language={language}&theme={theme}&width={width}")
            await tab.wait_for_selector("body[data-ready]")
            pictures.append(out / f"{language}-{theme}-{width}.png")
            await tab.screenshot(path=pictures[-1], full_page=True)
            await tab.close()
        await browser.close()
    return pictures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/gallery"), help="where to (default: %(default)s)")
    out: Path = parser.parse_args().out
    if not RENDERER.exists():
        parser.exit(1, f"The renderer is not there ({RENDERER}). With Node installed, `make gallery` brings it.\n")
    out.mkdir(parents=True, exist_ok=True)
    html = out / "index.html"
    html.write_text(page([entry(sample, language) for sample in SAMPLES for language in READERS]), "utf-8")
    print(html)
    if CHROMIUM is None:
        print("No Chromium was found, so no pictures were taken.")
        return
    for picture in asyncio.run(photograph(html.resolve().as_uri(), out, CHROMIUM)):
        print(picture)


if __name__ == "__main__":
    main()
