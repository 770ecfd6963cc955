"""Which of the stretches of time in a sentence is the window, and which the one to compare it with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qualification.errors import Refused
from qualification.periods import parse_period
from qualification.plain_periods import Span, find_spans

MARK = (
    r"(?:vs\.?|versus|v\.?|against|compar\w+ (?:to|with)|in comparison (?:to|with)|relative to|than"
    r"|opposed to"
    r"|next to|beside|(?<!follow )(?<!followed )(?<!following )(?:up|down) (?:on|from))"
)
_FILLING = r"(?:(?: the| in| for| of| what| it| was| were| we| had| did| during| that| our| is| to| they)*)"
_OTHER = re.compile(rf"(?<!\w){MARK}{_FILLING} §")
_END = r"(?:the )?(?:end of )?(?:the )?(?=§)"
_UNTIL = re.compile(rf"(?<!\w)(?:until|till|up (?:to|until|till)|by|through|as of|to) {_END}")
_STEPS = re.compile(
    r"(?<!\w)(?:(month|week|quarter) (?:over|on|by|to) \1|(m)[o/]m|(w)[o/]w|(q)[o/]q)(?!\w)", re.ASCII
)
_UNITS = {"m": "month", "w": "week", "q": "quarter"}
CHANGING = re.compile(
    r"(?<!\w)(?:improv\w*|chang\w*|trend\w*|(?:going|went|go|gone|is|are) (?:up|down)|up or down"
    r"|getting (?:any )?(?:faster|slower|better|worse|quicker|cheaper|more|less|higher|lower)|develop\w*"
    r"|evolv\w*|declin\w*"
    r"|increas\w*|decreas\w*|fall|fell|fallen|falling|rise|rose|risen|rising|drop(?:s|ped|ping)?(?! ?o)"
    r"|dip\w*|spik\w*"
    r"|over time|plummet\w*|jump\w*|worsen\w*|slipp?\w*)(?!\w)"
)
_UP = re.compile(r"([^\s§]+) (up|down)(?!\w)")
_BE = re.compile(r"(?<!\w)(?:is|are|was|were|has|have)(?!\w)")
_VERBS = """
    follow follows followed following sign signs signed signing end ends ended ending pick picked picking turn
    turned turning break breaking broken call called calling set make made add adds added
"""
_BELONGS_TO = frozenset(_VERBS.split())
"""Verbs that "up" and "down" are a part of: "which leads did we follow up" tells of no change."""
_HIGHER = re.compile(
    r"^(?:and |so )?(?:is|are|was|were) (?!.* than\b).*"
    r" (higher|lower|faster|slower|cheaper|dearer|better|worse)$"
)


def told_of_change(text: str) -> list[tuple[int, int]]:
    """Where words say that something changed, or ask whether it did: "is our conversion up"."""
    found = [match.span() for match in CHANGING.finditer(text)]
    found += [match.span(1) for match in _HIGHER.finditer(text)]
    for match in _UP.finditer(text):
        is_asked = _BE.search(text, 0, match.start(2)) or match.end() == len(text)
        if is_asked and match[1] not in _BELONGS_TO:
            found.append(match.span(2))
    return found


@dataclass(frozen=True, slots=True)
class Windows:
    """The window and the other one in short form ("" where none is named), and the text without both.

    `readings` are pairs to choose from where the words leave it open; `doubt` says why.
    """

    text: str
    period: str = ""
    against: str = ""
    doubt: str = ""
    readings: tuple[tuple[str, str], ...] = ()


def find_windows(text: str, today: date) -> Windows:
    """Read the stretches of time out of a lower-case text.

    Raises:
        Refused: there are more than two.
    """
    text, step = _take_step(text)
    spans = find_spans(text, today)
    plain = [span for span in spans if span.relative is None]
    relative = [span for span in spans if span.relative is not None]
    if len(plain) + len(relative) > 2 or len(relative) > 1:
        raise Refused("I can compare two periods, not more. Try `/kpi conversion Q3 against Q2`.")
    marked = _marked(text, spans)
    rest = _UNTIL.sub("", _OTHER.sub(" § ", marked)).replace("§", " ")
    if step and not plain:
        return Windows(rest, f"this {step}", "before")
    if step:
        own = plain[0].short.split(" ")[-1] == step
        return Windows(rest if own else f"{rest} {step}-over-{step}", plain[0].short, "before" if own else "")
    against = relative[0].relative or "" if relative else ""
    first = marked.partition("§")[0] + "§"
    if plain and (len(plain) == 2 or against) and _UNTIL.search(first) and not _OTHER.search(first):
        return _until(plain[0].short, against or plain[-1].short, rest, today)
    match plain:
        case []:
            return Windows(rest, "", against)
        case [one] if against:
            return Windows(rest, one.short, against)
        case [one]:
            return _one(one, marked, rest, today)
        case [this, other]:
            return _two(this, other, marked, rest)
        case _:
            raise AssertionError("there are at most two")


def _take_step(text: str) -> tuple[str, str]:
    """The text without "month over month", and "month"."""
    found = _STEPS.search(text)
    if found is None:
        return text, ""
    unit = next(group for group in found.groups() if group)
    return f"{text[: found.start()]} {text[found.end() :]}", _UNITS.get(unit, unit)


def _marked(text: str, spans: Sequence[Span]) -> str:
    """The text with a sign where a stretch of time was."""
    for span in reversed(spans):
        text = f"{text[: span.start]} § {text[span.end :]}"
    return " ".join(text.split())


def _one(one: Span, marked: str, rest: str, today: date) -> Windows:
    """One stretch of time; behind "than" or "against" it is the other one, behind "until" only an end."""
    other = _OTHER.search(marked)
    if not other and _UNTIL.search(marked):
        return _until(one.short, "", rest, today)
    if not other:
        return Windows(rest, one.short)
    match one.short:
        case "last year":
            doubt = "“Last year” may be all of it, or the same days of it."
            return Windows(rest, doubt=doubt, readings=(("this year", "last year"), ("", "year-before")))
        case "yesterday":
            return Windows(rest, "today", "yesterday")
        case "last week" | "last month" | "last quarter":
            return Windows(rest, one.short.replace("last", "this"), one.short)
        case _:
            return Windows(
                rest, doubt="Which period shall I set against it?", readings=_counterparts(one.short)
            )


def _until(short: str, against: str, rest: str, today: date) -> Windows:
    """An end is named and no beginning: from New Year on, or was that window meant?"""
    readings = ((_the_year_until(short, today), against), (short, against))
    return Windows(rest, doubt="Until then, but from when on?", readings=readings)


def _the_year_until(short: str, today: date) -> str:
    """From New Year up to the last day of this stretch of time."""
    noon = datetime.combine(today, time(12), UTC)
    last = parse_period(short, noon, ZoneInfo("UTC")).end - timedelta(days=1)
    return f"{last.year:04}-01-01..{last.isoformat()}"


def _counterparts(short: str) -> tuple[tuple[str, str], ...]:
    """What may be compared with a stretch of time that stands alone behind "against"."""
    if short.startswith("Q"):
        return (("this quarter", short), ("last quarter", short))
    if re.fullmatch(r"\d{4}-\d{2}", short):
        return (("this month", short), ("last month", short))
    if re.fullmatch(r"\d{4}", short):
        return (("this year", short), ("last year", short))
    return ((short, "before"),)


def _two(this: Span, other: Span, marked: str, rest: str) -> Windows:
    """Two stretches of time: compared where the words say so, else it has to be asked."""
    first, second = this.short, other.short
    pair = (first, second if second != first else "before")
    between = marked.split("§")[1]
    said = re.search(rf"(?<!\w)(?:{MARK}|over)(?!\w)", between) or (
        re.search(r"\bcompar", marked) and re.search(r"\b(?:and|to|with|or)\b", between)
    )
    if not said:
        return Windows(
            rest,
            doubt="You named two periods.",
            readings=(pair, (first, ""), (second, "")),
        )
    if second == "last year" and not re.fullmatch(r"this year|\d{4}", first):
        doubt = "“Last year” may be all of it, or the same days of it."
        return Windows(rest, doubt=doubt, readings=((first, "year-before"), pair))
    return Windows(rest, *pair)
