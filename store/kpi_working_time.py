"""Working time between many instants: the calendar is asked once an hour, not once a lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from qualification.calendar import WorkWeek
from store.kpi_scope import HOUR, SECOND
from store.tables.base import moment_of

FULL_HOUR = 3600.0
LONGEST = timedelta(days=400)
"""No promise runs longer."""


class WorkingTime:
    """Working seconds since `base`, which lies before every instant it is asked for.

    Exact: within an hour that is worked wholly or not at all it is a sum; any other asks the calendar.
    """

    def __init__(self, week: WorkWeek, base: datetime) -> None:
        self._week, self._base = week, base
        self._hours: dict[int, tuple[float, float]] = {}

    def until(self, micros: int) -> float:
        """Seconds worked up to an instant, in microseconds since 1970."""
        hour = micros // HOUR
        known = self._hours.get(hour)
        if known is None:
            start, end = self._since(hour * HOUR), self._since((hour + 1) * HOUR)
            known = self._hours[hour] = (start, end - start)
        before, worked = known
        if worked == 0:
            return before
        if worked == FULL_HOUR:
            return before + (micros - hour * HOUR) / SECOND
        return self._since(micros)

    def _since(self, micros: int) -> float:
        return self._week.elapsed(self._base, moment_of(micros)).total_seconds()


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
