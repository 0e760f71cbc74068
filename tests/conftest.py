"""What every test may ask for: a real browser. Without a Chromium its tests are left out, by name; in CI they fail."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings
from playwright.async_api import Browser, async_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CI = os.environ.get("CI") == "true"
LEFT_OUT = "no Chromium was found"
# Nothing leaves the machine; a container's root may run it.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# No example fails because the machine is busy; all else stays as Hypothesis has it, which knows CI.
settings.register_profile("untimed", settings(deadline=None))
settings.load_profile("untimed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            if not (CHROMIUM or CI):
                item.add_marker(pytest.mark.skip(reason=LEFT_OUT))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    names = sorted(report.nodeid for report in skipped if LEFT_OUT in str(report.longrepr))
    if names:
        terminalreporter.section(f"browser tests left out ({len(names)}): {LEFT_OUT}")
        terminalreporter.write_line("\n".join(names))
        terminalreporter.write_line("Install Chromium (Debian, Ubuntu: apt install chromium) to run them.")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of this test's own: Playwright lives in one event loop, and each test has its own loop."""
    if not CHROMIUM:
        pytest.fail(f"{LEFT_OUT}, and CI must not leave a test out")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        await chromium.close()
