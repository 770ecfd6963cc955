"""What stands beside a number so that nobody reads too much into it: months, the window before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qualification.dates import months_after
from qualification.kpi_compare import at_equal_age
from qualification.kpi_counts import ConversionTimes, summed
from qualification.kpi_trend import Trend
from qualification.periods import Period, previous
from qualification.statistics import median_of
from store.kpi_cohorts import bought_within, conversion
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
    scope: Scope, kpi: str, period: Period, counts: Sequence[ConversionTimes], only: str | None = None
) -> Beside:
    """What stands beside this number. `counts` are those of a conversion, `only` the one key asked for."""
    late = await came_in_since(scope, period, only) if period.end_at <= scope.now else 0
    if kpi != "conversion" or scope.by is not None or not counts:
        return Beside(came_late=late)
    this = summed(counts, ConversionTimes("all", {}, {}, {}))
    before = summed(await conversion(scope, previous(period)), ConversionTimes("all", {}, {}, {}))
    compared = at_equal_age(this, before) if before.ages else None
    words = (compared.text if compared else TOO_YOUNG) if before.ages else ""
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
    found = await bought_within(scope, months, days)
    told = [(month.label, leads, bought) for month, (leads, bought) in zip(months, found, strict=True)]
    filled = tuple(month for month in told if month[1])
    return Trend(days, filled) if len(filled) > 1 else None


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
