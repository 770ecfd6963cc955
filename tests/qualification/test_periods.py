from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.errors import Refused
from qualification.periods import a_year_before, parse_period, previous, side_by_side, so_far

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 11, 22, 15, 30, tzinfo=BERLIN)


def span(words: str, now: datetime = SUNDAY) -> str:
    period = parse_period(words, now, BERLIN)
    return f"{period.start}..{period.end}"


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("today", "2026-11-22..2026-11-23"),
        ("yesterday", "2026-11-21..2026-11-22"),
        ("this week", "2026-11-16..2026-11-23"),
        ("last week", "2026-11-09..2026-11-16"),
        ("this month", "2026-11-01..2026-12-01"),
        ("last month", "2026-10-01..2026-11-01"),
        ("this quarter", "2026-10-01..2027-01-01"),
        ("last quarter", "2026-07-01..2026-10-01"),
        ("this year", "2026-01-01..2027-01-01"),
        ("Last  Year", "2025-01-01..2026-01-01"),
        ("7d", "2026-11-16..2026-11-23"),
        ("30d", "2026-10-24..2026-11-23"),
        ("90d", "2026-08-25..2026-11-23"),
        ("1d", "2026-11-22..2026-11-23"),
        ("12m", "2025-11-23..2026-11-23"),
        ("Q3", "2026-07-01..2026-10-01"),
        ("q4", "2026-10-01..2027-01-01"),
        ("Q3 2025", "2025-07-01..2025-10-01"),
        ("2026-07", "2026-07-01..2026-08-01"),
        ("2026-07-01..2026-07-31", "2026-07-01..2026-08-01"),
        ("2026-07-01 .. 2026-07-01", "2026-07-01..2026-07-02"),
        ("since 2026-07-01", "2026-07-01..2026-11-23"),
    ],
)
def test_every_word_of_the_list_on_a_sunday(words: str, days: str) -> None:
    assert span(words) == days


def test_a_quarter_without_a_year_is_the_latest_that_has_begun() -> None:
    february = datetime(2026, 2, 3, tzinfo=BERLIN)
    assert span("Q1", february) == "2026-01-01..2026-04-01"
    assert span("Q3", february) == "2025-07-01..2025-10-01"


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("last month", "last month, October 2026"),
        ("last year", "last year, 2025"),
        ("this quarter", "this quarter to date"),
        ("2026-11", "November 2026 to date"),
        ("2026-10", "October 2026"),
        ("30d", "last 30 days"),
        ("1m", "last month up to today"),
        ("12m", "last 12 months"),
        ("q3", "Q3 2026"),
        ("2026-07", "July 2026"),
        ("2026-07-01..2026-07-31", "2026-07-01 to 2026-07-31"),
        ("since 2026-07-01", "since 2026-07-01"),
    ],
)
def test_a_period_is_said_back_in_words(words: str, label: str) -> None:
    assert parse_period(words, SUNDAY, BERLIN).label == label


@pytest.mark.parametrize(
    ("words", "before", "label"),
    [
        ("today", "2026-11-21..2026-11-22", "2026-11-21"),
        ("last week", "2026-11-02..2026-11-09", "2026-11-02 to 2026-11-08"),
        ("this month", "2026-10-01..2026-11-01", "October 2026"),
        ("Q1 2026", "2025-10-01..2026-01-01", "Q4 2025"),
        ("this year", "2025-01-01..2026-01-01", "2025"),
        # 30 days need five whole weeks, so that a Monday meets a Monday; 7 days need one.
        ("30d", "2026-09-19..2026-10-19", "2026-09-19 to 2026-10-18"),
        ("7d", "2026-11-09..2026-11-16", "2026-11-09 to 2026-11-15"),
        ("2026-07-01..2026-07-01", "2026-06-24..2026-06-25", "2026-06-24"),
    ],
)
def test_what_a_period_is_compared_with(words: str, before: str, label: str) -> None:
    earlier = previous(parse_period(words, SUNDAY, BERLIN))
    assert (f"{earlier.start}..{earlier.end}", earlier.label) == (before, label)


def test_a_day_of_the_clock_change_has_25_hours() -> None:
    day = parse_period("2026-10-25..2026-10-25", SUNDAY, BERLIN)
    assert day.start_at == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert day.end_at - day.start_at == timedelta(hours=25)
    assert day.days == 1


def test_a_month_in_progress_is_compared_with_the_same_days_of_the_one_before() -> None:
    this, last = so_far(parse_period("this month", SUNDAY, BERLIN), SUNDAY)
    assert (this.start.isoformat(), this.end.isoformat()) == ("2026-11-01", "2026-11-23")
    assert (last.start.isoformat(), last.end.isoformat()) == ("2026-10-01", "2026-10-23")
    assert (this.label, last.label) == ("this month to date", "2026-10-01 to 2026-10-22")
    # On 30 March February has no thirty days to compare with.
    march = datetime(2026, 3, 30, 12, tzinfo=BERLIN)
    _, february = so_far(parse_period("this month", march, BERLIN), march)
    assert february.end == date(2026, 3, 1)


def test_a_month_that_is_over_is_compared_whole() -> None:
    october = parse_period("last month", SUNDAY, BERLIN)
    assert so_far(october, SUNDAY) == (october, previous(october))


def test_today_is_today_where_the_workspace_is() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert span("today", late) == "2026-11-23..2026-11-24"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", "can't read"),
        ("lately", "can't read"),
        ("30 days ago", "can't read"),
        ("this day", "can't read"),
        ("2026-13", "doesn't exist"),
        ("2026-02-30..2026-03-01", "doesn't exist"),
        ("since 2026-00-01", "doesn't exist"),
        ("2026-07-31..2026-07-01", "ends before it begins"),
        ("2027-01", "in the future"),
        ("since 2026-12-01", "in the future"),
        ("1999-12", "before 2000"),
        ("0d", "between 1 day and ten years"),
        ("9999d", "between 1 day and ten years"),
        ("121m", "between 1 day and ten years"),
    ],
)
def test_what_is_no_period_is_answered_with_examples(words: str, answer: str) -> None:
    with pytest.raises(Refused, match=answer) as refused:
        parse_period(words, SUNDAY, BERLIN)
    assert "last quarter" in str(refused.value)


def test_now_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="timezone"):
        parse_period("today", datetime(2026, 11, 22), BERLIN)  # noqa: DTZ001


@given(
    st.dates(date(2011, 1, 1), date(2040, 1, 1)),
    st.sampled_from(
        ["today", "this week", "last month", "this quarter", "last year", "30d", "12m", "Q2", "5d"]
    ),
)
def test_the_period_before_ends_where_this_one_begins_or_whole_weeks_earlier(day: date, words: str) -> None:
    now = datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN)
    period = parse_period(words, now, BERLIN)
    earlier = previous(period)
    assert earlier.end <= period.start < period.end
    if period.kind in {"days", "months", "range"}:
        assert earlier.days == period.days
        assert (period.start - earlier.start).days % 7 == 0
        assert (period.start - earlier.end).days < 7
    else:
        assert earlier.end == period.start


@given(st.text(max_size=30))
def test_anything_typed_is_a_period_or_a_refusal(words: str) -> None:
    try:
        assert parse_period(words, SUNDAY, BERLIN).days > 0
    except Refused as refusal:
        assert str(refusal)


def test_windows_beside_each_other_are_cut_after_as_many_days() -> None:
    now = datetime(2026, 11, 18, 10, tzinfo=BERLIN)

    def beside(this: str, other: str) -> tuple[str, str]:
        pair = side_by_side(parse_period(this, now, BERLIN), parse_period(other, now, BERLIN), now)
        one, two = (f"{period.start}..{period.end}" for period in pair)
        return one, two

    assert beside("this month", "last month") == ("2026-11-01..2026-11-19", "2026-10-01..2026-10-19")
    assert beside("last month", "this month") == ("2026-10-01..2026-10-19", "2026-11-01..2026-11-19")
    assert beside("2026-02", "2026-01") == ("2026-02-01..2026-03-01", "2026-01-01..2026-02-01")
    assert beside("this month", "2025") == ("2026-11-01..2026-11-19", "2025-01-01..2026-01-01")
    assert beside("today", "yesterday") == ("2026-11-18..2026-11-19", "2026-11-17..2026-11-18")


def test_the_same_stretch_a_year_before_also_over_a_leap_day() -> None:
    now = datetime(2024, 3, 15, 10, tzinfo=BERLIN)

    def before(words: str) -> str:
        period = a_year_before(parse_period(words, now, BERLIN))
        return f"{period.start}..{period.end}"

    assert before("2024-02") == "2023-02-01..2023-03-01"
    assert before("2024-02-29..2024-02-29") == "2023-02-28..2023-03-01"
    assert before("today") == "2023-03-17..2023-03-18", "a Friday, as today"
    assert before("2024") == "2023-01-01..2024-01-01"
