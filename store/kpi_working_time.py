"""Working time between many instants: the calendar is asked once an hour, not once a lead."""

from __future__ import annotations

from datetime import datetime

from qualification.calendar import WorkWeek
from store.kpi_scope import HOUR, SECOND
from store.tables.base import moment_of

FULL_HOUR = 3600.0


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
