"""Working time between many instants: each working day is looked up once, not once a lead."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import accumulate

from qualification.calendar import WorkWeek
from store.kpi_scope import SECOND, instant

LONGEST = timedelta(days=400)
"""No promise runs longer."""


class WorkingTime:
    """What `WorkWeek.elapsed` tells, of any instants from the day `first` up to the day `last` of its zone.

    Of an instant outside of them it tells what it would of the nearest one inside.
    """

    def __init__(self, week: WorkWeek, first: date, last: date) -> None:
        days = [(instant(opening), instant(closing)) for opening, closing in week.open_hours(first, last)]
        self._opens = [opening for opening, _ in days]
        self._long = [closing - opening for opening, closing in days]
        self._before = list(accumulate(self._long, initial=0))

    def until(self, micros: int) -> float:
        """Seconds worked from the first day up to an instant, in microseconds since 1970."""
        day = bisect_right(self._opens, micros) - 1
        if day < 0:
            return 0.0
        return (self._before[day] + min(micros - self._opens[day], self._long[day])) / SECOND


def working_time_ago(week: WorkWeek, now: datetime, amount: timedelta) -> datetime:
    """The latest instant since which `amount` of working time has passed, to the second.

    Found by halving: a claim before it is overdue, one after it is not, without a look at every lead.
    """
    early, _ = _halved(now, lambda at: week.elapsed(at, now) >= amount, timedelta(seconds=1))
    return early


def in_time_from(week: WorkWeek, now: datetime, amount: timedelta) -> datetime:
    """The first instant since which no more than `amount` of working time has passed.

    What was due before it is too late now. Unlike with `working_time_ago` nothing gets too late at night.
    """
    _, late = _halved(now, lambda at: week.elapsed(at, now) > amount, timedelta(microseconds=1))
    return late


def _halved(
    now: datetime, is_long_ago: Callable[[datetime], bool], to: timedelta
) -> tuple[datetime, datetime]:
    """The last instant that is long ago and the first that is not, as near to each other as `to`."""
    early, late = now - LONGEST, now
    while late - early > to:
        middle = early + (late - early) / 2
        early, late = (middle, late) if is_long_ago(middle) else (early, middle)
    return early, late
