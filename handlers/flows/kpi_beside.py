"""What stands beside a number so that nobody reads too much into it: months, the window before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qualification.dates import months_after
from qualification.kpi import share
from qualification.kpi_cells import ALL
from qualification.kpi_compare import at_age, by_age
from qualification.kpi_counts import ConversionTimes, summed
from qualification.kpi_trend import Trend
from qualification.periods import Period, previous
from qualification.statistics import median_of
from store.kpi_cohorts import bought_by, bought_soon
from store.kpi_flows import came_in_since
from store.kpi_scope import Scope

AGES = (30, 60, 90, 180, 365)
"""Days after creation at which months are compared: the first that is at least the usual time to buy."""
TREND_MONTHS = 12
TOO_YOUNG = "Too young to compare with the window before."


@dataclass(frozen=True, slots=True)
class Beside:
    """For a conversion a trend and a comparison; for any window that is over how many leads came in since."""

    trend: Trend | None = None
    comparison: str = ""
    came_late: int = 0


async def beside(
    scope: Scope, period: Period, counts: Sequence[ConversionTimes], only: str | None = None
) -> Beside:
    """What stands beside this number: `counts` are a conversion's, else none; `only` one key asked for."""
    late = await came_in_since(scope, period, only) if period.end_at <= scope.now else 0
    if scope.by is not None or not counts:
        return Beside(came_late=late)
    this = summed(counts, ConversionTimes("all", {}, {}, {}))
    # Whatever came before is older: the youngest lead of both windows is one of this one.
    youngest = min(this.ages)
    leads, bought = (await bought_by(scope, previous(period), int(youngest))).get(ALL, (0, 0))
    compared = at_age(youngest, by_age(this, youngest), share(bought, leads))
    words = (compared.text if compared else TOO_YOUNG) if leads else ""
    return Beside(await _trend(scope, period, this), words, late)


async def _trend(scope: Scope, period: Period, counts: ConversionTimes) -> Trend | None:
    """How months compare at equal age; None where fewer than two are old enough."""
    typical = median_of(counts.customer_days)
    if typical is None:
        return None
    days = next((age for age in AGES if age >= typical), AGES[-1])
    months = _whole_months(period, scope.now, days)
    if len(months) < 2:
        return None
    today = scope.now.astimezone(period.zone).date()
    bought = await bought_soon(scope, months, days)
    told = [
        (month.label, _created_in(month, counts, today), n) for month, n in zip(months, bought, strict=True)
    ]
    filled = tuple(month for month in told if month[1])
    return Trend(days, filled) if len(filled) > 1 else None


def _created_in(month: Period, counts: ConversionTimes, today: date) -> int:
    """How many of these leads were created in a month that is over: their ages in days tell."""
    ages = range((today - month.end).days + 1, (today - month.start).days + 1)
    return sum(counts.ages.get(age, 0) for age in ages)


def _whole_months(period: Period, now: datetime, days: int) -> list[Period]:
    """The calendar months within the window whose youngest lead is `days` old, the latest twelve."""
    found = []
    start = period.start if period.start.day == 1 else months_after(period.start.replace(day=1), 1)
    while (end := months_after(start, 1)) <= period.end:
        month = Period(start, end, f"{start:%b %Y}", "month", period.zone)
        if month.end_at + timedelta(days=days) <= now:
            found.append(month)
        start = end
    return found[-TREND_MONTHS:]
