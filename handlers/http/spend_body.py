"""What a campaign cost, as marketing hands it in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from handlers.http.lead_fields import Field
from handlers.http.told import BadBody, Mistake, Told, kind_of
from qualification.money import CURRENCIES, minor_digits
from qualification.money import LARGEST as MOST_MINOR
from store.intake import SpendRow

MOST_ROWS = 500
AHEAD = timedelta(days=366)
"""A year's plan may be entered; further ahead is a typing mistake."""

SPEND_FIELDS: dict[str, Field] = {
    "source": Field("string", "The channel the money went to", "linkedin"),
    "campaign": Field("string|null", "The campaign, when it is known", "spring-webinar"),
    "from": Field("string", "First day", "2026-11-01"),
    "to": Field("string", "Last day, included", "2026-11-30"),
    "amount": Field("string|number", "Major units, decimal point", "1234.50"),
    "currency": Field("string|null", "ISO 4217; the workspace's when absent", "EUR"),
}


def read_spend(body: object, currency: str, today: date) -> list[SpendRow]:
    """One row, or `{"rows": […]}`: source, campaign, from, to (days, both included), amount, currency.

    Amounts are in major units with a decimal point ("1234.50"), with at most its decimals by ISO 4217.

    Raises:
        BadBody: any row is wrong. Nothing is to be saved then.
    """
    many = isinstance(body, Mapping) and "rows" in body
    rows = body["rows"] if isinstance(body, Mapping) and many else [body]
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        raise BadBody([Mistake("rows", f"Must be a list of 1 to {MOST_ROWS} rows")])
    mistakes: list[Mistake] = []
    read = [
        _row(row, f"rows.{number}." if many else "", currency, today, mistakes)
        for number, row in enumerate(rows)
    ]
    if mistakes:
        raise BadBody(mistakes)
    return [row for row in read if row]


def _row(
    row: object, prefix: str, default_currency: str, today: date, mistakes: list[Mistake]
) -> SpendRow | None:
    if not isinstance(row, Mapping):
        mistakes.append(Mistake(prefix.rstrip("."), f"Must be an object, not {kind_of(row)}"))
        return None
    form = Told(row, prefix=prefix, mistakes=mistakes)
    before = len(mistakes)
    source, campaign = form.text("source"), form.text("campaign")
    if source is None and len(mistakes) == before:
        form.wrong("source", "Say which source the money went to")
    currency = (form.text("currency") or default_currency).upper()
    if currency not in CURRENCIES:
        form.wrong("currency", "Must be an ISO 4217 code, as EUR")
    start, end = _day(form, "from", today), _day(form, "to", today)
    if start and end and end < start:
        form.wrong("to", "Lies before “from”")
    amount = _amount(form, row.get("amount"), currency)
    if len(mistakes) > before or not (source and start and end) or amount is None:
        return None
    return SpendRow(source.lower(), campaign or "", start, end, amount, currency)


def _day(form: Told, name: str, today: date) -> date | None:
    value = form.fields.get(name)
    try:
        day = date.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        form.wrong(name, "Must be a day as “2026-11-01”")
    elif day.year < 2000 or day > today + AHEAD:
        form.wrong(name, "Must lie between the year 2000 and a year from now")
    return day


def _amount(form: Told, value: object, currency: str) -> int | None:
    """Minor units, or None after noting a mistake."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        form.wrong("amount", "Must be a number, as 1234.50")
        return None
    try:
        # repr of a float is the shortest text that means it: 0.1 stays 0.1.
        amount = Decimal(value.strip() if isinstance(value, str) else repr(value))
    except (InvalidOperation, ValueError):
        form.wrong("amount", "Must be a number with a decimal point, as 1234.50")
        return None
    digits = minor_digits(currency)
    if not amount.is_finite() or amount < 0 or amount.adjusted() > 15 or amount.scaleb(digits) > MOST_MINOR:
        form.wrong("amount", "Must be between zero and what a campaign can cost")
        return None
    minor = amount.scaleb(digits)
    if minor != int(minor):
        form.wrong("amount", f"{currency} has {digits} decimals")
        return None
    return int(minor)
