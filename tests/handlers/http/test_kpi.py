"""Numbers for programs: how long one waits for an answer, and how many are counted at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from handlers.flows.kpi_keys import make_key
from handlers.http.kpi import add_kpi_routes
from tests.kpi.firm import Firm, firm

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)


@asynccontextmanager
async def a_program(f: Firm, **limits: Any) -> AsyncIterator[TestClient[Any, Any]]:
    """Somebody's script with a manager's key."""
    app = web.Application()
    add_kpi_routes(app, f.office, f.where, **limits)
    key = await make_key(f.office, f.where, "UMAYA")
    async with TestClient(TestServer(app), headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


async def test_whoever_waits_too_long_is_told_to_come_back(database_url: str) -> None:
    async with firm(database_url, NOW) as f:
        await f.lead("ada")
        async with a_program(f, longest=0.0) as client:
            answer = await client.get("/kpi/funnel.json")
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) > 0
            (error,) = (await answer.json())["errors"]
            assert "shorter period" in error["message"]
            assert (await client.get("/kpi/funnel.json", headers={"Authorization": "no"})).status == 401
        # What was broken off has left nothing behind.
        async with a_program(f) as client:
            assert (await (await client.get("/kpi/funnel.json")).json())["total"]["leads"] == 1


async def test_questions_of_programs_take_turns(sqlite_url: str) -> None:
    turns = asyncio.Semaphore(2)
    async with firm(sqlite_url, NOW) as f, a_program(f, turns=turns) as client:
        told: list[str] = []

        async def ask() -> None:
            async with client.get("/kpi/funnel.csv") as answer:
                told.append(f"answered {answer.status}")

        async with asyncio.TaskGroup() as several:
            await turns.acquire()
            await turns.acquire()
            several.create_task(ask())
            for _ in range(20):  # these are no questions to the counts, and need no turn
                assert (await client.get("/kpi/funnel.json", headers={"Authorization": "no"})).status == 401
            told.append("a turn is free")
            turns.release()
        assert told == ["a turn is free", "answered 200"]
