"""What day-wise counts cost the intake: two bots on databases of their own, one counts and one doesn't."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count

from benchmarks.load import send
from benchmarks.machine import cpu_of
from benchmarks.processes import Server, bot, postgres, quick_slack, sqlite
from benchmarks.report import Row, ms, rounds
from benchmarks.requests import lead_posted

ROUNDS, LEADS, IN_FLIGHT = 5, 640, 32
LOOK, IDLE, PATIENCE = 0.5, 0.03, 30.0
"""Seconds between two looks at a bot, of processor in between that count as none, and to wait at most."""
Place = Callable[[], AbstractContextManager[str]]


def measure() -> list[Row]:
    """On both databases."""
    return [*_on("SQLite", sqlite), *_on("PostgreSQL", postgres)]


def _on(name: str, place: Place) -> list[Row]:
    people = count(1)

    def rate(to: Server) -> float:
        # What follows a lead takes longer than the lead, and would be in the other one's way.
        for server in (plain, counting):
            _until_idle(server)
        requests = [lead_posted(next(people)) for _ in range(LEADS)]
        return send(to.port, requests, IN_FLIGHT).rate

    with (
        place() as one,
        place() as other,
        quick_slack() as slack,
        bot(one, slack) as counting,
        bot(other, slack, "benchmarks.uncounted") as plain,
    ):
        rate(plain)
        rate(counting)
        for server in (plain, counting):
            _until_idle(server)
        used = [-cpu_of(plain.pid), -cpu_of(counting.pid)]
        plain_rate, counting_rate = rounds(ROUNDS, lambda: rate(plain), lambda: rate(counting))
        for server in (plain, counting):
            _until_idle(server)
        plain_cpu, our_cpu = (
            (before + cpu_of(to.pid)) / (ROUNDS * LEADS)
            for before, to in zip(used, (plain, counting), strict=True)
        )
    share = counting_rate / plain_rate
    told = f"{plain_rate:.0f}/s without counts"
    cpu = f"{ms(plain_cpu)} without counts"
    return [
        Row(f"intake with counts, {name}", f"{counting_rate:.0f}/s", told, share, ">= 0.85 x", share >= 0.85),
        Row(f"processor per lead with counts, {name}", ms(our_cpu), cpu, our_cpu / plain_cpu, "", None),
    ]


def _until_idle(server: Server) -> None:
    """Until all that follows what came in is done: cards, counts."""
    end, used = time.monotonic() + PATIENCE, cpu_of(server.pid)
    while time.monotonic() < end:
        time.sleep(LOOK)
        before, used = used, cpu_of(server.pid)
        if used - before < IDLE:
            return
