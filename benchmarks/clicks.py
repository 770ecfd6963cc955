"""Presses of Claim on fresh leads, saved before the 200, against a handler that only checks and parses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice

from benchmarks.load import Sample, send
from benchmarks.machine import cpu_of
from benchmarks.processes import Server, bare, bot, quick_slack, sqlite
from benchmarks.report import Row, ms, percentile, rounds
from benchmarks.requests import claim_pressed
from benchmarks.stock import stocked

ROUNDS, ALONE, TOGETHER = 3, 100, 320
IN_FLIGHT = 32


def measure() -> list[Row]:
    """A click alone, and 32 at a time."""
    with sqlite() as database, quick_slack() as slack:
        leads = iter(asyncio.run(stocked(database, (ROUNDS + 1) * (ALONE + TOGETHER))))
        with bare() as limit, bot(database, slack) as server:
            return _measured(leads, slack, limit, server)


def _measured(leads: Iterator[int], slack: Server, limit: Server, server: Server) -> list[Row]:
    last: dict[int, Sample] = {}

    def press(to: Server, which: Iterator[int], count: int, in_flight: int) -> Sample:
        # A list first: signing is the client's work and no part of the round.
        requests = [claim_pressed(number, slack.port) for number in islice(which, count)]
        last[to.pid] = send(to.port, requests, in_flight)
        return last[to.pid]

    def alone(to: Server, which: Iterator[int]) -> float:
        return percentile(press(to, which, ALONE, 1).waits, 0.5)

    def rate(to: Server, which: Iterator[int]) -> float:
        return press(to, which, TOGETHER, IN_FLIGHT).rate

    def same() -> Iterator[int]:
        return iter(range(1, 10_000))

    alone(server, leads)  # the first clicks fill the statement caches
    bare_p50, p50 = rounds(ROUNDS, lambda: alone(limit, same()), lambda: alone(server, leads))
    slowest: list[float] = []

    def together() -> float:
        per_second = rate(server, leads)
        slowest.append(percentile(last[server.pid].waits, 0.99))
        return per_second

    rate(limit, same())
    used = [-cpu_of(limit.pid), -cpu_of(server.pid)]
    bare_rate, our_rate = rounds(ROUNDS, lambda: rate(limit, same()), together)
    p99 = percentile(slowest, 0.5)
    bare_cpu, our_cpu = (
        (before + cpu_of(to.pid)) / (ROUNDS * TOGETHER)
        for before, to in zip(used, (limit, server), strict=True)
    )
    slow, share = p50 / bare_p50, our_rate / bare_rate
    return [
        Row("click, p50, 1 in flight", ms(p50), ms(bare_p50), slow, "<= 6 x", slow <= 6),
        Row(
            "clicks, 32 in flight", f"{our_rate:.0f}/s", f"{bare_rate:.0f}/s", share, ">= 0.2 x", share >= 0.2
        ),
        Row("processor per click, 32 in flight", ms(our_cpu), ms(bare_cpu), our_cpu / bare_cpu, "", None),
        Row("clicks, 32 in flight, p99", ms(p99), "", None, "<= 100 ms", p99 <= 0.1),
    ]
