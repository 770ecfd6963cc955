"""Slow, obvious second opinions. Nothing here shares code with what it checks."""

from __future__ import annotations

from datetime import datetime, time, timedelta
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
