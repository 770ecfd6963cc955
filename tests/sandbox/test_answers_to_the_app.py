"""response_url, bad days on demand, and how the app is reached."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientSession, web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox.server import Running, running
from sandbox.workspace import Workspace
from tests.sandbox.test_web_api import refused
from tests.sandbox.tiny_app import TinyApp, card, over_socket, plain

Json = dict[str, Any]


async def test_five_answers_in_half_an_hour() -> None:
    now = [1_800_000_000.0]
    async with running(workspace=Workspace(clock=lambda: now[0])) as sandbox:
        tickets = sandbox.workspace.tickets
        hook = AsyncWebhookClient(tickets.address("UANA", "CLEADS"))
        for number in range(5):
            assert (await hook.send(text=f"answer {number}")).status_code == 200
        sixth = await hook.send(text="one too many")
        assert (sixth.status_code, "used_url" in sixth.body) == (404, True)

        old = AsyncWebhookClient(tickets.address("UANA", "CLEADS"))
        now[0] += 1801
        assert "expired_url" in (await old.send(text="too late")).body
        assert await sandbox.slack.seen_by("ana") == "answer 4"
        assert await sandbox.slack.messages("leads", as_="ben") == []


async def test_an_answer_replaces_or_removes_what_was_clicked(sandbox: Running, bot: AsyncWebClient) -> None:
    ts = (await bot.chat_postMessage(channel="CLEADS", text="card", blocks=card()))["ts"]
    hook = AsyncWebhookClient(sandbox.workspace.tickets.address("UANA", "CLEADS", source_ts=ts))

    await hook.send(text="replaced", replace_original=True)
    assert [m["text"] for m in await sandbox.slack.messages("leads")] == ["replaced"]
    await hook.send(text="for all", response_type="in_channel")
    assert [m["text"] for m in await sandbox.slack.messages("leads", as_="ben")] == ["replaced", "for all"]
    await hook.send(delete_original=True)
    assert [m["text"] for m in await sandbox.slack.messages("leads")] == ["for all"]


async def test_an_ephemeral_answer_stays_private_when_replaced(sandbox: Running, app: TinyApp) -> None:
    await sandbox.slack.command("ana", "/lead card")
    [private] = await sandbox.slack.messages("leads", as_="ana")
    address = sandbox.workspace.tickets.address(
        "UANA", "CLEADS", source_ts=private["ts"], source_ephemeral=True
    )

    await AsyncWebhookClient(address).send(text="shared?", replace_original=True, response_type="in_channel")

    assert await sandbox.slack.seen_by("ana") == "shared?"
    assert await sandbox.slack.messages("leads", as_="ben") == []


async def test_a_refused_answer_is_remembered(sandbox: Running) -> None:
    hook = AsyncWebhookClient(sandbox.workspace.tickets.address("UANA", "CLEADS"))
    answer = await hook.send(text="x", blocks=[{"type": "header", "text": plain("")}])
    assert answer.status_code == 400
    assert [refusal["method"] for refusal in sandbox.workspace.refusals] == ["response_url"]


async def test_too_many_requests(sandbox: Running, bot: AsyncWebClient) -> None:
    await sandbox.slack.misbehave("chat.postMessage", "429", times=1, retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        await bot.chat_postMessage(channel="CLEADS", text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    await bot.chat_postMessage(channel="CLEADS", text="y")
    assert [m["text"] for m in await sandbox.slack.messages("leads")] == ["y"]


async def test_an_inner_error_leaves_nothing_behind(sandbox: Running, bot: AsyncWebClient) -> None:
    await sandbox.slack.misbehave("*", "500", times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await bot.chat_postMessage(channel="CLEADS", text="x")
    assert await sandbox.slack.messages("leads") == []
    assert [call["error"] for call in await sandbox.slack.calls()] == ["internal_error"] * 2


async def test_a_dropped_call_was_carried_out_and_a_timed_out_one_was_not(sandbox: Running) -> None:
    hasty = AsyncWebClient("xoxb-sandbox", base_url=sandbox.api_url, timeout=1, retry_handlers=[])
    await sandbox.slack.misbehave("chat.postMessage", "drop")
    with pytest.raises(Exception, match=r"disconnected|reset|closed"):
        await hasty.chat_postMessage(channel="CLEADS", text="came through")
    await sandbox.slack.misbehave("chat.postMessage", "timeout")
    with pytest.raises(TimeoutError):
        await hasty.chat_postMessage(channel="CLEADS", text="never arrived")
    assert [m["text"] for m in await sandbox.slack.messages("leads")] == ["came through"]


async def test_half_an_answer_is_none_and_the_call_was_carried_out(sandbox: Running) -> None:
    hasty = AsyncWebClient("xoxb-sandbox", base_url=sandbox.api_url, timeout=5, retry_handlers=[])
    await sandbox.slack.misbehave("chat.postMessage", "half")
    with pytest.raises(aiohttp.ClientPayloadError):
        await hasty.chat_postMessage(channel="CLEADS", text="came through")
    assert [m["text"] for m in await sandbox.slack.messages("leads")] == ["came through"]


async def test_posting_too_fast_when_the_pace_is_enforced(sandbox: Running, bot: AsyncWebClient) -> None:
    await sandbox.slack.act("rate_limits", on=True)
    for number in range(4):
        await bot.chat_postMessage(channel="CLEADS", text=str(number))
    assert await refused(bot.chat_postMessage(channel="CLEADS", text="4")) == "ratelimited"
    await bot.chat_postMessage(channel="CALERTS", text="another channel has its own pace")


async def test_the_same_app_over_socket_mode(sandbox: Running, bot: AsyncWebClient) -> None:
    async with over_socket(sandbox) as app:
        await bot.chat_postMessage(channel="CLEADS", text="Acme", blocks=card())
        acted = await sandbox.slack.click("ana", "Qualify", channel="leads")
        assert (acted["status"], acted["view"]["private_metadata"]) == (200, "L-1")

        refused_by_app = await sandbox.slack.submit("ana", {"Budget": "None", "Notes": "bad"})
        assert refused_by_app["ack"]["response_action"] == "errors"
        assert (await sandbox.slack.submit("ana", {"Notes": "fine"}))["view"] is None

        await sandbox.slack.command("ana", "/lead over the wire")
        assert await sandbox.slack.seen_by("ana") == "you asked: over the wire"
        await sandbox.slack.open_home("ana")
        assert await sandbox.slack.home("ana") is not None
        assert app.heard[-1]["type"] == "app_home_opened"
    assert (await sandbox.slack.state())["socket"] is False


async def test_a_socket_address_is_good_once(sandbox: Running) -> None:
    client = AsyncWebClient(base_url=sandbox.api_url)
    url = (await client.apps_connections_open(app_token="xapp-sandbox"))["url"]
    async with ClientSession() as session:
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        async with session.get(url.replace("ws", "http", 1)) as again:
            assert again.status == 403
    wrong = client.apps_connections_open(app_token="xoxb-sandbox")
    assert await refused(wrong) == "not_allowed_token_type"


async def test_any_event_can_be_sent_and_sent_again(sandbox: Running, app: TinyApp) -> None:
    heard: list[Json] = []

    @app.bolt.event("app_uninstalled")
    async def gone(body: Json) -> None:
        heard.append(body)

    first = await sandbox.slack.act("event", event={"type": "app_uninstalled"})
    await sandbox.slack.act("event", event={"type": "app_uninstalled"}, event_id=first["event_id"])
    assert [body["event_id"] for body in heard] == [first["event_id"]] * 2


async def test_a_dialog_that_asks_where_may_answer_there(sandbox: Running, app: TinyApp) -> None:
    @app.bolt.view("share")
    async def share(ack: Any, body: Json) -> None:
        await ack()
        url = body["response_urls"][0]["response_url"]
        await AsyncWebhookClient(url).send(text="shared", response_type="in_channel")

    element = {"type": "conversations_select", "action_id": "x", "response_url_enabled": True}
    field = {"type": "input", "block_id": "f", "label": plain("Where"), "element": element}
    view = {"type": "modal", "callback_id": "share", "title": plain("Share"), "submit": plain("Go")}
    trigger = sandbox.workspace.tickets.trigger("UANA")
    await app.client.views_open(trigger_id=trigger, view={**view, "blocks": [field]})

    await sandbox.slack.submit("ana", {"Where": "sales-alerts"})
    assert [m["text"] for m in await sandbox.slack.messages("sales-alerts", as_="ben")] == ["shared"]


class Stubborn:
    """A server that is no Bolt app: it answers what it is told to and keeps the headers it saw."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.seen: list[Any] = []
        self.pause = 0.0
        self.headers: Json = {}

    async def listen(self) -> tuple[web.AppRunner, str]:
        async def answer(request: web.Request) -> web.Response:
            self.seen.append(request.headers)
            await asyncio.sleep(self.pause)
            status = self.statuses.pop(0) if self.statuses else 200
            return web.Response(status=status, headers=self.headers)

        app = web.Application()
        app.router.add_post("/", answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/"


async def test_events_are_repeated_until_they_are_taken() -> None:
    server = Stubborn(500, 503)
    runner, url = await server.listen()
    async with running(workspace=Workspace(url, retry_pauses=(0.0, 0.0, 0.0))) as sandbox:
        await sandbox.slack.open_home("ana")
        async with asyncio.timeout(5):
            while len(server.seen) < 3:
                await asyncio.sleep(0.01)
    await runner.cleanup()

    assert [headers.get("X-Slack-Retry-Num") for headers in server.seen] == [None, "1", "2"]
    assert server.seen[1]["X-Slack-Retry-Reason"] == "http_error"


async def test_an_app_may_ask_for_no_repetition() -> None:
    server = Stubborn(500)
    server.headers = {"X-Slack-No-Retry": "1"}
    runner, url = await server.listen()
    async with running(workspace=Workspace(url, retry_pauses=(0.0, 0.0, 0.0))) as sandbox:
        acted = await sandbox.slack.open_home("ana")
        await sandbox.slack.command("ana", "/lead")
    await runner.cleanup()

    assert (acted["ok"], acted["status"], acted["error"]) == (False, 500, "no_retry")
    assert len(server.seen) == 2


async def test_an_app_that_is_late_or_away() -> None:
    server = Stubborn()
    server.pause = 5.0
    runner, url = await server.listen()
    async with running(workspace=Workspace(url, patience=0.1)) as sandbox:
        late = await sandbox.slack.command("ana", "/lead")
        await runner.cleanup()
        away = await sandbox.slack.command("ana", "/lead")
        sandbox.workspace.request_url = None
        unset = await sandbox.slack.command("ana", "/lead")

    assert (late["ok"], late["status"], late["error"]) == (False, None, "operation_timeout")
    assert away["error"].startswith("connection_failed")
    assert unset["error"] == "no_request_url"


async def test_whoever_watches_is_told_what_changed(sandbox: Running, bot: AsyncWebClient) -> None:
    async with ClientSession() as session, session.get(f"{sandbox.url}/_sandbox/stream") as stream:
        assert await stream.content.readline() == b": hello\n"
        ts = (await bot.chat_postMessage(channel="CLEADS", text="news"))["ts"]
        async with asyncio.timeout(5):
            while not (line := await stream.content.readline()).startswith(b"data:"):
                pass
    assert line.decode() == f'data: {{"kind": "message", "channel": "CLEADS", "ts": "{ts}"}}\n'
