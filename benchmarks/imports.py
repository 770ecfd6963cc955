"""Ten thousand leads, deduplicated, scored and saved, with nobody else writing."""

from __future__ import annotations

import asyncio
import resource
import time
from statistics import median

from benchmarks.processes import sqlite
from benchmarks.report import Row
from benchmarks.stock import BATCH, arriving, opened
from handlers.flows.receive import take_in

LEADS, ROUNDS = 10_000, 3


def measure() -> list[Row]:
    """The flow in batches, as the import runs it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = median(_once() for _ in range(ROUNDS))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    rows = f"{seconds:.2f} s, {LEADS / seconds:.0f} rows/s, memory +{grown:.0f} MB"
    return [Row("10,000 leads in batches of 500", rows, "", None, "<= 3 s", seconds <= 3)]


def _once() -> float:
    with sqlite() as database:
        return asyncio.run(_take_all(database))


async def _take_all(database: str) -> float:
    office, where = await opened(database)
    try:
        start = time.perf_counter()
        for first in range(0, LEADS, BATCH):
            await take_in(office, where, await arriving(office, where, range(first, first + BATCH)))
        return time.perf_counter() - start
    finally:
        await office.store.close()
