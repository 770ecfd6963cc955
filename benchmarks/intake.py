"""Leads handed in over HTTP, on disk before the 202, against a handler that only parses the same JSON."""

from __future__ import annotations

from contextlib import AbstractContextManager
from itertools import count

from benchmarks.load import send
from benchmarks.machine import cpu_of
from benchmarks.processes import Server, bare, bot, postgres, quick_slack, sqlite
from benchmarks.report import Row, ms, rounds
from benchmarks.requests import lead_posted

ROUNDS, LEADS, BARE, SLOW = 3, 640, 2000, 64
IN_FLIGHT = 32


def measure() -> list[Row]:
    """Intake on both databases, with and without group commit."""
    return [*_on("SQLite", sqlite()), *_on("PostgreSQL", postgres())]


def _on(name: str, database: AbstractContextManager[str]) -> list[Row]:
    people = count(1)

    def rate(to: Server, how_many: int) -> float:
        requests = [lead_posted(next(people)) for _ in range(how_many)]
        return send(to.port, requests, IN_FLIGHT).rate

    with database as address, quick_slack() as slack, bare() as limit:
        with bot(address, slack) as grouped:
            rate(limit, BARE)
            rate(grouped, LEADS)
            used = [-cpu_of(limit.pid), -cpu_of(grouped.pid)]
            limit_rate, grouped_rate = rounds(ROUNDS, lambda: rate(limit, BARE), lambda: rate(grouped, LEADS))
            bare_cpu = (used[0] + cpu_of(limit.pid)) / (ROUNDS * BARE)
            our_cpu = (used[1] + cpu_of(grouped.pid)) / (ROUNDS * LEADS)
        # After it, on the same database: SQLite lets one bot serve a file.
        with bot(address, slack, "benchmarks.ungrouped") as single:
            rate(single, SLOW)
            (single_rate,) = rounds(ROUNDS, lambda: rate(single, SLOW))
    share, gain = grouped_rate / limit_rate, grouped_rate / single_rate
    ours = f"{grouped_rate:.0f}/s"
    return [
        Row(f"intake, {name}", ours, f"{limit_rate:.0f}/s", share, ">= 0.08 x", share >= 0.08),
        Row(f"processor per lead, {name}", ms(our_cpu), ms(bare_cpu), our_cpu / bare_cpu, "", None),
        Row(f"intake, {name}, to one commit a lead", ours, f"{single_rate:.0f}/s", gain, ">= 5 x", gain >= 5),
    ]
