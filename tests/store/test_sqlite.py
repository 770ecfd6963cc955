"""What runs beside everybody else and what is left to SQLite's own thread: nothing may hold up the others."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from sqlalchemy import select, text

from store.store import Store
from store.tables.jobs import jobs

LONG = (
    "SELECT count(*) AS many FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i FROM n LIMIT 500000)"
)


async def test_others_go_on_while_a_long_question_is_answered(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    steps = 0

    async def others() -> None:
        nonlocal steps
        while True:
            await asyncio.sleep(0)
            steps += 1

    going_on = asyncio.create_task(others())
    async with store.read("W1") as work:
        before = steps
        many = (await work.execute(text(LONG))).scalar_one()
        during = steps - before
    going_on.cancel()
    await store.close()

    assert many == 500_000
    assert during > 100, "a question on our side lets the others take a handful of steps"


async def test_a_long_question_within_a_change_takes_nothing_back(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    here = await store.workspace()
    async with store.begin(here) as work:
        await work.outbox.put("card.redraw", lead=1)
        assert (await work.execute(text(LONG))).scalar_one() == 500_000
        await work.outbox.put("card.redraw", lead=2)
    async with store.read(here) as work:
        leads = [
            row.payload["lead"] for row in await work.execute(select(jobs.c.payload).order_by(jobs.c.id))
        ]
    await store.close()

    assert leads == [1, 2]


async def test_somebody_else_writes_and_we_wait_without_stopping(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    here = await store.workspace()
    other = sqlite3.connect(Path(str(store.url.database)), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with store.begin(here) as work:
            await work.outbox.put("card.redraw", lead=1)

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.2)
    assert not writing.done()
    other.execute("COMMIT")
    other.close()
    await writing
    async with store.read(here) as work:
        assert len((await work.execute(select(jobs.c.id))).all()) == 1
    await store.close()
