"""The whole story in a real browser, against a real demo: what a newcomer sees after `make demo`.

With SCREENS=1 the pictures in docs/screens are taken anew.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser import Eyes, eyes_on
from tests.demo import ROOT, Demo, running_demo

pytestmark = pytest.mark.browser

GRACE = {
    "First name": "Grace",
    "Last name": "Whitfield",
    "E-mail": "grace@harbour.example",
    "Phone": "+44 20 7946 0018",
    "Company": "Harbour Logistics",
    "Title": "Head of Operations",
    "People": "120",
    "Country": "GB",
    "Message": "Three people type leads into a sheet all day. Can you show us how this works?",
}
ANSWERS = {
    "Budget": "Can be found for a good case",
    "Authority": "One approval away",
    "Need": "Clear pain, searching",
    "Timeline": "This quarter",
}


class Album:
    """Keeps pictures of the story, when asked for."""

    folder = ROOT / "docs" / "screens"

    async def take(self, page: Page, name: str, *, height: int = 0, only: Locator | None = None) -> None:
        """What stands on the screen now, on one this high, or `only` a part of it."""
        if os.environ.get("SCREENS") != "1":
            return
        if height and page.viewport_size:
            await page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
        await page.mouse.move(0, 0)
        await page.evaluate("document.fonts.ready")
        await page.wait_for_timeout(400)
        await (only or page).screenshot(path=self.folder / f"{name}.png")


album = Album()


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with running_demo(tmp_path) as up:
        yield up


@pytest.fixture
async def eyes(demo: Demo) -> AsyncIterator[Eyes]:
    async with eyes_on(demo.page) as watching:
        yield watching


def card_of(page: Page, name: str) -> Locator:
    """The message with somebody's buttons."""
    cards = page.locator("#main article").filter(has_text=name)
    return cards.filter(has=page.locator("[data-action-id='lead.more']")).last


async def test_from_a_form_to_the_numbers(demo: Demo, eyes: Eyes) -> None:
    ana = await eyes.see("as=ana&channel=leads")
    ben = await eyes.see("as=ben&channel=leads")

    number = await a_form_becomes_a_card(demo, eyes, ana)
    await ana_claims_and_ben_is_too_late(ana, ben)
    await the_answers_show_what_they_lead_to(ana)
    await sales_is_alerted_once_and_ben_takes_it(eyes, ben)
    await the_whole_history_is_behind_details(ana, number)
    await a_message_becomes_a_lead(eyes)
    await the_queue_answers_one_person(ana)
    await maya_asks_for_the_numbers(demo, eyes)
    await home_shows_what_needs_me_next(eyes)
    await a_phone_shows_the_same(eyes)


async def a_form_becomes_a_card(demo: Demo, eyes: Eyes, ana: Page) -> str:
    waiting = card_of(ana, "Ada Lovelace")
    await expect(waiting).to_contain_text("Asked for a demo")
    await expect(waiting.get_by_role("button", name="Claim")).to_be_visible()
    await album.take(ana, "01-card")

    visitor = await eyes.see("")
    await visitor.goto(f"{demo.page}/website")
    for field, says in GRACE.items():
        await visitor.get_by_label(re.compile(f"^{field}")).fill(says)
    await visitor.get_by_role("button", name="Send").click()
    answer = await visitor.get_by_role("status").inner_text()
    number = re.search(r"created, (L-\d+)", answer)
    assert number, answer

    card = card_of(ana, "Grace Whitfield")
    await expect(card).to_contain_text("Head of Operations · Harbour Logistics (120 people, GB)")
    await expect(card.locator("blockquote")).to_contain_text("type leads into a sheet")
    await expect(card).to_contain_text("Nobody has it yet")
    return number[1]


async def ana_claims_and_ben_is_too_late(ana: Page, ben: Page) -> None:
    claim = card_of(ben, "Grace Whitfield").get_by_role("button", name="Claim")
    await expect(claim).to_be_visible()
    # Ben's finger is already on the button.
    late = await claim.element_handle()
    assert late is not None

    await card_of(ana, "Grace Whitfield").get_by_role("button", name="Claim").click()
    await late.evaluate("button => button.click()")

    await expect(card_of(ana, "Grace Whitfield")).to_contain_text("With @Ana Torres")
    await expect(card_of(ben, "Grace Whitfield").get_by_role("button", name="Log call")).to_be_visible()
    told = ben.locator("[data-ephemeral]")
    await expect(told).to_contain_text("Ana Torres")
    await expect(told).to_contain_text("already")
    await album.take(ben, "02-too-late")
    await expect(ana.locator("[data-ephemeral]")).to_contain_text("is yours")


async def the_answers_show_what_they_lead_to(ana: Page) -> None:
    await card_of(ana, "Grace Whitfield").get_by_role("button", name="Qualify").click()
    dialog = ana.get_by_role("dialog", name=re.compile("Qualify"))
    await expect(dialog).to_contain_text("Still missing for an SQL")
    await album.take(ana, "03-qualify")

    for letter, answer in ANSWERS.items():
        await dialog.get_by_label(letter, exact=True).select_option(answer)
    handover = dialog.get_by_role("button", name="Save and hand over")
    await expect(handover).to_be_visible()
    await expect(dialog).not_to_contain_text("Still missing")
    await album.take(ana, "04-gate-holds")

    # The last choice may still be drawing the dialog anew: she looks whether her note stands there.
    await expect(dialog).to_contain_text("89 of 100")
    await dialog.get_by_label("Notes").fill("Wants to decide before Christmas; her director signs.")
    await dialog.get_by_label(re.compile("^Next step(?! date)")).fill("Demo with her director")
    await dialog.get_by_label("Hand to").select_option("Ben Okafor")
    await expect(dialog.get_by_label("Notes")).to_have_value(re.compile("before Christmas"))
    await handover.click()

    await expect(dialog).to_have_count(0)
    await expect(card_of(ana, "Grace Whitfield")).to_contain_text("SQL")


async def sales_is_alerted_once_and_ben_takes_it(eyes: Eyes, ben: Page) -> None:
    sales = await eyes.see("as=ben&channel=sales-alerts")
    alert = sales.locator("#main article").filter(has_text="Grace Whitfield")
    await expect(alert).to_have_count(1)
    await expect(alert).to_contain_text("Next step: Demo with her director")
    await expect(alert).to_contain_text("Wants to decide before Christmas")
    await album.take(sales, "05-alert")

    await alert.get_by_role("button", name="Take it").click()

    await expect(alert).to_contain_text("Taken by Ben Okafor")
    await expect(alert.get_by_role("button", name="Take it")).to_have_count(0)
    await expect(alert).to_have_count(1)
    await sales.get_by_role("button", name=re.compile("^Greenlight( \\d+ unread)?$")).click()
    await expect(sales.locator("#main article").last).to_contain_text("Grace Whitfield")


async def the_whole_history_is_behind_details(ana: Page, number: str) -> None:
    card = card_of(ana, "Grace Whitfield")
    await card.locator("[data-action-id='lead.more']").click()
    await ana.get_by_role("menuitem", name="Details").click()
    dialog = ana.get_by_role("dialog", name=re.compile(number))
    await expect(dialog).to_contain_text("Asked for a demo")
    await expect(dialog).to_contain_text("Ana Torres")
    await album.take(ana, "06-details", height=1800, only=dialog)
    await dialog.locator(".dialog-body").evaluate("body => body.scrollTo(0, body.scrollHeight)")
    await album.take(ana, "07-history", only=dialog)
    await ana.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def a_message_becomes_a_lead(eyes: Eyes) -> None:
    ben = await eyes.see("as=ben&channel=leads")
    await typed(
        ben,
        "Just spoke with Tom Baker of Baker Tools. He wants a price for 40 seats: tom@baker-tools.example",
    )
    message = ben.locator("#main article").filter(has_text="Just spoke with").first
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await ben.get_by_role("menuitem", name="Make this a lead").click()
    dialog = ben.get_by_role("dialog")

    await expect(dialog.get_by_label("Name")).to_have_value("Tom Baker")
    await expect(dialog.get_by_label("E-mail")).to_have_value("tom@baker-tools.example")
    await dialog.get_by_label("What they asked for").select_option("Asked for prices")
    await dialog.get_by_role("button", name="Save").click()
    asked = dialog.get_by_label("How they gave permission")
    await expect(asked).to_have_accessible_description(re.compile("required"))
    await album.take(ben, "08-make-a-lead")
    await asked.select_option(index=1)
    await dialog.get_by_role("button", name="Save").click()

    await expect(dialog).to_contain_text(re.compile(r"L-\d+"))
    await ben.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(card_of(ben, "Tom Baker")).to_contain_text("Asked for prices")


async def the_queue_answers_one_person(ana: Page) -> None:
    await typed(ana, "/lead queue")
    answer = ana.locator("[data-ephemeral]").last
    await expect(answer).to_contain_text("Ada Lovelace")
    await album.take(ana, "09-queue", height=640)


async def maya_asks_for_the_numbers(demo: Demo, eyes: Eyes) -> None:
    maya = await eyes.see("as=maya&channel=leads")
    await typed(maya, "/kpi funnel 90d by source")
    answer = maya.locator("[data-ephemeral]").last
    await expect(answer).to_contain_text("MQL")
    await expect(answer.get_by_role("table")).to_be_visible()
    await album.take(maya, "10-funnel", height=1160)

    counted = json.loads(await demo.command("kpi funnel --period 90d --by source --json"))
    linkedin = next(row for row in counted["rows"] if row["key"] == "linkedin")
    numbers = " ".join(str(linkedin[name]) for name in ("leads", "mqls", "sqls", "customers"))
    row = answer.get_by_role("table").last.get_by_role("row", name=f"linkedin {numbers}")
    await expect(row).to_be_visible()


async def home_shows_what_needs_me_next(eyes: Eyes) -> None:
    ben = await eyes.see("as=ben&home=1")
    home = ben.locator(".home")
    await expect(home).to_contain_text("Grace Whitfield")
    await expect(home.get_by_role("heading", name=re.compile("Queue"))).to_be_visible()
    await album.take(ben, "11-home", height=680)


async def a_phone_shows_the_same(eyes: Eyes) -> None:
    phone = await eyes.see("as=ben&channel=leads", phone=True)
    card = card_of(phone, "Grace Whitfield")
    await expect(card).to_be_visible()
    assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await album.take(phone, "12-phone")


async def typed(page: Page, line: str) -> None:
    """A command, as it is typed."""
    field = page.get_by_label("Message #leads")
    await field.click()
    await field.press_sequentially(line)
    await page.keyboard.press("Escape")
    await field.press("Enter")
