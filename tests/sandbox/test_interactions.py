"""People press, type and choose; a real Bolt app hears of it and answers."""

from __future__ import annotations

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.driver import SandboxError
from sandbox.server import Running
from tests.sandbox.tiny_app import TinyApp, card, dialog, over_http


async def test_a_press_reaches_the_app_and_the_card_is_redrawn(
    sandbox: Running, bot: AsyncWebClient, app: TinyApp
) -> None:
    posted = await bot.chat_postMessage(channel="CLEADS", text="Acme", blocks=card())

    acted = await sandbox.slack.click("ana", "Claim", channel="leads")

    assert (acted["ok"], acted["status"], acted["view"]) == (True, 200, None)
    heard = app.heard[0]
    assert heard["user"]["id"] == "UANA"
    assert heard["actions"][0]["value"] == "Acme"
    assert heard["message"]["ts"] == posted["ts"]
    [message] = await sandbox.slack.messages("leads")
    assert message["text"] == "taken"
    assert message["edited"]
    with pytest.raises(SandboxError, match="no_such_control"):
        await sandbox.slack.click("ben", "Claim", channel="leads")


async def test_somebody_presses_a_button_the_moment_it_is_taken_away(
    sandbox: Running, bot: AsyncWebClient, app: TinyApp
) -> None:
    await bot.chat_postMessage(channel="CLEADS", text="Acme", blocks=card())
    await sandbox.slack.act("add_person", name="zoe")
    await sandbox.slack.click("ana", "Claim", channel="leads")

    await sandbox.slack.click("zoe", "Claim", channel="leads", stale=True)

    assert [body["user"]["id"] for body in app.heard] == ["UANA", "UZOE"]
    assert app.heard[1]["message"]["text"] == "taken"


async def test_an_overflow_menu_is_found_by_the_words_of_a_choice(
    sandbox: Running, bot: AsyncWebClient, app: TinyApp
) -> None:
    await bot.chat_postMessage(channel="CLEADS", text="Acme", blocks=card())

    await sandbox.slack.click("ana", "Snooze", channel="leads")

    assert await sandbox.slack.seen_by("ana") == "chose snooze"
    assert await sandbox.slack.seen_by("ben") is None


async def test_a_dialog_is_filled_redrawn_and_saved(
    sandbox: Running, bot: AsyncWebClient, app: TinyApp
) -> None:
    await bot.chat_postMessage(channel="CLEADS", text="Acme", blocks=card())
    opened = await sandbox.slack.click("ana", "Qualify", channel="leads")
    assert opened["view"]["title"]["text"] == "Qualify"

    await sandbox.slack.select("ana", "Notes", "typed before")
    chosen = await sandbox.slack.select("ana", "Budget", "Approved")

    assert chosen["view"]["blocks"][0]["text"]["text"] == "score 71"
    assert chosen["view"]["values"] == {"Budget": "Approved", "Notes": "typed before", "Hand to": None}
    assert app.heard[-1]["view"]["state"]["values"]["notes"]["n"]["value"] == "typed before"

    done = await sandbox.slack.submit("ana", {"Hand to": "maya"})

    assert (done["ok"], done["view"]) == (True, None)
    values = app.saved[0]["view"]["state"]["values"]
    assert values["hand"]["u"]["selected_user"] == "UMAYA"
    assert values["budget"]["b"]["selected_option"]["value"] == "10"


async def test_errors_stand_on_their_field(sandbox: Running, bot: AsyncWebClient, app: TinyApp) -> None:
    await sandbox.slack.shortcut("ana", "new_lead")

    refused = await sandbox.slack.submit("ana", {"Notes": "bad"})
    assert (refused["ok"], refused["error"]) == (False, "invalid_input")
    assert refused["view"]["errors_by_label"] == {"Budget": "Please complete this required field."}
    assert app.saved == []

    answered = await sandbox.slack.submit("ana", {"Budget": "None"})
    assert answered["view"]["errors"] == {"notes": "Say more"}

    assert (await sandbox.slack.submit("ana", {"Notes": "better"}))["view"] is None


async def test_closing_a_dialog_is_told(sandbox: Running, app: TinyApp) -> None:
    await sandbox.slack.shortcut("ana", "new_lead")
    await sandbox.slack.close("ana")

    assert app.heard[-1]["type"] == "view_closed"
    assert await sandbox.slack.view("ana") is None


async def test_a_command_answers_only_the_person_who_asked(sandbox: Running, app: TinyApp) -> None:
    acted = await sandbox.slack.command("ana", "/lead find acme @ben #leads")

    assert acted["status"] == 200
    assert app.heard[0]["text"] == "find acme <@UBEN|ben> <#CLEADS|leads>"
    assert [m["ephemeral"] for m in await sandbox.slack.messages("leads", as_="ana")] == [True]
    assert await sandbox.slack.messages("leads", as_="ben") == []


async def test_a_button_in_an_answer_only_one_person_sees(sandbox: Running, app: TinyApp) -> None:
    await sandbox.slack.command("ana", "/lead card")

    await sandbox.slack.click("ana", "Details", channel="leads")

    assert app.heard[-1]["container"]["is_ephemeral"] is True
    assert "message" not in app.heard[-1]
    with pytest.raises(SandboxError, match="no_such_control"):
        await sandbox.slack.click("ben", "Details", channel="leads")


async def test_home_and_message_shortcut(sandbox: Running, app: TinyApp) -> None:
    await sandbox.slack.open_home("maya")
    home = await sandbox.slack.home("maya")
    assert home is not None
    assert "Qualify" in home["controls"]
    assert (await sandbox.slack.click("maya", "Qualify"))["view"]["private_metadata"] == "L-1"

    said = await sandbox.slack.say("ben", "Ada <ada@acme.example> wants a demo")
    await sandbox.slack.shortcut("ben", "make_lead", channel="leads", ts=said["ts"])
    told = await sandbox.slack.seen_by("ben")
    assert told == "made from Ada &lt;<mailto:ada@acme.example|ada@acme.example>&gt; wants a demo"


async def test_a_wrong_signing_secret_is_seen_as_401(sandbox: Running, bot: AsyncWebClient) -> None:
    async with over_http(sandbox, signing_secret="another") as app:
        acted = await sandbox.slack.command("ana", "/lead help")

    assert (acted["ok"], acted["status"], acted["error"]) == (False, 401, "http_401")
    assert app.heard == []


async def test_an_ack_that_slack_would_not_show_is_remembered(sandbox: Running, app: TinyApp) -> None:
    acted = await sandbox.slack.command("ana", "/lead broken")

    assert (acted["ok"], acted["error"]) == (False, "invalid_blocks")
    assert "must be less than 151 characters" in sandbox.workspace.refusals[0]["messages"][0]
    assert await sandbox.slack.seen_by("ana") is None


def test_the_dialog_of_these_tests_is_one_slack_takes() -> None:
    from sandbox.block_kit import accept_view

    assert accept_view(dialog(), "modal")
