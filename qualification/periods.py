"""The words a person uses for a stretch of time in a question about numbers, cut in the workspace's zone."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Literal
from zoneinfo import ZoneInfo

from qualification.dates import MONTHS, months_after
from qualification.errors import Refused

Kind = Literal["day", "week", "month", "quarter", "year", "days", "months", "range"]
Calendar = Literal["month", "quarter", "year"]
EARLIEST = date(2000, 1, 1)
MOST_DAYS, MOST_MONTHS = 3660, 120
ALIKE = 3
"""Days by which months, quarters and years differ among themselves."""
EXAMPLES = (
    "Try today, yesterday, this week, last month, last quarter, this year, 7d, 30d, 90d, 12m, Q3, Q3 2026, "
    "2025, 2026-07, 2026-07-01..2026-07-31 or since 2026-07-01."
)
TO_DATE = " to date"
"""Behind the name of a period that goes on: its numbers still grow."""

_DAY = r"(\d{4})-(\d{2})-(\d{2})"
_ROLLING = re.compile(r"(\d{1,4}) ?([dm])", re.ASCII)
_QUARTER = re.compile(r"q([1-4])(?: (\d{4}))?", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_YEAR = re.compile(r"(\d{4})", re.ASCII)
_RANGE = re.compile(rf"{_DAY} ?\.\. ?{_DAY}", re.ASCII)
_SINCE = re.compile(rf"since {_DAY}", re.ASCII)
_NAMED = re.compile(r"(this|last) (week|month|quarter|year)")


@dataclass(frozen=True)
class Period:
    """Local days from `start` up to, not including, `end`. `label` is how we say it back to the person."""

    start: date
    end: date
    label: str
    kind: Kind
    zone: ZoneInfo

    @property
    def start_at(self) -> datetime:
        """The first instant, in UTC."""
        return datetime.combine(self.start, time(0), self.zone).astimezone(UTC)

    @property
    def end_at(self) -> datetime:
        """The first instant that no longer belongs to it, in UTC."""
        return datetime.combine(self.end, time(0), self.zone).astimezone(UTC)

    @property
    def days(self) -> int:
        """Its length in local days."""
        return (self.end - self.start).days

    def cut(self, day: date) -> tuple[Period | None, Period | None]:
        """The part before this day and the part from it on; None for one without a day."""
        before = replace(self, end=min(self.end, day)) if self.start < day else None
        return before, replace(self, start=max(self.start, day)) if self.end > day else None


def parse_period(text: str, now: datetime, zone: ZoneInfo) -> Period:
    """The period that these words name, seen from `now`.

    Rolling windows (`30d`, `12m`) end with today and include it. Calendar words cover the whole calendar
    period, also the days still to come. `Q3` without a year is the latest one that has begun.

    Raises:
        Refused: no such words, a day that doesn't exist, an end before its start, the future, before 2000,
            or longer than ten years; with examples.
        ValueError: `now` has no timezone.
    """
    if now.tzinfo is None:
        raise ValueError("Periods need a now with a timezone.")
    said = " ".join(text.lower().split())
    today = now.astimezone(zone).date()
    try:
        found = (
            _named(said, today) or _rolling(said, today) or _calendar(said, today) or _between(said, today)
        )
    except ValueError:
        raise Refused(f"“{said[:40]}” names a day that doesn't exist. {EXAMPLES}") from None
    if found is None:
        raise Refused(f"I can't read “{said[:40]}” as a period. {EXAMPLES}")
    start, end, label, kind = found
    if end > today + timedelta(days=1) and start <= today:
        label += TO_DATE
    if end <= start:
        raise Refused(f"“{said[:40]}” ends before it begins. {EXAMPLES}")
    if start > today:
        raise Refused(f"“{said[:40]}” lies in the future, there are no numbers yet. {EXAMPLES}")
    if start < EARLIEST:
        raise Refused(f"“{said[:40]}” reaches back before 2000. {EXAMPLES}")
    return Period(start, end, label, kind, zone)


def spelled(period: Period, now: datetime) -> str:
    """Words that `parse_period` reads as this period, seen from the same `now`."""
    rolling = re.fullmatch(r"last (\d+) ([dm])\w+", period.label)
    last = period.end - timedelta(days=1)
    words = (
        period.label.removesuffix(TO_DATE).split(",")[0],
        f"{rolling[1]}{rolling[2]}" if rolling else "1d" if period.kind == "days" else "1m",
        f"{period.start:%Y-%m}",
        f"{period.start.isoformat()}..{last.isoformat()}",
    )
    for word in words:
        with suppress(Refused):
            if parse_period(word, now, period.zone) == period:
                return word
    return words[-1]


def previous(period: Period) -> Period:
    """What to compare with: the calendar period before, else the same length ceil(days/7) weeks earlier.

    Whole weeks, so that a Monday is compared with a Monday and the two never overlap.
    """
    match period.kind:
        case "month" | "quarter" | "year":
            months = {"month": 1, "quarter": 3, "year": 12}[period.kind]
            start = months_after(period.start, -months)
            return _whole(start, period.kind, period.zone)
        case "day" | "week":
            length = timedelta(days=period.days)
            label = _label(period.start - length, period.start)
            return Period(period.start - length, period.start, label, period.kind, period.zone)
        case _:
            back = timedelta(weeks=ceil(period.days / 7))
            start, end = period.start - back, period.end - back
            return Period(start, end, _label(start, end), "range", period.zone)


def so_far(period: Period, now: datetime) -> tuple[Period, Period]:
    """The part of a period that has begun, and as many days of the one before: what can be compared fairly.

    A period that is over comes back whole, with the whole one before it.
    """
    today, before = now.astimezone(period.zone).date(), previous(period)
    if period.end <= today + timedelta(days=1):
        return period, before
    days = today + timedelta(days=1) - period.start
    label = period.label.removesuffix(TO_DATE) + TO_DATE
    part = replace(period, end=today + timedelta(days=1), label=label, kind="range")
    end = min(before.start + days, before.end)
    return part, replace(before, end=end, label=_label(before.start, end), kind="range")


def a_year_before(period: Period) -> Period:
    """The same stretch of the year before; days and weeks go back 52 weeks, so that Mondays meet Mondays."""
    match period.kind:
        case "month" | "quarter" | "year":
            return _whole(months_after(period.start, -12), period.kind, period.zone)
        case "months" | "range":
            start, end = months_after(period.start, -12), months_after(period.end, -12)
        case _:
            start, end = period.start - timedelta(weeks=52), period.end - timedelta(weeks=52)
    return Period(start, max(end, start + timedelta(days=1)), _label(start, end), "range", period.zone)


def side_by_side(this: Period, other: Period, now: datetime) -> tuple[Period, Period]:
    """Two windows as far as both have begun: equally long ones are cut after the same number of days.

    Windows of different lengths are only cut at today; what is said of them has to name their lengths.
    """
    after = now.astimezone(this.zone).date() + timedelta(days=1)
    begun = [max((min(one.end, after) - one.start).days, 1) for one in (this, other)]
    goes_on = begun != [this.days, other.days]
    if goes_on and abs(this.days - other.days) <= ALIKE:
        begun = [min(begun)] * 2
    return _first(this, begun[0]), _first(other, begun[1])


def _first(period: Period, days: int) -> Period:
    """The first days of a period; whole when it is no longer than that."""
    if period.days <= days:
        return period
    end = period.start + timedelta(days=days)
    label = period.label if period.label.endswith(TO_DATE) else _label(period.start, end)
    return replace(period, end=end, label=label, kind="range")


def _whole(start: date, kind: Calendar, zone: ZoneInfo) -> Period:
    """The calendar period that begins on `start`, with its calendar name."""
    length = {"month": 1, "quarter": 3, "year": 12}[kind]
    return Period(start, months_after(start, length), _called(start, kind), kind, zone)


def _called(start: date, kind: Calendar) -> str:
    """ "November 2026", "Q4 2026" or "2026"."""
    match kind:
        case "month":
            return f"{MONTHS[start.month - 1].title()} {start.year}"
        case "quarter":
            return f"Q{start.month // 3 + 1} {start.year}"
        case "year":
            return str(start.year)


_Found = tuple[date, date, str, Kind]


def _named(said: str, today: date) -> _Found | None:
    day = timedelta(days=1)
    if said == "today":
        return today, today + day, "today", "day"
    if said == "yesterday":
        return today - day, today, "yesterday", "day"
    match = _NAMED.fullmatch(said)
    if match is None:
        return None
    back = 1 if match[1] == "last" else 0
    if match[2] == "week":
        start = today - timedelta(days=today.weekday(), weeks=back)
        return start, start + timedelta(weeks=1), said, "week"
    months = {"month": 1, "quarter": 3, "year": 12}[match[2]]
    first = (today.month - 1) // months * months + 1
    start = months_after(date(today.year, first, 1), -months * back)
    kind: Calendar = "month" if months == 1 else "quarter" if months == 3 else "year"
    # A shared answer is read next year, too: "last year" says which.
    label = f"{said}, {_called(start, kind)}" if back else said
    return start, months_after(start, months), label, kind


def _rolling(said: str, today: date) -> _Found | None:
    match = _ROLLING.fullmatch(said)
    if match is None:
        return None
    count, end = int(match[1]), today + timedelta(days=1)
    days = match[2] == "d"
    if not 1 <= count <= (MOST_DAYS if days else MOST_MONTHS):
        raise Refused(f"“{said}” must be between 1 day and ten years. {EXAMPLES}")
    unit = ("day" if days else "month") + ("s" if count > 1 else "")
    label = f"last {count} {unit}" if count > 1 else f"last {unit} up to today"
    return (
        (end - timedelta(days=count) if days else months_after(end, -count)),
        end,
        label,
        "days" if days else "months",
    )


def _calendar(said: str, today: date) -> _Found | None:
    if match := _MONTH.fullmatch(said):
        start = date(int(match[1]), int(match[2]), 1)
        return start, months_after(start, 1), f"{MONTHS[start.month - 1].title()} {start.year}", "month"
    if match := _QUARTER.fullmatch(said):
        month = 3 * int(match[1]) - 2
        year = int(match[2]) if match[2] else today.year - (month > today.month)
        start = date(year, month, 1)
        return start, months_after(start, 3), f"Q{match[1]} {year}", "quarter"
    if match := _YEAR.fullmatch(said):
        start = date(int(match[1]), 1, 1)
        return start, months_after(start, 12), match[1], "year"
    return None


def _between(said: str, today: date) -> _Found | None:
    if match := _RANGE.fullmatch(said):
        start, last = (date(*map(int, match.groups()[at : at + 3])) for at in (0, 3))
        end = last + timedelta(days=1)
        return start, end, _label(start, end), "range"
    if match := _SINCE.fullmatch(said):
        start = date(*map(int, match.groups()))
        # A start to come is for the caller to refuse as future, not as an end before its start.
        return start, max(today, start) + timedelta(days=1), f"since {start.isoformat()}", "range"
    return None


def _label(start: date, end: date) -> str:
    last = end - timedelta(days=1)
    return start.isoformat() if last == start else f"{start.isoformat()} to {last.isoformat()}"
