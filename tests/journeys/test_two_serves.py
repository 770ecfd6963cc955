"""Two bots on one SQLite file would undo each other's order: the second one says so and leaves."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from bot.app import Greenlight
from store.lock import DatabaseInUse
from tests.house import house
from tests.journeys.test_nothing_lost_nothing_twice import ROOT, free_port


async def test_a_second_serve_on_the_same_file_says_so_and_exits_with_1(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        second = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "serve",
            cwd=ROOT,
            env={
                **os.environ,
                "SLACK_BOT_TOKEN": "xoxb-sandbox",
                "SLACK_SIGNING_SECRET": "sandbox-secret",
                "SLACK_API_URL": h.bot.settings.slack_api_url,
                "DATABASE_URL": sqlite_url,
                "PORT": str(free_port()),
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(second.communicate(), 60)
        said = err.decode()
        assert second.returncode == 1, said
        assert said.startswith("Another Greenlight is running"), said
        assert "Traceback" not in said
        assert out == b""
        # The first one never noticed.
        assert (await h.form())["status"] == "created"
        assert len(await h.cards()) == 1


async def test_the_file_is_free_again_when_the_first_stops(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        second = Greenlight(h.bot.settings, h.clock)
        with pytest.raises(DatabaseInUse):
            await second.start()
        await h.bot.stop()
        await second.start()
        await second.stop()


async def test_two_bots_on_postgres_share_the_work(postgres_url: str) -> None:
    async with house(postgres_url) as h:
        second = Greenlight(h.bot.settings, h.clock)
        await second.start()
        try:
            for n in range(10):
                await h.form(email=f"n{n}@acme.example", phone=None)
            cards = await h.cards()
            assert len({card["text"] + card["ts"] for card in cards}) == 10
            await second.worker.idle()
            assert len(await h.cards()) == 10
        finally:
            await second.stop()
