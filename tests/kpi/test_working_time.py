"""The quick working clock tells what the calendar tells, to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.calendar import WorkWeek
from store.kpi_working_time import WorkingTime, in_time_from
from store.tables.base import micros

BASE = datetime(2026, 3, 20, tzinfo=UTC)
WEEKS = [
    WorkWeek(ZoneInfo("Europe/Berlin")),
    WorkWeek(ZoneInfo("Asia/Kathmandu"), opens=time(9, 30), closes=time(17, 45)),
    WorkWeek(ZoneInfo("America/New_York"), frozenset(range(7)), time(0), time(0)),
]


@pytest.mark.parametrize("week", WEEKS, ids=["Berlin", "Kathmandu", "New York"])
@given(after=st.lists(st.integers(0, 20 * 86_400 * 1_000_000), min_size=1, max_size=20))
def test_both_clocks_agree(week: WorkWeek, after: list[int]) -> None:
    # The window has the spring change of clocks in it.
    quick = WorkingTime(week, BASE.date() - timedelta(days=1), BASE.date() + timedelta(days=22))
    before = quick.until(micros(BASE))
    for gone in after:
        moment = BASE + timedelta(microseconds=gone)
        exact = week.elapsed(BASE, moment).total_seconds()
        assert quick.until(micros(moment)) - before == pytest.approx(exact, abs=1e-5)


@pytest.mark.parametrize("week", WEEKS, ids=["Berlin", "Kathmandu", "New York"])
@given(
    minutes=st.integers(0, 20 * 24 * 60),
    amount=st.sampled_from([timedelta(0), timedelta(minutes=5), timedelta(hours=9), timedelta(hours=24)]),
)
def test_what_was_due_before_the_line_is_too_late_and_nothing_else(
    week: WorkWeek, minutes: int, amount: timedelta
) -> None:
    now = BASE + timedelta(minutes=minutes)
    line = in_time_from(week, now, amount)
    assert week.elapsed(line, now) <= amount < week.elapsed(line - timedelta(microseconds=1), now)
