from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualification.calendar import WorkWeek
from tests.qualification.reference import minutes_worked

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WorkWeek(BERLIN)
HOUR = timedelta(hours=1)

# Zones whose clocks change by an hour, by half an hour, at midnight, or never.
zones = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Asia/Kolkata", "UTC"]
).map(ZoneInfo)
hours = st.sampled_from(
    [(time(9), time(18)), (time(8, 30), time(12, 15)), (time(0), time(0)), (time(22), time(0))]
)
weekdays = st.frozensets(st.integers(0, 6), min_size=1)
# Whole minutes around both changes of clocks and over a new year.
minutes = st.integers(0, 404 * 1440).map(lambda n: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=n))


def berlin(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def test_five_minutes_asked_late_on_friday_run_out_on_monday_morning() -> None:
    friday_evening = berlin(20, 17, 57)
    assert OFFICE.due(friday_evening, timedelta(minutes=5)) == berlin(23, 9, 2)
    assert OFFICE.elapsed(friday_evening, berlin(23, 9, 2)) == timedelta(minutes=5)


def test_a_lead_of_sunday_waits_for_monday() -> None:
    assert OFFICE.due(berlin(22, 3), HOUR) == berlin(23, 10)
    assert OFFICE.elapsed(berlin(21, 3), berlin(22, 23)) == timedelta(0)


def test_a_promise_that_fits_the_day_ends_at_closing_and_not_the_next_morning() -> None:
    assert OFFICE.due(berlin(20, 17), HOUR) == berlin(20, 18)


def test_twenty_four_working_hours_span_three_days() -> None:
    assert OFFICE.due(berlin(16, 9), timedelta(hours=24)) == berlin(18, 15)


def test_holidays_do_not_count() -> None:
    christmas = WorkWeek(BERLIN, holidays=frozenset({date(2026, 12, 24), date(2026, 12, 25)}))
    assert christmas.due(berlin(23, 17, month=12), 2 * HOUR) == berlin(28, 10, month=12)
    assert christmas.elapsed(berlin(24, 9, month=12), berlin(25, 18, month=12)) == timedelta(0)


def test_a_night_shift_is_an_hour_longer_when_clocks_go_back_and_shorter_when_they_go_forward() -> None:
    always = WorkWeek(BERLIN, days=frozenset(range(7)), opens=time(0), closes=time(0))
    assert (
        always.elapsed(datetime(2026, 10, 25, tzinfo=BERLIN), datetime(2026, 10, 26, tzinfo=BERLIN))
        == 25 * HOUR
    )
    assert (
        always.elapsed(datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 3, 30, tzinfo=BERLIN))
        == 23 * HOUR
    )


def test_a_wait_ends_at_the_right_wall_time_on_the_day_the_clocks_change() -> None:
    always = WorkWeek(BERLIN, days=frozenset(range(7)), opens=time(0), closes=time(0))
    due = always.due(datetime(2026, 10, 25, tzinfo=BERLIN), 24 * HOUR)
    assert due == datetime(2026, 10, 25, 22, tzinfo=UTC)  # 23:00 in Berlin: the hour from 2 to 3 came twice


def test_a_promise_may_end_with_the_years_last_working_hour_or_begin_the_next() -> None:
    silvester = datetime(2026, 12, 31, 17, tzinfo=BERLIN)
    assert OFFICE.due(silvester, HOUR) == datetime(2026, 12, 31, 18, tzinfo=BERLIN)
    assert OFFICE.due(silvester, 2 * HOUR) == datetime(2027, 1, 1, 10, tzinfo=BERLIN)
    assert OFFICE.elapsed(silvester, datetime(2028, 1, 3, 10, tzinfo=BERLIN)) == (2 + 261 * 9) * HOUR


def test_the_weekend_of_the_clock_change_moves_nothing_for_an_office() -> None:
    before, after = datetime(2026, 10, 23, 17, tzinfo=BERLIN), datetime(2026, 10, 26, 10, tzinfo=BERLIN)
    assert OFFICE.elapsed(before, after) == 2 * HOUR
    assert OFFICE.due(before, 2 * HOUR) == after


def test_nothing_passes_backwards_and_nothing_to_wait_for_is_due_at_once() -> None:
    assert OFFICE.elapsed(berlin(20, 12), berlin(20, 10)) == timedelta(0)
    assert OFFICE.due(berlin(22, 3), timedelta(0)) == berlin(22, 3)


def test_times_without_a_zone_are_a_mistake() -> None:
    naive = datetime(2026, 11, 20, 12)  # noqa: DTZ001
    for wrong in (
        lambda: OFFICE.due(naive, HOUR),
        lambda: OFFICE.elapsed(naive, berlin(20, 12)),
        lambda: OFFICE.elapsed(berlin(20, 12), naive),
    ):
        with pytest.raises(ValueError, match="timezone"):
            wrong()


def test_weeks_that_never_open_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="days"):
        WorkWeek(BERLIN, days=frozenset())
    with pytest.raises(ValueError, match="days"):
        WorkWeek(BERLIN, days=frozenset({7}))
    with pytest.raises(ValueError, match="close after"):
        WorkWeek(BERLIN, opens=time(18), closes=time(9))


def test_amounts_nobody_can_mean_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="negative"):
        OFFICE.due(berlin(20, 12), -HOUR)
    with pytest.raises(ValueError, match="too far"):
        WorkWeek(ZoneInfo("UTC")).due(datetime(8999, 12, 1, tzinfo=UTC), timedelta(days=400))


@settings(max_examples=60)
@given(zone=zones, days=weekdays, span=hours, start=minutes, length=st.integers(-10, 6 * 1440))
def test_a_minute_by_minute_count_agrees(
    zone: ZoneInfo, days: frozenset[int], span: tuple[time, time], start: datetime, length: int
) -> None:
    week, end = WorkWeek(zone, days, *span), start + timedelta(minutes=length)
    worked = minutes_worked(start, end, zone, days, span)
    assert week.elapsed(start, end) == timedelta(minutes=worked)


@given(zone=zones, days=weekdays, span=hours, start=minutes, length=st.integers(1, 60 * 24 * 30))
def test_due_is_the_first_instant_at_which_that_much_has_passed(
    zone: ZoneInfo, days: frozenset[int], span: tuple[time, time], start: datetime, length: int
) -> None:
    week, amount = WorkWeek(zone, days, *span), timedelta(minutes=length)
    due = week.due(start, amount)
    assert week.elapsed(start, due) == amount
    assert week.elapsed(start, due - timedelta(seconds=1)) < amount


@given(zone=zones, span=hours, moments=st.tuples(minutes, minutes, minutes).map(sorted))
def test_waiting_adds_up(zone: ZoneInfo, span: tuple[time, time], moments: list[datetime]) -> None:
    week, (first, middle, last) = WorkWeek(zone, opens=span[0], closes=span[1]), moments
    assert week.elapsed(first, middle) + week.elapsed(middle, last) == week.elapsed(first, last)
