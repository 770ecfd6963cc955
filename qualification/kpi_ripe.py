"""Comparing now with before at equal age, for people who only glance: both cohorts are old enough, whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qualification.kpi import Rate
from qualification.kpi_words import likely, percent
from qualification.periods import Period

RIPE_DAYS = 30
WEEKS = 13
"""A quarter in whole weeks, so that a Monday stands against a Monday."""


@dataclass(frozen=True)
class Ripe:
    """What share of two cohorts got further within RIPE_DAYS; None where a cohort is empty.

    `of` and `became` are plurals: "leads", "customers".
    """

    of: str
    became: str
    this: Rate | None
    before: Rate | None

    @property
    def words(self) -> str:
        """`10.0% of leads were customers within 30 days, likely 8.3–12.0% (100 of 1,000); 9.1% before`."""
        if self.this is None:
            return f"No {self.of} in these weeks, so no share of {self.became}."
        before = "none came in before" if self.before is None else f"{percent(self.before.value)} before"
        became = f"{percent(self.this.value)} of {self.of} were {self.became} within {RIPE_DAYS} days"
        return f"{became}, {likely(self.this)}; {before}"


def ripe_windows(now: datetime, zone: ZoneInfo) -> tuple[Period, Period]:
    """The latest 13 weeks of which everything is RIPE_DAYS old, and the 13 weeks before them.

    A day more than that, for days on which the clocks change.
    """
    end = now.astimezone(zone).date() - timedelta(days=RIPE_DAYS + 1)
    middle = end - timedelta(weeks=WEEKS)
    start = middle - timedelta(weeks=WEEKS)
    names = [f"{first.isoformat()} to {(after - timedelta(days=1)).isoformat()}"
             for first, after in ((middle, end), (start, middle))]  # fmt: skip
    return Period(middle, end, names[0], "range", zone), Period(start, middle, names[1], "range", zone)
