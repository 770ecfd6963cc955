"""What an import says in the terminal: the columns, the plan, the outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from handlers.flows.import_spend import SpendTally
from handlers.flows.import_tally import Tally
from handlers.imports.columns import Column, ColumnMap
from qualification.money import Money

SHOWN = 12
"""Reasons, warnings or strangers shown at most; the rest are counted."""


def show_columns(console: Console, columns: ColumnMap) -> None:
    """How each column was understood."""
    table = Table(
        "Column", "Means", "Known from", title=f"The file holds {columns.kind}", title_justify="left"
    )
    for column in columns.columns:
        table.add_row(Text(column.name), _meaning(column, columns.kind), column.known_from)
    console.print(table)


def _meaning(column: Column, kind: str) -> Text:
    if not column.field:
        return Text("kept as an extra fact" if kind == "leads" else "ignored", style="dim")
    return Text(column.field + (" (where the column before says nothing)" if column.second else ""))


def show_leads(console: Console, tally: Tally, *, done: bool) -> None:
    """The numbers of a plan or of an import, and what wants attention."""
    would = "" if done else "would be "
    console.print(
        f"{tally.rows:,} rows: {tally.created:,} {would}created, {tally.updated:,} {would}merged, "
        f"{tally.duplicate:,} duplicates, {tally.refused:,} refused."
    )
    _reasons(console, tally.why, tally.examples)
    _counted(console, "Taken, but:", tally.warnings)
    _counted(console, "Owners we don't find in Slack; their leads come without one:", tally.unknown_owners)


def show_spend(console: Console, tally: SpendTally, *, done: bool) -> None:
    """The numbers of a spend file."""
    would = "" if done else "would be "
    total = ", ".join(str(Money(minor, currency)) for currency, minor in sorted(tally.total.items()))
    console.print(
        f"{tally.rows:,} rows: {tally.new:,} {would}added, {tally.changed:,} {would}changed, {tally.same:,} "
        f"known already, {tally.refused:,} refused. Together {total or 'nothing'}."
    )
    _reasons(console, tally.why, tally.examples)


def _reasons(console: Console, why: Counter[str], examples: Sequence[tuple[int, str]]) -> None:
    if not why:
        return
    console.print("Refused:")
    for reason, count in why.most_common(SHOWN):
        rows = [str(row) for row, said in examples if said == reason][:5]
        where = f" (row {', '.join(rows)}{', …' if count > len(rows) else ''})" if rows else ""
        console.print(Text(f"  {count:,} × {reason}{where}"))
    _rest(console, why)


def _counted(console: Console, title: str, counted: Counter[str]) -> None:
    if not counted:
        return
    console.print(title)
    for what, count in counted.most_common(SHOWN):
        console.print(Text(f"  {count:,} × {what}"))
    _rest(console, counted)


def _rest(console: Console, counted: Counter[str]) -> None:
    if len(counted) > SHOWN:
        console.print(f"  … and {len(counted) - SHOWN:,} more kinds")
