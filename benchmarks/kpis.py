"""Every `/kpi` at a hundred thousand leads, against one plain count by source over the same time."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import make_url, text

from benchmarks.processes import sqlite
from benchmarks.report import Row, ms, percentile, rounds
from benchmarks.stock import opened, stocked, utc_now
from handlers.flows.kpi import ask
from handlers.flows.office import Office, Setup
from store.tables.base import micros
from store.tables.leads import leads

LEADS, STOCK, ROUNDS = 100_000, 1000, 5
WEEK = 7 * 24 * 3600 * 1_000_000
DAYS = 90
QUESTIONS = ("overview", "funnel", "conversion", "cpl", "sources", "acceptance", "sla", "win", "lvr")
MANAGER = "UMANAGER"


def measure() -> list[Row]:
    """The numbers over the last 90 days, by source where that can be asked."""
    with sqlite() as database:
        asyncio.run(stocked(database, STOCK))
        asyncio.run(_multiply(database))
        file = Path(str(make_url(database).database))
        asked = asyncio.run(_asked(database))
        (plain,) = rounds(ROUNDS, lambda: _plain_count(file))
    rows = []
    for name, waits in asked.items():
        p50, p95 = percentile(waits, 0.5), percentile(waits, 0.95)
        took = f"p50 {ms(p50)}, p95 {ms(p95)}"
        rows.append(Row(f"/kpi {name} {DAYS}d", took, ms(plain), p50 / plain, "p95 <= 50 ms", p95 <= 0.05))
    return rows


async def _multiply(database: str) -> None:
    """Every lead again and again, each time a few days earlier, some of them qualified and won."""
    copies = LEADS // STOCK
    columns = [c.name for c in leads.c if c.name not in ("number", "created_at", "received_at")]
    dated = {"mql_at": "created_at", "sql_at": "CASE WHEN number % 7 = 0 THEN created_at + :hour END"}
    dated["won_at"] = "CASE WHEN number % 21 = 0 THEN created_at + 9 * :hour END"
    told = [f"{dated[name]} - :earlier" if name in dated else name for name in columns]
    statement = text(
        f"INSERT INTO leads (number, created_at, received_at, {', '.join(columns)}) SELECT number + :up, "
        f"created_at - :earlier, received_at - :earlier, {', '.join(told)} FROM leads WHERE number < :until"
    )
    office, _ = await opened(database)
    try:
        for copy in range(1, copies):
            async with office.store.writing() as connection:
                values = {
                    "up": copy * 10_000,
                    "earlier": copy * 52 * WEEK // copies,
                    "hour": 3_600_000_000,
                    "until": 10_000,
                }
                await connection.execute(statement, values)
    finally:
        await office.store.close()


async def _asked(database: str) -> dict[str, list[float]]:
    office, where = await opened(database)
    office = Office(office.store, replace(Setup(), managers=(MANAGER,)), utc_now)
    waits: dict[str, list[float]] = {}
    try:
        for _ in range(ROUNDS):
            for name in QUESTIONS:
                start = time.perf_counter()
                await ask(office, where, f"{name} {DAYS}d", MANAGER)
                waits.setdefault(name, []).append(time.perf_counter() - start)
    finally:
        await office.store.close()
    return waits


def _plain_count(file: Path) -> float:
    since = micros(utc_now()) - DAYS * WEEK // 7
    connection = sqlite3.connect(file)
    start = time.perf_counter()
    connection.execute(
        "SELECT source, count(*), count(mql_at), count(sql_at), count(won_at) FROM leads "
        "WHERE created_at >= ? GROUP BY source",
        (since,),
    ).fetchall()
    took = time.perf_counter() - start
    connection.close()
    return took
