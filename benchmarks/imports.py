"""Ten thousand leads from a file, deduplicated, scored and saved, with nobody else writing.

Two ways: as forms hand them in, in batches, with every job that follows (clocks, webhooks); and by the whole
command, whose start is about a quarter of its time.
"""

from __future__ import annotations

import asyncio
import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.machine import cores, on_core
from benchmarks.processes import ROOT, sqlite
from benchmarks.report import Row
from benchmarks.requests import person
from benchmarks.stock import BATCH, arriving, opened, stocked
from handlers.flows.receive import take_in

LEADS, ROUNDS = 10_000, 2
COLUMNS = [name for name in person(0) if name not in ("utm", "consent")]


def measure() -> list[Row]:
    """The flow that HTTP and files share, in batches; and the whole command, with reading and report."""
    seconds = median(_batches() for _ in range(ROUNDS))
    rows = f"{seconds:.2f} s, {LEADS / seconds:.0f} rows/s"
    single = [_command(1) for _ in range(ROUNDS)]
    many = [_command(LEADS) for _ in range(ROUNDS)]
    took, least = median(s for s, _ in many), median(s for s, _ in single)
    grown = f"{took:.2f} s, at most {max(mb for _, mb in many):.0f} MB"
    nothing = f"{least:.2f} s, {max(mb for _, mb in single):.0f} MB for one row"
    return [
        Row("10,000 leads in batches of 500", rows, "", None, "<= 3 s", seconds <= 3),
        Row("10,000 rows by `import FILE.csv`", grown, nothing, took / least, "<= 3 s", took <= 3),
    ]


def _batches() -> float:
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


def _command(rows: int) -> tuple[float, float]:
    """Seconds the command took as a process of its own, and the most memory it held in MB."""
    with sqlite() as database, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "leads.csv"
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(person(number) for number in range(rows))
        asyncio.run(stocked(database, 0))
        command = [sys.executable, "-m", "bot", "import", str(file), "--yes", "--consent-basis", "fair"]
        with on_core(cores()[0]):
            start = time.perf_counter()
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": database},
                stdout=subprocess.DEVNULL,
            )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"import ended with {process.returncode}")
        return time.perf_counter() - start, used.ru_maxrss / 1024
