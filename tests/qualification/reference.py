"""Slow, obvious second opinions. Nothing here shares code with what it checks."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

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
