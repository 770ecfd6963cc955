"""The page in a real browser: people pick who to be, press, type and choose, and see what changed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import FilePayload, expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Running
from tests.browser import PHONE, Eyes, eyes_on
from tests.sandbox.tiny_app import TinyApp, card, plain

Json = dict[str, Any]
pytestmark = pytest.mark.browser


def cell(text: str) -> Json:
    return {"type": "raw_text", "text": text}


@pytest.fixture
async def eyes(sandbox: Running) -> AsyncIterator[Eyes]:
    async with eyes_on(sandbox.url) as watching:
        yield watching


async def test_somebody_becomes_ana_and_claims_a_lead_that_arrives_while_she_looks(
    sandbox: Running, bot: AsyncWebClient, app: TinyApp, eyes: Eyes
) -> None:
    page = await eyes.see("as=ben&channel=leads")
    await page.get_by_role("button", name="You are ben").click()
    await page.get_by_role("menuitemradio", name="Ana Torres").click()
    await expect(page).to_have_url(re.compile("as=ana"))

    posted = await bot.chat_postMessage(channel="CLEADS", text="Acme", blocks=card())
    await page.locator(f'[data-ts="{posted["ts"]}"]').get_by_role("button", name="Claim").click()

    await expect(page.locator(f'[data-ts="{posted["ts"]}"]')).to_contain_text("With @Ana Torres")
    await expect(page.get_by_role("button", name="Claim")).to_have_count(0)
    assert [body["user"]["id"] for body in app.heard] == ["UANA"]


async def test_a_dialog_keeps_what_was_typed_through_a_redraw_and_shows_errors_on_the_field(
    bot: AsyncWebClient, app: TinyApp, eyes: Eyes
) -> None:
    await bot.chat_postMessage(channel="CLEADS", text="Acme", blocks=card())
    page = await eyes.see("as=ana&channel=leads")
    await page.locator("[data-action-id=qualify]").click()
    dialog = page.get_by_role("dialog", name="Qualify")

    await dialog.get_by_label("Notes").fill("bad")
    await dialog.get_by_label("Budget").select_option("Approved")
    await expect(dialog).to_contain_text("score 71")
    await expect(dialog.get_by_label("Notes")).to_have_value("bad")
    assert app.heard[-1]["view"]["state"]["values"]["notes"]["n"]["value"] == "bad"

    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_label("Notes")).to_have_accessible_description("Say more")
    await expect(dialog.get_by_label("Notes")).to_be_focused()
    await dialog.get_by_label("Notes").fill("They need it by March")
    await dialog.get_by_label("Hand to").select_option("Maya Lindqvist")
    await dialog.get_by_role("button", name="Save").click()

    await expect(dialog).to_have_count(0)
    values = app.saved[0]["view"]["state"]["values"]
    assert values["budget"]["b"]["selected_option"]["value"] == "10"
    assert values["notes"]["n"]["value"] == "They need it by March"
    assert values["hand"]["u"]["selected_user"] == "UMAYA"


async def test_a_reading_that_comes_late_does_not_undo_what_was_typed_since(eyes: Eyes) -> None:
    page = await eyes.see("as=ana&channel=leads")
    seen = await page.evaluate(
        """async () => {
          const { Form } = await import(new URL("form.js", document.querySelector("script[src]").src));
          const [block, element] = [{ block_id: "notes" }, { action_id: "n", type: "plain_text_input" }];
          const known = (value) => ({ values: { notes: { n: { type: "plain_text_input", value } } } });
          const form = new Form();
          const asked = performance.now();
          await new Promise((later) => setTimeout(later, 5));
          form.set(block, element, "Wants it in March");
          form.sent(block, element, "Wants it in March");
          form.sync(known(null), asked);
          const kept = form.value(block, element);
          await new Promise((later) => setTimeout(later, 5));
          form.sync(known("by a script"), performance.now());
          return [kept, form.value(block, element)];
        }"""
    )
    assert seen == ["Wants it in March", "by a script"]


async def test_an_empty_required_field_is_asked_for_and_escape_tells_the_app(
    bot: AsyncWebClient, app: TinyApp, eyes: Eyes
) -> None:
    await bot.chat_postMessage(channel="CLEADS", text="Acme", blocks=card())
    page = await eyes.see("as=ana&channel=leads")
    await page.locator("[data-action-id=qualify]").click()
    dialog = page.get_by_role("dialog")

    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_label("Budget")).to_have_accessible_description(re.compile("required"))
    assert app.saved == []

    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(page.locator("[data-action-id=qualify]")).to_be_focused()
    assert app.heard[-1]["type"] == "view_closed"


async def test_a_command_is_completed_by_the_keyboard_and_answered_to_one_person_only(
    sandbox: Running, bot: AsyncWebClient, app: TinyApp, eyes: Eyes
) -> None:
    sandbox.workspace.manifest.commands.append({"command": "/lead", "usage_hint": "new | find TEXT | mine"})
    ana = await eyes.see("as=ana&channel=leads")
    ben = await eyes.see("as=ben&channel=leads")
    field = ana.get_by_label("Message #leads")

    await field.press_sequentially("/le")
    await expect(ana.get_by_role("option", name="/lead")).to_be_visible()
    await field.press("Enter")
    await field.press_sequentially("find acme")
    await expect(ana.locator(".composer-hint")).to_have_text("/lead new | find TEXT | mine")
    await field.press("Enter")

    answer = ana.locator("[data-ephemeral]")
    await expect(answer).to_contain_text("you asked: find acme")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(field).to_have_value("")
    await bot.chat_postMessage(channel="CLEADS", text="still there?")
    await expect(ben.get_by_text("still there?")).to_be_visible()
    await expect(ben.locator("[data-ephemeral]")).to_have_count(0)


async def test_what_a_lead_wrote_stays_text(bot: AsyncWebClient, eyes: Eyes) -> None:
    name = "<img src=x onerror=alert(1)> & <script>alert(2)</script>"
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    blocks: list[Json] = [
        {"type": "header", "text": plain(name)},
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{escaped}* <javascript:alert(3)|press>"}},
        {"type": "markdown", "text": f"{name} [press](javascript:alert(4))"},
    ]
    await bot.chat_postMessage(channel="CLEADS", text="x", blocks=blocks)

    page = await eyes.see("as=ana&channel=leads")

    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await expect(page.locator(".message strong")).to_have_text(name)
    assert await page.locator(".message script, .message img, .message a[href^='javascript']").count() == 0


async def test_a_thread_is_read_answered_and_left_by_keyboard(
    sandbox: Running, bot: AsyncWebClient, eyes: Eyes
) -> None:
    parent = await bot.chat_postMessage(channel="CALERTS", text="Acme is an SQL")
    await bot.chat_postMessage(channel="CALERTS", text="because they *asked*", thread_ts=parent["ts"])
    page = await eyes.see("as=mark&channel=leads")

    await page.keyboard.press("Control+k")
    await page.keyboard.type("alerts")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread).to_contain_text("because they asked")
    await page.keyboard.type("Taking it, @ana")
    await page.keyboard.press("Enter")

    await expect(thread.locator(".chip")).to_have_text("@Ana Torres")
    await expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()
    replies = await sandbox.slack.messages("sales-alerts", thread_ts=parent["ts"])
    assert [reply["user"] for reply in replies] == ["UGREENLIGHT", "UGREENLIGHT", "UMARK"]


async def test_charts_and_tables_are_drawn_and_give_their_numbers_as_text(
    bot: AsyncWebClient, eyes: Eyes
) -> None:
    months = ["Sep", "Oct", "Nov"]
    points = [{"label": month, "value": value} for month, value in zip(months, (4, 0, 9), strict=True)]
    axis = {"series": [{"name": "SQL", "data": points}], "axis_config": {"categories": months}}
    charts: list[Json] = [{"type": kind, **axis} for kind in ("bar", "line", "area")]
    charts.append(
        {"type": "pie", "segments": [{"label": "Webinar", "value": 3}, {"label": "Ads", "value": 1}]}
    )
    for pair in (charts[:2], charts[2:]):
        blocks = [
            {"type": "data_visualization", "title": f"As {chart['type']}", "chart": chart} for chart in pair
        ]
        await bot.chat_postMessage(channel="CLEADS", text="numbers", blocks=blocks)
    rows = [[cell(f"row {n}"), {"type": "raw_number", "value": n, "text": str(n)}] for n in range(8)]
    table = {"type": "data_table", "caption": "By source", "rows": rows}
    await bot.chat_postMessage(channel="CLEADS", text="table", blocks=[table])

    page = await eyes.see("as=maya&channel=leads")

    for kind in ("bar", "line", "area"):
        picture = page.get_by_role("img", name=f"As {kind}")
        await expect(picture).to_have_accessible_description("SQL: Sep 4, Oct 0, Nov 9")
    await expect(page.locator("[data-chart=bar] .bar")).to_have_count(3)
    await expect(page.locator("[data-chart=line] .dot")).to_have_count(3)
    await expect(page.locator("[data-chart=pie] .legend")).to_contain_text("3 · 75 %")
    await page.locator("[data-chart=pie]").get_by_text("Show the numbers").click()
    await expect(page.get_by_role("row", name="Ads 1 25 %")).to_be_visible()
    drawn = page.get_by_role("table", name="By source")
    await expect(drawn.get_by_role("row")).to_have_count(6)
    await page.get_by_role("button", name="Show 2 more rows").click()
    await expect(drawn.get_by_role("row")).to_have_count(8)


async def test_home_opens_by_its_address_and_its_buttons_act(app: TinyApp, eyes: Eyes) -> None:
    page = await eyes.see("as=maya&home=1")

    await page.locator(".home").get_by_role("button", name="Qualify").click()

    await expect(page.get_by_role("dialog", name="Qualify")).to_be_visible()
    assert app.heard[0]["type"] == "app_home_opened"
    assert app.heard[-1]["container"]["type"] == "view"


async def test_news_for_somebody_else_waits_for_them_as_unread(
    sandbox: Running, bot: AsyncWebClient, eyes: Eyes
) -> None:
    await bot.chat_postMessage(channel="UMAYA", text="old news")
    page = await eyes.see("as=ana&channel=leads")
    await expect(page.get_by_label("Message #leads")).to_be_visible()

    await bot.chat_postMessage(channel="UMAYA", text="Acme is *yours*")
    await page.get_by_role("button", name="You are ana").click()
    await page.get_by_role("menuitemradio", name="Maya").click()

    place = page.get_by_role("button", name="Greenlight 1 unread")
    await expect(place).to_be_visible()
    await expect(page).to_have_title("(1) #leads · Greenlight sandbox")
    await place.click()
    await expect(page.locator(".message").last).to_contain_text("Acme is yours")
    await expect(page).to_have_title("Greenlight · Greenlight sandbox")


async def test_a_file_is_given_to_a_dialog(
    sandbox: Running, bot: AsyncWebClient, app: TinyApp, eyes: Eyes
) -> None:
    upload = {"type": "file_input", "action_id": "f", "filetypes": ["csv"], "max_files": 1}
    asks = {"type": "input", "block_id": "list", "label": plain("List"), "element": upload}
    view = {"type": "modal", "callback_id": "import", "title": plain("Import"), "submit": plain("Check")}
    heard: list[Json] = []

    @app.bolt.action("claim_list")
    async def open_import(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view={**view, "blocks": [asks]})
        await ack()

    @app.bolt.view("import")
    async def imported(ack: Any, body: Json) -> None:
        heard.extend(body["view"]["state"]["values"]["list"]["f"]["files"])
        await ack()

    button = {"type": "button", "action_id": "claim_list", "text": plain("Import")}
    await bot.chat_postMessage(
        channel="CLEADS", text="Import", blocks=[{"type": "actions", "elements": [button]}]
    )
    page = await eyes.see("as=mark&channel=leads")
    await page.get_by_role("button", name="Import").click()
    csv: FilePayload = {
        "name": "leads.csv",
        "mimeType": "text/csv",
        "buffer": "e-mail\näda@acme.example".encode(),
    }
    await page.get_by_label("List").set_input_files(files=[csv])
    await page.get_by_role("button", name="Check").click()

    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert [file["name"] for file in heard] == ["leads.csv"]
    assert sandbox.workspace.files.get(heard[0]["id"]).content == csv["buffer"]


async def test_an_app_that_cannot_be_reached_is_said_in_words(
    sandbox: Running, bot: AsyncWebClient, eyes: Eyes
) -> None:
    sandbox.workspace.request_url = "http://127.0.0.1:9/slack/events"
    await bot.chat_postMessage(channel="CLEADS", text="Acme", blocks=card())
    page = await eyes.see("as=ana&channel=leads")

    await page.get_by_role("button", name="Claim").click()

    await expect(page.locator(".toast")).to_contain_text("Greenlight could not be reached")


async def test_a_phone_shows_one_thing_at_a_time(bot: AsyncWebClient, app: TinyApp, eyes: Eyes) -> None:
    posted = await bot.chat_postMessage(channel="CLEADS", text="Acme", blocks=card("Acme " + "Long" * 40))
    page = await eyes.see("as=ana&channel=leads", phone=True)
    await expect(page.get_by_role("button", name="Claim")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await expect(page.locator("#sidebar")).to_be_hidden()

    await page.get_by_role("button", name="Open navigation").click()
    await page.get_by_role("button", name="sales-alerts").click()
    await expect(page.locator("#sidebar")).to_be_hidden()
    await expect(page.get_by_role("heading", name="#sales-alerts")).to_be_visible()

    await page.goto(page.url.split("#", maxsplit=1)[0] + f"#as=ana&channel=leads&thread={posted['ts']}")
    thread = page.get_by_role("complementary", name="Thread")
    await thread.locator("[data-action-id=qualify]").click()
    box = await page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (PHONE["width"], PHONE["height"])
