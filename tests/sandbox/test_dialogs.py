"""Dialogs: triggers that run out, stacks, hashes, and typed values that survive a redraw."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.driver import SandboxError
from sandbox.server import Running, running
from sandbox.workspace import Workspace
from tests.sandbox.test_web_api import refused
from tests.sandbox.tiny_app import TinyApp, dialog, option, plain

Json = dict[str, Any]


def trigger(sandbox: Running, person: str = "UANA") -> str:
    """As if the person had just clicked."""
    return sandbox.workspace.tickets.trigger(person)


async def test_a_trigger_opens_one_dialog_within_three_seconds() -> None:
    now = [1_800_000_000.0]
    async with running(workspace=Workspace(clock=lambda: now[0])) as sandbox:
        bot = AsyncWebClient("xoxb-sandbox", base_url=sandbox.api_url)
        once, late = trigger(sandbox), trigger(sandbox)

        await bot.views_open(trigger_id=once, view=dialog())
        assert await refused(bot.views_open(trigger_id=once, view=dialog())) == "exchanged_trigger_id"
        now[0] += 3.1
        assert await refused(bot.views_open(trigger_id=late, view=dialog())) == "expired_trigger_id"
        assert await refused(bot.views_open(trigger_id="made.up", view=dialog())) == "invalid_trigger_id"


async def test_a_dialog_that_slack_would_not_show(sandbox: Running, bot: AsyncWebClient) -> None:
    bad = {**dialog(), "title": plain("far too long for a dialog title")}
    with pytest.raises(SlackApiError) as caught:
        await bot.views_open(trigger_id=trigger(sandbox), view=bad)
    assert caught.value.response["error"] == "invalid_arguments"
    assert "must be less than 25" in caught.value.response["response_metadata"]["messages"][0]
    assert [refusal["method"] for refusal in sandbox.workspace.refusals] == ["views.open"]


async def test_three_on_top_of_each_other(sandbox: Running, bot: AsyncWebClient, app: TinyApp) -> None:
    root = (await bot.views_open(trigger_id=trigger(sandbox), view=dialog("one")))["view"]
    await sandbox.slack.select("ana", "Notes", "kept below")
    await bot.views_push(trigger_id=trigger(sandbox), view=dialog("two"))
    third = (await bot.views_push(trigger_id=trigger(sandbox), view=dialog("three")))["view"]

    assert third["root_view_id"] == root["id"]
    assert (
        await refused(bot.views_push(trigger_id=trigger(sandbox), view=dialog("4"))) == "push_limit_reached"
    )
    await sandbox.slack.close("ana")
    await sandbox.slack.close("ana")
    below = await sandbox.slack.view("ana")
    assert below is not None
    assert (below["id"], below["values"]["Notes"]) == (root["id"], "kept below")


async def test_a_stale_hash_is_refused(sandbox: Running, bot: AsyncWebClient) -> None:
    view = (await bot.views_open(trigger_id=trigger(sandbox), view=dialog()))["view"]
    fresh = (await bot.views_update(view_id=view["id"], hash=view["hash"], view=dialog("a")))["view"]

    again = bot.views_update(view_id=view["id"], hash=view["hash"], view=dialog("b"))
    assert await refused(again) == "hash_conflict"
    await bot.views_update(view_id=view["id"], hash=fresh["hash"], view=dialog("c"))
    await sandbox.slack.close("ana")
    assert await refused(bot.views_update(view_id=view["id"], view=dialog())) == "not_found"


async def test_an_external_id_is_unique_and_finds_the_dialog(sandbox: Running, bot: AsyncWebClient) -> None:
    named = {**dialog(), "external_id": "lead-1"}
    await bot.views_open(trigger_id=trigger(sandbox), view=named)

    second = bot.views_open(trigger_id=trigger(sandbox, "UBEN"), view=named)
    assert await refused(second) == "duplicate_external_id"
    await bot.views_update(external_id="lead-1", view={**dialog("found"), "external_id": "lead-1"})
    view = await sandbox.slack.view("ana")
    assert view is not None
    assert view["blocks"][0]["text"]["text"] == "found"


async def test_what_was_typed_survives_only_under_the_same_ids(sandbox: Running, bot: AsyncWebClient) -> None:
    view = (await bot.views_open(trigger_id=trigger(sandbox), view=dialog()))["view"]
    sandbox.workspace.request_url = None
    await sandbox.slack.select("ana", "Notes", "typed")
    await sandbox.slack.select("ana", "Hand to", "@ben")

    changed = copy.deepcopy(dialog())
    changed["blocks"][1]["element"]["initial_value"] = "the app's idea"
    changed["blocks"][2]["block_id"] = "another"
    await bot.views_update(view_id=view["id"], view=changed)

    shown = await sandbox.slack.view("ana")
    assert shown is not None
    assert shown["values"] == {"Budget": None, "Notes": "typed", "Hand to": None}


async def test_a_choice_that_is_no_longer_offered_is_dropped(sandbox: Running, bot: AsyncWebClient) -> None:
    view = (await bot.views_open(trigger_id=trigger(sandbox), view=dialog()))["view"]
    await sandbox.slack.select("ana", "Budget", "Approved")
    changed = copy.deepcopy(dialog())
    changed["blocks"][0]["element"]["options"] = [option("Another", "7")]
    await bot.views_update(view_id=view["id"], view=changed)

    shown = await sandbox.slack.view("ana")
    assert shown is not None
    assert shown["values"]["Budget"] is None


async def test_home_is_published_per_person(sandbox: Running, bot: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [{"type": "header", "text": plain("Your leads")}]}
    first = (await bot.views_publish(user_id="UANA", view=home))["view"]
    await bot.views_publish(user_id="UANA", hash=first["hash"], view=home)

    assert await refused(bot.views_publish(user_id="UANA", hash=first["hash"], view=home)) == "hash_conflict"
    assert await refused(bot.views_publish(user_id="UNOBODY", view=home)) == "user_not_found"
    assert await refused(bot.views_publish(user_id="UANA", view=dialog())) == "invalid_arguments"
    assert await sandbox.slack.home("ben") is None


FIELDS: list[tuple[Json, Any, Any]] = [
    ({"type": "plain_text_input", "max_length": 3}, "abcd", "at most 3"),
    ({"type": "plain_text_input", "min_length": 3}, "ab", "at least 3"),
    ({"type": "email_text_input"}, "ada", "valid email"),
    ({"type": "url_text_input"}, "acme.example", "valid URL"),
    ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "whole number"),
    ({"type": "number_input", "is_decimal_allowed": True, "min_value": "2"}, "1.5", "at least 2"),
    ({"type": "number_input", "is_decimal_allowed": True, "max_value": "2"}, "2.5", "at most 2"),
]


@pytest.mark.parametrize(("element", "typed", "objection"), FIELDS)
async def test_the_client_itself_objects(
    sandbox: Running, bot: AsyncWebClient, element: Json, typed: Any, objection: str
) -> None:
    field = {
        "type": "input",
        "block_id": "f",
        "label": plain("Field"),
        "element": {"action_id": "x", **element},
    }
    await bot.views_open(trigger_id=trigger(sandbox), view={**dialog(), "blocks": [field]})

    acted = await sandbox.slack.submit("ana", {"Field": typed})

    assert acted["error"] == "invalid_input"
    assert objection in acted["view"]["errors"]["f"]


async def test_every_kind_of_field_arrives_in_slacks_shape(sandbox: Running, bot: AsyncWebClient) -> None:
    two = [option("One", "1"), option("Two", "2")]
    kinds: list[tuple[str, Json, Any, Json]] = [
        ("date", {"type": "datepicker"}, "2026-12-01", {"selected_date": "2026-12-01"}),
        ("time", {"type": "timepicker"}, "09:30", {"selected_time": "09:30"}),
        ("moment", {"type": "datetimepicker"}, 1796000000, {"selected_date_time": 1796000000}),
        ("ticks", {"type": "checkboxes", "options": two}, ["One", "2"], {"selected_options": two}),
        ("radio", {"type": "radio_buttons", "options": two}, "Two", {"selected_option": two[1]}),
        ("several", {"type": "multi_static_select", "options": two}, "One", {"selected_options": two[:1]}),
        ("people", {"type": "multi_users_select"}, ["ana", "UBEN"], {"selected_users": ["UANA", "UBEN"]}),
        ("place", {"type": "conversations_select"}, "#leads", {"selected_conversation": "CLEADS"}),
        ("channel", {"type": "channels_select"}, "sales-alerts", {"selected_channel": "CALERTS"}),
        ("mail", {"type": "email_text_input"}, "ada@acme.example", {"value": "ada@acme.example"}),
        ("number", {"type": "number_input", "is_decimal_allowed": True}, 12.5, {"value": "12.5"}),
    ]
    blocks = [
        {"type": "input", "block_id": name, "label": plain(name), "element": {"action_id": "x", **element}}
        for name, element, _, _ in kinds
    ]
    await bot.views_open(trigger_id=trigger(sandbox), view={**dialog(), "blocks": blocks})
    # Nobody listens, so the submission fails and the dialog still stands with what was typed.
    failed = await sandbox.slack.submit("ana", {name: typed for name, _, typed, _ in kinds})
    shown = failed["view"]

    assert (failed["error"], shown["failure"]) == (
        "no_request_url",
        "We had some trouble connecting. Try again?",
    )
    for name, element, _, expected in kinds:
        assert shown["state"]["values"][name]["x"] == {"type": element["type"], **expected}


async def test_a_file_given_in_a_dialog_can_be_fetched(sandbox: Running, bot: AsyncWebClient) -> None:
    element = {"type": "file_input", "action_id": "x", "filetypes": ["csv"]}
    field = {"type": "input", "block_id": "f", "label": plain("File"), "element": element}
    await bot.views_open(trigger_id=trigger(sandbox), view={**dialog(), "blocks": [field]})
    await sandbox.slack.submit("ana", {"File": {"name": "leads.csv", "content": "email\n"}})

    shown = await sandbox.slack.view("ana")
    assert shown is not None
    [file] = shown["state"]["values"]["f"]["x"]["files"]
    assert (await bot.files_info(file=file["id"]))["file"]["name"] == "leads.csv"


async def test_what_is_not_on_the_screen_cannot_be_used(sandbox: Running, bot: AsyncWebClient) -> None:
    with pytest.raises(SandboxError, match="no_open_view"):
        await sandbox.slack.submit("ana")
    await bot.views_open(trigger_id=trigger(sandbox), view=dialog())
    with pytest.raises(SandboxError, match=r"no_such_control.*Budget.*Notes.*Hand to"):
        await sandbox.slack.submit("ana", {"Timeline": "now"})
    with pytest.raises(SandboxError, match=r"no_such_option.*Approved.*None"):
        await sandbox.slack.submit("ana", {"Budget": "Plenty"})
    with pytest.raises(SandboxError, match="no_such_person"):
        await sandbox.slack.submit("ana", {"Hand to": "nobody"})
