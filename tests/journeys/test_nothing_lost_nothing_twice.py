"""What the bot promised survives: kill -9 between the save and the alert, lost answers, a Slack outage."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.driver import Slack
from sandbox.server import running
from tests.house import DEMO, KEY, house

ROOT = Path(__file__).parents[2]
ANSWERS = {
    "Budget": "Can be found for a good case",
    "Authority": "One approval away",
    "Need": "Clear pain, searching",
    "Timeline": "This quarter",
}


@asynccontextmanager
async def bot_process(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m bot serve` as a process of its own, ready to answer."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", cwd=ROOT, env={**os.environ, **environment}
    )
    try:
        async with asyncio.timeout(30), aiohttp.ClientSession() as http:
            while True:
                try:
                    async with http.get(f"http://127.0.0.1:{environment['PORT']}/healthz") as answer:
                        if answer.status == 200:
                            break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 30)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def eventually(look: Any, seconds: float = 90) -> Any:
    """What `look` finds once it finds something: the lease of a killed process must end first."""
    async with asyncio.timeout(seconds):
        while not (found := await look()):
            await asyncio.sleep(0.2)
    return found


async def qualify(slack: Slack) -> dict[str, Any]:
    await slack.click("ana", "Qualify", channel="leads")
    return await slack.submit("ana", {**ANSWERS, "Hand to": "ben"})


@pytest.mark.parametrize("when", ["before the alert is sent", "after it was sent and before we know"])
async def test_killed_between_the_save_and_the_alert_sales_is_still_told_once(
    database_url: str, when: str
) -> None:
    port = free_port()
    async with running() as place, aiohttp.ClientSession() as http:
        place.workspace.request_url = f"http://127.0.0.1:{port}/slack/events"
        environment = {
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_SIGNING_SECRET": "sandbox-secret",
            "SLACK_APP_TOKEN": "",
            "SLACK_API_URL": place.api_url,
            "DATABASE_URL": database_url,
            "PORT": str(port),
            "GREENLIGHT_INTAKE_KEY": KEY,
            "GREENLIGHT_LEADS_CHANNEL": "leads",
            "GREENLIGHT_ALERTS_CHANNEL": "sales-alerts",
            "GREENLIGHT_ADMINS": "adam",
            "GREENLIGHT_LEASE_SECONDS": "3",
        }
        async with bot_process(environment) as process:
            await http.post(
                f"http://127.0.0.1:{port}/intake/leads", json=DEMO, headers={"Authorization": f"Bearer {KEY}"}
            )
            await eventually(lambda: place.slack.messages("leads"))
            # The alert's post hangs, or is carried out without an answer: then the process dies.
            kind = "timeout" if when.startswith("before") else "drop"
            calls = len(await place.slack.calls(0))
            await place.slack.misbehave("chat.postMessage", kind, times=20)
            assert (await qualify(place.slack))["status"] == 200

            async def tried() -> bool:
                made = [c for c in await place.slack.calls(0) if c["n"] > calls]
                return any(c["method"] == "chat.postMessage" for c in made)

            await eventually(tried)
            process.kill()
            await process.wait()
        await place.slack.misbehave("chat.postMessage", kind, times=0)
        async with bot_process(environment):
            alerts = await eventually(lambda: place.slack.messages("sales-alerts"))
            told = await eventually(lambda: place.slack.told("ben"))
            await asyncio.sleep(4)  # a second one would come when the first lease ends
            assert len(await place.slack.messages("sales-alerts")) == len(alerts) == 1
            assert len(await place.slack.told("ben")) == len(told) == 1


async def test_slack_is_down_and_everything_arrives_when_it_is_back(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        await h.slack.misbehave("chat.postMessage", "500", times=2)
        assert (await h.form())["http"] == 202
        await asyncio.sleep(0.5)
        assert await h.slack.messages("leads") == []
        h.clock.ahead += h.clock.MINUTE * 10

        assert [card["text"] for card in await h.cards()] == [
            "Demo request: Ada Lovelace, VP Engineering, Acme"
        ]
