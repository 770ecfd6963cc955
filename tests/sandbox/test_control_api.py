"""The control API as a script without our driver sees it, and the sandbox started by itself."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import manifest
from sandbox.driver import SandboxError, Slack
from sandbox.server import Running, running
from sandbox.workspace import Workspace
from tests.sandbox.test_web_api import refused
from tests.sandbox.tiny_app import TinyApp, card, option, over_http, plain

Json = dict[str, Any]
MANIFEST = """
features:
  slash_commands:
    - {command: /lead, description: Work with leads, should_escape: true}
    - {command: /raw, description: As it is typed}
  shortcuts:
    - {name: New lead, type: global, callback_id: new_lead, description: Add a lead}
    - {name: Make this a lead, type: message, callback_id: make_lead, description: From a message}
oauth_config:
  scopes:
    bot: [chat:write, commands]
settings:
  event_subscriptions:
    bot_events: [message.channels]
"""


@pytest.fixture
def declared(tmp_path: Path) -> manifest.Manifest:
    path = tmp_path / "app.manifest.yml"
    path.write_text(MANIFEST)
    return manifest.read(path)


async def get(sandbox: Running, path: str) -> tuple[int, Json]:
    async with ClientSession() as session, session.get(f"{sandbox.url}/_sandbox/{path}") as response:
        return response.status, await response.json()


async def post(sandbox: Running, path: str, body: Any) -> tuple[int, Json]:
    url = f"{sandbox.url}/_sandbox/{path}"
    async with ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.json()


async def test_the_state_names_everyone_and_everything(sandbox: Running) -> None:
    status, state = await get(sandbox, "state")
    assert status == 200
    assert {"ok", "team", "people", "channels", "commands", "shortcuts", "usergroups", "bot"} <= set(state)
    assert [person["id"] for person in state["people"]] == ["UANA", "UBEN", "UMAYA", "UMARK", "UADAM"]
    assert [(c["id"], c["name"]) for c in state["channels"]] == [
        ("CLEADS", "leads"),
        ("CALERTS", "sales-alerts"),
    ]
    assert (state["request_url"], state["socket"]) == (None, False)


async def test_a_message_has_every_key_the_page_reads(sandbox: Running, bot: AsyncWebClient) -> None:
    await bot.chat_postMessage(
        channel="CLEADS",
        text="<!subteam^SREPS> demo",
        metadata={"event_type": "card", "event_payload": {"lead": "L-1"}},
    )
    _, answer = await get(sandbox, "messages?channel=leads&as=ana")
    [message] = answer["messages"]
    keys = (
        "ts user bot name text blocks thread_ts reply_count reactions edited files ephemeral metadata pings"
    )
    assert set(keys.split()) <= set(message)
    assert (message["name"], message["bot"], message["pings"]) == ("greenlight", True, ["SREPS"])


async def test_calls_tell_what_the_app_did(sandbox: Running, bot: AsyncWebClient, app: TinyApp) -> None:
    await bot.chat_postMessage(channel="CLEADS", text="one")
    await refused(bot.chat_postMessage(channel="CNOWHERE", text="two"))
    await sandbox.slack.command("ana", "/lead x")

    _, answer = await get(sandbox, "calls?since=0")
    rows = [(call["n"], call["method"], call["ok"], call["error"]) for call in answer["calls"]]
    assert rows[:2] == [
        (1, "chat.postMessage", True, None),
        (2, "chat.postMessage", False, "channel_not_found"),
    ]
    acks = [call for call in answer["calls"] if call["method"] == "ack"]
    assert [call["body"] for call in acks] == ["you asked: x"]
    assert "xoxb" not in str(answer)
    _, later = await get(sandbox, "calls?since=2")
    assert later["calls"][0]["n"] == 3


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("click", {"as": "ana"}, "nothing_open"),
        ("click", {"as": "zoe", "label": "x"}, "user_not_found"),
        ("click", {"label": "x"}, "missing_field"),
        ("click", {"as": "ana", "channel": "nowhere", "label": "x"}, "channel_not_found"),
        ("click", {"as": "ana", "channel": "leads", "ts": "1.2", "label": "x"}, "message_not_found"),
        ("command", {"as": "ana", "channel": "leads", "text": "lead"}, "no_such_command"),
        ("command", {"as": "ana", "channel": "leads", "text": "/lead", "thread_ts": "1.2"}, "not_in_threads"),
        ("shortcut", {"as": "ana", "callback_id": "x", "channel": "leads", "ts": "1.2"}, "message_not_found"),
        ("misbehave", {"method": "*", "kind": "sulk"}, "unknown_kind"),
        ("dance", {"as": "ana"}, "not_found"),
        ("click", ["no object"], "invalid_json"),
    ],
)
async def test_what_cannot_be_done_says_so(sandbox: Running, path: str, body: Any, error: str) -> None:
    status, answer = await post(sandbox, path, body)
    assert (status, answer["ok"], answer["error"]) == (400, False, error)


async def test_controls_of_one_name_are_told_apart(
    sandbox: Running, bot: AsyncWebClient, app: TinyApp
) -> None:
    blocks: list[Json] = []
    for company in ("Acme", "Beta"):
        text = {"type": "mrkdwn", "text": f"*{company}*"}
        press = {"type": "button", "action_id": "claim", "text": plain("Claim"), "value": company}
        blocks.append({"type": "section", "block_id": f"b-{company}", "text": text, "accessory": press})
    await bot.chat_postMessage(channel="CLEADS", text="queue", blocks=blocks)

    with pytest.raises(SandboxError, match=r"ambiguous_control.*b-Acme.*b-Beta"):
        await sandbox.slack.click("ana", "Claim", channel="leads")
    await sandbox.slack.click("ana", "Claim", channel="leads", near="Beta")
    assert app.heard[-1]["actions"][0]["value"] == "Beta"


async def test_menus_in_messages(sandbox: Running, bot: AsyncWebClient, app: TinyApp) -> None:
    heard: list[Json] = []

    @app.bolt.action("stage")
    async def stage(ack: Any, body: Json) -> None:
        heard.append(body)
        await ack()

    two = [option("MQL", "m"), option("SQL", "s")]
    menus = [
        {"type": "static_select", "action_id": "stage", "placeholder": plain("Stage"), "options": two},
        {"type": "users_select", "action_id": "who", "placeholder": plain("Who"), "initial_user": "UBEN"},
    ]
    await bot.chat_postMessage(
        channel="CLEADS", text="x", blocks=[{"type": "actions", "block_id": "k", "elements": menus}]
    )

    await sandbox.slack.select("ana", "Stage", "SQL", channel="leads")

    assert heard[0]["actions"][0]["selected_option"]["value"] == "s"
    assert heard[0]["state"]["values"]["k"]["who"]["selected_user"] == "UBEN"


async def test_buttons_on_cards_of_a_carousel(sandbox: Running, bot: AsyncWebClient, app: TinyApp) -> None:
    press = {"type": "button", "action_id": "claim", "text": plain("Claim"), "value": "Acme"}
    title = {"type": "mrkdwn", "text": "Acme"}
    several = {"type": "carousel", "elements": [{"type": "card", "title": title, "actions": [press]}]}
    await bot.chat_postMessage(channel="CLEADS", text="x", blocks=[several])

    await sandbox.slack.click("ana", "Claim", channel="leads")
    assert app.heard[0]["actions"][0]["value"] == "Acme"


async def test_a_slow_list_is_asked_of_the_app(sandbox: Running, bot: AsyncWebClient, app: TinyApp) -> None:
    @app.bolt.options("campaign")
    async def campaigns(ack: Any, body: Json) -> None:
        await ack(options=[option(f"{body['value']} 2026", "c-1")])

    element = {"type": "external_select", "action_id": "campaign"}
    field = {"type": "input", "block_id": "c", "label": plain("Campaign"), "element": element}
    view = {"type": "modal", "title": plain("Spend"), "submit": plain("Save"), "blocks": [field]}
    await bot.views_open(trigger_id=sandbox.workspace.tickets.trigger("UANA"), view=view)

    chosen = await sandbox.slack.select("ana", "Campaign", "c-1")
    assert chosen["view"]["values"] == {"Campaign": "c-1 2026"}


async def test_deactivated_people_do_nothing_and_strangers_see_no_direct_messages(
    sandbox: Running, bot: AsyncWebClient
) -> None:
    await bot.chat_postMessage(channel="UANA", text="between us")
    status, answer = await get(sandbox, "messages?channel=DANA&as=ben")
    assert (status, answer["error"]) == (400, "channel_not_found")
    assert [m["text"] for m in await sandbox.slack.messages("dm", as_="ana")] == ["between us"]

    await sandbox.slack.act("deactivate", **{"as": "ana"})
    with pytest.raises(SandboxError, match="account_inactive"):
        await sandbox.slack.say("ana", "hello?")


async def test_the_app_can_be_taken_out_of_a_channel(sandbox: Running, bot: AsyncWebClient) -> None:
    await sandbox.slack.act("leave", channel="leads")
    assert await refused(bot.conversations_history(channel="CLEADS")) == "not_in_channel"
    await sandbox.slack.act("join", channel="leads")
    assert (await bot.conversations_history(channel="CLEADS"))["messages"] == []


async def test_the_manifest_decides_what_is_offered(declared: manifest.Manifest) -> None:
    async with running(workspace=Workspace(manifest=declared)) as sandbox, over_http(sandbox) as app:
        state = await sandbox.slack.state()
        assert [command["command"] for command in state["commands"]] == ["/lead", "/raw"]
        with pytest.raises(SandboxError, match=r"no_such_command.*/lead.*/raw"):
            await sandbox.slack.command("ana", "/unknown")
        with pytest.raises(SandboxError, match=r"no_such_shortcut.*New lead"):
            await sandbox.slack.shortcut("ana", "dance")
        with pytest.raises(SandboxError, match="needs_message"):
            await sandbox.slack.shortcut("ana", "Make this a lead")

        await sandbox.slack.command("ana", "/lead hi @ben")
        assert app.heard[-1]["text"] == "hi <@UBEN|ben>"
        assert (await sandbox.slack.shortcut("ana", "New lead"))["view"]["title"]["text"] == "Qualify"

        heard: list[Json] = []

        @app.bolt.event("message")
        async def listen(event: Json) -> None:
            heard.append(event)

        await sandbox.slack.say("ana", "hello")
        assert (heard[0]["text"], heard[0]["channel_type"]) == ("hello", "channel")
        assert (await sandbox.slack.open_home("ana"))["status"] is None
        bot = AsyncWebClient("xoxb-sandbox", base_url=sandbox.api_url)
        assert await refused(bot.users_list()) == "missing_scope"


async def test_the_page_is_served_or_said_to_be_missing(sandbox: Running) -> None:
    async with ClientSession() as session:
        async with session.get(sandbox.url + "/page/nothing.js") as response:
            assert (response.status, await response.text()) == (404, "page not built")
        async with session.get(sandbox.url + "/page/..%2Fserver.py") as response:
            assert response.status == 404
        async with session.get(sandbox.url + "/_sandbox/files/F1") as response:
            assert response.status == 404


def environment(port: int) -> dict[str, str]:
    return {**os.environ, "SANDBOX_PORT": str(port), "REQUEST_URL": "http://127.0.0.1:9/slack/events"}


async def test_it_runs_by_itself_and_says_when_its_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "sandbox"]
    pipe = asyncio.subprocess.PIPE
    first = await asyncio.create_subprocess_exec(*command, env=environment(port), stderr=pipe)
    try:
        async with Slack(f"http://127.0.0.1:{port}") as slack, asyncio.timeout(20):
            while True:
                try:
                    state = await slack.state()
                    break
                except OSError:
                    await asyncio.sleep(0.05)
        assert state["request_url"] == "http://127.0.0.1:9/slack/events"

        second = await asyncio.create_subprocess_exec(*command, env=environment(port), stderr=pipe)
        _, said = await asyncio.wait_for(second.communicate(), 20)
        assert second.returncode == 2
        assert b"Set SANDBOX_PORT to another one" in said
    finally:
        first.terminate()
        await first.wait()


def test_cards_of_these_tests_have_what_people_press() -> None:
    from sandbox.controls import offered

    assert offered(card()) == ["Claim", "Qualify", "Details", "Snooze"]
