"""The dialog that takes what a campaign cost, its reader, and what is said when it is saved."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from slack_sdk.models.views import View

from handlers.views import ids
from handlers.views.fields import (
    BadField,
    Values,
    chosen,
    date_field,
    dialog,
    note_dialog,
    option,
    select,
    text_field,
    typed_text,
)
from handlers.views.message import context
from handlers.views.shapes import reading
from handlers.views.text import escape, line
from qualification.errors import Refused
from qualification.money import Money, parse_amount
from store.intake import SpendRow

OTHER = "other"
BETWEEN = " · "


def spend_dialog(
    campaigns: Sequence[tuple[str, str]],
    *,
    start: date,
    end: date,
    currency: str,
    metadata: Mapping[str, Any],
) -> View:
    """Campaigns that leads came from stand to choose; another one can be typed."""
    offered = [option(campaign_key(*pair), _named(*pair)) for pair in campaigns]
    blocks = [
        *context(["An amount is spread evenly over its days. The same campaign and days again replaces it."]),
        select(
            ids.SPEND_CAMPAIGN,
            "Campaign",
            [option(OTHER, "Another one, typed below"), *offered],
            chosen_value=campaign_key(*campaigns[0]) if campaigns else OTHER,
            hint="Source and campaign, as leads brought them.",
        ),
        text_field(
            ids.SPEND_SOURCE, "Other source", hint="Like linkedin. Only for another one.", longest=100
        ),
        text_field(
            ids.SPEND_NAME, "Other campaign", hint="Like spring-webinar. May stay empty.", longest=100
        ),
        date_field(ids.SPEND_FROM, "First day", value=start, optional=False),
        date_field(ids.SPEND_TO, "Last day, included", value=end, optional=False),
        text_field(
            ids.SPEND_AMOUNT,
            "Amount",
            hint=f"Like 1234.50, in {currency} unless you write another currency.",
            optional=False,
            longest=40,
        ),
    ]
    return dialog(ids.SPEND_SAVED, "Spend", blocks, submit="Save", metadata=metadata)


def campaign_key(source: str, campaign: str) -> str:
    """A short value for a pair of names of any length: an option's value has room for 150 characters."""
    return hashlib.sha256(f"{source}\n{campaign}".encode("utf-8", "replace")).hexdigest()[:20]


def read_spend(values: Values, campaigns: Sequence[tuple[str, str]], currency: str) -> SpendRow:
    """The amount and its days.

    Args:
        campaigns: Those it may have offered.
    Raises:
        BadField: a field can't be used as it is.
    """
    source, campaign = _campaign(values, campaigns)
    start, end = _day(values, ids.SPEND_FROM), _day(values, ids.SPEND_TO)
    if end < start:
        raise BadField(ids.SPEND_TO, "The last day lies before the first.")
    amount = _amount(values, currency)
    return SpendRow(source, campaign, start, end, amount.minor, amount.currency)


def _campaign(values: Values, campaigns: Sequence[tuple[str, str]]) -> tuple[str, str]:
    picked, source = chosen(values, ids.SPEND_CAMPAIGN), typed_text(values, ids.SPEND_SOURCE)
    # Who types a source means it, whatever still stands chosen above.
    if source:
        return source.lower(), typed_text(values, ids.SPEND_NAME) or ""
    for pair in campaigns:
        if campaign_key(*pair) == picked:
            return pair
    raise BadField(ids.SPEND_SOURCE, "Say which source the money went to, like linkedin.")


@reading()
def _day(values: Values, field: str) -> date:
    picked = values.get(field, {}).get(field, {}).get("selected_date")
    if not picked:
        raise BadField(field, "Choose a day.")
    return date.fromisoformat(picked)


def _amount(values: Values, currency: str) -> Money:
    typed = typed_text(values, ids.SPEND_AMOUNT)
    if typed is None:
        raise BadField(ids.SPEND_AMOUNT, "Say what it cost, like 1234.50.")
    try:
        return parse_amount(typed, currency)
    except Refused as no:
        raise BadField(ids.SPEND_AMOUNT, str(no)) from None


def spend_saved(
    row: SpendRow, *, replaced: Money | None, overlapping: Sequence[SpendRow], meaning: str
) -> View:
    """What was saved and what it means; `meaning` is empty while it is being counted."""
    days = (row.to_day - row.from_day).days + 1
    amount = Money(row.amount_minor, row.currency)
    span = f"{row.from_day.isoformat()} to {row.to_day.isoformat()}, {days} day{'s' if days > 1 else ''}"
    said = [f"*{line(_named(row.source, row.campaign))}*: {amount} for {span}."]
    if replaced is not None and replaced != amount:
        said.append(f"It replaces {replaced} for the same days.")
    if replaced == amount:
        said.append("That stood there already, so nothing changed.")
    if overlapping:
        others = ", ".join(
            f"{Money(one.amount_minor, one.currency)} ({one.from_day} to {one.to_day})"
            for one in overlapping[:5]
        )
        said.append(f"Mind that other amounts share days with it and count as well: {others}.")
    said.append(escape(meaning) if meaning else "One moment: counting what a lead costs now…")
    return note_dialog("Spend saved", "\n".join(said))


def _named(source: str, campaign: str) -> str:
    return f"{source}{BETWEEN}{campaign}" if campaign else f"{source}{BETWEEN}no campaign"
