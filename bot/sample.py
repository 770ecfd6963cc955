"""The demo's history: real leads' shapes with invented people, always the twelve months before today."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from bot.sample_calls import add_calls, before_the_call
from bot.sample_convert import ORIGINAL, SAMPLE, convert, write
from handlers.flows.import_file import row_reader
from handlers.flows.import_leads import import_leads
from handlers.flows.import_spend import import_spend
from handlers.flows.office import Office
from handlers.imports.columns import map_columns
from handlers.imports.rows import Choices
from handlers.imports.spend import SpendLine
from handlers.imports.table import Line
from store.intake import SpendRow

DATES = ("occurred_at", "mql_at", "sql_at", "won_at", "lost_at", "disqualified_at")
MONTHLY = {
    ("google-ads", "brand-search"): 900_00,
    ("google-ads", "problem-search"): 1_700_00,
    ("linkedin", "webinar-series"): 1_400_00,
    ("linkedin", "whitepaper"): 850_00,
    ("newsletter", "monthly-letter"): 160_00,
    ("outbound", "outbound-calls"): 1_100_00,
}
"""Invented cost of a month in cents; it grows by a hundredth each month."""
FAIRS = {("trade-fair", "spring-fair"): (8, 6_500_00), ("trade-fair", "autumn-fair"): (2, 7_200_00)}
"""Months ago, and invented cost of that month in cents."""


def sample_leads(today: date) -> Iterator[dict[str, str]]:
    """The sample's rows under Greenlight's import columns, oldest first, with dates before `today`."""
    midnight = datetime.combine(today, time(), UTC)
    with SAMPLE.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            for name in DATES:
                if row[name]:
                    moment = midnight + timedelta(days=float(row[name]))
                    row[name] = moment.isoformat(timespec="seconds")
            yield row


async def seed(office: Office, where: str, today: date) -> int:
    """Import the sample and add its calls: no card, no alert, no clock. Says how many leads came of it."""
    past = list(sample_leads(today))
    rows = [before_the_call(row) for row in past]
    columns = map_columns(list(rows[0]))
    choices = Choices(as_of=office.clock(), captured_by="sample")
    reader = await row_reader(office, where, columns, choices)
    lines = (Line(number, list(row.values())) for number, row in enumerate(rows, 2))
    tally = await import_leads(office, where, reader.read_all(lines))
    await add_calls(office, where, past)
    spend = (SpendLine(Line(number, []), row) for number, row in enumerate(_spend(today), 2))
    await import_spend(office, where, spend, by="sample")
    return tally.created


def _spend(today: date) -> Iterator[SpendRow]:
    first = today.replace(day=1)
    for ago in range(12):
        after = (first + timedelta(days=32)).replace(day=1)
        days = (after - first).days
        last = min(after - timedelta(days=1), today)
        share = ((last - first).days + 1) / days
        for (source, campaign), cents in MONTHLY.items():
            cost = round(cents * share * (1.11 - ago / 100))
            yield SpendRow(source, campaign, first, last, cost, "EUR")
        for (source, campaign), (month, cents) in FAIRS.items():
            if month == ago:
                yield SpendRow(source, campaign, first, last, cents, "EUR")
        first = (first - timedelta(days=1)).replace(day=1)


if __name__ == "__main__":
    if not ORIGINAL.is_file():
        sys.exit(f"{ORIGINAL} is not there; the sample stays as it is.")
    write(convert())
    print(f"{SAMPLE.name} is written anew.")
