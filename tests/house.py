"""The whole house for a story: a sandbox workspace, a real database, the bot between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from sqlalchemy import func, select

from bot.app import Greenlight
from bot.settings import Settings
from sandbox.driver import Slack
from sandbox.server import running
from sandbox.workspace import Workspace
from store.tables.jobs import OPEN, jobs

KEY = "demo-key"
STUCK = 20.0
DEMO = {
    "email": "ada@acme.example",
    "phone": "+49 30 901820",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "company": "Acme",
    "title": "VP Engineering",
    "employees": 250,
    "industry": "software",
    "country": "DE",
    "source": "linkedin",
    "campaign": "spring-webinar",
    "action": "demo_request",
    "message": "Need it by March",
}


class Clock:
    """A Wednesday at ten in Berlin, going on as real time does, moved forward by hand."""

    MINUTE = timedelta(minutes=1)
    START = datetime(2026, 11, 18, 9, tzinfo=UTC)

    def __init__(self) -> None:
        self.ahead = self.START - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class House:
    """A running bot and its workspace."""

    bot: Greenlight
    slack: Slack
    workspace: Workspace
    clock: Clock
    http: aiohttp.ClientSession
    url: str
    answers: list[dict[str, Any]] = field(default_factory=list)

    async def form(self, **fields: Any) -> dict[str, Any]:
        """A web form hands in a lead: the demo request, with these fields instead."""
        body = {key: value for key, value in {**DEMO, **fields}.items() if value is not None}
        async with self.http.post(
            f"{self.url}/intake/leads", json=body, headers={"Authorization": f"Bearer {KEY}"}
        ) as answer:
            told: dict[str, Any] = await answer.json()
            return {"http": answer.status, **told}

    async def quiet(self) -> None:
        """Wait until everything that is due was sent.

        As long as that goes on, however busy the machine is: stuck is what ends no job for so many seconds.
        """
        idle = asyncio.create_task(self.bot.worker.idle())
        ended = -1
        try:
            while not (await asyncio.wait({idle}, timeout=STUCK))[0]:
                before, ended = ended, await self._jobs_ended()
                if ended == before:
                    raise TimeoutError(f"No job ended for {STUCK} seconds, and some are due.")
            await idle
        finally:
            idle.cancel()
        await self.bot.reception.finish_errands()

    async def _jobs_ended(self) -> int:
        async with self.bot.store.reading() as connection:
            query = select(func.count()).where(jobs.c.state != OPEN)
            return int((await connection.execute(query)).scalar_one())

    async def cards(self, channel: str = "leads") -> list[dict[str, Any]]:
        """The messages of a channel once everything due was sent, without thread replies."""
        await self.quiet()
        found = await self.slack.messages(channel)
        return [m for m in found if m.get("thread_ts") in (None, m["ts"])]

    async def thread(self, ts: str, channel: str = "leads") -> list[str]:
        """The texts of a thread, without the message it hangs on."""
        await self.quiet()
        return [m["text"] for m in (await self.slack.messages(channel, thread_ts=ts)) if m["ts"] != ts]

    async def lead(self, number: int) -> Any:
        """The lead as it is saved."""
        return (await self.bot.office.look(self.bot.where, number)).lead


@asynccontextmanager
async def house(database_url: str, **settings: Any) -> AsyncIterator[House]:
    """Start a sandbox and a bot on this database, and stop both at the end.

    Nothing the bot drew may have been refused by the sandbox as malformed: checked at the end of each story.
    """
    clock = Clock()
    there = Workspace(clock=lambda: clock().timestamp())
    async with running(workspace=there) as place, aiohttp.ClientSession() as http:
        chosen = {
            "slack_bot_token": "xoxb-sandbox",
            "slack_signing_secret": "sandbox-secret",
            "slack_api_url": place.api_url,
            "database_url": database_url,
            "port": 0,
            "greenlight_intake_key": KEY,
            "greenlight_leads_channel": "leads",
            "greenlight_alerts_channel": "sales-alerts",
            "greenlight_admins": "adam",
            "greenlight_managers": "maya",
            "greenlight_marketers": "mark",
            "greenlight_reps_group": "SREPS",
            "greenlight_timezone": "Europe/Berlin",
            **settings,
        }
        # Stories don't wait for Slack's pace; tests/store/outbox proves that it is kept.
        bot = Greenlight(Settings(_env_file=None, **chosen), clock, lane_gap=lambda _: timedelta())
        await bot.start()
        url = f"http://127.0.0.1:{bot.port}"
        place.workspace.request_url = f"{url}/slack/events"
        try:
            await asyncio.wait_for(_people_are_known(bot), 20)
            yield House(bot, place.slack, place.workspace, clock, http, url)
        finally:
            await bot.stop()
        refused = [
            r for r in place.workspace.refusals if "invalid_blocks" in str(r) or "invalid_arguments" in str(r)
        ]
        assert not refused, refused


async def _people_are_known(bot: Greenlight) -> None:
    """Roles are given by handle here, and whose handle it is only Slack knows: the bot asks as it starts."""
    while True:
        async with bot.store.read(bot.where) as work:
            if await work.house.people(limit=1):
                break
        await asyncio.sleep(0.01)
    bot.office.forget_rules()
