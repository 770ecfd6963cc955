"""Every `/kpi` that is read from day-wise counts, against the same counted by plain indexed SQL, and DuckDB.

`python -m benchmarks.kpis [LEADS] [postgres]` measures another size, or the other database.
"""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from benchmarks.kpi_stock import kpi_stocked
from benchmarks.processes import postgres, sqlite
from benchmarks.report import Row, ms, percentile, rounds, table
from benchmarks.stock import opened, utc_now
from handlers.flows.kpi import ask
from handlers.flows.office import Office, Setup
from store.tables.base import micros

LEADS, ROUNDS = 100_000, 20
DAY = 24 * 3600 * 1_000_000
DAYS = 90
QUESTIONS = (
    *(f"{name} 90d" for name in ("overview", "funnel", "conversion", "cpl", "acceptance", "sla", "win")),
    "lvr",
    "conversion 12m",
    "sources 12m",
    "funnel 30d by source",
    "funnel 90d by source",
    "cpl 90d by campaign",
)
MANAGER = "UMANAGER"
PLAIN = """
    SELECT source, count(*), count(mql_at), count(sql_at), count(won_at) FROM leads
    WHERE created_at >= ? GROUP BY source
"""


def measure() -> list[Row]:
    """The default size on SQLite; `docs/performance.md` has the large ones."""
    return measured(LEADS, sqlite())


def measured(count: int, place: AbstractContextManager[str]) -> list[Row]:
    """All questions over `count` leads on one database."""
    with place as database:
        asyncio.run(kpi_stocked(database, count))
        asked = asyncio.run(_asked(database))
        limits = _limits(database)
    plain = limits.get("plain SQL")
    rows = []
    for name, waits in asked.items():
        p50, p95 = percentile(waits, 0.5), percentile(waits, 0.95)
        took = f"p50 {ms(p50)}, p95 {ms(p95)}"
        told = ", ".join(f"{kind} {ms(seconds)}" for kind, seconds in limits.items())
        ratio = p50 / plain if plain else None
        rows.append(Row(f"/kpi {name}, {count:,} leads", took, told, ratio, "p95 <= 50 ms", p95 <= 0.05))
    return rows


async def _asked(database: str) -> dict[str, list[float]]:
    office, where = await opened(database)
    office = Office(office.store, replace(Setup(), managers=(MANAGER,)), utc_now)
    waits: dict[str, list[float]] = {}
    gc.freeze()  # as the bot does once it runs
    try:
        for turn in range(ROUNDS + 1):
            for name in QUESTIONS:
                start = time.perf_counter()
                await ask(office, where, name, MANAGER)
                if turn:  # the first fills the statement caches
                    waits.setdefault(name, []).append(time.perf_counter() - start)
    finally:
        await office.store.close()
    return waits


def _limits(database: str) -> dict[str, float]:
    """Seconds of the funnel by source over 90 days, counted anew from the leads' own rows."""
    if not database.startswith("sqlite"):
        return {}
    file, since = Path(str(make_url(database).database)), micros(utc_now()) - DAYS * DAY
    connection = sqlite3.connect(file)
    (plain,) = rounds(3, lambda: _timed(connection, PLAIN, since))
    found = {"plain SQL": plain}
    try:
        import duckdb  # a library of the bench alone; without it the table has one limit less
    except ImportError:
        return found
    columns = duckdb.connect()
    cursor = connection.execute("SELECT source, created_at, mql_at, sql_at, won_at FROM leads")
    columns.execute(
        "CREATE TABLE leads (source VARCHAR, created_at BIGINT, mql_at BIGINT, sql_at BIGINT, won_at BIGINT)"
    )
    import csv
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as told:
        csv.writer(told).writerows(cursor)
        told.flush()
        columns.execute(f"COPY leads FROM '{told.name}' (HEADER false)")
    (found["DuckDB"],) = rounds(3, lambda: _timed(columns, PLAIN, since))
    return found


def _timed(connection: Any, question: str, since: int) -> float:
    start = time.perf_counter()
    connection.execute(question, (since,)).fetchall()
    return time.perf_counter() - start


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else LEADS
    print(table(measured(size, postgres() if "postgres" in sys.argv else sqlite())))
