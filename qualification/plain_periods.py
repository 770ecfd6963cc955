"""Stretches of time within a sentence: "in October", "the last six weeks", "Q3 vs Q2", "the month before"."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from qualification.dates import COUNTS, MONTHS, WEEKDAYS, months_after

DAY = timedelta(days=1)
_DOZENS = COUNTS | {"couple of": 2, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90}
_COUNTS = {word: n for word, n in _DOZENS.items() if word not in ("a", "an")}
_N = rf"(\d{{1,4}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
_SHORT = {name[:3]: number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}
_NAMES = {name: number for number, name in enumerate(MONTHS, 1)} | _SHORT
# "may" and "march" are verbs, too: they name a month only after a word that leads one in, or before a year.
_VERBS = ("may", "march", "mar")
_ANY = "|".join(sorted(_NAMES, key=len, reverse=True))
_LEADS_IN = re.compile(
    r"\b(?:in|of|for|since|during|from|to|until|till|vs|versus|against|than|with|and|between|through|"
    r"last|this) $"
)
_OF_YEAR = r"(?: (?:of )?(\d{4}|last year|this year))?"
_DATE = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_ANY})\b(?: \d{{4}})?"
    rf"|(?:{_ANY}) \d{{1,2}}(?:st|nd|rd|th)?\b(?!\d)(?: \d{{4}})?)"
)
_PLACE = rf"(?:{_DATE}|(?:{_ANY})\b(?: \d{{4}})?|\d{{4}}-\d{{2}})"
_UNITS = r"(day|week|month|quarter|year)"
_PAST = r"(?:last|past|previous|prior|preceding|recent|trailing|latest)"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}

Relative = Literal["before", "year-before"]


@dataclass(frozen=True, slots=True)
class Span:
    """Where in the text a stretch of time is named, and its short form; `relative` to another one if so."""

    start: int
    end: int
    short: str
    relative: Relative | None = None


Build = Callable[[re.Match[str], date], str | None]


def find_spans(text: str, today: date) -> list[Span]:
    """The stretches of time named in a lower-case text, in order; where two overlap, the longer one.

    A day or month that doesn't exist is no stretch of time: its words stay for whoever explains the rest.
    """
    found: list[Span] = []
    for shape, build in _SHAPES:
        for match in shape.finditer(text):
            short = None
            with suppress(ValueError, OverflowError):
                short = build(match, today)
            if short is not None:
                found.append(Span(*match.span(), short))
    for shape, relative in _RELATIVE:
        found += [Span(*match.span(), "", relative) for match in shape.finditer(text)]
    found.sort(key=lambda span: (span.start - span.end, span.start))
    kept: list[Span] = []
    for span in found:
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _COUNTS[word]


def _year_of(said: str | None, today: date, month: int) -> int:
    """The year meant: as said, else the latest in which this month has begun."""
    match said:
        case "last year":
            return today.year - 1
        case "this year":
            return today.year
        case None:
            return today.year - (month > today.month)
        case _:
            return int(said)


def _month(match: re.Match[str], today: date) -> str | None:
    led = _LEADS_IN.search(match.string, 0, match.start()) or match.start() == 0
    if match[1] in _VERBS and not match[2] and not led:
        return None
    number = _NAMES[match[1]]
    return f"{_year_of(match[2], today, number):04}-{number:02}"


def _day_of(said: str, today: date) -> date | None:
    """A day written in any of the ways; None for a month."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
        return date.fromisoformat(said)
    words = re.sub(r"\b(\d{1,2})(st|nd|rd|th)\b", r"\1", said.replace(" of ", " ")).split()
    if len(words) < 2 or not any(word in _NAMES for word in words):
        return None
    number = next(_NAMES[word] for word in words if word in _NAMES)
    days = [int(word) for word in words if word.isdigit() and len(word) <= 2]
    years = [int(word) for word in words if word.isdigit() and len(word) == 4]
    if not days:
        return None
    if years:
        return date(years[0], number, days[0])
    this_year = date(today.year, number, days[0])
    return this_year if this_year <= today else date(today.year - 1, number, days[0])


def _from_to(said: str, today: date, *, last: bool) -> date:
    """The day, or the first or last day of the month, that these words name."""
    day = _day_of(said, today)
    if day is not None:
        return day
    if match := re.fullmatch(r"(\d{4})-(\d{2})", said):
        year, number = int(match[1]), int(match[2])
    else:
        name, _, year_said = said.partition(" ")
        number = _NAMES[name]
        year = _year_of(year_said or None, today, number)
    first = date(year, number, 1)
    return months_after(first, 1) - DAY if last else first


def _between(match: re.Match[str], today: date) -> str:
    said = [words for words in match.groups() if words is not None]
    start, end = _from_to(said[0], today, last=False), _from_to(said[1], today, last=True)
    if start > end and not re.search(r"\d{4}", said[0]):
        start = start.replace(year=start.year - 1)
    return _range(start, end)


def _range(start: date, end: date) -> str:
    return f"{start.isoformat()}..{end.isoformat()}"


def _since(match: re.Match[str], today: date) -> str:
    said = match[1]
    if said == "yesterday":
        start = today - DAY
    elif said in WEEKDAYS:
        start = _weekday(said, today)
    elif unit := re.fullmatch(rf"(?:(?:start|beginning) of )?(?:(?:(last)|this|the) )?{_UNITS}", said):
        start = _unit_start(unit[2], today, 1 if unit[1] else 0)
    elif re.fullmatch(r"\d{4}", said):
        start = date(int(said), 1, 1)
    else:
        start = _from_to(said, today, last=False)
    return f"since {start.isoformat()}"


def _weekday(name: str, today: date) -> date:
    """The latest such day before today."""
    return today - DAY * ((today.weekday() - WEEKDAYS.index(name) - 1) % 7 + 1)


def _unit_start(unit: str, today: date, back: int) -> date:
    match unit:
        case "day":
            return today - DAY * back
        case "week":
            return today - timedelta(days=today.weekday(), weeks=back)
        case _:
            months = {"month": 1, "quarter": 3, "year": 12}[unit]
            first = date(today.year, (today.month - 1) // months * months + 1, 1)
            return months_after(first, -months * back)


def _rolling(match: re.Match[str], today: date) -> str:
    """So many units until today; quarters are whole ones that are over."""
    n, unit = _count(match[1]), match[2].rstrip("s")
    match unit:
        case "day":
            return f"{n}d"
        case "week":
            return f"{7 * n}d"
        case "fortnight":
            return f"{14 * n}d"
        case "month":
            return f"{n}m"
        case "year":
            return f"{12 * n}m"
        case _:
            end = _unit_start("quarter", today, 0)
            return _range(months_after(end, -3 * n), end - DAY)


def _half(match: re.Match[str], today: date) -> str:
    which = 1 if (match[1] or match[2]) in ("1", "first", "1st") else 7
    start = date(_year_of(match[3], today, which), which, 1)
    return _range(start, months_after(start, 6) - DAY)


def _quarter(match: re.Match[str], today: date) -> str:
    number = int(match[1]) if match[1].isdigit() else _ORDINALS[match[1]]
    return f"Q{number} {_year_of(match[2], today, 3 * number - 2)}"


def _week(match: re.Match[str], today: date) -> str:
    """A calendar week (ISO); without a year the latest that has begun."""
    number = int(match[1])
    year = today.isocalendar().year if match[2] is None else _year_of(match[2], today, 1)
    start = date.fromisocalendar(year, number, 1)
    if match[2] is None and start > today:
        start = date.fromisocalendar(year - 1, number, 1)
    return _range(start, start + 6 * DAY)


def _ago(match: re.Match[str], today: date) -> str:
    start = _unit_start(match[1], today, 2)
    return _range(start, _unit_start(match[1], today, 1) - DAY)


def _on_weekday(match: re.Match[str], today: date) -> str:
    day = _weekday(match[1], today)
    return _range(day, day)


def _one_day(match: re.Match[str], today: date) -> str | None:
    day = _day_of(match[1], today)
    return _range(day, day) if day else None


def _always(short: str) -> Build:
    return lambda match, today: short


_TO_DATE = {"w": "this week", "m": "this month", "q": "this quarter", "y": "this year"}
_PASSED: dict[str, str] = {"day": "1d", "week": "7d", "month": "1m", "quarter": "3m", "year": "12m"}
_SHAPES: tuple[tuple[re.Pattern[str], Build], ...] = tuple(
    (re.compile(rf"(?<![\w-]){shape}(?![\w-])", re.ASCII), build)
    for shape, build in (
        (r"today(?: so far)?", _always("today")),
        (r"(?:so far )?today", _always("today")),
        (r"yesterday", _always("yesterday")),
        (rf"(?:(?:so far )?(?:this|the current|current|the running)) {_UNITS}(?: so far| to date)?",
         lambda m, _: "today" if m[1] == "day" else f"this {m[1]}"),
        (rf"(?:last|the last|previous|prior|the previous|the prior) {_UNITS}",
         lambda m, _: "yesterday" if m[1] == "day" else f"last {m[1]}"),
        (rf"(?:the )?past {_UNITS}", lambda m, _: _PASSED[m[1]]),
        (rf"{_UNITS} to date", lambda m, _: f"this {m[1]}"),
        (r"([wmqy])td", lambda m, _: _TO_DATE[m[1]]),
        (rf"(?:over |in |during |for |within )?(?:the )?{_PAST} {_N} (days?|weeks?|fortnights?|months?"
            rf"|quarters?|years?)", _rolling),
        (rf"(?<!within )(?<!after )(?<!first )(?<!under ){_N} (days?|weeks?|months?|years?)(?! ago"
            rf"| after| before)", _rolling),
        (rf"(?:the )?{_PAST} fortnight", _always("14d")),
        (rf"(?:the )?{_PAST} half(?: |-)year", _always("6m")),
        (r"(\d{1,4}) ?([dm])", lambda m, _: f"{m[1]}{m[2]}"),
        (r"(\d{1,3}) ?w", lambda m, _: f"{7 * int(m[1])}d"),
        (rf"(?:the )?{_UNITS} before last", _ago),
        (rf"({_ANY})\b\.?{_OF_YEAR}", _month),
        (rf"(?:the )?(?:q([1-4])){_OF_YEAR}", _quarter),
        (r"(\d{4}) q([1-4])", lambda m, _: f"Q{m[2]} {m[1]}"),
        (rf"(?:the )?(first|second|third|fourth|1st|2nd|3rd|4th) quarter{_OF_YEAR}", _quarter),
        (rf"(?:the )?(?:h([12])|(first|second|1st|2nd) half(?: of)?){_OF_YEAR}", _half),
        (rf"(?:the )?(?:calendar )?(?:week|wk|kw|cw) ?(?:no |number )?(\d{{1,2}}){_OF_YEAR}", _week),
        (r"\d{4}-\d{2}", lambda m, _: m[0]),
        (r"(20\d\d)", lambda m, _: m[1]),
        (r"(\d{4}-\d{2}-\d{2}) ?\.\. ?(\d{4}-\d{2}-\d{2})", lambda m, _: f"{m[1]}..{m[2]}"),
        (rf"(?:on |on the |the )?({_DATE})", _one_day),
        (rf"from (?:the )?({_PLACE}) (?:to|until|till|through|up to) (?:the )?({_PLACE})", _between),
        (rf"between (?:the )?({_PLACE}) and (?:the )?({_PLACE})", _between),
        (rf"({_DATE}) (?:to|until|till|through|-) ({_DATE})", _between),
        (rf"(?:ever )?since (?:the )?({_PLACE}|yesterday|\d{{4}}|{'|'.join(WEEKDAYS)}|(?:(?:start"
            rf"|beginning) of )?(?:the |this |last )?{_UNITS})",
         _since),
        (rf"from (?:the )?({_PLACE}) on(?:wards?)?", _since),
        (rf"(?:on |last |this past )({'|'.join(WEEKDAYS)})", _on_weekday),
        (r"(?:of )?all time", _always("120m")),
    )
)  # fmt: skip
_RELATIVE_SHAPES: tuple[tuple[str, Relative], ...] = (
    (rf"(?:the )?(?:one|time|period|window|{_UNITS}) (?:just |right )?before(?: that| this| it)?", "before"),
    (rf"the {_N} {_UNITS}s (?:just |right )?before(?: that| those| them)?", "before"),
    (r"(?:the )?(?:previous|prior|preceding|earlier) (?:one|time|period|window|stretch)", "before"),
    (rf"(?:the )?preceding {_UNITS}", "before"),
    (rf"the (?:previous|prior|preceding) {_N} {_UNITS}s", "before"),
    (r"before that|previously|last time|the same length before", "before"),
    (r"(?:the )?same (?:time|period|days|stretch|window|month|quarter|week|dates)(?: of| in)?(?: the)? "
     r"(?:last|previous|prior) year", "year-before"),
    (r"(?:the )?same (?:time|period|days|stretch|window|month|quarter|week|dates) (?:a|one) year "
     r"(?:ago|before|earlier)", "year-before"),
    (r"(?:a|one) year (?:ago|before|earlier)", "year-before"),
    (r"year (?:over|on) year|yoy|y/y", "year-before"),
)  # fmt: skip
_RELATIVE = tuple(
    (re.compile(rf"(?<![\w-]){shape}(?![\w-])", re.ASCII), relative) for shape, relative in _RELATIVE_SHAPES
)
