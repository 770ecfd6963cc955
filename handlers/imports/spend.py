"""What campaigns cost, from a file: each row read like one that comes over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from handlers.http.spend_body import read_spend
from handlers.http.told import BadBody
from handlers.imports.columns import ColumnMap
from handlers.imports.moments import Dates, RefusedRow
from handlers.imports.table import Line
from store.intake import SpendRow


@dataclass(frozen=True, slots=True)
class SpendLine:
    """One row as read. Exactly one of `spend` and `problem` is there."""

    line: Line
    spend: SpendRow | None = None
    problem: str = ""


def read_spend_lines(
    columns: ColumnMap, lines: Iterator[Line], dates: Dates, currency: str, today: date
) -> Iterator[SpendLine]:
    """Every line in turn.

    Args:
        currency: Of rows that name none.
    """
    wanted = [(column.field, column.place) for column in columns.columns if column.field]
    for line in lines:
        if line.problem:
            yield SpendLine(line, problem=line.problem)
            continue
        told = {name: line.cells[place].strip() for name, place in wanted if place < len(line.cells)}
        body = {name: value for name, value in told.items() if value}
        try:
            for name in ("from", "to"):
                if name in body:
                    body[name] = dates.iso(body[name], name)
            row = read_spend(body, currency, today)[0]
        except RefusedRow as refused:
            yield SpendLine(line, problem=str(refused))
        except BadBody as bad:
            yield SpendLine(line, problem="; ".join(f"{m.path}: {m.message}" for m in bad.mistakes))
        else:
            yield SpendLine(line, row)
