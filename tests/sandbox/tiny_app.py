"""A small real Bolt app for the sandbox's tests: a claim button, a dialog, a command, shortcuts and Home."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Running

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


def card(company: str = "Acme") -> list[Json]:
    menu = [option("Details", "details"), option("Snooze", "snooze")]
    return [
        {"type": "section", "block_id": "top", "text": {"type": "mrkdwn", "text": f"*{company}*"}},
        {
            "type": "actions",
            "block_id": "acts",
            "elements": [
                {"type": "button", "action_id": "claim", "text": plain("Claim"), "value": company},
                {"type": "button", "action_id": "qualify", "text": plain("Qualify"), "value": company},
                {"type": "overflow", "action_id": "more", "options": menu},
            ],
        },
    ]


def dialog(hint: str = "") -> Json:
    budgets = [option("Approved", "10"), option("None", "0")]
    blocks: list[Json] = [
        {
            "type": "input",
            "block_id": "budget",
            "dispatch_action": True,
            "label": plain("Budget"),
            "element": {"type": "static_select", "action_id": "b", "options": budgets},
        },
        {
            "type": "input",
            "block_id": "notes",
            "optional": True,
            "label": plain("Notes"),
            "element": {"type": "plain_text_input", "action_id": "n", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "hand",
            "optional": True,
            "label": plain("Hand to"),
            "element": {"type": "users_select", "action_id": "u"},
        },
    ]
    if hint:
        blocks.insert(0, {"type": "section", "block_id": "hint", "text": plain(hint)})
    return {
        "type": "modal",
        "callback_id": "qualify_dialog",
        "title": plain("Qualify"),
        "submit": plain("Save"),
        "notify_on_close": True,
        "private_metadata": "L-1",
        "blocks": blocks,
    }


class TinyApp:
    """What it heard stands in `heard`; the dialogs' submissions in `saved`."""

    def __init__(self, api_url: str, signing_secret: str = "sandbox-secret") -> None:
        self.client = AsyncWebClient("xoxb-sandbox", base_url=api_url)
        self.bolt = AsyncApp(client=self.client, signing_secret=signing_secret, process_before_response=True)
        self.heard: list[Json] = []
        self.saved: list[Json] = []
        self._listen()

    def _listen(self) -> None:
        bolt = self.bolt

        @bolt.action("claim")
        async def claim(ack: Any, body: Json, client: AsyncWebClient) -> None:
            self.heard.append(body)
            blocks = [
                {"type": "context", "elements": [{"type": "mrkdwn", "text": f"With <@{body['user']['id']}>"}]}
            ]
            place = body["container"]
            await client.chat_update(
                channel=place["channel_id"], ts=place["message_ts"], text="taken", blocks=blocks
            )
            await ack()

        @bolt.action("more")
        async def more(ack: Any, body: Json, respond: Any) -> None:
            self.heard.append(body)
            await ack()
            await respond(text=f"chose {body['actions'][0]['selected_option']['value']}")

        @bolt.action("qualify")
        async def qualify(ack: Any, body: Json, client: AsyncWebClient) -> None:
            self.heard.append(body)
            await client.views_open(trigger_id=body["trigger_id"], view=dialog())
            await ack()

        @bolt.action("b")
        async def budget(ack: Any, body: Json, client: AsyncWebClient) -> None:
            self.heard.append(body)
            view = body["view"]
            await client.views_update(view_id=view["id"], hash=view["hash"], view=dialog("score 71"))
            await ack()

        @bolt.view("qualify_dialog")
        async def saved(ack: Any, body: Json) -> None:
            values = body["view"]["state"]["values"]
            if (values["notes"]["n"]["value"] or "") == "bad":
                await ack(response_action="errors", errors={"notes": "Say more"})
                return
            self.saved.append(body)
            await ack()

        @bolt.view_closed("qualify_dialog")
        async def closed(ack: Any, body: Json) -> None:
            self.heard.append(body)
            await ack()

        @bolt.command("/lead")
        async def lead(ack: Any, body: Json) -> None:
            self.heard.append(body)
            if body["text"] == "broken":
                await ack(text="x", blocks=[{"type": "header", "text": plain("y" * 151)}])
            elif body["text"] == "card":
                await ack(text="here", blocks=card("Quiet Ltd"))
            elif body["text"] == "silent":
                await ack()
            else:
                await ack(f"you asked: {body['text']}")

        @bolt.shortcut("new_lead")
        async def new_lead(ack: Any, body: Json, client: AsyncWebClient) -> None:
            self.heard.append(body)
            await client.views_open(trigger_id=body["trigger_id"], view=dialog())
            await ack()

        @bolt.shortcut("make_lead")
        async def make_lead(ack: Any, body: Json, respond: Any) -> None:
            self.heard.append(body)
            await ack()
            await respond(text=f"made from {body['message']['text']}", response_type="ephemeral")

        @bolt.event("app_home_opened")
        async def home(event: Json, client: AsyncWebClient) -> None:
            self.heard.append(event)
            view = {"type": "home", "blocks": card("Home Inc")}
            await client.views_publish(user_id=event["user"], view=view)


@contextlib.asynccontextmanager
async def over_http(sandbox: Running, signing_secret: str = "sandbox-secret") -> AsyncIterator[TinyApp]:
    """The app behind a real HTTP server; the sandbox calls it there."""
    tiny = TinyApp(sandbox.api_url, signing_secret)

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await tiny.bolt.async_dispatch(await to_bolt_request(request)))

    app = web.Application()
    app.router.add_post("/slack/events", events)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sandbox.workspace.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield tiny
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def over_socket(sandbox: Running) -> AsyncIterator[TinyApp]:
    """The app connected by Socket Mode."""
    from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

    tiny = TinyApp(sandbox.api_url)
    handler = AsyncSocketModeHandler(tiny.bolt, "xapp-sandbox")
    await handler.connect_async()
    async with asyncio.timeout(20):
        while not (await sandbox.slack.state())["socket"]:
            await asyncio.sleep(0.01)
    try:
        yield tiny
    finally:
        await handler.close_async()
