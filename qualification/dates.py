"""Date words a person types after "nurture" or "snooze": the local day they mean, at the start of work."""

from __future__ import annotations

import re
from calendar import isleap
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qualification.errors import Refused

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
FURTHEST_YEARS = 5
PAST_EXAMPLES = "Try yesterday, 3 weeks ago, 15 Jan, 2026-03-01 or 2026-03-01 14:30."
EXAMPLES = "Try tomorrow, monday, next week, in 2 weeks, 3 months, 15 Jan, Q1 2027 or 2027-01-15."

_SPAN = re.compile(r"(?:in )?(\d{1,4}|[a-z]+) ?(d|days?|w|wks?|weeks?|mo|months?|y|yrs?|years?)", re.ASCII)
_SOON = re.compile(r"(?:in |for )?(\d{1,3}|[a-z]+) ?(h|hrs?|hours?|min|mins|minutes?)", re.ASCII)
_SHAPES = tuple(
    re.compile(shape, re.ASCII)
    for shape in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?",
        r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\.? ?(?P<year>\d{4}|\d{2})?",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)? ?(?:of )?(?P<name>[a-z]{3,9})\.?,?(?: (?P<year>\d{4}))?",
        r"(?P<name>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,?(?: (?P<year>\d{4}))?",
        r"(?P<name>[a-z]{3,9})(?: (?P<year>\d{4}))?",
        r"q(?P<quarter>[1-4])(?: ?(?P<year>\d{4}))?",
    )
)


def parse_when(text: str, now: datetime, zone: ZoneInfo, opens: time = time(9)) -> datetime:
    """When the working day that `text` names begins, in `zone`; always after `now`.

    Raises:
        Refused: not a date, in the past, or further away than five years.
        ValueError: `now` has no timezone.
    """
    if now.tzinfo is None:
        raise ValueError("Date words need a now with a timezone.")
    today = now.astimezone(zone).date()
    when = datetime.combine(parse_day(text, today), opens, zone)
    if when <= now:
        raise Refused(f"“{text.strip()[:40]}” has already begun. Please name a later day. {EXAMPLES}")
    return when


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When `text` has passed: "3h", "in 2 hours" and "45 min" from now, else as `parse_when`.

    Raises:
        Refused: neither; no time at all; or as `parse_when`.
    """
    match = _SOON.fullmatch(" ".join(text.lower().split()))
    count = None if match is None else COUNTS.get(match[1], int(match[1]) if match[1].isdigit() else None)
    if match is None or count is None:
        return parse_when(text, now, zone)
    if count == 0:
        raise Refused("That is now. Please name a later time, like 1h or tomorrow.")
    return now + (timedelta(hours=count) if match[2].startswith("h") else timedelta(minutes=count))


def parse_past(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The end of the day that `text` names, looking back from `now`, or the minute; never after `now`.

    A day without a year is the last one there was: "15 Jan", "yesterday", "3 weeks ago", "2026-03-01 14:30".

    Raises:
        Refused: not a date, or it has not begun yet.
    """
    said = " ".join(text.lower().split()).removeprefix("at ").removeprefix("on ")
    today = now.astimezone(zone).date()
    when: datetime | None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}[ t]\d{2}:\d{2}(:\d{2})?", said, re.ASCII):
            when = datetime.fromisoformat(said).replace(tzinfo=zone)
        else:
            day = _back(said, today)
            when = datetime.combine(day + timedelta(days=1), time(), zone) if day else None
    except (ValueError, OverflowError):
        raise Refused(f"There is no such day as “{text.strip()[:40]}”. {PAST_EXAMPLES}") from None
    if when is None:
        raise Refused(f"I can't read “{text.strip()[:40]}” as a day. {PAST_EXAMPLES}")
    if when - timedelta(days=1) > now:
        raise Refused(f"“{text.strip()[:40]}” is still to come. {PAST_EXAMPLES}")
    return min(when, now)


def _back(said: str, today: date) -> date | None:
    if said in ("today", "now", "yesterday"):
        return today - timedelta(days=said == "yesterday")
    if said.endswith(" ago"):
        ahead = _span(said.removesuffix(" ago"), today)
        match = _SPAN.fullmatch(said.removesuffix(" ago"))
        if ahead is None or match is None:
            return None
        if match[2][0] in "dw":
            return today - (ahead - today)
        count = COUNTS.get(match[1]) or int(match[1])
        return months_after(today, -count * (1 if match[2][0] == "m" else 12))
    return _written(said, months_after(today, -12) + timedelta(days=1))


def parse_day(text: str, today: date) -> date:
    """The day that `text` names, seen from `today`; a day without a year is the next one to come.

    A month or a quarter means its first day; "friday" the coming one, "next friday" that of next week.

    Raises:
        Refused: not a date, before `today`, or further away than five years.
    """
    said = " ".join(text.lower().replace(",", " , ").split()).replace(" ,", ",")
    said = said.removeprefix("until ").removeprefix("on ")
    try:
        day = _relative(said, today) or _span(said, today) or _written(said, today)
    except (ValueError, OverflowError):
        raise Refused(f"There is no such day as “{text.strip()[:40]}”. {EXAMPLES}") from None
    if day is None:
        raise Refused(f"I can't read “{text.strip()[:40]}” as a date. {EXAMPLES}")
    if day < today:
        raise Refused(f"{day.isoformat()} is in the past. Please name a later day. {EXAMPLES}")
    if day > months_after(today, 12 * FURTHEST_YEARS):
        raise Refused(f"{day.isoformat()} is more than five years away. {EXAMPLES}")
    return day


def months_after(day: date, months: int) -> date:
    """The same day of a later (or earlier) month; the 31st becomes the last day of a shorter one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


def month_number(word: str) -> int | None:
    """1 to 12 for an English month's name or its first letters (at least three), else None."""
    found = [number for number, name in enumerate(MONTHS, 1) if len(word) >= 3 and name.startswith(word)]
    return found[0] if found else (9 if word == "sept" else None)


def _relative(said: str, today: date) -> date | None:
    monday = today - timedelta(days=today.weekday())
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    named = {
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "day after tomorrow": today + timedelta(days=2),
        "next week": monday + timedelta(weeks=1),
        "next month": months_after(today.replace(day=1), 1),
        "next quarter": months_after(quarter, 3),
        "next year": date(today.year + 1, 1, 1),
    }
    if said in named:
        return named[said]
    word = said.removeprefix("next ")
    found = [number for number, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith(word)]
    if not found:
        return None
    if word != said:
        return monday + timedelta(weeks=1, days=found[0])
    return today + timedelta(days=(found[0] - today.weekday() - 1) % 7 + 1)


def _span(said: str, today: date) -> date | None:
    match = _SPAN.fullmatch(said)
    count = None if match is None else COUNTS.get(match[1], int(match[1]) if match[1].isdigit() else None)
    if match is None or count is None:
        return None
    match match[2][0]:
        case "d":
            return today + timedelta(days=count)
        case "w":
            return today + timedelta(weeks=count)
        case "m":
            return months_after(today, count)
        case _:
            return months_after(today, 12 * count)


def _written(said: str, today: date) -> date | None:
    for match in filter(None, (shape.fullmatch(said) for shape in _SHAPES)):
        parts = match.groupdict()
        if "name" in parts:
            month = month_number(parts["name"])
        elif "quarter" in parts:
            month = 3 * int(parts["quarter"]) - 2
        else:
            month = int(parts["month"])
        if month is not None:
            return _next(today, month, int(parts.get("day") or 1), parts["year"])
    return None


def _next(today: date, month: int, day: int, year: str | None) -> date:
    """That day of `year` (two digits mean this century), or without one the first from today on."""
    if year is not None:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    leap_day = (month, day) == (2, 29)  # which can be eight years away
    years = (y for y in range(today.year, today.year + 9) if not leap_day or isleap(y))
    return next(found for y in years if (found := date(y, month, day)) >= today)
