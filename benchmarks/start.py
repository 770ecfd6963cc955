"""From `python -m bot serve` to the first 200, and what it holds in memory when nothing happens."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.machine import pss_of
from benchmarks.processes import bare, bot, quick_slack, sqlite
from benchmarks.report import Row

ROUNDS = 5
SETTLED = 2.0
"""Seconds until the start's own tasks (meeting Slack, reading its people) are over."""


def measure() -> list[Row]:
    """Start and idle memory, ours and the bare server's in turn."""
    ours, theirs, held = [], [], []
    with sqlite() as database, quick_slack() as slack:
        with bare(), bot(database, slack):
            """The first start of all compiles the modules."""
        for _ in range(ROUNDS):
            with bare() as limit:
                theirs.append(limit.started_in)
            with bot(database, slack) as server:
                ours.append(server.started_in)
                time.sleep(SETTLED)
                held.append(pss_of(server.pid))
    start, limit_start, memory = median(ours), median(theirs), median(held)
    return [
        Row(
            "start to first 200",
            f"{start:.2f} s",
            f"{limit_start:.2f} s (bare aiohttp)",
            start / limit_start,
            "<= 2 s",
            start <= 2,
        ),
        Row("idle memory, PSS", f"{memory:.0f} MB", "", None, "<= 150 MB", memory <= 150),
    ]
