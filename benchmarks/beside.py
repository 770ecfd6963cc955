"""Clicks while `import` takes in 50,000 rows beside the bot, on SQLite, which has one writer at a time.

`make bench ARGS=beside` watches the import for some seconds and then stops it, for it takes its time on
purpose; `python -m benchmarks.beside` waits for its end.
"""

from __future__ import annotations

import asyncio
import csv
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.imports import COLUMNS
from benchmarks.load import send
from benchmarks.machine import cores, described, on_core
from benchmarks.processes import ROOT, Server, bot, quick_slack, sqlite
from benchmarks.report import Row, ms, percentile, table
from benchmarks.requests import claim_pressed, person
from benchmarks.stock import stocked

ROWS, WATCHED, ALONE = 50_000, 20.0, 200
PAUSE = 0.05
"""Seconds between two clicks: people don't press as fast as they are answered."""
LEADS = 5_000
"""Leads to claim; an import of 50,000 rows is over before they are used up."""
LIMIT = 0.150


def measure(seconds: float = WATCHED) -> list[Row]:
    """The waits of one click after another, alone and beside an import."""
    with sqlite() as database, quick_slack() as slack, tempfile.TemporaryDirectory() as folder:
        leads = iter(asyncio.run(stocked(database, LEADS)))
        file = Path(folder) / "leads.csv"
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(person(LEADS + number) for number in range(ROWS))
        with bot(database, slack) as server:
            alone = [_press(server, slack, leads) for _ in range(ALONE)]
            waits, took = _beside(server, slack, leads, _import(file, database), seconds)
        rows = _rows_of(database) - LEADS
    p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
    p50_alone, p99_alone = percentile(alone, 0.5), percentile(alone, 0.99)
    pace = f"{rows / took:.0f} rows/s in {took:.0f} s"
    return [
        Row("click beside an import, p50", ms(p50), ms(p50_alone), p50 / p50_alone, "", None),
        Row(
            "click beside an import, p99", ms(p99), ms(p99_alone), p99 / p99_alone, "<= 150 ms", p99 <= LIMIT
        ),
        Row("click beside an import, longest", ms(max(waits)), ms(max(alone)), None, "", None),
        Row("the import beside clicks", pace, "", None, "", None),
    ]


def _beside(
    server: Server, slack: Server, leads: Iterator[int], command: subprocess.Popen[bytes], seconds: float
) -> tuple[list[float], float]:
    """Waits until the import has ended or the time is over, and how long it was beside us."""
    waits, began = [], time.perf_counter()
    while command.poll() is None and time.perf_counter() - began < seconds:
        waits.append(_press(server, slack, leads))
    took = time.perf_counter() - began
    command.send_signal(signal.SIGINT)
    command.wait(30)
    return waits, took


def _press(server: Server, slack: Server, leads: Iterator[int]) -> float:
    time.sleep(PAUSE)
    return send(server.port, [claim_pressed(next(leads), slack.port)], 1).waits[0]


def _import(file: Path, database: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bot", "import", str(file), "--yes", "--consent-basis", "fair"]
    with on_core(cores()[1]):
        return subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "DATABASE_URL": database}, stdout=subprocess.DEVNULL
        )


def _rows_of(database: str) -> int:
    with closing(sqlite3.connect(database.removeprefix("sqlite+aiosqlite:///"))) as file:
        return int(file.execute("SELECT count(*) FROM leads").fetchone()[0])


if __name__ == "__main__":
    for line in described():
        print(line)
    print(table(measure(float("inf"))))
