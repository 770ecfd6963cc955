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


async def serve(**environment: str) -> tuple[int | None, str, str]:
    """Run `serve` until it leaves by itself: its exit code, what it printed and what it complained of."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "serve",
        cwd=ROOT,
        env={
            **os.environ,
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_SIGNING_SECRET": "sandbox-secret",
            "SLACK_API_URL": "http://127.0.0.1:9/api/",
            "PORT": str(free_port()),
            **environment,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 90)
    return process.returncode, out.decode(), err.decode()


async def test_a_second_serve_on_the_same_file_says_so_and_exits_with_1(sqlite_url: str) -> None:
    async with house(sqlite_url) as h:
        code, out, said = await serve(DATABASE_URL=sqlite_url)
        assert (code, out) == (1, "")
        assert said.startswith("Another Greenlight is running"), said
        assert "Traceback" not in said
        # The first one never noticed.
        assert (await h.form())["status"] == "created"
        assert len(await h.cards()) == 1


@pytest.mark.parametrize(
    "url", ["postgresql+asyncpg://someone:secret@127.0.0.1:9/none", "sqlite+aiosqlite:////nowhere/x.db"]
)
async def test_a_database_that_is_not_there_is_named_without_its_password(url: str) -> None:
    code, _, said = await serve(DATABASE_URL=url)
    assert code == 1
    assert said.startswith("The database can't be reached"), said
    assert "DATABASE_URL" in said
    assert "secret" not in said


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
