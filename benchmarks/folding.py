"""A lead's whole history folded into the lead: what a rebuild, an undo or an erasure costs."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from benchmarks.report import Row, ms, rounds
from qualification.events import Event, Kind
from qualification.history import fold

EVENTS, ROUNDS = 2000, 5
START = datetime(2026, 1, 1, tzinfo=UTC)


def measure() -> list[Row]:
    """A long history against a tenth of it: the cost should grow with the length and no faster."""
    short, long = _history(EVENTS // 10), _history(EVENTS)
    tenth, whole = rounds(ROUNDS, lambda: _folded(short), lambda: _folded(long))
    ratio = whole / tenth
    return [
        Row(
            f"fold of {EVENTS} events",
            ms(whole),
            f"{ms(tenth)} for {EVENTS // 10}",
            ratio,
            "<= 20 x",
            ratio <= 20,
        )
    ]


def _folded(events: list[Event]) -> float:
    start = time.perf_counter()
    fold(events, {})
    return time.perf_counter() - start


def _history(length: int) -> list[Event]:
    """A lead who opens page after page while reps claim and release it."""
    created = {"number": 1001, "received_at": START.isoformat()}
    events = [Event(Kind.CREATED, START, "rule", created, step="s0")]
    for place in range(1, length):
        at = START + timedelta(minutes=place)
        kind = (Kind.ACTIVITY, Kind.CLAIMED, Kind.ACTIVITY, Kind.RELEASED)[place % 4]
        data = {"action": "product_page"} if kind is Kind.ACTIVITY else {}
        events.append(Event(kind, at, "UANA", data, step=f"s{place}"))
    return events
