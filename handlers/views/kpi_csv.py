"""An answer as a table for spreadsheets, in which no cell can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from qualification.kpi import Answer, Rate, Value
from qualification.money import Money, minor_digits

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for a formula's beginning; some read the full-width signs of East Asia, too."""
_NUMBER = "0123456789."


def as_csv(answer: Answer) -> str:
    """The rows and, last, the total under the key "all"; without a split the total alone.

    A rate is five columns (value as a fraction, low, high, k, n), money two (major units with a decimal
    point, currency), a duration seconds. What is missing is empty.
    """
    total = {"key": "all", **answer.total}
    rows = [*answer.rows, total]
    columns: dict[str, None] = {}
    flat = []
    for row in rows:
        cells = _flat(row)
        flat.append(cells)
        columns |= dict.fromkeys(cells)
    names = list(columns)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(names)
    for cells in flat:
        writer.writerow([safe_cell(cells.get(name, "")) for name in names])
    return written.getvalue()


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would take for a formula.

    Also behind blanks: some programs drop them on the way in.
    """
    if not text.lstrip(" \u00a0").startswith(_FORMULA):
        return text
    negative = text[0] == "-" and len(text) > 1 and all(char in _NUMBER for char in text[1:])
    return text if negative else f"'{text}"


def _flat(row: Mapping[str, Value], prefix: str = "") -> dict[str, str]:
    cells: dict[str, str] = {}
    for field, value in row.items():
        name = f"{prefix}{field}"
        match value:
            case Rate(value=share, low=low, high=high, k=k, n=n):
                cells |= {name: str(share), f"{name}_low": _told(low), f"{name}_high": _told(high)}
                cells |= {f"{name}_k": str(k), f"{name}_n": str(n)}
            case Money(minor=minor, currency=currency):
                cells |= {name: _major(minor, currency), f"{name}_currency": currency}
            case Mapping():
                cells |= _flat(value, f"{name}_")
            case _:
                cells[name] = _told(value)
    return cells


def _told(value: object) -> str:
    return "" if value is None else str(value)


def _major(minor: int, currency: str) -> str:
    digits = minor_digits(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"
