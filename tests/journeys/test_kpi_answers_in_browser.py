"""A manager asks, asks why, and looks who is behind it, in a real browser: wide and on a phone."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser import Eyes, eyes_on
from tests.demo import Demo, running_demo
from tests.journeys.test_story_in_browser import typed

pytestmark = pytest.mark.browser


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with running_demo(tmp_path) as up:
        yield up


@pytest.fixture
async def eyes(demo: Demo) -> AsyncIterator[Eyes]:
    async with eyes_on(demo.page) as watching:
        yield watching


async def test_an_answer_is_asked_on_from(eyes: Eyes) -> None:
    maya = await eyes.see("as=maya&channel=leads")
    await typed(maya, "/kpi win 90d")
    await press(maya, "Why did it change?")
    await expect(maya.get_by_text("The win rate: ").last).to_be_visible()
    await press(maya, "Which leads?")
    await expect(maya.get_by_text("(last 90 days, Europe/Berlin)").last).to_be_visible()
    await press(maya, "Export CSV")
    await expect(maya.get_by_text("The rows come as a file").last).to_be_visible()
    await look(maya, "wide")
    await typed(maya, "/kpi win 90d schedule weekly")
    await expect(maya.get_by_text("comes every Monday at 09:00").last).to_be_visible()

    phone = await eyes.see("as=maya&channel=leads", phone=True)
    await typed(phone, "/kpi win 90d")
    await press(phone, "Why did it change?")
    await expect(phone.get_by_text("The win rate: ").last).to_be_visible()
    await look(phone, "phone")
    await press(phone, "Which leads?")
    await expect(phone.get_by_text("(last 90 days, Europe/Berlin)").last).to_be_visible()
    await look(phone, "phone-leads")
    wide = await phone.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide, "nothing stands beyond the phone's edge"

    await typed(phone, "/kpi sources")
    heads = phone.locator(".table-scroll").last.locator("thead th")
    await expect(heads.nth(1)).to_have_text("Cost per lead")
    await expect(heads.nth(2)).to_have_text("Revenue per lead")
    last = await heads.nth(2).bounding_box()
    assert last is not None
    assert last["x"] + last["width"] < await phone.evaluate("window.innerWidth"), (
        "what decides needs no scrolling"
    )


async def press(page: Page, label: str) -> None:
    button = page.get_by_role("button", name=label).last
    await expect(button).to_be_visible()
    await button.click()


async def look(page: Page, name: str) -> None:
    """With LOOK=folder, keep what stands there."""
    if folder := os.environ.get("LOOK"):
        await page.screenshot(path=Path(folder) / f"{name}.png")
