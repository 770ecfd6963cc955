"""A number that comes by itself: how often, into which channel, and on which days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from qualification.dates import months_after
from qualification.errors import Refused
from qualification.kpi_question import Question, parse_question
from qualification.periods import Period, parse_period

Every = Literal["weekly", "monthly"]
EXAMPLE = "Try `/kpi funnel 90d by source schedule weekly #marketing`."
DAYS: dict[Every, str] = {"weekly": "every Monday", "monthly": "on the first of every month"}
_WORDS = re.compile(
    r"(?P<asked>.*?)(?:^|\s)(?:--)?schedule(?:\s+(?P<every>\S+))?"
    r"(?:\s+(?:to\s+|in\s+)?(?:<#(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>|#(?P<name>\S+)))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_FAR = timedelta(days=800)


@dataclass(frozen=True)
class Wish:
    """What was typed: the question, how often, and the channel by id or name ("" for this one)."""

    asked: str
    every: Every
    channel: str


def is_wish(text: str) -> bool:
    """Whether this asks for a schedule rather than for a number."""
    return _WORDS.fullmatch(text) is not None


def parse_wish(text: str) -> Wish:
    """Read `NAME … schedule weekly|monthly [#channel]`.

    Raises:
        Refused: how often is missing or neither of both.
    """
    found = _WORDS.fullmatch(text)
    said = (found["every"] or "").lower() if found else ""
    for every in DAYS:
        if found and said == every:
            return Wish(found["asked"].strip(), every, found["id"] or found["name"] or "")
    raise Refused(f"How often? I can send a number `weekly` or `monthly`. {EXAMPLE}")


def first_day(every: Every, today: date) -> date:
    """The first day after `today` on which it is sent: a Monday, or the first of a month."""
    if every == "weekly":
        return today + timedelta(days=7 - today.weekday())
    return months_after(today.replace(day=1), 1)


def window_before(every: Every, due: date, zone: ZoneInfo) -> Period:
    """What a digest of that day looks back on, to tell whether anything happened: a week, or a month."""
    start = due - timedelta(days=7) if every == "weekly" else months_after(due, -1)
    return Period(
        start, due, f"{start.isoformat()} to {(due - timedelta(days=1)).isoformat()}", "range", zone
    )


def sendable(asked: str, every: Every, now: datetime, zone: ZoneInfo) -> str:
    """The question as it is sent each time.

    What happened in a window is told for the whole week or month that is over, unless another was named.

    Raises:
        Refused: it can't be read, its window never moves, or it shows single reps.
    """
    question = parse_question(asked, now, zone)
    of_one = question.only is not None and question.only[0] == "rep"
    if question.by == "rep" or of_one or question.kpi.who == "managers":
        raise Refused("Numbers of single reps are not sent into channels. Leave out `by rep`, please.")
    if _stands_still(asked, question, now, zone):
        raise Refused(
            f"{question.period.label} never moves, so each time would tell the same. Name a window that "
            "does, like `30d` or `last month`."
        )
    default = question.period == parse_period(question.kpi.window, now, zone)
    if question.kpi.basis != "flow" or not default or (question.kpi.name == "lvr" and every == "weekly"):
        return asked
    words = re.sub(rf"(?i)(?<!\S){re.escape(question.kpi.window)}(?!\S)", "", asked)
    name = "" if words.split() else question.kpi.name
    return " ".join(f"{name} {words} last {'week' if every == 'weekly' else 'month'}".split())


def _stands_still(asked: str, question: Question, now: datetime, zone: ZoneInfo) -> bool:
    later = parse_question(asked, now + _FAR, zone)
    pairs = ((question.period, later.period), (question.against, later.against))
    return any(one and two and (one.start, one.end) == (two.start, two.end) for one, two in pairs)
