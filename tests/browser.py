"""A real browser for stories: the system's Chromium, looking at the sandbox's page."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A slow machine may take its time; no story is about speed.
expect.set_options(timeout=15_000)


class Eyes:
    """Opens the page as a person would; every error of the page itself stands in `trouble`."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.trouble: list[str] = []

    async def see(self, where: str, *, phone: bool = False) -> Page:
        """The page at `where`, such as `as=ana&channel=leads`, on a screen of its own."""
        size = PHONE if phone else DESKTOP
        context = await self._browser.new_context(
            viewport=size, has_touch=phone, locale="en-GB", timezone_id="Europe/Berlin"
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        await page.goto(f"{self._url}/#{where}")
        return page


@asynccontextmanager
async def eyes_on(url: str) -> AsyncIterator[Eyes]:
    """Look at the page at `url`; at the end no error of the page itself may be left.

    Without Chromium the story is skipped, except in CI, where it fails.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing, and CI may not skip the page's stories")
        pytest.skip("Chromium is missing: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        watching = Eyes(browser, url)
        yield watching
        await browser.close()
        assert watching.trouble == []
