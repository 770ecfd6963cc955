"""What runs beside everybody else and what is left to a thread: nothing may hold up the others."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from store.hot import hot
from store.sqlite import TIDY_EVERY
from store.sqlite_connection import QUICK, Disk, driver_of
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


def test_a_disk_that_was_slow_is_waited_for_in_a_thread() -> None:
    disk = Disk()
    disk.took(8 * QUICK)
    assert disk.is_quick(), "once is nothing"
    for _ in range(30):
        disk.took(2 * QUICK)
    assert not disk.is_quick()


async def test_many_commits_find_their_way_from_the_log_into_the_file(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    here = await store.workspace()

    def in_the_file() -> int:
        # The file alone, as somebody sees it who knows nothing of a log beside it.
        with sqlite3.connect(f"file:{store.url.database}?immutable=1", uri=True) as alone:
            try:
                return int(alone.execute("SELECT count(*) FROM jobs").fetchone()[0])
            except sqlite3.DatabaseError:  # it is being written just now
                return 0

    for number in range(TIDY_EVERY):
        async with store.begin(here) as work:
            await work.outbox.put("card.redraw", lead=number)
    while not in_the_file():
        await asyncio.sleep(0.01)
    await store.close()


def log_of(store: Store) -> int:
    """Bytes of the log beside the file."""
    return Path(f"{store.url.database}-wal").stat().st_size


async def test_the_log_begins_anew_however_busy_it_is(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    here = await store.workspace()

    async def busy(first: int) -> None:
        for number in range(first, first + 4 * TIDY_EVERY):
            async with store.begin(here) as work:
                await work.outbox.put("card.redraw", lead=number)

    await asyncio.gather(*(busy(1_000 * one) for one in range(3)))
    async with store.read(here) as work:
        assert (await work.execute(select(func.count()).select_from(jobs))).scalar_one() == 12 * TIDY_EVERY
    size = log_of(store)
    await store.close()

    assert size < 4 * TIDY_EVERY * 4 * 4_096, "all of it is twice that"


async def test_a_hot_statement_fails_as_any_other(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    here = await store.workspace()
    nonsense = hot(select(jobs.c.id).where(text("no_such_column = 1")))
    async with store.read(here) as work:
        with pytest.raises(DBAPIError, match="no_such_column"):
            await work.execute(nonsense)
    await store.close()


async def test_who_comes_in_is_looked_up_by_what_they_have_and_not_among_all_leads(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    here = await store.workspace()
    asked: list[str] = []
    async with store.begin(here) as work:
        await work.connection.run_sync(lambda c: driver_of(c).set_trace_callback(asked.append))
        await work.leads.by_person(["ada@acme.de", "bo@umbra.fr"], ["+4930901820", "+4930901821"])
        await work.people.like({"acme.de", "umbra.fr"}, {"+4930901820"}, before=5_000)
        await work.intake.waiting_for(["ada@acme.de"], ["+4930901820"], datetime(2026, 11, 22, tzinfo=UTC))
        questions = [one for one in asked if one.startswith("SELECT")]
        plans = [
            [row.detail for row in await work.execute(text(f"EXPLAIN QUERY PLAN {one}".replace(":", r"\:")))]
            for one in questions
        ]
    await store.close()

    searched = {step.split("(")[0].split()[-1]: step for plan in plans for step in plan if "SEARCH" in step}
    assert len(questions) == 7
    assert {name: step.split("(")[1] for name, step in searched.items()} == {
        "ix_leads_email": "workspace=? AND email_key=?)",
        "ix_leads_phone": "workspace=? AND phone_key=?)",
        "ix_leads_company": "workspace=? AND company_key=?)",
        "ix_waiting_email": "workspace=? AND email_key=?)",
        "ix_waiting_phone": "workspace=? AND phone_key=?)",
        "sqlite_autoindex_external_ids_1": "workspace=? AND key=?)",
        "sqlite_autoindex_leads_1": "workspace=? AND number=?) LEFT-JOIN",
    }
