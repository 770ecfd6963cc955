"""Working time: how much of it passed between two instants, and when a given amount will have passed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

MONDAY_TO_FRIDAY = frozenset(range(5))
NONE = timedelta(0)
LAST_YEAR = 9000


@dataclass(frozen=True)
class WorkWeek:
    """The hours in which a promise runs: weekdays (0 is Monday), opening and closing time in one zone.

    `closes` at 00:00 means the midnight that ends the day, so 00:00 to 00:00 is a whole day. An opening time
    that the zone skips when clocks go forward counts an hour later; of one that happens twice, the first.

    Raises:
        ValueError: no weekday, a weekday that is none, or a day that closes before it opens.
    """

    zone: ZoneInfo
    days: frozenset[int] = MONDAY_TO_FRIDAY
    opens: time = time(9)
    closes: time = time(18)
    holidays: frozenset[date] = frozenset()
    # One table per year (working time before each day), because stepping day by day over a year of waiting
    # costs half a millisecond a lead, and a KPI asks for a hundred thousand of them.
    _years: dict[int, list[timedelta]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError("A work week needs days between 0 (Monday) and 6 (Sunday).")
        if self.closes != time(0) and self.closes <= self.opens:
            raise ValueError("A work day must close after it opens.")

    def due(self, start: datetime, amount: timedelta) -> datetime:
        """The first instant (UTC) at which `amount` of working time has passed since `start`.

        Zero is due at once, also outside working hours.

        Raises:
            ValueError: `start` has no timezone, `amount` is negative or ends after the year 9000.
        """
        local = self._local(start)
        if amount < NONE:
            raise ValueError("Working time can't be negative.")
        if amount == NONE:
            return start.astimezone(UTC)
        year, left = local.year, self._before(local) + amount
        while left > self._table(year)[-1]:
            left -= self._table(year)[-1]
            year += 1
            if year > LAST_YEAR:
                raise ValueError("That is too far ahead.")
        table = self._table(year)
        number = bisect_left(table, left) - 1
        opening, _ = self._hours(date(year, 1, 1) + timedelta(days=number))
        return opening + (left - table[number])

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two instants; zero when `end` is not after `start`.

        Raises:
            ValueError: one of them has no timezone.
        """
        first, last = self._local(start), self._local(end)
        if end <= start:
            return NONE
        whole = sum((self._table(year)[-1] for year in range(first.year, last.year)), NONE)
        return whole + self._before(last) - self._before(first)

    def open_hours(self, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing (UTC) of each working day from `first` up to, not including, `last`."""
        for number in range((last - first).days):
            day = first + timedelta(days=number)
            if self._is_workday(day):
                yield self._hours(day)

    def _local(self, instant: datetime) -> datetime:
        if instant.tzinfo is None:
            raise ValueError("Working time needs instants with a timezone.")
        return instant.astimezone(self.zone)

    def _before(self, local: datetime) -> timedelta:
        """Working time from the start of the local year to this instant."""
        day = local.date()
        passed = self._table(day.year)[day.timetuple().tm_yday - 1]
        if not self._is_workday(day):
            return passed
        opening, closing = self._hours(day)
        return passed + (min(max(local.astimezone(UTC), opening), closing) - opening)

    def _table(self, year: int) -> list[timedelta]:
        """Working time before each day of the year; the last entry is the year's total."""
        if year not in self._years:
            first, count = date(year, 1, 1), date(year, 12, 31).timetuple().tm_yday
            days = (first + timedelta(days=number) for number in range(count))
            self._years[year] = list(accumulate(map(self._length, days), initial=NONE))
        return self._years[year]

    def _length(self, day: date) -> timedelta:
        if not self._is_workday(day):
            return NONE
        opening, closing = self._hours(day)
        return closing - opening

    def _is_workday(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.holidays

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        """Opening and closing in UTC: between local times subtraction would ignore the change of clocks."""
        last = day if self.closes != time(0) else day + timedelta(days=1)
        opening = datetime.combine(day, self.opens, self.zone).astimezone(UTC)
        return opening, datetime.combine(last, self.closes, self.zone).astimezone(UTC)
