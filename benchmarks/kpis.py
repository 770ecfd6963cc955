"""Every `/kpi` that is read from day-wise counts, against the same counted by plain indexed SQL, and DuckDB.

`python -m benchmarks.kpis [LEADS] [postgres]` measures another size, or the other database.
"""

from __future__ import annotations

import asyncio
import csv
import gc
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TextIO

import asyncpg
import duckdb
from sqlalchemy import URL, make_url

from benchmarks.kpi_stock import kpi_stocked
from benchmarks.processes import postgres, sqlite
from benchmarks.report import Row, ms, percentile, table
from benchmarks.stock import opened, utc_now
from handlers.flows.kpi import ask
from handlers.flows.office import Office, Setup
from store.tables.base import micros

LEADS, ROUNDS, SLOW_ROUNDS = 100_000, 60, 10
DAY = 24 * 3600 * 1_000_000
DAYS = 90
LEAD_BY_LEAD = "speed 30d exact"
QUESTIONS = (
    *(f"{name} 90d" for name in ("overview", "funnel", "conversion", "cpl", "acceptance", "sla", "win")),
    "lvr",
    "speed 90d",
    LEAD_BY_LEAD,
    "conversion 12m",
    "sources 12m",
    "funnel 30d by source",
    "funnel 90d by source",
    "cpl 90d by campaign",
)
MANAGER, TIMES = "UMANAGER", 3
PLAIN = """
    SELECT source, count(*), count(mql_at), count(sql_at), count(won_at) FROM leads
    WHERE created_at >= ? GROUP BY source
"""
ROWS = "SELECT source, created_at, mql_at, sql_at, won_at FROM leads"


def measure() -> list[Row]:
    """The default size on SQLite; `docs/performance.md` has the large ones."""
    return measured(LEADS, sqlite())


def measured(count: int, place: AbstractContextManager[str]) -> list[Row]:
    """All questions over `count` leads on one database."""
    with place as database:
        asyncio.run(kpi_stocked(database, count))
        asked = asyncio.run(_asked(database))
        limits = _limits(database)
    rows = []
    for name, waits in asked.items():
        p50, p95 = percentile(waits, 0.5), percentile(waits, 0.95)
        took = f"p50 {ms(p50)}, p95 {ms(p95)}"
        told = ", ".join(f"{kind} {ms(seconds)} ({p50 / seconds:.2f} x)" for kind, seconds in limits.items())
        most, aim = (1.0, "p95 <= 1 s") if name == LEAD_BY_LEAD else (0.05, "p95 <= 50 ms")
        rows.append(Row(f"/kpi {name}, {count:,} leads", took, told, None, aim, p95 <= most))
    return rows


async def _asked(database: str) -> dict[str, list[float]]:
    office, where = await opened(database)
    office = Office(office.store, replace(Setup(), managers=(MANAGER,)), utc_now)
    waits: dict[str, list[float]] = {}
    gc.freeze()  # as the bot does once it runs
    try:
        for turn in range(ROUNDS + 1):
            for name in QUESTIONS:
                if name == LEAD_BY_LEAD and turn > SLOW_ROUNDS:
                    continue
                start = time.perf_counter()
                await ask(office, where, name, MANAGER)
                if turn:  # the first fills the statement caches
                    waits.setdefault(name, []).append(time.perf_counter() - start)
    finally:
        await office.store.close()
    return waits


def _limits(database: str) -> dict[str, float]:
    """Seconds of the funnel by source over 90 days, counted anew from the leads' own rows: by the database
    with its indexes, and by DuckDB."""
    since = micros(utc_now()) - DAYS * DAY
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as told:
        by_sql = _in_sqlite if database.startswith("sqlite") else _in_postgres
        plain = by_sql(make_url(database), since, told)
        told.flush()
        columns = duckdb.connect()
        columns.execute(
            "CREATE TABLE leads "
            "(source VARCHAR, created_at BIGINT, mql_at BIGINT, sql_at BIGINT, won_at BIGINT)"
        )
        columns.execute(f"COPY leads FROM '{told.name}' (HEADER false)")
    return {"plain SQL": plain, "DuckDB": median(_times(lambda: columns.execute(PLAIN, (since,)).fetchall()))}


def _in_sqlite(url: URL, since: int, told: TextIO) -> float:
    """Seconds of the plain question; writes what it is asked of as CSV."""
    connection = sqlite3.connect(Path(str(url.database)))
    csv.writer(told).writerows(connection.execute(ROWS))
    return median(_times(lambda: connection.execute(PLAIN, (since,)).fetchall()))


def _in_postgres(url: URL, since: int, told: TextIO) -> float:
    """The same."""

    async def timed() -> float:
        connection = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(False))
        try:
            await connection.copy_from_query(ROWS, output=told.name, format="csv")
            waits = []
            for _ in range(TIMES):
                start = time.perf_counter()
                await connection.fetch(PLAIN.replace("?", "$1"), since)
                waits.append(time.perf_counter() - start)
            return median(waits)
        finally:
            await connection.close()

    return asyncio.run(timed())


def _times(ask_once: Callable[[], object]) -> Iterator[float]:
    for _ in range(TIMES):
        start = time.perf_counter()
        ask_once()
        yield time.perf_counter() - start


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else LEADS
    print(table(measured(size, postgres() if "postgres" in sys.argv else sqlite())))
