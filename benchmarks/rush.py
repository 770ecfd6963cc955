"""Clicks while leads come in over HTTP as fast as they are taken, 32 at a time, on both databases."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import islice
from multiprocessing.sharedctypes import Synchronized

from benchmarks.load import send
from benchmarks.processes import Server, bot, postgres, quick_slack, sqlite
from benchmarks.report import Row, ms, percentile
from benchmarks.requests import claim_pressed, lead_posted
from benchmarks.stock import stocked

CLICKS, LEADS, WARM = 400, 20_000, 40
PAUSE = 0.05
"""Seconds between two clicks: people don't press as fast as they are answered."""
IN_FLIGHT = 32
LIMIT = 0.100


def measure() -> list[Row]:
    """The waits of one click after another, alone and beside the leads."""
    return [*_on("SQLite", sqlite()), *_on("PostgreSQL", postgres())]


def _on(name: str, database: AbstractContextManager[str]) -> list[Row]:
    with database as address, quick_slack() as slack:
        leads = iter(asyncio.run(stocked(address, WARM + 2 * CLICKS)))
        with bot(address, slack) as server:
            _pressed(server, slack, leads, WARM)
            alone = _pressed(server, slack, leads, CLICKS)
            taken, stop = multiprocessing.Value("i", 0), multiprocessing.Event()
            flood = multiprocessing.Process(target=_flood, args=(server.port, taken, stop))
            flood.start()
            time.sleep(1)  # until the leads come at their full pace
            before, began = taken.value, time.perf_counter()
            waits = _pressed(server, slack, leads, CLICKS)
            pace = (taken.value - before) / (time.perf_counter() - began)
            stop.set()
            flood.join(60)
            if flood.exitcode != 0:
                raise RuntimeError(f"the leads ended with {flood.exitcode}")
    p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
    p50_alone, p99_alone = percentile(alone, 0.5), percentile(alone, 0.99)
    return [
        Row(f"click while leads pour in, p50, {name}", ms(p50), ms(p50_alone), p50 / p50_alone, "", None),
        Row(
            f"click while leads pour in, p99, {name}",
            ms(p99),
            ms(p99_alone),
            p99 / p99_alone,
            "<= 100 ms",
            p99 <= LIMIT,
        ),
        Row(f"the leads meanwhile, {name}", f"{pace:.0f}/s", "", None, "", None),
    ]


def _pressed(server: Server, slack: Server, leads: Iterator[int], count: int) -> list[float]:
    waits = []
    for number in islice(leads, count):
        time.sleep(PAUSE)
        waits += send(server.port, [claim_pressed(number, slack.port)], 1).waits
    return waits


def _flood(port: int, taken: Synchronized[int], stop: multiprocessing.synchronize.Event) -> None:
    def more() -> Iterator[bytes]:
        for number in range(1_000_000, 1_000_000 + LEADS):
            if stop.is_set():
                return
            taken.value += 1
            yield lead_posted(number)

    send(port, more(), IN_FLIGHT)
