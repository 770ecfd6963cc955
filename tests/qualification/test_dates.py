from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.dates import months_after, parse_day, parse_moment, parse_past, parse_when
from qualification.errors import Refused

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 15, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("today", "2026-11-22"),
        ("tomorrow", "2026-11-23"),
        ("Day after tomorrow", "2026-11-24"),
        ("monday", "2026-11-23"),
        ("on Fri", "2026-11-27"),
        ("sunday", "2026-11-29"),
        ("next monday", "2026-11-23"),
        ("next friday", "2026-11-27"),
        ("next week", "2026-11-23"),
        ("next month", "2026-12-01"),
        ("next quarter", "2027-01-01"),
        ("next year", "2027-01-01"),
        ("in 2 weeks", "2026-12-06"),
        ("2w", "2026-12-06"),
        ("until 10 days", "2026-12-02"),
        ("in a month", "2026-12-22"),
        ("three months", "2027-02-22"),
        ("3 months", "2027-02-22"),
        ("1y", "2027-11-22"),
        ("2027-01-15", "2027-01-15"),
        ("2027-02", "2027-02-01"),
        ("15 Jan", "2027-01-15"),
        ("15. January 2028", "2028-01-15"),
        ("24th of December", "2026-12-24"),
        ("Jan 15", "2027-01-15"),
        ("January 15th, 2027", "2027-01-15"),
        ("sept", "2027-09-01"),
        ("March 2027", "2027-03-01"),
        ("Q1 2027", "2027-01-01"),
        ("q2", "2027-04-01"),
        ("1.12.", "2026-12-01"),
        ("1.12", "2026-12-01"),
        ("21.11.", "2027-11-21"),
        ("22.11.", "2026-11-22"),
        ("1. 2. 27", "2027-02-01"),
        ("29 Feb", "2028-02-29"),
    ],
)
def test_days_as_people_say_them_on_a_sunday(said: str, day: str) -> None:
    assert parse_day(said, SUNDAY).isoformat() == day


def test_next_friday_said_on_a_wednesday_is_not_the_day_after_tomorrow() -> None:
    wednesday = date(2026, 11, 25)
    assert parse_day("friday", wednesday) == date(2026, 11, 27)
    assert parse_day("next friday", wednesday) == date(2026, 12, 4)
    assert parse_day("wednesday", wednesday) == date(2026, 12, 2)


def test_a_day_begins_when_work_begins_there_in_winter_and_in_summer() -> None:
    assert parse_when("15 Jan", NOW, BERLIN).isoformat() == "2027-01-15T09:00:00+01:00"
    assert parse_when("2027-07-01", NOW, BERLIN, opens=time(8)).isoformat() == "2027-07-01T08:00:00+02:00"


@pytest.mark.parametrize(
    ("said", "minutes"),
    [("3h", 180), ("in 2 hours", 120), ("an hour", 60), ("for 45 min", 45), ("90 minutes", 90), ("1 HR", 60)],
)
def test_a_few_hours_are_counted_from_now(said: str, minutes: int) -> None:
    assert parse_moment(said, NOW, BERLIN) == NOW + timedelta(minutes=minutes)


def test_what_is_no_few_hours_is_a_day_or_refused() -> None:
    for said in ("15 Jan", "3 mo", "2 weeks"):
        assert parse_moment(said, NOW, BERLIN) == parse_when(said, NOW, BERLIN)
    with pytest.raises(Refused, match="That is now"):
        parse_moment("0h", NOW, BERLIN)
    with pytest.raises(Refused, match="can't read “some hours” as a date"):
        parse_moment("some hours", NOW, BERLIN)


def test_tomorrow_is_tomorrow_where_the_team_is() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("UTC"))
    assert parse_when("tomorrow", late, BERLIN).date() == date(2026, 11, 24)


def test_today_is_fine_before_work_and_too_late_after() -> None:
    assert parse_when("today", NOW.replace(hour=7), BERLIN) == NOW.replace(hour=9, minute=0)
    with pytest.raises(Refused, match="already begun"):
        parse_when("today", NOW, BERLIN)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", "can't read"),
        ("someday", "can't read"),
        ("ma", "can't read"),
        ("many weeks", "can't read"),
        ("15 Foo", "can't read"),
        ("foo 15", "can't read"),
        ("01/02/2027", "can't read"),
        ("2026-11-21", "in the past"),
        ("Q1 2026", "in the past"),
        ("2027-02-30", "no such day"),
        ("30 Feb", "no such day"),
        ("32.1.", "no such day"),
        ("9999 years", "no such day"),
        ("2100-01-01", "more than five years"),
        ("400 weeks", "more than five years"),
    ],
)
def test_what_is_no_day_to_come_is_answered_with_examples(said: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        parse_day(said, SUNDAY)
    assert "in 2 weeks" in str(refused.value)


def test_a_leap_day_may_be_eight_years_away_and_that_is_too_far() -> None:
    with pytest.raises(Refused, match="more than five years"):
        parse_day("29 Feb", date(2096, 3, 1))


def test_now_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="timezone"):
        parse_when("tomorrow", datetime(2026, 11, 22), BERLIN)  # noqa: DTZ001


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(-60, 60))
def test_months_ahead_keep_the_day_or_the_end_of_the_month(day: date, months: int) -> None:
    moved = months_after(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_an_iso_day_means_itself_or_is_refused(day: date, today: date) -> None:
    if today <= day <= months_after(today, 60):
        assert parse_day(day.isoformat(), today) == day
    else:
        with pytest.raises(Refused):
            parse_day(day.isoformat(), today)


@given(st.text(max_size=30))
def test_anything_typed_is_a_day_to_come_or_a_refusal(said: str) -> None:
    try:
        assert parse_when(said, NOW, BERLIN) > NOW
    except Refused as refusal:
        assert str(refusal)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("at 2026-03-01", "2026-03-02T00:00"),
        ("2026-03-01 14:30", "2026-03-01T14:30"),
        ("yesterday", "2026-11-18T00:00"),
        ("3 weeks ago", "2026-10-29T00:00"),
        ("two months ago", "2026-09-19T00:00"),
        ("a year ago", "2025-11-19T00:00"),
        ("15 Jan", "2026-01-16T00:00"),
        ("24 Dec", "2025-12-25T00:00"),
        ("at 2026-11-02 13:44:20", "2026-11-02T13:44:20"),
    ],
)
def test_a_day_gone_by_means_its_end(said: str, means: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 11, 18, 12, tzinfo=zone)
    assert parse_past(said, now, zone) == datetime.fromisoformat(means).replace(tzinfo=zone)
    assert parse_past("today", now, zone) == parse_past("18 Nov", now, zone) == now


@pytest.mark.parametrize("said", ["tomorrow", "2026-11-20", "2026-02-30", "soon", "x ago", ""])
def test_a_day_to_come_and_no_day_at_all_are_refused(said: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    with pytest.raises(Refused):
        parse_past(said, datetime(2026, 11, 18, 12, tzinfo=zone), zone)
