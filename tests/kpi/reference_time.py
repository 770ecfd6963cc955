"""Windows, waiting and likely ranges, the slow and obvious way: day by day, wait by wait."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil, sqrt
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
Wait = tuple[float, bool]
"""How long, and whether it ended."""


@dataclass(frozen=True)
class Window:
    """Local days from `start` up to, not including, `end`."""

    start: date
    end: date
    zone: ZoneInfo

    def has(self, moment: datetime | None) -> bool:
        """Whether it happened on one of these days, as the calendar on the wall there said."""
        return moment is not None and self.start <= moment.astimezone(self.zone).date() < self.end

    def days(self) -> Iterator[date]:
        """One after the other."""
        day = self.start
        while day < self.end:
            yield day
            day += ONE_DAY

    def until(self, end: date) -> Window:
        """What of it lies before `end`."""
        return Window(self.start, max(min(self.end, end), self.start), self.zone)


def windows(words: str, now: datetime, zone: ZoneInfo) -> tuple[Window, Window, Window]:
    """The window these words name, as much of it as has begun, and what that is compared with."""
    today = now.astimezone(zone).date()
    tomorrow = today + ONE_DAY
    start, end, back = _named(words, today)
    before, earlier_end = (start - back, end - back) if isinstance(back, timedelta) else (
        months_before(start, back), start)  # fmt: skip
    if end > tomorrow:
        earlier_end = min(before + (tomorrow - start), earlier_end)
    whole = Window(start, end, zone)
    return whole, whole.until(tomorrow), Window(before, earlier_end, zone)


def _named(words: str, today: date) -> tuple[date, date, timedelta | int]:
    """First day, the day after the last, and how far back to compare: days, or calendar months."""
    tomorrow, this_month = today + ONE_DAY, today.replace(day=1)
    if found := re.fullmatch(r"(\d+)d", words):
        start, end = tomorrow - timedelta(days=int(found[1])), tomorrow
    elif words == "12m":
        start, end = months_before(tomorrow, 12), tomorrow
    elif found := re.fullmatch(r"(\S+)\.\.(\S+)", words):
        start, end = date.fromisoformat(found[1]), date.fromisoformat(found[2]) + ONE_DAY
    elif words.startswith("since "):
        start, end = date.fromisoformat(words[6:]), tomorrow
    elif words == "last week":
        monday = today - timedelta(days=today.weekday())
        return monday - timedelta(days=7), monday, timedelta(days=7)
    elif words == "yesterday":
        return today - ONE_DAY, today, ONE_DAY
    elif words == "this month":
        return this_month, months_before(this_month, -1), 1
    elif found := re.fullmatch(r"Q(\d) (\d+)", words):
        start = date(int(found[2]), 3 * int(found[1]) - 2, 1)
        return start, months_before(start, -3), 3
    else:
        start = date.fromisoformat(f"{words}-01")
        return start, months_before(start, -1), 1
    return start, end, timedelta(weeks=ceil((end - start).days / 7))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def working_time(start: datetime, end: datetime, zone: ZoneInfo) -> timedelta:
    """How much of Monday to Friday, 09 to 18, lies between two moments."""
    total, day = timedelta(0), start.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        if day.weekday() < 5:
            opens, closes = (datetime.combine(day, time(hour), zone).astimezone(UTC) for hour in (9, 18))
            total += max(min(end, closes) - max(start, opens), timedelta(0))
        day += ONE_DAY
    return total


def still_waiting(waits: Sequence[Wait]) -> list[tuple[float, float]]:
    """Kaplan–Meier by hand: each wait that ended, and the share who waited longer."""
    share, steps = 1.0, []
    for moment in sorted({wait for wait, ended in waits if ended}):
        watched = sum(wait >= moment for wait, _ in waits)
        share *= 1 - sum(ended and wait == moment for wait, ended in waits) / watched
        steps.append((moment, share))
    return steps


def waited_by(waits: Sequence[Wait], part: float) -> float | None:
    """After how long this part of them waits no more; None while that is not so."""
    reached = (moment for moment, share in still_waiting(waits) if share <= 1 - part + 1e-12)
    return next(reached, None)


def likely(k: int, n: int) -> tuple[float, float]:
    """Wilson's range for `k` of `n`, by the quadratic equation that defines it."""
    z, p = 1.959963984540054, k / n
    middle, root = 2 * k + z * z, z * sqrt(z * z + 4 * n * p * (1 - p))
    return (middle - root) / (2 * (n + z * z)), (middle + root) / (2 * (n + z * z))
