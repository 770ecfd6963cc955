"""Slow, obvious second opinions. Nothing here shares a formula with what it checks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from qualification.kpi_counts import ConversionTimes, FunnelCounts

MINUTE = timedelta(minutes=1)


def minutes_worked(
    start: datetime, end: datetime, zone: ZoneInfo, days: frozenset[int], hours: tuple[time, time]
) -> int:
    """Look at the wall clock once a minute and count the minutes in which somebody was at work."""
    count, instant = 0, start
    opens, closes = hours[0], hours[1] if hours[1] != time(0) else time.max
    while instant < end:
        wall = instant.astimezone(zone)
        if wall.weekday() in days and opens <= wall.time() < closes:
            count += 1
        instant += MINUTE
    return count


def share_still_waiting(durations: list[int], observed: list[bool], t: int) -> Fraction:
    """Kaplan and Meier by hand, in exact fractions: go through every whole unit of time up to `t`."""
    survival = Fraction(1)
    for moment in range(t + 1):
        watched = sum(1 for duration in durations if duration >= moment)
        happened = sum(
            1 for duration, seen in zip(durations, observed, strict=True) if seen and duration == moment
        )
        if happened:
            survival *= 1 - Fraction(happened, watched)
    return survival


def wilson_by_search(k: int, n: int) -> tuple[float, float]:
    """The ends, by halving, of all true shares p that fit k of n: |k/n − p| <= z·√(p(1−p)/n)."""
    z, share = 1.959963984540054, k / n

    def fits(p: float) -> bool:
        return abs(share - p) <= z * (p * (1 - p) / n) ** 0.5

    ends = []
    for far in (0.0, 1.0):
        inside, outside = share, far
        for _ in range(200):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if fits(middle) else (inside, middle)
        ends.append(outside if fits(far) is False else far)
    return ends[0], ends[1]


@dataclass(frozen=True)
class Story:
    """One lead's life, told whole. `took` is days from creation to won; older than the lead means not yet."""

    source: str
    stages: frozenset[str]
    outcome: str
    age: int
    took: int

    @property
    def won(self) -> bool:
        return "customer" in self.stages and self.took <= self.age


def funnel_by_hand(leads: list[Story]) -> list[FunnelCounts]:
    """Go through the leads one by one and count each stage that was reached or skipped."""
    rows = []
    for source in sorted({lead.source for lead in leads}):
        ours = [lead for lead in leads if lead.source == source]
        customers = [lead for lead in ours if lead.won]
        sqls = [lead for lead in ours if lead.won or "sql" in lead.stages]
        mqls = [lead for lead in ours if lead in sqls or "mql" in lead.stages]
        still = [lead for lead in ours if not lead.won and lead.outcome == "open"]
        rows.append(FunnelCounts(source, len(ours), len(mqls), len(sqls), len(customers), len(still)))
    return rows


def conversion_by_hand(leads: list[Story]) -> list[ConversionTimes]:
    """The same lives as days."""
    rows = []
    for source in sorted({lead.source for lead in leads}):
        ours = [lead for lead in leads if lead.source == source]
        took = Counter(float(lead.took) for lead in ours if lead.won)
        waiting = Counter(float(lead.age) for lead in ours if not lead.won and lead.outcome == "open")
        rows.append(ConversionTimes(source, Counter(float(lead.age) for lead in ours), took, waiting))
    return rows


def adjusted_by_hand(leads: list[Story]) -> Fraction | None:
    """1 − S at the end, where a lost lead stays watched to the last day and beyond."""
    if not leads:
        return None
    last = 31
    days = [lead.took if lead.won else lead.age if lead.outcome == "open" else last for lead in leads]
    return 1 - share_still_waiting(days, [lead.won for lead in leads], last)
