"""What others publish as normal: ranges with their source and date, one a line, for the firm to edit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from qualification.errors import Refused
from qualification.money import CURRENCIES, Money, minor_digits

Unit = Literal["%", "money", "min"]
MEASURES: dict[str, tuple[str, Unit]] = {
    "conversion": ("Leads that become customers", "%"),
    "mql-sql": ("MQLs that become SQLs within 30 days", "%"),
    "sales-ready": ("Leads that become MQLs", "%"),
    "cpl": ("Cost per lead", "money"),
    "nurtured-amount": ("Larger purchases of nurtured leads", "%"),
    "speed": ("First contact, median", "min"),
}
"""What ours can be compared in: what people call it, and its unit."""
SHIPPED = """\
conversion | typical, e-commerce higher | 1–3% | askedwell, a blog; it also says 5–15% | 2026-11
conversion | SaaS | 5–10% | widely quoted, blog grade; others call it best in class | 2026-11
mql-sql | all industries | 13% | prooflytics, a blog | 2026-11
mql-sql | SaaS | 18–22% | prooflytics, a blog | 2026-11
sales-ready | all leads | 25% | widely quoted, blog grade | 2026-11
cpl | all industries, B2B above B2C | 20–100 USD | widely quoted, unconfirmed | 2026-11
cpl | B2B SaaS | 150–500 USD | saber, a blog | 2026-11
nurtured-amount | nurtured against others | 47% | widely quoted, blog grade | 2026-11
speed | 21 × the odds of qualifying against 30 min, observational | 0–5 min | Oldroyd | 2007
"""
"""Blog grade, and they disagree: nothing is judged by them. The date is the source's or our reading's."""
MOST_LINES, LONGEST = 30, 2_900
EXAMPLE = "Write a line like `mql-sql | SaaS | 18–22% | where it stands | 2026-11`."

_RANGE = re.compile(
    r"(\d[\d,]*(?:\.\d+)?)(?:\s*(?:-|–|to)\s*(\d[\d,]*(?:\.\d+)?))?\s*(%|min|[A-Za-z]{3})", re.ASCII
)
_DATE = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)


@dataclass(frozen=True)
class Range:
    """What one source calls normal for somebody; both ends are the same where it names one number.

    Ends are fractions, seconds or money, by the measure's unit. `as_of` is a year, month or day in ISO form.
    """

    measure: str
    whom: str
    low: float | Money
    high: float | Money
    source: str
    as_of: str

    @property
    def line(self) -> str:
        """As people write it."""
        said = range_words(self.measure, self.low, self.high)
        return " | ".join((self.measure, self.whom, said, self.source, self.as_of))


class BadLine(Refused):
    """A line can't be read; the text says which and why."""


def read_ranges(text: str) -> tuple[Range, ...]:
    """The ranges of a text, one a line; empty lines mean nothing.

    Raises:
        BadLine: one of them can't be read, or there are more than a dialog holds.
    """
    lines = [(at, line.strip()) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_LINES or len(text) > LONGEST:
        raise BadLine(f"That is more than fits: at most {MOST_LINES} lines and {LONGEST:,} characters.")
    return tuple(_range(at, line) for at, line in lines)


def written(ranges: Sequence[Range]) -> str:
    """The text again, which `read_ranges` reads as the same ranges."""
    return "\n".join(one.line for one in ranges)


def range_words(measure: str, low: float | Money, high: float | Money) -> str:
    """`18–22%`, `13%`, `20–100 USD`, `0–5 min`."""
    unit = MEASURES[measure][1]
    ends = [_plain(low, unit), _plain(high, unit)]
    said = ends[0] if ends[0] == ends[1] else "–".join(ends)
    if isinstance(low, Money):
        return f"{said} {low.currency}"
    return f"{said}%" if unit == "%" else f"{said} min"


def _range(at: int, line: str) -> Range:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 5 or not all(parts):
        raise BadLine(f"Line {at} needs five parts with | between them. {EXAMPLE}")
    measure, whom, said, source, as_of = parts
    if measure not in MEASURES:
        raise BadLine(f"Line {at}: I can't compare “{measure[:40]}”. I know {', '.join(MEASURES)}.")
    if not _DATE.fullmatch(as_of):
        raise BadLine(f"Line {at}: “{as_of[:40]}” is no date. Write 2026, 2026-11 or 2026-11-22.")
    found = _RANGE.fullmatch(said)
    if found is None:
        raise BadLine(f"Line {at}: I can't read “{said[:40]}” as a range. {EXAMPLE}")
    unit = MEASURES[measure][1]
    low, high = (_end(at, number, found[3], unit) for number in (found[1], found[2] or found[1]))
    if Decimal(found[1].replace(",", "")) > Decimal((found[2] or found[1]).replace(",", "")):
        raise BadLine(f"Line {at}: the range ends before it begins.")
    return Range(measure, whom, low, high, source, as_of)


def _end(at: int, number: str, written_unit: str, unit: Unit) -> float | Money:
    exact = Decimal(number.replace(",", ""))
    if exact >= 10**9:
        raise BadLine(f"Line {at}: {number} is more than anybody means.")
    if unit == "money" and (code := written_unit.upper()) in CURRENCIES:
        return Money(round(exact * 10 ** minor_digits(code)), code)
    if unit == "%" and written_unit == "%":
        return float(exact / 100)
    if unit == "min" and written_unit == "min":
        return float(exact * 60)
    wanted = {"%": "a percentage, like 18–22%", "min": "minutes, like 0–5 min", "money": "like 20–100 USD"}
    raise BadLine(f"Line {at}: this one is {wanted[unit]}.")


def _plain(end: float | Money, unit: Unit) -> str:
    """Without zeros at the end. Rounded where floats leave a hair: 0.18 × 100 is 18.000000000000004."""
    if isinstance(end, Money):
        exact = Decimal(end.minor) / 10 ** minor_digits(end.currency)
    else:
        exact = Decimal(repr(end)) * 100 if unit == "%" else Decimal(repr(end)) / 60
    told = f"{round(exact, 6):f}"
    return told.rstrip("0").rstrip(".") if "." in told else told
