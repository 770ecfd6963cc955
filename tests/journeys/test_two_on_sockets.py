"""Two processes by Socket Mode on one PostgreSQL, and one of them is killed: each click is done once.

Slack, and the sandbox, give each message to one of the open connections in turn.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import select

from bot.app import Greenlight
from bot.settings import Settings
from sandbox.server import running
from store.tables.jobs import jobs
from store.tables.leads import lead_events
from tests.faults.replicas import Replica, settings
from tests.house import DEMO, KEY
from tests.journeys.test_nothing_lost_nothing_twice import eventually

LEADS = 6


async def test_a_click_is_done_once_whoever_hears_it_and_whoever_dies(
    postgres_url: str, tmp_path: Path
) -> None:
    async with running() as place:
        place.workspace.patience = 1.0
        words = settings(postgres_url, place.api_url, SLACK_APP_TOKEN="xapp-sandbox")
        words["GREENLIGHT_LEASE_SECONDS"] = "1"
        chosen = {
            name.lower(): value for name, value in words.items() if name.lower() in Settings.model_fields
        }
        mine = Greenlight(Settings(_env_file=None, **chosen, port=0), lane_gap=lambda _: timedelta())
        await mine.start()
        other = Replica(words, tmp_path / "other.log")
        try:
            await hand_in(mine)
            cards = await eventually(lambda: standing(place.slack, LEADS))
            await other.start()
            await eventually(lambda: both_listen(place.slack))

            pressed = [asyncio.create_task(claim(place.slack, card)) for card in cards[:-1]]
            await asyncio.wait(pressed, return_when=asyncio.FIRST_COMPLETED)
            await other.kill()
            answers = await asyncio.gather(*pressed)
            # Slack shows those an error whose click was with the one that died; they press again.
            for card, answer in zip(cards, answers, strict=False):
                assert answer["ok"] or (await claim(place.slack, card))["ok"]
            assert (await claim(place.slack, cards[-1]))["ok"], "who is left hears everything"

            await eventually(lambda: all_redrawn(place.slack))
            await mine.worker.idle()
            async with mine.store.reading() as connection:
                claimed = select(lead_events.c.lead).where(lead_events.c.kind == "claimed")
                assert len(list(await connection.execute(claimed))) == LEADS
                touch = select(jobs.c.id).where(jobs.c.topic == "clock.touch")
                assert len(list(await connection.execute(touch))) == LEADS
        finally:
            await other.stop()
            await mine.stop()


async def hand_in(bot: Greenlight) -> None:
    leads = [{**DEMO, "email": f"n{n}@acme.example", "phone": None} for n in range(LEADS)]
    knock = {"Authorization": f"Bearer {KEY}"}
    async with (
        aiohttp.ClientSession(headers=knock) as http,
        http.post(f"http://127.0.0.1:{bot.port}/intake/leads", json={"leads": leads}) as answer,
    ):
        assert answer.status == 202


async def claim(slack: Any, card: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = await slack.click("ana", "Claim", channel="leads", ts=card["ts"])
    return answer


async def standing(slack: Any, count: int) -> list[dict[str, Any]] | None:
    cards: list[dict[str, Any]] = await slack.messages("leads")
    return cards if len(cards) == count else None


async def both_listen(slack: Any) -> bool:
    return len(await slack.calls(0, "apps.connections.open")) == 2


async def all_redrawn(slack: Any) -> bool:
    cards = await slack.messages("leads")
    return all("<@UANA>" in str(card["blocks"]) for card in cards)
