"""Two people agree on other rules in a real browser: proposed, its effect, approved, rolled back.

With SCREENS=1 the pictures of docs/definition.md are taken anew.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser import Eyes, eyes_on
from tests.demo import Demo, running_demo
from tests.journeys.test_story_in_browser import album, typed

pytestmark = pytest.mark.browser
GUESTS = ("Iris Vale", "Jon Stone", "Kim Reed", "Lea Hart", "Max Winter", "Nia Brook")


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with running_demo(tmp_path) as up:
        yield up


@pytest.fixture
async def eyes(demo: Demo) -> AsyncIterator[Eyes]:
    async with eyes_on(demo.page) as watching:
        yield watching


async def test_a_definition_is_proposed_backtested_approved_and_rolled_back(demo: Demo, eyes: Eyes) -> None:
    await guests_of_a_webinar_come_in(demo)
    mark = await eyes.see("as=mark&channel=leads")
    maya = await eyes.see("as=maya&channel=leads")

    await mark_reads_the_definition_and_proposes(mark)
    await both_see_what_it_would_have_done(maya)
    await it_takes_the_two_of_them(maya, mark)
    await maya_takes_it_back(maya)
    await the_command_line_tells_the_same(demo)


async def guests_of_a_webinar_come_in(demo: Demo) -> None:
    settings = dict(re.findall(r"export (\w+)='(.*)'", (demo.folder / ".demo" / "env").read_text()))
    consent = {"granted": True, "purposes": ["contact", "marketing"]}
    began = datetime.now(UTC) - timedelta(minutes=5)
    leads = [
        {
            "email": f"{name.split()[0].lower()}@{name.split()[1].lower()}.example",
            "first_name": name.split()[0],
            "last_name": name.split()[1],
            "company": f"{name.split()[1]} & Co",
            "employees": 20 + 4 * place,
            "source": "webinar-series",
            "action": "webinar_attended",
            "occurred_at": (began + timedelta(seconds=place)).isoformat(),
            "consent": consent,
        }
        for place, name in enumerate(GUESTS)
    ]
    headers = {"Authorization": f"Bearer {settings['GREENLIGHT_INTAKE_KEY']}"}
    address = f"http://127.0.0.1:{settings['PORT']}/intake/leads"
    async with (
        aiohttp.ClientSession() as http,
        http.post(address, json={"leads": leads}, headers=headers) as answer,
    ):
        assert answer.status == 202, await answer.text()


async def mark_reads_the_definition_and_proposes(mark: Page) -> None:
    await typed(mark, "/lead definition")
    answer = mark.locator("[data-ephemeral]").last
    await expect(answer).to_contain_text("MQL: fit and engagement 35 or more")
    await album.take(mark, "13-definition", height=800)
    await answer.get_by_role("button", name="Propose a change").click()
    dialog = mark.get_by_role("dialog", name=re.compile("Propose"))
    await dialog.get_by_label(re.compile("^MQL from .fit")).fill("30")
    await dialog.get_by_label(re.compile("^SQL from .points")).fill("80")
    await dialog.get_by_label(re.compile("^Why")).fill(
        "Call webinar guests, and hand over only who is ready."
    )
    await dialog.locator(".dialog-body").evaluate("body => body.scrollTo(0, 0)")
    await album.take(mark, "14-propose", only=dialog)
    await dialog.get_by_role("button", name="Propose").click()
    await expect(dialog).to_contain_text("Its effect is being computed")
    await mark.keyboard.press("Escape")


def proposal(page: Page) -> Locator:
    return page.locator("#main article").filter(has_text="Proposal 1: change the leads definition")


async def both_see_what_it_would_have_done(maya: Page) -> None:
    told = proposal(maya)
    await expect(told).to_contain_text("MQL from 30 points of fit and engagement, not 35")
    await expect(told).to_contain_text("lead → MQL")
    await expect(told).to_contain_text(re.compile(r"SQL precision: 3\d% \(\d+ of \d+\) → 3\d%"))
    await expect(told).to_contain_text(re.compile(r"SQL recall: 100% \(\d+ of \d+\) → \d\d%"))
    await expect(told).to_contain_text(re.compile("Alerts a week: [1-9]"))
    await expect(told).to_contain_text("Waits for sales (a manager) and marketing (a marketer)")
    await album.take(maya, "15-effect", height=1300, only=told)


async def it_takes_the_two_of_them(maya: Page, mark: Page) -> None:
    await proposal(maya).get_by_role("button", name="Approve as marketer").click()
    await expect(maya.locator("[data-ephemeral]").last).to_contain_text("Only a marketer can approve")
    await proposal(maya).get_by_role("button", name="Approve as manager").click()
    await expect(proposal(mark)).to_contain_text("Approved for sales by Maya")
    await proposal(mark).get_by_role("button", name="Approve as marketer").click()
    await expect(proposal(mark)).to_contain_text("In force as version 2")
    news = maya.locator("#main article").filter(has_text="Version 2 of the leads definition is in force")
    await expect(news).to_contain_text(re.compile("scored anew: [1-9][0-9]* became MQLs"))
    await news.scroll_into_view_if_needed()
    await album.take(maya, "16-in-force", height=1000, only=maya.locator("#main"))


async def maya_takes_it_back(maya: Page) -> None:
    await typed(maya, "/lead definition")
    answer = maya.locator("[data-ephemeral]").last
    await expect(answer).to_contain_text("version 2")
    await answer.get_by_role("button", name="Versions").click()
    dialog = maya.get_by_role("dialog", name=re.compile("Versions"))
    await expect(dialog).to_contain_text("Version 1")
    await expect(dialog).to_contain_text("MQL from 30 points of fit and engagement, not 35")
    await album.take(maya, "17-versions", height=800, only=dialog)
    await dialog.get_by_role("button", name=re.compile("Roll back")).click()
    sure = maya.get_by_role("alertdialog", name=re.compile("Back to version 1"))
    await expect(sure).to_contain_text("in force at once")
    await sure.get_by_role("button", name="Roll back").click()
    await expect(dialog).to_contain_text("Version 3")
    await maya.keyboard.press("Escape")
    news = maya.locator("#main article").filter(has_text="Version 3 of the leads definition is in force")
    await expect(news).to_contain_text("Rolled back to what version 1 said")
    await expect(news).to_contain_text("MQL from 35 points of fit and engagement, not 30")
    await expect(news).to_contain_text("no stage was lowered")
    await album.take(maya, "18-rolled-back", height=900)


async def the_command_line_tells_the_same(demo: Demo) -> None:
    assert (await demo.command("definition show")).startswith("# version 3, by Maya")
